/**
 * Products in D1. A write takes any number of products and is one commit: rows, variants, prices, availability, membership
 * of rule-based collections and events. Lists travel as one JSON parameter, because D1 binds at most 100 per statement.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { commit, publish, type Statement } from '../../../shared/messaging/d1.ts';
import { pageOf } from '../domain/page.ts';
import type { Composition, Product } from '../domain/product.ts';
import { floorOf, stockUnitOf } from '../domain/product.ts';
import {
  currenciesOf,
  factsOf,
  lowestPrice,
  productChanged,
  type StockFigure,
  snapshotOf,
  sortTitleOf,
} from '../domain/view.ts';
import { membershipOf } from './membership.ts';

/** `publish` takes at most this many events per statement. */
const eventsPerStatement = 100;

/** A product with the newest figures of its stock. */
export interface StoredProduct {
  readonly product: Product;
  readonly stock: readonly StockFigure[];
}

export interface ProductRow {
  readonly id: string;
  readonly document: string;
  readonly stock: string;
}

/** The newest figures of a product's stock units, for a query over `products p`. */
export const stockColumn: SQL = sql`(select json_group_array(json_array(a.stock_unit_id, a.available, a.as_of))
  from availability a where a.product_id = p.id) as stock`;

/** The columns of a whole product, for a query over `products p`. */
export const productColumns: SQL = sql`p.id as id, p.document as document, ${stockColumn}`;

export function readRow(row: ProductRow): StoredProduct {
  const product: Product = JSON.parse(row.document);
  return { product, stock: readStock(row.stock) };
}

export function readStock(json: string): StockFigure[] {
  const figures: [string, number, number][] = JSON.parse(json);
  return figures.map(([stockUnitId, available, asOf]) => ({ stockUnitId, available, asOf }));
}

/** A handle cannot look like an id: it has no underscore. */
export function keyColumn(key: string): SQL {
  return key.startsWith('prd_') ? sql`p.id` : sql`p.handle`;
}

/** One product of any status, by id or handle, in one statement. */
export async function loadProduct(db: DrizzleD1Database, key: string): Promise<StoredProduct | null> {
  const [row] = await db.all<ProductRow>(
    sql`select ${productColumns} from products p where ${keyColumn(key)} = ${key}`,
  );
  return row === undefined ? null : readRow(row);
}

export interface SkuOwner {
  readonly sku: string;
  readonly productId: string;
  readonly handle: string;
  readonly stockUnitId: string;
  readonly floor: number;
}

export interface Namesakes {
  /** Products by handle. */
  readonly products: ReadonlyMap<string, Product>;
  readonly skuOwners: ReadonlyMap<string, SkuOwner>;
}

/** Who has these handles and SKUs now. */
export async function findNamesakes(
  db: DrizzleD1Database,
  handles: readonly string[],
  skus: readonly string[],
): Promise<Namesakes> {
  const [products, owners] = await Promise.all([
    db.all<{ document: string }>(
      sql`select document from products where handle in (select value from json_each(${JSON.stringify(handles)}))`,
    ),
    db.all<SkuOwner>(sql`select v.sku as sku, v.product_id as productId, p.handle as handle, v.stock_unit_id as stockUnitId, v.floor as floor
      from variants v join products p on p.id = v.product_id where v.sku in (select value from json_each(${JSON.stringify(skus)}))`),
  ]);
  return {
    products: new Map(
      products.map(({ document }) => {
        const product: Product = JSON.parse(document);
        return [product.handle, product];
      }),
    ),
    skuOwners: new Map(owners.map((owner) => [owner.sku, owner])),
  };
}

export type SaveOutcome = 'saved' | 'version-conflict' | 'handle-taken' | 'sku-taken';

/** Commits products that have changed, together with `also`. Everything or nothing. */
export async function saveProducts(
  db: DrizzleD1Database,
  compositions: readonly Composition[],
  facts: { readonly now: number; readonly traceparent?: string },
  also: readonly Statement[] = [],
): Promise<SaveOutcome> {
  const changed = compositions.filter(({ isChanged }) => isChanged);
  const events = changed.map(({ product }) => productChanged(product, facts.traceparent));
  try {
    await commit(db, [
      ...(changed.length === 0 ? [] : writesOf(db, changed, facts.now)),
      ...publishAll(db, events, facts.now),
      ...also,
    ]);
    return 'saved';
  } catch (error) {
    return outcomeOf(error);
  }
}

export async function removeProduct(
  db: DrizzleD1Database,
  product: Product,
  event: Envelope,
  now: number,
): Promise<SaveOutcome> {
  try {
    await commit(db, [
      // Deleting a version that is gone must undo the whole commit, so a missing row is made to fail.
      db.run(
        sql`update products set version = case when version = ${product.version} then version else null end where id = ${product.id}`,
      ),
      db.run(sql`delete from availability where product_id = ${product.id}`),
      db.run(sql`delete from products where id = ${product.id}`),
      ...publish(db, [event], now),
    ]);
    return 'saved';
  } catch (error) {
    return outcomeOf(error);
  }
}

function publishAll(db: DrizzleD1Database, events: readonly Envelope[], now: number): Statement[] {
  const statements: Statement[] = [];
  for (let start = 0; start < events.length; start += eventsPerStatement) {
    statements.push(...publish(db, events.slice(start, start + eventsPerStatement), now));
  }
  return statements;
}

/** Translates the constraint that stopped a commit. Anything else is a defect and goes on. */
function outcomeOf(error: unknown): SaveOutcome {
  const message =
    error instanceof Error
      ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
      : String(error);
  if (message.includes('UNIQUE constraint failed: products.handle')) return 'handle-taken';
  if (message.includes('UNIQUE constraint failed: variants.sku')) return 'sku-taken';
  if (message.includes('NOT NULL constraint failed: products.version')) return 'version-conflict';
  // Variants of a product that was deleted meanwhile have nothing to belong to.
  if (message.includes('FOREIGN KEY constraint failed')) return 'version-conflict';
  throw error;
}

function writesOf(db: DrizzleD1Database, changed: readonly Composition[], now: number): Statement[] {
  const products = changed.map(({ product }) => product);
  const ids = sql`(select value from json_each(${JSON.stringify(products.map(({ id }) => id))}))`;
  const variants = JSON.stringify(products.flatMap(variantRows));
  return [
    upsertProducts(db, products),
    db.run(sql`delete from variants where product_id in ${ids}`),
    db.run(sql`insert into variants (id, product_id, sku, stock_unit_id, floor, position, snapshot)
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 from json_each(${variants})`),
    db.run(sql`delete from product_prices where product_id in ${ids}`),
    db.run(sql`insert into product_prices (product_id, currency, price_minor)
      select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(products.flatMap(priceRows))})`),
    db.run(sql`delete from availability where product_id in ${ids}
      and stock_unit_id not in (select value ->> 3 from json_each(${variants}))`),
    // A unit that the inventory told of already keeps its figure and is given its product.
    db.run(sql`insert into availability (stock_unit_id, product_id, available, as_of, sequence)
      select value ->> 0, value ->> 1, value ->> 2, ${now}, 0 from json_each(${JSON.stringify(changed.flatMap(stockRows))}) where true
      on conflict (stock_unit_id) do update set product_id = excluded.product_id`),
    ...membershipOf(db, { products: ids }),
  ];
}

/**
 * Inserts new products and updates known ones. A version that does not follow the stored one becomes null and is refused by
 * its column; a deleted product is not brought back, so that its variants fail.
 */
function upsertProducts(db: DrizzleD1Database, products: readonly Product[]): Statement {
  const rows = JSON.stringify(products.map(productRow));
  return db.run(sql`insert into products
      (id, handle, title, sort_title, status, vendor, type, facts, document, version, created_at, updated_at, published_at,
      currency, page)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8,
      value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14
    from json_each(${rows}) where value ->> 9 = 1 or exists (select 1 from products where id = value ->> 0)
    on conflict (id) do update set
      handle = excluded.handle, title = excluded.title, sort_title = excluded.sort_title, status = excluded.status,
      vendor = excluded.vendor, type = excluded.type, facts = excluded.facts, document = excluded.document,
      version = case when products.version = excluded.version - 1 then excluded.version else null end,
      updated_at = excluded.updated_at, published_at = excluded.published_at,
      currency = excluded.currency, page = excluded.page`);
}

function productRow(product: Product): (string | number | null)[] {
  return [
    product.id,
    product.handle,
    product.title,
    sortTitleOf(product.title),
    product.status,
    product.vendor,
    product.type,
    JSON.stringify(factsOf(product)),
    JSON.stringify(product),
    product.version,
    Date.parse(product.createdAt),
    Date.parse(product.updatedAt),
    product.publishedAt === null ? null : Date.parse(product.publishedAt),
    product.variants[0]?.prices[0]?.currency ?? '',
    pageOf(product),
  ];
}

function variantRows(product: Product): (string | number)[][] {
  return product.variants.map((variant, position) => [
    variant.id,
    product.id,
    variant.sku,
    stockUnitOf(variant.id),
    floorOf(variant),
    position,
    JSON.stringify(snapshotOf(product, variant)),
  ]);
}

function priceRows(product: Product): (string | number)[][] {
  if (product.status !== 'active') return [];
  const currencies = currenciesOf(product);
  const rows = currencies.map((currency) => [product.id, currency, lowestPrice(product, currency)]);
  const [first] = currencies;
  return first === undefined ? rows : [[product.id, '', lowestPrice(product, first)], ...rows];
}

function stockRows({ before, product, openings }: Composition): (string | number)[][] {
  const known = new Set(before?.variants.map(({ id }) => stockUnitOf(id)) ?? []);
  const quantities = new Map(openings.map(({ stockUnitId, quantity }) => [stockUnitId, quantity]));
  return product.variants
    .map(({ id }) => stockUnitOf(id))
    .filter((unit) => !known.has(unit))
    .map((unit) => [unit, product.id, quantities.get(unit) ?? 0]);
}
