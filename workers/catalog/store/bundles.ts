/**
 * Bundles in D1: what each is made of, and what follows from it: the stock that one takes (in the snapshot of the variant), and
 * what can be sold of it (in `availability`). Both are worked out again in the commit that changes a component.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { stockQuantityMax, uncountedBundles, untrackedFloor } from '../../../shared/values/quantity.ts';
import type { CountedStock } from '../domain/bundles.ts';
import type { Composition, Ingredient } from '../domain/product.ts';

/** The statements that store what changed bundles are made of, and whatever follows from changed variants. They come last. */
export function bundlesOf(db: DrizzleD1Database, changed: readonly Composition[], now: number): Statement[] {
  const ids = changed.flatMap(({ before, product }) =>
    [...(before?.variants ?? []), ...product.variants].map(({ id }) => id),
  );
  const list = sql`(select value from json_each(${JSON.stringify([...new Set(ids)])}))`;
  const rows = changed.flatMap(({ product }) =>
    product.variants.flatMap(({ id, components = [] }) =>
      components.map(({ variantId, quantity }) => [id, variantId, quantity]),
    ),
  );
  const hadAny = changed.some(({ before }) => before?.variants.some(({ components }) => components !== undefined));
  return [
    ...(hadAny ? [db.run(sql`delete from variant_components where variant_id in ${list}`)] : []),
    ...(rows.length === 0
      ? []
      : [
          db.run(sql`insert into variant_components (variant_id, component_id, quantity)
            select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(rows)})`),
        ]),
    db.run(sql`update variants set snapshot = json_set(snapshot, '$.stockNeeds', (
        select json_group_array(json_object('stockUnitId', component.stock_unit_id, 'quantity', part.quantity))
        from variant_components part join variants component on component.id = part.component_id
        where part.variant_id = variants.id and component.floor > ${untrackedFloor}))
      where id in ${touchedBy(list)}`),
    bundlesCounted(db, touchedBy(list), now),
    bundlesAreWhole(db, list),
  ];
}

/** Refuses a commit in which a bundle takes what is not there, or another bundle. */
export function bundlesAreWhole(db: DrizzleD1Database, variantIds: SQL): Statement {
  return db.run(sql`update variant_components set quantity = 0
    where (variant_id in ${variantIds} or component_id in ${variantIds})
      and (not exists (select 1 from variants where id = component_id)
        or exists (select 1 from variant_components inner_part where inner_part.variant_id = variant_components.component_id))`);
}

/** The bundles among variants, and those that are made of them. */
function touchedBy(variantIds: SQL): SQL {
  return sql`(select variant_id from variant_components where variant_id in ${variantIds}
    union all select variant_id from variant_components where component_id in ${variantIds})`;
}

/** What can be sold of the bundles that some stock units belong to. */
export function bundlesCountedFor(db: DrizzleD1Database, stockUnitIds: readonly string[], now: number): Statement {
  const units = sql`(select id from variants where stock_unit_id in (select value from json_each(${JSON.stringify(stockUnitIds)})))`;
  return bundlesCounted(db, touchedBy(units), now);
}

/** As many as the scarcest component allows, backorders of it included; what nobody counts is never scarce. */
function bundlesCounted(db: DrizzleD1Database, variantIds: SQL, now: number): Statement {
  return db.run(sql`update availability set
      available = coalesce((select min(${stockQuantityMax}, min(max(0, coalesce(stock.available, 0) - component.floor) / part.quantity))
        from variants bundle join variant_components part on part.variant_id = bundle.id
        join variants component on component.id = part.component_id and component.floor > ${untrackedFloor}
        left join availability stock on stock.stock_unit_id = component.stock_unit_id
        where bundle.stock_unit_id = availability.stock_unit_id), ${uncountedBundles}),
      as_of = ${now}
    where stock_unit_id in (select stock_unit_id from variants where id in ${variantIds})`);
}

/** The variants of these ids and SKUs, as far as there are any. */
export async function findIngredients(
  db: DrizzleD1Database,
  named: { readonly variantIds: readonly string[]; readonly skus: readonly string[] },
): Promise<Ingredient[]> {
  if (named.variantIds.length + named.skus.length === 0) return [];
  const columns = sql`v.id as variantId, v.sku as sku,
    exists (select 1 from variant_components part where part.variant_id = v.id) as isBundle`;
  const rows = await db.all<Omit<Ingredient, 'isBundle'> & { readonly isBundle: number }>(sql`
    select ${columns} from variants v where v.id in (select value from json_each(${JSON.stringify(named.variantIds)}))
    union all select ${columns} from variants v where v.sku in (select value from json_each(${JSON.stringify(named.skus)}))`);
  return rows.map((row) => ({ ...row, isBundle: row.isBundle === 1 }));
}

/** A variant, and a bundle that is made of it. */
interface Ingredience {
  readonly variantId: string;
  readonly bundleId: string;
  readonly bundleSku: string;
  /** The product of the bundle. */
  readonly productId: string;
}

/** The bundles that are made of these variants. */
export async function bundlesWith(db: DrizzleD1Database, variantIds: readonly string[]): Promise<Ingredience[]> {
  if (variantIds.length === 0) return [];
  return db.all<Ingredience>(sql`
    select part.component_id as variantId, bundle.id as bundleId, bundle.sku as bundleSku, bundle.product_id as productId
    from variant_components part join variants bundle on bundle.id = part.variant_id
    where part.component_id in (select value from json_each(${JSON.stringify(variantIds)}))`);
}

/** What the catalogue knows of the stock of variants, by variant. */
export async function countedStock(
  db: DrizzleD1Database,
  variantIds: readonly string[],
): Promise<ReadonlyMap<string, CountedStock>> {
  if (variantIds.length === 0) return new Map();
  const rows = await db.all<CountedStock & { readonly id: string }>(sql`
    select v.id as id, v.floor as floor, coalesce(a.available, 0) as available
    from variants v left join availability a on a.stock_unit_id = v.stock_unit_id
    where v.id in (select value from json_each(${JSON.stringify(variantIds)}))`);
  return new Map(rows.map(({ id, ...counted }) => [id, counted]));
}
