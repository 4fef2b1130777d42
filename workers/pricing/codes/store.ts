/**
 * Unique codes in D1. A code is found by itself, a page of a promotion or of a batch is one range of an index. Rows of codes that
 * are gone stay until their code is made anew, because a cart may have to be priced as of a moment at which they were there.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { CodeFilter } from '../../../shared/contracts/pricing/codes-http.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import type { DatedCode } from '../domain/codes.ts';

export interface NewCode {
  readonly id: string;
  readonly code: string;
  readonly usesMax: number | null;
}

/** What codes are added to, by whom and when. */
export interface Batch {
  readonly id: string;
  readonly promotionId: string;
  readonly createdBy: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A code with what the read model knows of its uses: null before the first. */
export interface StoredCode extends Omit<DatedCode, 'isUntouched'> {
  readonly batchId: string;
  readonly held: number | null;
  readonly committed: number | null;
}

const dated = sql`c.id as id, c.promotion_id as promotionId, c.code as code, c.uses_max as usesMax, c.created_at as createdAt,
  c.disabled_at as disabledAt, c.deleted_at as deletedAt, c.changed_at as changedAt`;

const listedFrom = (codes: SQL) => sql`select ${dated}, c.batch_id as batchId, l.held as held, l.committed as committed
  from ${codes} left join allowance_levels l on l.allowance = 'code:' || c.id || ':' || c.promotion_id`;

const listOf = (values: readonly unknown[]): SQL => sql`json_each(${JSON.stringify(values)})`;

/** The codes among these, also those that are gone. */
export async function codesByText(db: DrizzleD1Database, codes: readonly string[]): Promise<DatedCode[]> {
  const rows = await db.all<Omit<DatedCode, 'isUntouched'> & { readonly isUntouched: number }>(sql`select ${dated},
      not exists (select 1 from allowance_levels l where l.allowance = 'code:' || c.id || ':' || c.promotion_id) as isUntouched
    from discount_codes c where c.code in (select value from ${listOf(codes)})`);
  return rows.map((row) => ({ ...row, isUntouched: row.isUntouched === 1 }));
}

/** Which of these codes are there, and the batch of each. */
export async function takenCodes(
  db: DrizzleD1Database,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.all<{ readonly code: string; readonly batchId: string }>(sql`
    select code, batch_id as batchId from discount_codes
    where code in (select value from ${listOf(codes)}) and deleted_at is null`);
  return new Map(rows.map(({ code, batchId }) => [code, batchId]));
}

/** Adds codes in one commit; one that is there already is passed over. Answers how many the batch has then. */
export async function addCodes(db: DrizzleD1Database, codes: readonly NewCode[], batch: Batch): Promise<number> {
  const rows = codes.map(({ id, code, usesMax }) => [id, code, usesMax]);
  await commit(db, [
    db.run(sql`insert into code_batches (id, promotion_id, made, created_at)
      values (${batch.id}, ${batch.promotionId}, 0, ${batch.now}) on conflict (id) do nothing`),
    db.run(sql`insert into discount_codes (id, code, uses_max, promotion_id, batch_id, created_at, created_by, changed_at)
      select value ->> 0, value ->> 1, value ->> 2, ${batch.promotionId}, ${batch.id}, ${batch.now}, ${batch.createdBy}, ${batch.now}
      from ${listOf(rows)} where true
      on conflict (code) do update set id = excluded.id, uses_max = excluded.uses_max, promotion_id = excluded.promotion_id,
        batch_id = excluded.batch_id, created_at = excluded.created_at, created_by = excluded.created_by,
        changed_at = excluded.changed_at, disabled_at = null, deleted_at = null
      where discount_codes.deleted_at is not null`),
    db.run(sql`update code_batches set made = made + changes() where id = ${batch.id}`),
  ]);
  return madeIn(db, batch.id);
}

export async function madeIn(db: DrizzleD1Database, batchId: string): Promise<number> {
  const [row] = await db.all<{ readonly made: number }>(sql`select made from code_batches where id = ${batchId}`);
  return row?.made ?? 0;
}

/** Codes of a promotion behind one of them, in alphabetical order. */
export function pageOfCodes(
  db: DrizzleD1Database,
  promotionId: string,
  { search, batchId, status }: CodeFilter,
  after: string,
  limit: number,
): Promise<StoredCode[]> {
  const narrowed =
    batchId === undefined
      ? sql`c.promotion_id = ${promotionId}`
      : sql`c.batch_id = ${batchId} and c.promotion_id = ${promotionId}`;
  // One lower bound: of two, SQLite may search by the one that says less.
  const beyond = search !== undefined && after < search ? sql`c.code >= ${search}` : sql`c.code > ${after}`;
  const begins = search === undefined ? sql`` : sql`and c.code < ${`${search}\u{10ffff}`}`;
  const isWanted = status === undefined ? sql`` : sql`and (c.disabled_at is null) = ${status === 'active' ? 1 : 0}`;
  // Of a hundred thousand codes few may be disabled, or few may not: each state has its own range.
  const index = sql.raw(
    `discount_codes_by_${batchId === undefined ? 'promotion' : 'batch'}${status === undefined ? '' : '_and_state'}`,
  );
  return db.all<StoredCode>(sql`${listedFrom(sql`discount_codes c indexed by ${index}`)}
    where ${narrowed} and c.deleted_at is null and ${beyond} ${begins} ${isWanted}
    order by c.code limit ${limit}`);
}

export async function codeById(db: DrizzleD1Database, promotionId: string, id: string): Promise<StoredCode | null> {
  const [row] = await db.all<StoredCode>(
    sql`${listedFrom(sql`discount_codes c`)} where c.id = ${id} and c.promotion_id = ${promotionId} and c.deleted_at is null`,
  );
  return row ?? null;
}

/** Enables or disables a code, or gives it another limit. What is already so keeps its time. */
export async function codeChanged(
  db: DrizzleD1Database,
  id: string,
  { isActive, usesMax }: { readonly isActive?: boolean | undefined; readonly usesMax?: number | null | undefined },
  now: number,
): Promise<void> {
  const disabled =
    isActive === undefined ? sql`disabled_at` : isActive ? sql`null` : sql`coalesce(disabled_at, ${now})`;
  const limit = usesMax === undefined ? sql`uses_max` : sql`${usesMax}`;
  await db.run(
    sql`update discount_codes set disabled_at = ${disabled}, uses_max = ${limit}, changed_at = ${now} where id = ${id}`,
  );
}

/** All of a promotion, or of one batch, that are not so yet. Answers how many. */
export async function switchCodes(
  db: DrizzleD1Database,
  promotionId: string,
  { batchId, isActive }: { readonly batchId?: string | undefined; readonly isActive: boolean },
  now: number,
): Promise<number> {
  const ofBatch = batchId === undefined ? sql`` : sql`and batch_id = ${batchId}`;
  const { meta } =
    await db.run(sql`update discount_codes set disabled_at = ${isActive ? null : now}, changed_at = ${now}
    where promotion_id = ${promotionId} and deleted_at is null ${ofBatch}
      and disabled_at is ${isActive ? sql`not null` : sql`null`}`);
  return meta.changes;
}

/** Takes one code away, or those of a batch. */
export async function removeCodes(
  db: DrizzleD1Database,
  promotionId: string,
  which: { readonly id: string } | { readonly batchId: string },
  now: number,
): Promise<number> {
  const { meta } = await codesRemoved(db, promotionId, which, now);
  return meta.changes;
}

/** Takes codes away in the commit of something else: all of a promotion that is removed. */
export function codesRemoved(
  db: DrizzleD1Database,
  promotionId: string,
  which: { readonly id: string } | { readonly batchId: string } | 'all',
  now: number,
) {
  const meant =
    which === 'all' ? sql`` : 'id' in which ? sql`and id = ${which.id}` : sql`and batch_id = ${which.batchId}`;
  return db.run(sql`update discount_codes set deleted_at = ${now}, changed_at = ${now}
    where promotion_id = ${promotionId} and deleted_at is null ${meant}`);
}
