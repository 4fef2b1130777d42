/**
 * What narrows a list of products down. A filter that few products fit drives the list: they are read and sorted. One that many fit
 * is asked of each product on the walk along the keys of the list, where the next that fits is never far. So neither costs
 * more for a larger shop.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { PriceWish } from '../domain/view.ts';

export interface ProductFilter {
  /** All of them, in any case. */
  readonly tags: readonly string[];
  readonly vendor: string | null;
  readonly type: string | null;
  /** Whether something of it can be put into a cart. */
  readonly isAvailable: boolean | null;
  readonly ids: readonly string[] | null;
}

type Facet = readonly [facet: 'tag' | 'vendor' | 'type', value: string];

/** So many are read and sorted at once in a few milliseconds; a filter that more products fit is asked on the walk. */
const fewMax = 2_000;

/** Names the filter in a cursor; empty where there is none. */
export function nameOf({ tags, vendor, type, isAvailable, ids }: ProductFilter): string {
  const parts = [tags, vendor, type, isAvailable, ids];
  return JSON.stringify(parts) === JSON.stringify([[], null, null, null, null]) ? '' : JSON.stringify(parts);
}

function facetsOf({ tags, vendor, type }: ProductFilter): Facet[] {
  const facets: Facet[] = tags.map((tag) => ['tag', tag.toLowerCase()]);
  if (vendor !== null) facets.push(['vendor', vendor.toLowerCase()]);
  if (type !== null) facets.push(['type', type.toLowerCase()]);
  return facets;
}

const isFacet = ([facet, value]: Facet): SQL => sql`facet = ${facet} and value = ${value}`;

/** The ids of the products that drive the list, as a query of one column `id`; null where the walk along its keys does. */
export async function driverOf(db: DrizzleD1Database, filter: ProductFilter): Promise<SQL | null> {
  if (filter.ids !== null) return sql`select value as id from json_each(${JSON.stringify([...new Set(filter.ids)])})`;
  const facets = facetsOf(filter);
  if (facets.length === 0) return null;
  const counts = await db.all<{ readonly fitting: number }>(
    sql.join(
      facets.map(
        (facet) =>
          sql`select count(*) as fitting from (select 1 from product_facets where ${isFacet(facet)} limit ${fewMax + 1})`,
      ),
      sql` union all `,
    ),
  );
  const [rarest] = facets
    .map((facet, index) => ({ facet, fitting: counts[index]?.fitting ?? 0 }))
    .sort((a, b) => a.fitting - b.fitting);
  if (rarest === undefined || rarest.fitting > fewMax) return null;
  return sql`select product_id as id from product_facets where ${isFacet(rarest.facet)}`;
}

/** Whether the product with this id fits. */
export function fits(filter: ProductFilter, id: SQL, wish: PriceWish): SQL {
  const conditions = facetsOf(filter).map(
    (facet) => sql`and exists (select 1 from product_facets f where f.${isFacetOf(facet)} and f.product_id = ${id})`,
  );
  if (filter.isAvailable !== null)
    conditions.push(sql`and ${filter.isAvailable ? sql`` : sql`not `}exists (${sellable(id, wish)})`);
  return sql.join(conditions, sql` `);
}

const isFacetOf = ([facet, value]: Facet): SQL => sql`facet = ${facet} and f.value = ${value}`;

/** The variants of a product that have a price for the shopper and of which something is left. */
function sellable(id: SQL, wish: PriceWish): SQL {
  const isPriced =
    wish === null
      ? sql``
      : sql`and exists (select 1 from json_each(v.snapshot, '$.prices') m where m.value ->> 'currency' = ${wish})`;
  return sql`select 1 from variants v left join availability a on a.stock_unit_id = v.stock_unit_id
    where v.product_id = ${id} and coalesce(a.available, 0) > v.floor ${isPriced}`;
}
