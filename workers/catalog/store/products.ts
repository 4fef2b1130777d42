/**
 * Products in D1. A write takes any number of products and is one commit: rows, variants, prices, availability, membership
 * of rule-based collections and events. Lists travel as one JSON parameter, because D1 binds at most 100 per statement.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { commit, publish, type Statement } from '../../../shared/messaging/d1.ts';
import type { Composition, Product } from '../domain/product.ts';
import type { StockFigure } from '../domain/view.ts';
import { type ImportedFacts, productChanged, productsImported } from './announcements.ts';
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

type SaveOutcome = 'saved' | 'version-conflict' | 'handle-taken' | 'sku-taken';

/** Commits products that have changed, together with `also`. Everything or nothing. */
export function saveProducts(
  db: DrizzleD1Database,
  compositions: readonly Composition[],
  facts: { readonly now: number; readonly traceparent?: string },
  also: readonly Statement[] = [],
): Promise<SaveOutcome> {
  const events = compositions.map(({ product }) => productChanged(product, facts.traceparent));
  return save(db, compositions, events, facts.now, also);
}

/** The same for a chunk of an import, which publishes one event for all its products. */
export function saveImported(
  db: DrizzleD1Database,
  compositions: readonly Composition[],
  facts: ImportedFacts,
  also: readonly Statement[],
): Promise<SaveOutcome> {
  const products = compositions.map(({ product }) => product);
  return save(db, compositions, productsImported(products, facts), facts.now, also);
}

async function save(
  db: DrizzleD1Database,
  changed: readonly Composition[],
  events: readonly Envelope[],
  now: number,
  also: readonly Statement[],
): Promise<SaveOutcome> {
  try {
    await commit(db, [
      ...(changed.length === 0 ? [] : writesOf(db, changed, now)),
      ...publish(db, events, now),
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
      // When the product has another version by now, null in its column makes the whole commit fail.
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

/** Translates the constraint that stopped a commit. Anything else is a defect and goes on. */
function outcomeOf(error: unknown): SaveOutcome {
  const message =
    error instanceof Error
      ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
      : String(error);
  if (message.includes('UNIQUE constraint failed: products.handle')) return 'handle-taken';
  if (message.includes('UNIQUE constraint failed: variants.sku')) return 'sku-taken';
  if (message.includes('NOT NULL constraint failed: products.version')) return 'version-conflict';
  // The product was deleted meanwhile, so its variants refer to no row.
  if (message.includes('FOREIGN KEY constraint failed')) return 'version-conflict';
  throw error;
}
