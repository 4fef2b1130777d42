/**
 * Products in D1. A write takes any number of products and is one commit: rows, variants, prices, availability, membership
 * of rule-based collections and events. Lists travel as one JSON parameter, because D1 binds at most 100 per statement.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { publish, type Statement } from '../../../shared/messaging/d1.ts';
import { handleForm } from '../../../shared/values/text.ts';
import type { Composition, Product } from '../domain/product.ts';
import type { StockFigure } from '../domain/view.ts';
import { bundlesAreWhole } from './bundles.ts';
import { tryCommit } from './outcome.ts';
import { writesOf } from './product-writes.ts';

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

/** The condition that names one product of `products p` by id or handle. A handle cannot look like an id: it has no underscore. */
export function productIs(key: string): SQL {
  return key.startsWith('prd_') ? sql`p.id = ${key}` : sql`p.handle = ${handleForm(key)}`;
}

/** One product of any status, by id or handle, in one statement. */
export async function loadProduct(db: DrizzleD1Database, key: string): Promise<StoredProduct | null> {
  const [row] = await db.all<ProductRow>(sql`select ${productColumns} from products p where ${productIs(key)}`);
  return row === undefined ? null : readRow(row);
}

interface SkuOwner {
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

/** The products and variants that have these handles and SKUs now. */
export async function findNamesakes(
  db: DrizzleD1Database,
  handles: readonly string[],
  skus: readonly string[],
): Promise<Namesakes> {
  const [products, skuOwners] = await Promise.all([
    db.all<{ document: string }>(
      sql`select document from products where handle in (select value from json_each(${JSON.stringify(handles)}))`,
    ),
    findSkuOwners(db, skus),
  ]);
  return {
    products: new Map(
      products.map(({ document }) => {
        const product: Product = JSON.parse(document);
        return [product.handle, product];
      }),
    ),
    skuOwners,
  };
}

/** Products of any status behind an id, in the order of ids. */
export async function productsAfter(db: DrizzleD1Database, afterId: string, limit: number): Promise<StoredProduct[]> {
  const rows = await db.all<ProductRow>(
    sql`select ${productColumns} from products p where p.id > ${afterId} order by p.id limit ${limit}`,
  );
  return rows.map(readRow);
}

/** The products that have variants with these SKUs. */
export async function productsBySku(db: DrizzleD1Database, skus: readonly string[]): Promise<Product[]> {
  const rows = await db.all<{ document: string }>(sql`select document from products where id in (
    select product_id from variants where sku in (select value from json_each(${JSON.stringify(skus)})))`);
  return rows.map(({ document }): Product => JSON.parse(document));
}

/** The variants that have these SKUs now. */
export async function findSkuOwners(
  db: DrizzleD1Database,
  skus: readonly string[],
): Promise<ReadonlyMap<string, SkuOwner>> {
  const owners = await db.all<SkuOwner>(sql`select v.sku as sku, v.product_id as productId, p.handle as handle,
      v.stock_unit_id as stockUnitId, v.floor as floor
    from variants v join products p on p.id = v.product_id where v.sku in (select value from json_each(${JSON.stringify(skus)}))`);
  return new Map(owners.map((owner) => [owner.sku, owner]));
}

/**
 * The products that a file means by its own handles. One that no file has made or named answers to its address, because that is
 * what an export calls it; but a product that a file has named so comes first, and the other one answers to its id.
 */
export async function findImported(
  db: DrizzleD1Database,
  handles: readonly string[],
): Promise<ReadonlyMap<string, Product>> {
  const wanted = sql`(select value from json_each(${JSON.stringify(handles)}))`;
  const rows = await db.all<{ readonly name: string; readonly document: string }>(sql`
    select import_handle as name, document from products where import_handle in ${wanted}
    union all select handle as name, document from products where handle in ${wanted} and import_handle is null
    union all select p.id as name, p.document from products p where p.id in ${wanted} and p.import_handle is null
      and exists (select 1 from products other where other.import_handle = p.handle)`);
  const found = new Map<string, Product>();
  for (const { name, document } of rows) {
    const product: Product = JSON.parse(document);
    if (!found.has(name) || product.importHandle === name) found.set(name, product);
  }
  return found;
}

/** Which of these names files have given to products. */
export async function givenByFiles(db: DrizzleD1Database, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ readonly name: string }>(sql`select import_handle as name from products
    where import_handle in (select value from json_each(${JSON.stringify(names)}))`);
  return new Set(rows.map(({ name }) => name));
}

/** Commits products that have changed with their events, and `also`. Everything or nothing. */
export function saveProducts(
  db: DrizzleD1Database,
  changed: readonly Composition[],
  events: readonly Envelope[],
  now: number,
  also: readonly Statement[],
) {
  return tryCommit(db, [...writesOf(db, changed, now), ...publish(db, events, now), ...also]);
}

export function removeProduct(db: DrizzleD1Database, product: Product, event: Envelope, now: number) {
  const { id, version, variants } = product;
  const variantIds = sql`(select value from json_each(${JSON.stringify(variants.map((variant) => variant.id))}))`;
  return tryCommit(db, [
    // When the product has another version by now, null in its column makes the whole commit fail.
    db.run(
      sql`update products set version = case when version = ${version} then version else null end where id = ${id}`,
    ),
    db.run(sql`delete from availability where product_id = ${id}`),
    db.run(sql`delete from variant_components where variant_id in ${variantIds}`),
    db.run(sql`delete from products where id = ${id}`),
    bundlesAreWhole(db, variantIds),
    ...publish(db, [event], now),
  ]);
}
