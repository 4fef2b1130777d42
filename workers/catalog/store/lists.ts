/**
 * Lists of products. A page is one range of an index of sort keys (migration 0004), so it costs the same whatever the number
 * of products. Only a list by price has a second part: the products that are not sold in the wished currency come last, by
 * their own price. Their keys are grouped by the set of currencies in which a product is sold; a shop has few such sets, and they are merged here.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { ProductSort } from '../../../shared/contracts/catalog/products.ts';
import { sha256 } from '../../../shared/digest/sha256.ts';
import { decodeCursor, encodeCursor } from '../../../shared/http/pagination.ts';
import { setsBefore, setsFrom } from '../domain/list-keys.ts';
import type { Product } from '../domain/product.ts';
import type { PriceWish } from '../domain/view.ts';
import { collectionIs } from './collections.ts';
import { driverOf, fits, nameOf, type ProductFilter } from './filters.ts';
import type { PageMemory } from './page-memory.ts';
import { type ShownProduct, type ShownRow, shownReading } from './pages.ts';
import { type ProductRow, productColumns, readRow, type StoredProduct } from './products.ts';

export interface ProductList {
  readonly sort: ProductSort;
  readonly currency: PriceWish;
  readonly filter: ProductFilter;
  /** The sort of the prices that are charged; null where they are the catalogue's. */
  readonly charged: string | null;
  /** Id or handle. */
  readonly collection: string | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The part of a list that a row is in: products that have the wished key, then those that are not sold in that currency. */
type Part = 0 | 1;

/** Where a page begins: the part, the sort key and the id of the last row seen. */
interface Position {
  readonly part: Part;
  readonly key: string | number;
  readonly id: string;
}

interface Keyed {
  readonly id: string;
  readonly part: Part;
  readonly sortKey: string | number;
}

/** The keys that a list walks. */
interface Walk {
  /** The table of keys. */
  readonly keys: SQL;
  /** Restricts it to one collection. */
  readonly within: SQL;
  /** What else a product must be. */
  readonly fits: SQL;
  readonly isDescending: boolean;
}

/** A page of the products that are for sale; null when the cursor is not one of this list. */
export async function listActiveProducts(
  db: DrizzleD1Database,
  memory: PageMemory,
  list: ProductList,
): Promise<ListPage<ShownProduct> | null> {
  const { sort, currency, limit, cursor } = list;
  const isByPrice = sort === 'price' || sort === '-price';
  const { filter } = list;
  const filtered = nameOf(filter);
  const name = `products:${sort}:${isByPrice ? (currency ?? '') : ''}:${list.collection ?? ''}${await shortNameOf(filtered)}`;
  const start = positionOf(cursor, name, sort === 'title' ? 'string' : 'number');
  if (start === undefined) return null;
  const walk = walkOf(list);
  const { columns, read } = shownReading(db, memory, `${name}:${limit}:${cursor ?? ''}`, currency);
  const driver = filtered === '' ? null : await driverOf(db, filter);
  const page = { columns, walk, after: start, limit: limit + 1 };
  const found = await db.all<ShownRow & Keyed>(
    driver !== null ? ofFew(page, list, driver) : isByPrice ? byPrice(page, list) : bySort(page, sort),
  );
  if (isByPrice && driver === null) found.sort(inOrder(walk));
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return { items: await read(shown), next: isMore ? encodeCursor(name, [last.part, last.sortKey, last.id]) : null };
}

/** Where a page of all products begins. */
export type CreationKey = readonly [createdAt: number, id: string];

/** All products behind that, the last created first. */
export async function listAllProducts(
  db: DrizzleD1Database,
  status: Product['status'] | null,
  after: CreationKey | null,
  limit: number,
): Promise<StoredProduct[]> {
  const wanted = status === null ? sql`true` : sql`p.status = ${status}`;
  const beyond = after === null ? sql`` : sql`and (p.created_at, p.id) < (${after[0]}, ${after[1]})`;
  const rows = await db.all<ProductRow>(sql`select ${productColumns} from products p
    where ${wanted} ${beyond} order by p.created_at desc, p.id desc limit ${limit}`);
  return rows.map(readRow);
}

/** Null for the first page, undefined for a cursor of another list. */
function positionOf(
  cursor: string | undefined,
  list: string,
  keyType: 'string' | 'number',
): Position | null | undefined {
  if (cursor === undefined) return null;
  const position = decodeCursor(cursor, list, ['number', keyType, 'string']);
  if (position === null) return undefined;
  const [part, key, id] = position;
  return { part: part === 0 ? 0 : 1, key, id };
}

function walkOf({ sort, collection, filter, currency }: ProductList): Walk {
  const isDescending = sort === 'newest' || sort === '-price';
  const shared = { isDescending, fits: fits(filter, sql`k.product_id`, currency) };
  if (collection === null) return { keys: sql`product_keys`, within: sql``, ...shared };
  const within = sql`collection_id = (select c.id from collections c where ${collectionIs(collection)}) and`;
  return { keys: sql`collection_keys`, within, ...shared };
}

/** The keys of one sort behind a position, in the order of the walk. */
function range({ within, fits: isWanted, isDescending }: Walk, sort: SQL, after: SQL | null, limit: number): SQL {
  const direction = isDescending ? sql`desc` : sql`asc`;
  const comparison = isDescending ? sql`<` : sql`>`;
  const beyond = after === null ? sql`` : sql`and (key, product_id) ${comparison} ${after}`;
  return sql`where ${within} sort = ${sort} ${beyond} ${isWanted} order by key ${direction}, product_id ${direction} limit ${limit}`;
}

/** One page of a list. */
interface Asked {
  readonly columns: SQL;
  readonly walk: Walk;
  readonly after: Position | null;
  readonly limit: number;
}

/**
 * The products that a filter drives: few enough to be sorted. What is shown of them is read for those of the page only. A list by
 * price has its second part here too: products without a price in the currency come last, by their own.
 */
function ofFew(
  { columns, walk, after, limit }: Asked,
  { sort, currency, collection, filter, charged }: ProductList,
  driver: SQL,
): SQL {
  const direction = walk.isDescending ? sql`desc` : sql`asc`;
  const behind = walk.isDescending ? sql`<` : sql`>`;
  const isByPrice = sort === 'price' || sort === '-price';
  const member = sql`cross join collection_products m on m.product_id = d.id
    and m.collection_id = (select c.id from collections c where ${collectionIs(collection ?? '')})`;
  const keys = isByPrice
    ? sql`cross join product_keys o on o.product_id = d.id and o.sort >= ${setsFrom} and o.sort < ${setsBefore}
        left join product_keys w on w.product_id = d.id and w.sort = ${priceSort(currency, charged)}`
    : sql`cross join product_keys k on k.product_id = d.id and k.sort = ${sort === 'manual' ? 'title' : sort}`;
  const key = isByPrice ? sql`coalesce(w.key, o.key)` : sort === 'manual' ? sql`m.position` : sql`k.key`;
  const part = isByPrice ? sql`w.key is null` : sql`0`;
  const beyond =
    after === null
      ? sql``
      : sql`where part > ${after.part} or (part = ${after.part} and (sortKey, id) ${behind} (${after.key}, ${after.id}))`;
  return sql`select ${columns}, h.part as part, h.sortKey as sortKey from (
      select * from (select d.id as id, ${part} as part, ${key} as sortKey from (${driver}) d ${collection === null ? sql`` : member} ${keys}
        where true ${fits(filter, sql`d.id`, currency)})
      ${beyond} order by part, sortKey ${direction}, id ${direction} limit ${limit}) h
    cross join products p on p.id = h.id order by h.part, h.sortKey ${direction}, h.id ${direction}`;
}

/** The keys of charged prices, once they are complete; until then, and where no price list holds, those of the catalogue's. */
function priceSort(currency: PriceWish, charged: string | null): SQL {
  if (charged === null) return sql`${currency ?? ''}`;
  return sql`coalesce((select c.sort from charged_keys c where c.sort = ${charged} and c.is_ready = 1), ${currency ?? ''})`;
}

/** A filter may be longer than a cursor. */
async function shortNameOf(filter: string): Promise<string> {
  return filter === '' ? '' : `:${(await sha256(filter)).slice(0, 16)}`;
}

/** The cross join keeps SQLite from walking the products instead of the keys. */
function bySort({ columns, walk, after, limit }: Asked, sort: string): SQL {
  const position = after === null ? null : sql`(${after.key}, ${after.id})`;
  return sql`select ${columns}, 0 as part, key as sortKey from ${walk.keys} k cross join products p on p.id = k.product_id
    ${range(walk, sql`${sort}`, position, limit)}`;
}

/**
 * Products by their price in the currency (part 0), and those that are not sold in it by their own first price (part 1): as
 * many of the currency and of each set of other currencies as a page may need, in no order. The sets are found by one step in
 * the index for each, whatever the number of their products.
 */
function byPrice({ columns, walk, after, limit }: Asked, { currency, charged }: ProductList): SQL {
  const { keys, within, isDescending } = walk;
  const beginning = isDescending ? sql`${Number.MAX_SAFE_INTEGER}, ''` : sql`-1, ''`;
  const behind = (part: Part) => (after?.part === part ? sql`${after.key}, ${after.id}` : beginning);
  const isWalked = currency !== null && after?.part !== 1;
  const isOther = currency === null ? sql`true` : sql`instr(name, ${currency}) = 0`;
  return sql`with recursive sets (name) as (
      select (select min(sort) from ${keys} where ${within} sort >= ${setsFrom} and sort < ${setsBefore})
      union all
      select (select min(sort) from ${keys} where ${within} sort > sets.name and sort < ${setsBefore})
      from sets where sets.name is not null),
    starts (part, name, after_key, after_id) as (
      select 0, ${priceSort(currency, charged)}, ${behind(0)} where ${isWalked}
      union all
      select 1, name, ${behind(1)} from sets where name is not null and ${isOther})
    select ${columns}, starts.part as part, k.key as sortKey from starts
      cross join ${keys} k on ${within} k.sort = starts.name and (k.key, k.product_id) in (
        select key, product_id from ${keys} k ${range(walk, sql`starts.name`, sql`(starts.after_key, starts.after_id)`, limit)})
      cross join products p on p.id = k.product_id`;
}

function inOrder({ isDescending }: Walk): (a: Keyed, b: Keyed) => number {
  const sign = isDescending ? -1 : 1;
  return (a, b) => a.part - b.part || sign * (Number(a.sortKey) - Number(b.sortKey) || (a.id < b.id ? -1 : 1));
}
