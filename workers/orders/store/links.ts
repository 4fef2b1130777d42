/** Links that open an order once, by the hash of their token, and how often orders are asked for by an e-mail address. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';

interface NewLink {
  readonly tokenHash: string;
  readonly orderId: string;
  /** Of the address that it is sent to. */
  readonly emailHash: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly expiresAt: number;
  /** At most so many for one order since a moment. */
  readonly since: number;
  readonly linksMax: number;
}

/** Keeps a link, and drops those that have expired. False: the order has had its links. */
export async function addLink(db: DrizzleD1Database, link: NewLink): Promise<boolean> {
  const { tokenHash, orderId, emailHash, now, expiresAt, since, linksMax } = link;
  await db.run(sql`delete from order_links where expires_at < ${since}`);
  const added = await db.all(sql`insert into order_links (token_hash, order_id, email_hash, created_at, expires_at)
    select ${tokenHash}, ${orderId}, ${emailHash}, ${now}, ${expiresAt}
    where (select count(*) from order_links where order_id = ${orderId} and created_at > ${since}) < ${linksMax}
    returning token_hash`);
  return added.length > 0;
}

interface UsedLink {
  readonly orderId: string;
  /** Null of a link that was sent before addresses were kept. */
  readonly emailHash: string | null;
}

/** Uses a link up; null where it is unknown, was used, or has expired. */
export async function useLink(db: DrizzleD1Database, tokenHash: string, now: number): Promise<UsedLink | null> {
  const used = await db.all<UsedLink>(sql`update order_links set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now} returning order_id as orderId, email_hash as emailHash`);
  return used[0] ?? null;
}

/** Counts a question for an address, and answers how many there were in its window. Windows that are over are dropped. */
export async function countLookup(db: DrizzleD1Database, emailHash: string, windowStart: number): Promise<number> {
  await db.run(sql`delete from order_lookups where window_start < ${windowStart}`);
  const [counted] = await db.all<{ asked: number }>(sql`insert into order_lookups (window_start, email_hash, asked)
    values (${windowStart}, ${emailHash}, 1)
    on conflict (window_start, email_hash) do update set asked = asked + 1 returning asked`);
  return counted?.asked ?? 0;
}
