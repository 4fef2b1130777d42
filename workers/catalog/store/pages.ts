/**
 * What storefronts are shown, straight from the precomputed page of each product. Only a shopper who wishes for another
 * currency than the product's own costs the reading of its document.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Currency } from '../../../shared/values/money.ts';
import type { Product } from '../domain/product.ts';
import type { StockFigure } from '../domain/view.ts';
import { keyColumn, readStock, stockColumn } from './products.ts';

/** Either the page or the document is there. */
export interface ShownProduct {
  readonly id: string;
  readonly version: number;
  readonly page: string;
  readonly product: Product | null;
  readonly stock: readonly StockFigure[];
}

export interface ShownRow {
  readonly id: string;
  readonly version: number;
  readonly page: string | null;
  readonly document: string | null;
  readonly stock: string;
}

/** The columns of a shown product, for a query over `products p`. */
export function shownColumns(wish: Currency | null): SQL {
  const own = wish === null ? sql`p.page <> ''` : sql`p.page <> '' and p.currency = ${wish}`;
  return sql`p.id as id, p.version as version, case when ${own} then p.page end as page,
    case when ${own} then null else p.document end as document, ${stockColumn}`;
}

export function readShown({ id, version, page, document, stock }: ShownRow): ShownProduct {
  const product: Product | null = document === null ? null : JSON.parse(document);
  return { id, version, page: page ?? '', product, stock: readStock(stock) };
}

/** One product that is for sale, by id or handle, in one statement. */
export async function loadShown(
  db: DrizzleD1Database,
  key: string,
  wish: Currency | null,
): Promise<ShownProduct | null> {
  const [row] = await db.all<ShownRow>(
    sql`select ${shownColumns(wish)} from products p where ${keyColumn(key)} = ${key} and p.status = 'active'`,
  );
  return row === undefined ? null : readShown(row);
}
