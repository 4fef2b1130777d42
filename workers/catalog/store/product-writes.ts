/**
 * How products become rows: the product itself with its document and page, its variants with their snapshots, the keys by
 * which lists sort it, its availability and its membership of rule-based collections. Any number of products takes the same
 * few statements, each with one JSON parameter.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { facetsOf, listKeysOf } from '../domain/list-keys.ts';
import { pageOf } from '../domain/page.ts';
import { type Composition, floorOf, type Product, stockUnitOf } from '../domain/product.ts';
import { factsOf, snapshotOf, sortTitleOf } from '../domain/view.ts';
import { bundlesOf } from './bundles.ts';
import { chargedLater } from './charged-keys.ts';
import { rulesApplied } from './membership.ts';

/** The statements that store products and everything derived from them. */
export function writesOf(db: DrizzleD1Database, changed: readonly Composition[], now: number): Statement[] {
  if (changed.length === 0) return [];
  const products = changed.map(({ product }) => product);
  const ids = listOf(products);
  const variants = JSON.stringify(products.flatMap(variantRows));
  const before = changed.flatMap((composition) => composition.before ?? []);
  const known = before.length === 0 ? null : listOf(before);
  return [
    upsertProducts(db, products),
    // Only products that existed before have rows to replace.
    ...(known === null ? [] : clear(db, known, variants)),
    db.run(sql`insert into variants (id, product_id, sku, stock_unit_id, floor, position, snapshot)
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value -> 6 from json_each(${variants})`),
    db.run(sql`insert into product_keys (product_id, sort, key)
      select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(products.flatMap(keyRows))})`),
    ...chargedLater(db, ids),
    db.run(sql`insert into product_facets (facet, value, product_id)
      select value ->> 0, value ->> 1, value ->> 2 from json_each(${JSON.stringify(products.flatMap(facetRows))})`),
    // Where the inventory has reported a stock figure before the product was stored, the figure stays.
    db.run(sql`insert into availability (stock_unit_id, product_id, available, as_of, sequence)
      select value ->> 0, value ->> 1, value ->> 2, ${now}, 0 from json_each(${JSON.stringify(changed.flatMap(stockRows))}) where true
      on conflict (stock_unit_id) do update set product_id = excluded.product_id`),
    ...rulesApplied(db, ids, known),
    ...bundlesOf(db, changed, now),
  ];
}

function listOf(products: readonly Product[]): SQL {
  return sql`(select value from json_each(${JSON.stringify(products.map(({ id }) => id))}))`;
}

function clear(db: DrizzleD1Database, ids: SQL, variants: string): Statement[] {
  return [
    db.run(sql`delete from variants where product_id in ${ids}`),
    db.run(sql`delete from product_keys where product_id in ${ids}`),
    db.run(sql`delete from product_facets where product_id in ${ids}`),
    db.run(sql`delete from availability where product_id in ${ids}
      and stock_unit_id not in (select value ->> 3 from json_each(${variants}))`),
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
      currency, page, import_handle)
    select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value -> 7, value -> 8,
      value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, value ->> 14, value ->> 15
    from json_each(${rows}) where value ->> 9 = 1 or exists (select 1 from products where id = value ->> 0)
    on conflict (id) do update set
      handle = excluded.handle, title = excluded.title, sort_title = excluded.sort_title, status = excluded.status,
      vendor = excluded.vendor, type = excluded.type, facts = excluded.facts, document = excluded.document,
      version = case when products.version = excluded.version - 1 then excluded.version else null end,
      updated_at = excluded.updated_at, published_at = excluded.published_at,
      currency = excluded.currency, page = excluded.page, import_handle = excluded.import_handle`);
}

/** A row has at most 2 MB: beside a longer document there is no room for a page, which is then made from the document. */
const pagedDocumentLengthMax = 400_000;

function pageBeside(product: Product): string {
  return JSON.stringify(product).length > pagedDocumentLengthMax ? '' : pageOf(product, null);
}

/** Documents stay nested: as text inside text each of their quotes would be escaped twice more on its way. */
function productRow(product: Product): (string | number | null | object)[] {
  return [
    product.id,
    product.handle,
    product.title,
    sortTitleOf(product.title),
    product.status,
    product.vendor,
    product.type,
    factsOf(product),
    product,
    product.version,
    Date.parse(product.createdAt),
    Date.parse(product.updatedAt),
    product.publishedAt === null ? null : Date.parse(product.publishedAt),
    product.variants[0]?.prices[0]?.currency ?? '',
    pageBeside(product),
    product.importHandle ?? null,
  ];
}

function variantRows(product: Product): (string | number | object)[][] {
  return product.variants.map((variant, position) => [
    variant.id,
    product.id,
    variant.sku,
    stockUnitOf(variant.id),
    floorOf(variant),
    position,
    snapshotOf(product, variant),
  ]);
}

function keyRows(product: Product): (string | number)[][] {
  return listKeysOf(product).map(({ sort, key }) => [product.id, sort, key]);
}

function facetRows(product: Product): string[][] {
  return facetsOf(product).map(({ facet, value }) => [facet, value, product.id]);
}

function stockRows({ before, product, openings }: Composition): (string | number)[][] {
  const known = new Set(before?.variants.map(({ id }) => stockUnitOf(id)) ?? []);
  const quantities = new Map(openings.map(({ stockUnitId, quantity }) => [stockUnitId, quantity]));
  return product.variants
    .map(({ id }) => stockUnitOf(id))
    .filter((unit) => !known.has(unit))
    .map((unit) => [unit, product.id, quantities.get(unit) ?? 0]);
}
