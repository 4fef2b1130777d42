/** Variants as carts and the inventory need them: snapshots by id or SKU, and the figures of their stock units. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { VariantRequest, VariantSnapshot, VariantStanding } from '../../../shared/contracts/catalog/api.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { uncountedBundles, untrackedFloor } from '../../../shared/values/quantity.ts';
import type { StockFigure } from '../domain/view.ts';
import { bundlesCountedFor } from './bundles.ts';

export async function loadVariants(db: DrizzleD1Database, request: VariantRequest): Promise<VariantSnapshot[]> {
  const [column, keys] = 'skus' in request ? [sql`sku`, request.skus] : [sql`id`, request.variantIds];
  const rows = await db.all<{ snapshot: string; collections: string }>(sql`select snapshot,
      (select json_group_array(m.collection_id) from collection_products m join collections c on c.id = m.collection_id
        where m.product_id = variants.product_id) as collections
    from variants where ${column} in (select value from json_each(${JSON.stringify(keys)}))`);
  return rows.map(({ snapshot, collections }) => {
    const parsed: Omit<VariantSnapshot, 'collectionIds'> = JSON.parse(snapshot);
    // The collections of a product change without a new version of it, so they are not part of the stored snapshot.
    const collectionIds: readonly string[] = JSON.parse(collections);
    return { ...parsed, collectionIds };
  });
}

export async function loadStandings(db: DrizzleD1Database, variantIds: readonly string[]): Promise<VariantStanding[]> {
  const rows = await db.all<StandingRow>(sql`select v.id as variantId, p.status = 'active' as isSold, v.floor as floor,
      coalesce(a.available, 0) as available, v.stock_unit_id as stockUnitId,
      (select json_group_array(m.value ->> 'currency') from json_each(v.snapshot, '$.prices') m) as currencies,
      (select json_group_array(json_object('stockUnitId', component.stock_unit_id, 'quantity', part.quantity,
          'available', coalesce(stock.available, 0), 'floor', component.floor))
        from variant_components part join variants component on component.id = part.component_id
        left join availability stock on stock.stock_unit_id = component.stock_unit_id
        where part.variant_id = v.id) as parts
    from variants v join products p on p.id = v.product_id left join availability a on a.stock_unit_id = v.stock_unit_id
    where v.id in (select value from json_each(${JSON.stringify(variantIds)}))`);
  return rows.map(standingOf);
}

interface StandingRow extends Counted {
  readonly variantId: string;
  readonly isSold: number;
  readonly currencies: string;
  readonly parts: string;
}

interface Counted {
  readonly stockUnitId: string;
  readonly floor: number;
  readonly available: number;
}

function standingOf({ variantId, isSold, currencies, parts, ...own }: StandingRow): VariantStanding {
  const components: readonly (Counted & { readonly quantity: number })[] = JSON.parse(parts);
  const taken = components.length > 0 ? components : [{ ...own, quantity: 1 }];
  const { available, floor } = own;
  return {
    variantId,
    isSold: isSold === 1,
    currencies: JSON.parse(currencies),
    available: available >= uncountedBundles ? 0 : Math.max(0, available),
    sellable: available - floor,
    units: taken
      .filter((unit) => unit.floor > untrackedFloor)
      .map((unit) => ({
        stockUnitId: unit.stockUnitId,
        quantity: unit.quantity,
        sellable: unit.available - unit.floor,
      })),
  };
}

/** How often anything in the snapshots has changed. */
export async function variantRevision(db: DrizzleD1Database): Promise<number> {
  const [row] = await db.all<{ revision: number }>(sql`select revision from variant_revision`);
  if (row === undefined) throw new Error('The migration puts the row there');
  return row.revision;
}

export interface StockNote extends StockFigure {
  readonly sequence: number;
}

/** Keeps the stock levels that the inventory reports, in one statement. A report that is older than the kept one is ignored. */
export function noteStock(db: DrizzleD1Database, notes: readonly StockNote[]): Statement[] {
  if (notes.length === 0) return [];
  const rows = notes.map(({ stockUnitId, available, asOf, sequence }) => [stockUnitId, available, asOf, sequence]);
  return [
    db.run(sql`insert into availability (stock_unit_id, product_id, available, as_of, sequence)
      select value ->> 0, (select product_id from variants where stock_unit_id = value ->> 0), value ->> 1, value ->> 2, value ->> 3
      from json_each(${JSON.stringify(rows)}) where true
      on conflict (stock_unit_id) do update set available = excluded.available, as_of = excluded.as_of, sequence = excluded.sequence
      where excluded.sequence > availability.sequence`),
    bundlesCountedFor(
      db,
      notes.map(({ stockUnitId }) => stockUnitId),
      Math.max(...notes.map(({ asOf }) => asOf)),
    ),
  ];
}
