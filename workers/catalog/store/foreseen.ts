/**
 * What a dry run has found that the chunks behind it would meet: addresses and SKUs that are taken by then, SKUs that are free
 * by then, and bundles that are gone or have another SKU. A real run finds all this in the products themselves.
 */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Statement } from '../../../shared/messaging/d1.ts';
import type { Composition } from '../domain/product.ts';

type Kind = 'handle' | 'sku' | 'bundle';

/**
 * Of an address or SKU the product that has it by then; null where nobody does. Of a bundle its SKU, or null: under its id where
 * the shop has it, under the SKU where it comes into being.
 */
interface Foreseen {
  readonly kind: Kind;
  readonly name: string;
  readonly productId: string | null;
  readonly value: string | null;
}

/** Notes what would follow from a chunk. */
export function foresee(db: DrizzleD1Database, importId: string, changed: readonly Composition[]): Statement[] {
  const rows = changed
    .flatMap(foreseenOf)
    .map(({ kind, name, productId, value }) => [importId, kind, name, productId, value]);
  if (rows.length === 0) return [];
  return [
    db.run(sql`insert into import_foreseen (import_id, kind, name, product_id, value)
      select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(${JSON.stringify(rows)}) where true
      on conflict (import_id, kind, name) do update set product_id = excluded.product_id, value = excluded.value`),
  ];
}

function foreseenOf({ before, product }: Composition): Foreseen[] {
  const present = new Map(product.variants.map((variant) => [variant.id, variant]));
  const former = new Set(before?.variants.map(({ sku }) => sku));
  const skus = new Set(product.variants.map(({ sku }) => sku));
  const bundles = before?.variants.filter(({ components }) => components !== undefined) ?? [];
  return [
    ...(before === null ? [{ kind: 'handle' as const, name: product.handle, productId: product.id, value: null }] : []),
    ...[...former]
      .filter((sku) => !skus.has(sku))
      .map((name) => ({ kind: 'sku' as const, name, productId: null, value: null })),
    ...[...skus]
      .filter((sku) => !former.has(sku))
      .map((name) => ({ kind: 'sku' as const, name, productId: product.id, value: product.handle })),
    ...product.variants
      .filter(({ sku, components }) => components !== undefined && !former.has(sku))
      .map(({ sku }) => ({ kind: 'bundle' as const, name: sku, productId: product.id, value: sku })),
    ...bundles
      .filter(({ id, sku }) => present.get(id)?.sku !== sku)
      .map(({ id }) => ({
        kind: 'bundle' as const,
        name: id,
        productId: product.id,
        value: present.get(id)?.sku ?? null,
      })),
  ];
}

/** What is foreseen of these; in a run that is real, nothing. */
export async function foreseen(
  db: DrizzleD1Database,
  dryRunId: string | null,
  kind: Kind,
  names: readonly string[],
): Promise<ReadonlyMap<string, Pick<Foreseen, 'productId' | 'value'>>> {
  if (dryRunId === null || names.length === 0) return new Map();
  const rows = await db.all<Pick<Foreseen, 'name' | 'productId' | 'value'>>(sql`
    select name, product_id as productId, value from import_foreseen where import_id = ${dryRunId} and kind = ${kind}
      and name in (select value from json_each(${JSON.stringify(names)}))`);
  return new Map(rows.map(({ name, ...found }) => [name, found]));
}

/** Drops what the dry runs up to an import have foreseen, that one included where it has ended. */
export function forgetForeseen(db: DrizzleD1Database, importId: string, hasEnded: boolean): Statement {
  const upTo = hasEnded ? sql`import_id <= ${importId}` : sql`import_id < ${importId}`;
  return db.run(sql`delete from import_foreseen where ${upTo}`);
}
