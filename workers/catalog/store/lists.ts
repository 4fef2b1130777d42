/**
 * Lists of products: one statement per page, each walking an index from where the cursor left off. Only a list by price in
 * a currency takes a second one, on its last page, for the products that are not sold in that currency: they come last.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type * as z from 'zod';
import type { ProductSort, ProductStatus } from '../../../shared/contracts/catalog/products.ts';
import { decodeCursor, encodeCursor } from '../../../shared/http/pagination.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { collectionIs } from './collections.ts';
import type { PageMemory } from './page-memory.ts';
import { type ShownProduct, shownReading } from './pages.ts';
import { type ProductRow, productColumns, readRow, type StoredProduct } from './products.ts';

export interface ProductList {
  readonly sort: ProductSort;
  readonly currency: Currency | null;
  /** Id or handle. */
  readonly collection: string | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface AllProductsList {
  readonly status: z.infer<typeof ProductStatus> | null;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Where a page begins: the group (see `priceSources`), the sort key and the id of the last row seen. */
interface Position {
  readonly group: number;
  readonly key: string | number;
  readonly id: string;
}

/** A part of a list: rows from one index, in one order. */
interface Source {
  readonly from: SQL;
  readonly where: SQL;
  readonly key: SQL;
  readonly id: SQL;
  readonly isDescending: boolean;
}

/** What a cursor of a list must be like. */
interface Order {
  readonly list: string;
  readonly keyType: 'string' | 'number';
}

interface Keyed {
  readonly sortKey: string | number;
}

/** What is read of each product, and made of it. */
interface Reading<Row, Item> {
  readonly columns: SQL;
  readonly read: (rows: readonly Row[]) => Promise<Item[]>;
}

/** A page of the products that are for sale; null when the cursor is not one of this list. */
export async function listActiveProducts(
  db: DrizzleD1Database,
  memory: PageMemory,
  list: ProductList,
): Promise<ListPage<ShownProduct> | null> {
  const currency = list.sort.endsWith('price') ? (list.currency ?? '') : '';
  const order: Order = {
    list: `products:${list.sort}:${currency}:${list.collection ?? ''}`,
    keyType: list.sort === 'title' ? 'string' : 'number',
  };
  const look = `${order.list}:${list.limit}:${list.cursor ?? ''}`;
  return readPage(db, order, sourcesOf(list), shownReading(db, memory, look, list.currency), list);
}

/** A page of all products, the last created first; null when the cursor is not one of this list. */
export async function listAllProducts(
  db: DrizzleD1Database,
  list: AllProductsList,
): Promise<ListPage<StoredProduct> | null> {
  const where = list.status === null ? sql`true` : sql`p.status = ${list.status}`;
  const source = { from: sql`products p`, where, key: sql`p.created_at`, id: sql`p.id`, isDescending: true };
  const whole = { columns: productColumns, read: async (rows: readonly ProductRow[]) => rows.map(readRow) };
  const order: Order = { list: `products:created:${list.status ?? ''}`, keyType: 'number' };
  return readPage(db, order, [source], whole, list);
}

async function readPage<Row extends { readonly id: string }, Item>(
  db: DrizzleD1Database,
  order: Order,
  sources: readonly Source[],
  { columns, read }: Reading<Row, Item>,
  { limit, cursor }: { readonly limit: number; readonly cursor: string | undefined },
): Promise<ListPage<Item> | null> {
  const start = cursor === undefined ? null : positionOf(cursor, order);
  if (start === undefined) return null;
  const found: { readonly group: number; readonly row: Row & Keyed }[] = [];
  for (const [group, source] of sources.entries()) {
    if (group < (start?.group ?? 0) || found.length > limit) continue;
    const after = start?.group === group ? start : null;
    const rows = await db.all<Row & Keyed>(selectFrom(columns, source, after, limit + 1 - found.length));
    found.push(...rows.map((row) => ({ group, row })));
  }
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next =
    found.length > limit && last !== undefined
      ? encodeCursor(order.list, [last.group, last.row.sortKey, last.row.id])
      : null;
  return { items: await read(page.map(({ row }) => row)), next };
}

function positionOf(cursor: string, { list, keyType }: Order): Position | undefined {
  const position = decodeCursor(cursor, list, ['number', keyType, 'string']);
  if (position === null) return undefined;
  const [group, key, id] = position;
  return { group, key, id };
}

function selectFrom(
  columns: SQL,
  { from, where, key, id, isDescending }: Source,
  after: Position | null,
  limit: number,
): SQL {
  const direction = isDescending ? sql`desc` : sql`asc`;
  const comparison = isDescending ? sql`<` : sql`>`;
  const beyond = after === null ? sql`` : sql`and (${key}, ${id}) ${comparison} (${after.key}, ${after.id})`;
  return sql`select ${columns}, ${key} as sortKey from ${from} where ${where} ${beyond}
    order by ${key} ${direction}, ${id} ${direction} limit ${limit}`;
}

function sourcesOf(list: ProductList): Source[] {
  const inCollection =
    list.collection === null
      ? null
      : sql`cp.collection_id = (select c.id from collections c where ${collectionIs(list.collection)})`;
  if (list.sort === 'price' || list.sort === '-price') return priceSources(list, inCollection);
  if (list.sort === 'manual' && inCollection !== null) {
    const from = sql`collection_products cp join products p on p.id = cp.product_id`;
    const where = sql`${inCollection} and p.status = 'active'`;
    return [{ from, where, key: sql`cp.position`, id: sql`cp.product_id`, isDescending: false }];
  }
  const isNewest = list.sort === 'newest';
  return [
    {
      from:
        inCollection === null ? sql`products p` : sql`collection_products cp join products p on p.id = cp.product_id`,
      where: sql`p.status = 'active' ${inCollection === null ? sql`` : sql`and ${inCollection}`}`,
      key: isNewest ? sql`p.published_at` : sql`p.sort_title`,
      id: sql`p.id`,
      isDescending: isNewest,
    },
  ];
}

/** First the products with a price in the currency, by that price; then the others, by their own first price. */
function priceSources({ sort, currency }: ProductList, inCollection: SQL | null): Source[] {
  const join = inCollection === null ? sql`` : sql`join collection_products cp on cp.product_id = pp.product_id`;
  const shared = {
    from: sql`product_prices pp join products p on p.id = pp.product_id ${join}`,
    key: sql`pp.price_minor`,
    id: sql`pp.product_id`,
    isDescending: sort === '-price',
  };
  const also = inCollection === null ? sql`` : sql`and ${inCollection}`;
  const priced = { ...shared, where: sql`pp.currency = ${currency ?? ''} ${also}` };
  if (currency === null) return [priced];
  const unpriced = sql`pp.currency = '' ${also} and not exists
    (select 1 from product_prices other where other.product_id = pp.product_id and other.currency = ${currency})`;
  return [priced, { ...shared, where: unpriced }];
}
