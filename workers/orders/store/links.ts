/** Links that open an order once, by the hash of their token. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';

interface NewLink {
  readonly tokenHash: string;
  readonly orderId: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly expiresAt: number;
  /** At most so many for one order since a moment. */
  readonly since: number;
  readonly linksMax: number;
}

/** Keeps a link, and drops those that have expired. False: the order has had its links. */
export async function addLink(db: DrizzleD1Database, link: NewLink): Promise<boolean> {
  const { tokenHash, orderId, now, expiresAt, since, linksMax } = link;
  await db.run(sql`delete from order_links where expires_at < ${since}`);
  const added = await db.all(sql`insert into order_links (token_hash, order_id, created_at, expires_at)
    select ${tokenHash}, ${orderId}, ${now}, ${expiresAt}
    where (select count(*) from order_links where order_id = ${orderId} and created_at > ${since}) < ${linksMax}
    returning token_hash`);
  return added.length > 0;
}

/** Uses a link up; null where it is unknown, was used, or has expired. */
export async function useLink(db: DrizzleD1Database, tokenHash: string, now: number): Promise<string | null> {
  const used = await db.all<{ orderId: string }>(sql`update order_links set used_at = ${now}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${now} returning order_id as orderId`);
  return used[0]?.orderId ?? null;
}
