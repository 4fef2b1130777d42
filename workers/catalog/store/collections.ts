/** Collections in D1, with the products that merchants put into them by hand. What rules find is in `membership.ts`. */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { CollectionRule } from '../../../shared/contracts/catalog/collections.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { handleForm } from '../../../shared/values/text.ts';
import type { Collection } from '../domain/collection.ts';
import { sortTitleOf } from '../domain/view.ts';
import { membershipStale } from './membership.ts';
import { tryCommit } from './outcome.ts';

/** What is stored as JSON in one column. */
type Details = Pick<Collection, 'image' | 'seo' | 'metafields'>;

interface CollectionRow extends Omit<Collection, 'rules' | keyof Details> {
  readonly rules: string;
  readonly details: string;
  readonly productsTotal: number;
  readonly isBuilding: 0 | 1;
}

export interface StoredCollection {
  readonly collection: Collection;
  readonly productsTotal: number;
  /** Its products are still being looked for. */
  readonly isBuilding: boolean;
}

const columns: SQL = sql`id, handle, title, description_html as descriptionHtml, kind, match, rules, details, version,
  created_at as createdAt, updated_at as updatedAt,
  (select products from collection_totals t where t.collection_id = collections.id) as productsTotal,
  exists (select 1 from membership_work w where w.collection_id = collections.id) as isBuilding`;

/** The condition that names one collection by id or handle. */
export function collectionIs(key: string): SQL {
  return key.startsWith('col_') ? sql`id = ${key}` : sql`handle = ${handleForm(key)}`;
}

function readRow({ productsTotal, isBuilding, rules, details, ...row }: CollectionRow): StoredCollection {
  const parsed: CollectionRule[] = JSON.parse(rules);
  const described: Details = JSON.parse(details);
  return { collection: { ...row, ...described, rules: parsed }, productsTotal, isBuilding: isBuilding === 1 };
}

export async function loadCollection(db: DrizzleD1Database, key: string): Promise<StoredCollection | null> {
  const [row] = await db.all<CollectionRow>(sql`select ${columns} from collections where ${collectionIs(key)}`);
  return row === undefined ? null : readRow(row);
}

/** Where a page of collections begins. */
export type TitleKey = readonly [sortTitle: string, id: string];

/** The collections behind that, in the order of titles. */
export async function listCollections(
  db: DrizzleD1Database,
  after: TitleKey | null,
  limit: number,
): Promise<StoredCollection[]> {
  const beyond = after === null ? sql`` : sql`where (sort_title, id) > (${after[0]}, ${after[1]})`;
  const rows = await db.all<CollectionRow>(
    sql`select ${columns} from collections ${beyond} order by sort_title, id limit ${limit}`,
  );
  return rows.map(readRow);
}

/** The ids of products named by id or handle; absent when there is no such product. */
export async function findProductIds(db: DrizzleD1Database, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const named = keys.map((key) => [key, handleForm(key)]);
  const rows = await db.all<{
    key: string;
    id: string;
  }>(sql`select k.value ->> 0 as key, p.id as id from json_each(${JSON.stringify(named)}) k
    join products p on p.id = case when k.value ->> 0 like 'prd/_%' escape '/' then k.value ->> 0
      else (select id from products where handle = k.value ->> 1) end`);
  return new Map(rows.map(({ key, id }) => [key, id]));
}

export interface MembershipChange {
  /** The products in their order, instead of those there. */
  readonly replace?: readonly string[];
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/** Commits a collection with the products that were put into it by hand. Rules find theirs afterwards (`membership.ts`). */
export function saveCollection(
  db: DrizzleD1Database,
  collection: Collection,
  members: MembershipChange,
  isStale: boolean,
) {
  return tryCommit(db, [
    upsert(db, collection),
    ...(collection.kind === 'manual' ? manualMembership(db, collection.id, members) : []),
    ...(isStale ? [membershipStale(db, collection.id)] : []),
  ]);
}

export function removeCollection(db: DrizzleD1Database, { id, version }: Collection) {
  return tryCommit(db, [
    db.run(
      sql`update collections set version = case when version = ${version} then version else null end where id = ${id}`,
    ),
    db.run(sql`delete from collections where id = ${id}`),
    membershipStale(db, id),
  ]);
}

/** As with products, a version that does not follow the stored one is refused by its column. */
function upsert(db: DrizzleD1Database, collection: Collection): Statement {
  const { id, handle, title, descriptionHtml, kind, match, rules, version, createdAt, updatedAt } = collection;
  const { image, seo, metafields } = collection;
  const details: Details = { image, seo, metafields };
  return db.run(sql`insert into collections
      (id, handle, title, sort_title, description_html, kind, match, rules, details, version, created_at, updated_at)
    select ${id}, ${handle}, ${title}, ${sortTitleOf(title)}, ${descriptionHtml}, ${kind}, ${match}, ${JSON.stringify(rules)},
      ${JSON.stringify(details)}, ${version}, ${createdAt}, ${updatedAt}
    where ${version} = 1 or exists (select 1 from collections where id = ${id})
    on conflict (id) do update set handle = excluded.handle, title = excluded.title, sort_title = excluded.sort_title,
      description_html = excluded.description_html, kind = excluded.kind, match = excluded.match, rules = excluded.rules, details = excluded.details,
      version = case when collections.version = excluded.version - 1 then excluded.version else null end,
      updated_at = excluded.updated_at`);
}

function manualMembership(db: DrizzleD1Database, id: string, { replace, add, remove }: MembershipChange): Statement[] {
  const statements: Statement[] = [];
  if (replace !== undefined) {
    statements.push(db.run(sql`delete from collection_products where collection_id = ${id} and position > 0`));
  }
  if (remove !== undefined) {
    statements.push(
      db.run(sql`delete from collection_products where collection_id = ${id}
        and product_id in (select value from json_each(${JSON.stringify(remove)}))`),
    );
  }
  const added = replace ?? add;
  if (added !== undefined) {
    const ids = sql`(select value from json_each(${JSON.stringify(added)}))`;
    statements.push(
      // These may be among the members that earlier rules found and that the job removes. As listed products they stay.
      db.run(
        sql`delete from collection_products where collection_id = ${id} and product_id in ${ids} and position = 0`,
      ),
      db.run(sql`insert or ignore into collection_products (collection_id, product_id, position)
        select ${id}, k.value, k.key + 1 + (select position_last from collection_totals where collection_id = ${id})
        from json_each(${JSON.stringify(added)}) k`),
    );
  }
  return statements;
}
