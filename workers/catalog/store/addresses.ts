/**
 * Addresses of products and collections: which are taken, and where those lead that were given up. A former address is kept by
 * triggers (migration 0007) until another product or collection takes it.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { handleForm } from '../../../shared/values/text.ts';

/** What has addresses of its own. */
export type Placed = 'product' | 'collection';

const tables: Readonly<Record<Placed, { readonly present: SQL; readonly former: SQL }>> = {
  product: { present: sql`products`, former: sql`product_redirects` },
  collection: { present: sql`collections`, former: sql`collection_redirects` },
};

/** Those of the handles that are taken. A former address counts too: what leads to one product shall not show another. */
export async function takenHandles(
  db: DrizzleD1Database,
  placed: Placed,
  handles: readonly string[],
): Promise<ReadonlySet<string>> {
  const { present, former } = tables[placed];
  const wanted = sql`(select value from json_each(${JSON.stringify(handles)}))`;
  const rows = await db.all<{ readonly handle: string }>(sql`select handle from ${present} where handle in ${wanted}
    union all select handle from ${former} where handle in ${wanted}`);
  return new Set(rows.map(({ handle }) => handle));
}

/** The present handle of the product that had this one before; null when there is none. */
export async function productMovedTo(
  db: DrizzleD1Database,
  handle: string,
  isMerchant: boolean,
): Promise<string | null> {
  const shown = isMerchant ? sql`` : sql`and p.status = 'active'`;
  const [row] = await db.all<{ readonly handle: string }>(sql`select p.handle as handle from product_redirects r
    join products p on p.id = r.product_id where r.handle = ${handleForm(handle)} ${shown}`);
  return row?.handle ?? null;
}

/** The same for collections. */
export async function collectionMovedTo(db: DrizzleD1Database, handle: string): Promise<string | null> {
  const [row] = await db.all<{ readonly handle: string }>(sql`select c.handle as handle from collection_redirects r
    join collections c on c.id = r.collection_id where r.handle = ${handleForm(handle)}`);
  return row?.handle ?? null;
}
