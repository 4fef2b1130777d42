/**
 * What storefronts are shown, from the precomputed page of each product. The page itself is read only when this isolate does
 * not hold it in the current version; only a shopper who pays in another currency than the product's own costs the reading of
 * its document, once per version.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { pageOf, readPage } from '../domain/page.ts';
import type { Product } from '../domain/product.ts';
import type { PriceWish, StockFigure } from '../domain/view.ts';
import type { KnownPage, PageMemory } from './page-memory.ts';
import { productIs, readStock, stockColumn } from './products.ts';

export interface ShownProduct extends KnownPage {
  readonly id: string;
  readonly stock: readonly StockFigure[];
}

/** What may change from one answer to the next. */
export interface ShownRow {
  readonly id: string;
  readonly version: number;
  readonly stock: string;
}

interface PageRow extends Omit<ShownRow, 'stock'> {
  /** Null when the page has to be made from the document. */
  readonly page: string | null;
  readonly document: string | null;
}

/** How shown products are read: the columns for a query over `products p`, and what is made of its rows. */
interface ShownReading {
  readonly columns: SQL;
  readonly read: (rows: readonly ShownRow[]) => Promise<ShownProduct[]>;
}

/** What the first answer asks for, when nothing is held: pages too, so that it needs no other statement. */
type WholeRow = ShownRow & PageRow;

/**
 * Reads what may have changed, and the pages with it where this isolate has not given the answer before. After that only a
 * page that was edited takes a statement of its own: asking with each answer which pages are still right cost a fifth of it.
 *
 * @param look names the answer: its products are expected to be those it had the last time
 */
export function shownReading(db: DrizzleD1Database, memory: PageMemory, look: string, wish: PriceWish): ShownReading {
  const known = memory.recall(look, wish);
  const pageOfRow = (row: PageRow): KnownPage => {
    const read = { version: row.version, page: readPage(row.page ?? madeFrom(row.document ?? '', wish)) };
    memory.keep(row.id, wish, read);
    return read;
  };
  return {
    columns: known.size === 0 ? sql`${shownColumns}, ${pageColumns(wish)}` : shownColumns,
    read: async (rows) => {
      // An empty answer is not remembered: anybody can ask for any number of products that do not exist.
      if (rows.length === 0) return [];
      const pages = new Map<string, KnownPage>();
      for (const row of rows) {
        const held = isWhole(row) ? pageOfRow(row) : known.get(row.id);
        if (held?.version === row.version) pages.set(row.id, held);
      }
      const missing = rows.flatMap(({ id }) => (pages.has(id) ? [] : [id]));
      for (const row of await loadPages(db, missing, wish)) pages.set(row.id, pageOfRow(row));
      memory.keepLook(
        look,
        rows.map(({ id }) => id),
      );
      return rows.flatMap(({ id, stock }) => {
        const held = pages.get(id);
        // A product may have been deleted between the two statements.
        return held === undefined ? [] : [{ id, ...held, stock: readStock(stock) }];
      });
    },
  };
}

const isWhole = (row: ShownRow): row is WholeRow => 'page' in row;

const shownColumns: SQL = sql`p.id as id, p.version as version, ${stockColumn}`;

/**
 * Every variant is sold in the product's own currency, so its page is the one that was stored with it; one that has none is shown
 * from its document.
 */
function pageColumns(wish: PriceWish): SQL {
  const isStored = sql`p.page <> ''`;
  const isOwn = wish === null ? isStored : sql`${isStored} and p.currency = ${wish}`;
  return sql`case when ${isOwn} then p.page end as page, case when ${isOwn} then null else p.document end as document`;
}

async function loadPages(db: DrizzleD1Database, ids: readonly string[], wish: PriceWish): Promise<PageRow[]> {
  if (ids.length === 0) return [];
  return db.all<PageRow>(sql`select p.id as id, p.version as version, ${pageColumns(wish)} from products p
    where p.id in (select value from json_each(${JSON.stringify(ids)}))`);
}

function madeFrom(document: string, wish: PriceWish): string {
  const product: Product = JSON.parse(document);
  return pageOf(product, wish);
}

/** One product that is for sale, by id or handle. */
export async function loadShown(
  db: DrizzleD1Database,
  memory: PageMemory,
  key: string,
  wish: PriceWish,
): Promise<ShownProduct | null> {
  const { columns, read } = shownReading(db, memory, key, wish);
  const rows = await db.all<ShownRow>(
    sql`select ${columns} from products p where ${productIs(key)} and p.status = 'active'`,
  );
  const [shown] = await read(rows);
  return shown ?? null;
}
