/**
 * Bundles in an import: what they may be made of while a chunk is decided, and which products must stay as they are because a
 * bundle takes what they would lose. A dry run knows what earlier chunks would have made.
 */
import { lostIngredients } from '../domain/bundles.ts';
import type { ImportedProduct } from '../domain/imported-product.ts';
import { type Composition, type Ingredient, variantInBundle } from '../domain/product.ts';
import { findIngredients } from '../store/bundles.ts';
import { foreseen } from '../store/foreseen.ts';
import type { Catalog } from './catalog.ts';
import { bundlesOf } from './import-surroundings.ts';

/** By SKU. */
export type Ingredients = Map<string, Ingredient>;

/** The variants with these SKUs, as the chunks before left them. */
export async function ingredientsOf(
  db: Catalog['db'],
  dryRunId: string | null,
  skus: readonly string[],
): Promise<Ingredients> {
  const [found, soon, bundles] = await Promise.all([
    findIngredients(db, { variantIds: [], skus }),
    foreseen(db, dryRunId, 'sku', skus),
    foreseen(db, dryRunId, 'bundle', skus),
  ]);
  const ingredients: Ingredients = new Map(found.map((one) => [one.sku, one]));
  for (const [sku, { productId }] of soon)
    if (productId === null) ingredients.delete(sku);
    // Nobody sees the id: a dry run writes nothing.
    else ingredients.set(sku, { variantId: `${productId}/${sku}`, sku, isBundle: bundles.has(sku) });
  return ingredients;
}

/** What has become of the variants of a product, for the bundles behind it. */
export function noteIngredients(ingredients: Ingredients, { before, product }: Composition): void {
  for (const { sku } of before?.variants ?? []) ingredients.delete(sku);
  for (const { id, sku, components } of product.variants)
    ingredients.set(sku, { variantId: id, sku, isBundle: components !== undefined });
}

/** Rejects products that would lose a variant of which another product's bundle is made, and bundles of what is rejected so. */
export async function withoutBroken(
  { db }: Catalog,
  dryRunId: string | null,
  imported: readonly ImportedProduct[],
): Promise<ImportedProduct[]> {
  const lostBy = ({ composition }: ImportedProduct) =>
    composition === null ? [] : lostIngredients(composition.before?.variants ?? [], composition.product.variants);
  const known = await bundlesOf(
    db,
    dryRunId,
    imported.flatMap((one) => lostBy(one).map(({ id }) => id)),
  );
  const bundles = [...known, ...imported.flatMap(takenBy)];
  const kept = imported.map((one) => {
    const lost = lostBy(one);
    const found = bundles.find(
      ({ variantId, productId }) =>
        productId !== one.composition?.product.id && lost.some(({ id }) => id === variantId),
    );
    if (found === undefined) return one;
    const { sku = '' } = lost.find(({ id }) => id === found.variantId) ?? {};
    return rejected(one, 'Handle', variantInBundle({ sku, bundleSku: found.bundleSku }).refusal.detail);
  });
  const isMissing = missingAfter(imported, kept);
  return kept.map((one) =>
    takenBy(one).some(({ variantId }) => isMissing.has(variantId))
      ? rejected(one, 'Bundle components', 'What the bundle is made of is rejected in this file.')
      : one,
  );
}

/** What the bundles of a product take. */
function takenBy({ composition }: ImportedProduct) {
  const { id: productId, variants = [] } = composition?.product ?? { id: '' };
  return variants.flatMap(({ sku: bundleSku, components = [] }) =>
    components.map(({ variantId }) => ({ variantId, bundleSku, productId })),
  );
}

/** The variants that do not come into being because their products were rejected after all. */
function missingAfter(imported: readonly ImportedProduct[], kept: readonly ImportedProduct[]): ReadonlySet<string> {
  const isNew = ({ composition }: ImportedProduct) => {
    const before = new Set(composition?.before?.variants.map(({ id }) => id));
    return composition?.product.variants.flatMap(({ id }) => (before.has(id) ? [] : [id])) ?? [];
  };
  return new Set(imported.flatMap((one, index) => (kept[index] === one ? [] : isNew(one))));
}

function rejected(one: ImportedProduct, column: string, reason: string): ImportedProduct {
  const fault = { line: one.line, column, severity: 'rejected' as const, reason };
  return { ...one, outcome: 'rejected', composition: null, changes: [], counted: [], faults: [fault] };
}
