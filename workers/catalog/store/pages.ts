/**
 * What storefronts are shown, from the precomputed page of each product. The page itself travels only when this isolate does
 * not hold it in the present version; only a shopper who wishes for another currency of a product costs the reading of its
 * document, once per version.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Currency } from '../../../shared/values/money.ts';
import { type Page, pageOf, readPage } from '../domain/page.ts';
import type { Product } from '../domain/product.ts';
import type { StockFigure } from '../domain/view.ts';
import type { KnownPage, PageMemory } from '../page-memory.ts';
import { keyColumn, readStock, stockColumn } from './products.ts';

export interface ShownProduct {
  readonly id: string;
  readonly version: number;
  readonly page: Page;
  readonly stock: readonly StockFigure[];
}

export interface ShownRow {
  readonly id: string;
  readonly version: number;
  /** Null when the page is known, or has to be made from the document. */
  readonly page: string | null;
  readonly document: string | null;
  readonly stock: string;
}

/** How shown products are read: the columns for a query over `products p`, and what is made of a row. */
export interface ShownReading {
  readonly columns: SQL;
  readonly read: (row: ShownRow) => ShownProduct;
}

/** @param look names the answer: its products are expected to be those it had the last time */
export function shownReading(memory: PageMemory, look: string, wish: Currency | null): ShownReading {
  const known = memory.recall(look, wish);
  return {
    columns: shownColumns(known, wish),
    read: (row) => ({
      id: row.id,
      version: row.version,
      page: pageOfRow(row, known, memory, wish),
      stock: readStock(row.stock),
    }),
  };
}

function shownColumns(known: ReadonlyMap<string, KnownPage>, wish: Currency | null): SQL {
  const versions = JSON.stringify(Object.fromEntries([...known].map(([id, { version }]) => [id, version])));
  const isKnown = known.size === 0 ? sql`false` : sql`${versions} ->> p.id is p.version`;
  // A product that is not sold in the wished currency is shown in its own.
  const isOwn =
    wish === null
      ? sql`p.page <> ''`
      : sql`p.page <> '' and (p.currency = ${wish} or not exists
          (select 1 from product_prices w where w.product_id = p.id and w.currency = ${wish}))`;
  return sql`p.id as id, p.version as version, case when ${isKnown} then null when ${isOwn} then p.page end as page,
    case when ${isKnown} or ${isOwn} then null else p.document end as document, ${stockColumn}`;
}

function pageOfRow(
  { id, version, page, document }: ShownRow,
  known: ReadonlyMap<string, KnownPage>,
  memory: PageMemory,
  wish: Currency | null,
): Page {
  const held = known.get(id);
  if (held?.version === version) return held.page;
  const read = readPage(page ?? madeFrom(document ?? '', wish));
  memory.keep(id, wish, { version, page: read });
  return read;
}

function madeFrom(document: string, wish: Currency | null): string {
  const product: Product = JSON.parse(document);
  return pageOf(product, wish);
}

/** One product that is for sale, by id or handle, in one statement. */
export async function loadShown(
  db: DrizzleD1Database,
  memory: PageMemory,
  key: string,
  wish: Currency | null,
): Promise<ShownProduct | null> {
  const { columns, read } = shownReading(memory, key, wish);
  const [row] = await db.all<ShownRow>(
    sql`select ${columns} from products p where ${keyColumn(key)} = ${key} and p.status = 'active'`,
  );
  if (row === undefined) return null;
  memory.keepLook(key, [row.id]);
  return read(row);
}
