/** Draft orders that are listed: each as it was when a merchant last looked at it, with the words that it is found by. */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Currency } from '../../../shared/values/money.ts';
import { foldCase, matchOfWanted, wantedOf } from '../../../shared/values/search-words.ts';

export interface DraftRow {
  readonly id: string;
  readonly email: string | null;
  readonly customerId: string | null;
  readonly name: string | null;
  readonly country: string;
  readonly currency: Currency;
  readonly totalMinor: number;
  readonly quantity: number;
  readonly orderId: string | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const columns = sql.raw(
  `d.id, d.email, d.customer_id as "customerId", d.name, d.country, d.currency, d.total_minor as "totalMinor", d.quantity,
   d.order_id as "orderId", d.created_by as "createdBy", d.created_at as "createdAt", d.updated_at as "updatedAt"`,
);

/** Keeps a draft as it is now. Who made it, and when, stays as it was. `isKnown`: one that is not there any more stays away. */
export async function saveDraft(
  db: DrizzleD1Database,
  row: Omit<DraftRow, 'orderId'>,
  words: string,
  isKnown = false,
): Promise<void> {
  const emailKey = row.email === null ? null : foldCase(row.email);
  const saved = await db.all<{ document: number }>(sql`insert into drafts
      (id, email, email_key, customer_id, name, country, currency, total_minor, quantity, created_by, created_at, updated_at)
    select ${row.id}, ${row.email}, ${emailKey}, ${row.customerId}, ${row.name}, ${row.country}, ${row.currency},
      ${row.totalMinor}, ${row.quantity}, ${row.createdBy}, ${row.createdAt}, ${row.updatedAt}
    where ${isKnown ? 0 : 1} or exists (select 1 from drafts where id = ${row.id})
    on conflict (id) do update set email = excluded.email, email_key = excluded.email_key, name = excluded.name,
      customer_id = excluded.customer_id, country = excluded.country, currency = excluded.currency,
      total_minor = excluded.total_minor, quantity = excluded.quantity, updated_at = excluded.updated_at
    returning document`);
  for (const { document } of saved)
    await db.run(sql`insert or replace into draft_words (rowid, words) values (${document}, ${words})`);
}

export async function removeDraft(db: DrizzleD1Database, id: string): Promise<void> {
  const removed = await db.all<{ document: number }>(sql`delete from drafts where id = ${id} returning document`);
  for (const { document } of removed) await db.run(sql`delete from draft_words where rowid = ${document}`);
}

export interface DraftQuery {
  readonly q?: string | undefined;
  readonly email?: string | undefined;
  readonly status?: 'open' | 'completed' | undefined;
  /** When the last draft that was seen was made, and its id. */
  readonly after: readonly [createdAt: number, id: string] | null;
  readonly limit: number;
}

export async function draftById(db: DrizzleD1Database, id: string): Promise<DraftRow | null> {
  const [row] = await db.all<DraftRow>(sql`select ${columns} from drafts d where d.id = ${id}`);
  return row ?? null;
}

/** So many drafts are read and sorted, and so many are tested for words that more of them have. */
export const sortedMax = 1_000;

/** The newest first. */
export async function listDrafts(db: DrizzleD1Database, query: DraftQuery): Promise<DraftRow[]> {
  const { conditions, order } = partsOf(query);
  const newest = sql`drafts d indexed by ${sql.raw(indexFor(query))} where ${sql.join([...conditions], sql` and `)}`;
  if (query.q === undefined) return db.all<DraftRow>(sql`select ${columns} from ${newest} ${order}`);
  const wanted = wantedOf(query.q);
  if (wanted.length === 0) return [];
  const match = sql`draft_words match ${matchOfWanted(wanted)}`;
  const [{ found } = { found: 0 }] = await db.all<{ found: number }>(
    sql`select count(*) as found from (select 1 from draft_words where ${match} limit ${sortedMax + 1})`,
  );
  if (found === 0) return [];
  if (found > sortedMax) {
    const page = await tested(db, newest, wanted, query);
    if (page.length === query.limit) return page;
    return db.all<DraftRow>(
      sql`select ${columns} from ${newest} and d.document in (select rowid from draft_words where ${match}) ${order}`,
    );
  }
  return db.all<DraftRow>(sql`select ${columns} from draft_words w cross join drafts d on d.document = w.rowid
    where ${match} and ${sql.join([...conditions], sql` and `)} ${order}`);
}

/** Those of the next drafts that have the words. Less than a page says nothing of the drafts behind them. */
function tested(db: DrizzleD1Database, newest: SQL, wanted: readonly string[], { limit }: DraftQuery) {
  // Words are kept one space apart, as they are looked for.
  const tests = wanted.map((words) => sql`instr(' ' || w.words, ${` ${words}`}) > 0`);
  return db.all<DraftRow>(sql`with next as (
      select d.document, d.created_at, d.id from ${newest} order by d.created_at desc, d.id desc limit ${sortedMax}
    ) select ${columns} from next cross join draft_words w on w.rowid = next.document
      cross join drafts d on d.document = next.document
    where ${sql.join(tests, sql` and `)} order by next.created_at desc, next.id desc limit ${limit}`);
}

function partsOf({ email, status, after, limit }: DraftQuery) {
  const conditions: readonly SQL[] = [
    sql`true`,
    ...(email === undefined ? [] : [sql`d.email_key = ${foldCase(email)}`]),
    ...(status === undefined ? [] : [status === 'open' ? sql`d.order_id is null` : sql`d.order_id is not null`]),
    ...(after === null ? [] : [sql`(d.created_at, d.id) < (${after[0]}, ${after[1]})`]),
  ];
  return { conditions, order: sql`order by d.created_at desc, d.id desc limit ${limit}` };
}

function indexFor({ email, status }: DraftQuery): string {
  if (email !== undefined) return 'drafts_email';
  if (status === undefined) return 'drafts_by_creation';
  return status === 'open' ? 'drafts_open' : 'drafts_completed';
}
