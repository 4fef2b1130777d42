/**
 * The keys of charged prices in D1: which there are, how far each is, and the products that were edited meanwhile. Keys are changed
 * in steps, each one commit together with the collections whose rules ask for the price.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { ChargedSort } from '../domain/charged-keys.ts';
import type { Product } from '../domain/product.ts';
import { rulesApplied } from './membership.ts';

/** Products per step, as with the members of collections. */
const stepProducts = 250;

export interface ChargedRow {
  readonly sort: string;
  readonly marketId: string;
  readonly currency: Currency;
  readonly tag: string;
  readonly afterId: string | null;
  readonly isForRules: number;
}

export function chargedRows(db: DrizzleD1Database): Promise<ChargedRow[]> {
  return db.all<ChargedRow>(sql`select sort, market_id as marketId, currency, tag, after_id as afterId,
    is_for_rules as isForRules from charged_keys`);
}

/** Begins the walk of a sort, or begins it anew. Lists go by the keys that it has until they are replaced. */
export async function walkBegun(db: DrizzleD1Database, { sort, marketId, currency, tag, isForRules }: ChargedSort) {
  await db.run(sql`insert into charged_keys (sort, market_id, currency, tag, after_id, is_ready, is_for_rules)
    values (${sort}, ${marketId}, ${currency}, ${tag}, '', 0, ${isForRules ? 1 : 0})
    on conflict (sort) do update set tag = excluded.tag, after_id = '', is_for_rules = excluded.is_for_rules`);
}

interface Documents {
  readonly ids: readonly string[];
  /** Those of them that are for sale. */
  readonly products: readonly Product[];
  /** The edit of each that was edited, by id. */
  readonly edits: ReadonlyMap<string, number>;
}

/** The next products of a walk. */
export async function productsAfter(db: DrizzleD1Database, afterId: string): Promise<Documents> {
  return documentsOf(
    await db.all<DocumentRow>(sql`select p.id as id, p.document as document, 0 as edit from products p
      where p.id > ${afterId} order by p.id limit ${stepProducts}`),
  );
}

/** Some of the products that were edited. */
export async function productsEdited(db: DrizzleD1Database): Promise<Documents> {
  return documentsOf(
    await db.all<DocumentRow>(sql`select p.id as id, p.document as document, w.edit as edit
      from (select product_id, edit from charged_work order by product_id limit ${stepProducts}) w
      cross join products p on p.id = w.product_id`),
  );
}

interface DocumentRow {
  readonly id: string;
  readonly document: string;
  readonly edit: number;
}

function documentsOf(rows: readonly DocumentRow[]): Documents {
  const all = rows.map(({ document }): Product => JSON.parse(document));
  return {
    ids: rows.map(({ id }) => id),
    products: all.filter(({ status }) => status === 'active'),
    edits: new Map(rows.map(({ id, edit }) => [id, edit])),
  };
}

/** The key that a product has in a sort, as it was last written. */
export async function keysIn(
  db: DrizzleD1Database,
  sort: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.all<{
    readonly id: string;
    readonly key: number;
  }>(sql`select product_id as id, key from product_keys
    where product_id in (select value from json_each(${JSON.stringify(ids)})) and sort = ${sort}`);
  return new Map(rows.map(({ id, key }) => [id, key]));
}

export interface KeysWritten {
  readonly sort: string;
  /** Those whose keys change, with the new one. */
  readonly keys: readonly (readonly [id: string, key: number])[];
  /** Those whose price is another one for the rules of collections. */
  readonly reruled: readonly string[];
}

const idsIn = (ids: readonly string[]): SQL => sql`(select value from json_each(${JSON.stringify(ids)}))`;

function keyStatements(db: DrizzleD1Database, { sort, keys, reruled }: KeysWritten): Statement[] {
  const ids = idsIn(keys.map(([id]) => id));
  const written =
    keys.length === 0
      ? []
      : [
          db.run(sql`delete from product_keys where product_id in ${ids} and sort = ${sort}`),
          // A product that was withdrawn meanwhile has no keys at all.
          db.run(sql`insert into product_keys (product_id, sort, key) select value ->> 0, ${sort}, value ->> 1
            from json_each(${JSON.stringify(keys)})
            where exists (select 1 from product_keys k where k.product_id = value ->> 0 and k.sort = 'title')`),
        ];
  return [...written, ...(reruled.length === 0 ? [] : rulesApplied(db, idsIn(reruled), idsIn(reruled)))];
}

/** One step of a walk. `upTo` is null behind the last product: then lists go by these keys. */
export async function walkAdvanced(
  db: DrizzleD1Database,
  written: KeysWritten,
  { tag, upTo }: { readonly tag: string; readonly upTo: string | null },
): Promise<void> {
  await commit(db, [
    ...keyStatements(db, written),
    db.run(sql`update charged_keys set after_id = ${upTo}, is_ready = case when ${upTo} is null then 1 else is_ready end
      where sort = ${written.sort} and tag = ${tag}`),
  ]);
}

/** Looked at: the products that were edited have their keys in every sort. */
export async function editsSettled(
  db: DrizzleD1Database,
  written: readonly KeysWritten[],
  edits: ReadonlyMap<string, number>,
): Promise<void> {
  await commit(db, [
    ...written.flatMap((one) => keyStatements(db, one)),
    db.run(sql`delete from charged_work where (product_id, edit) in
      (select value ->> 0, value ->> 1 from json_each(${JSON.stringify([...edits])}))`),
  ]);
}

/** One step of removing a sort that no list holds in any more. False when nothing was left of it. */
export async function sortRemoved(db: DrizzleD1Database, sort: string): Promise<boolean> {
  const rows = await db.all<{ readonly id: string }>(
    sql`select product_id as id from product_keys where sort = ${sort} order by key, product_id limit ${stepProducts}`,
  );
  const ids = idsIn(rows.map(({ id }) => id));
  if (rows.length === 0) {
    await db.run(sql`delete from charged_keys where sort = ${sort}`);
    return false;
  }
  await commit(db, [
    db.run(sql`update charged_keys set tag = '', is_ready = 0 where sort = ${sort}`),
    db.run(sql`delete from product_keys where product_id in ${ids} and sort = ${sort}`),
    ...rulesApplied(db, ids, ids),
  ]);
  return true;
}

/** For the commit that stores products: until they are looked at, the catalogue's prices are taken for those that are charged. */
export function chargedLater(db: DrizzleD1Database, ids: SQL): Statement[] {
  return [
    db.run(sql`insert into product_keys (product_id, sort, key) select k.product_id, c.sort, k.key
      from charged_keys c cross join product_keys k where k.product_id in ${ids} and k.sort = c.currency`),
    db.run(sql`insert into charged_work (product_id, edit) select value, 1 from ${ids}
      where exists (select 1 from charged_keys) on conflict (product_id) do update set edit = edit + 1`),
  ];
}
