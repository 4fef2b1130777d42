/**
 * Bundles: variants of which one takes several units of others. They are fixed, have no stock of their own, and are made of
 * variants that are no bundles, so that what one takes is known without looking further.
 */
import type { VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import { stockQuantityMax, timesIn, uncountedBundles, untrackedFloor } from '../../../shared/values/quantity.ts';
import {
  type Component,
  type Composing,
  type Fault,
  floorOf,
  type Ingredient,
  type Product,
  stockUnitOf,
  type Variant,
} from './product.ts';
import type { StockFigure } from './view.ts';

type ComponentInput = NonNullable<VariantPatch['components']>[number];

/**
 * The composed variants with their components, which may be variants of the same product.
 *
 * @param before the variants of the product until now
 * @param sent what was sent for each variant, in the same order
 */
export function withComponents(
  before: readonly Variant[],
  variants: readonly Variant[],
  sent: readonly VariantPatch[],
  { ingredients, quantityOfKnown }: Composing,
  faults: Fault[],
): Variant[] {
  const isBundle = (index: number) =>
    sent[index]?.components === undefined
      ? variants[index]?.components !== undefined
      : sent[index]?.components !== null;
  const own = variants.map(({ id, sku }, index) => ({ variantId: id, sku, isBundle: isBundle(index) }));
  const known = [...own, ...ingredients];
  return variants.map((variant, index) => {
    const { components: _, ...plain } = variant;
    const patch = sent[index];
    if (!isBundle(index)) return plain;
    const { tracked: _counted, ...bundle } = plain;
    if (quantityOfKnown === 'refused') checkBundle(variant, patch, `/variants/${index}`, faults);
    const kept = variant.components ?? [];
    const named = patch?.components ?? null;
    // What was kept is known to be there, unless it is a variant of this very product.
    const others = kept.filter(({ variantId }) => named === null && before.every(({ id }) => id !== variantId));
    const own = named ?? kept.filter((one) => !others.includes(one));
    return {
      ...bundle,
      components: [...others, ...namedComponents(own, known, `/variants/${index}/components`, faults)],
    };
  });
}

function checkBundle(variant: Variant, patch: VariantPatch | undefined, pointer: string, faults: Fault[]): void {
  if (variant.tracked === false)
    faults.push({
      pointer: `${pointer}/tracked`,
      detail: 'A bundle sells what its components allow: say of them whether they are counted.',
    });
  if (patch?.quantity !== undefined && patch.quantity > 0)
    faults.push({
      pointer: `${pointer}/quantity`,
      detail: 'A bundle has no stock of its own: give the quantities of its components.',
    });
}

/** The variants that others must not be made of any more: those that go, and those that become bundles. */
export function lostIngredients(before: readonly Variant[], after: readonly Variant[]): Variant[] {
  return before.filter(({ id, components }) => {
    const now = after.find((variant) => variant.id === id);
    return now === undefined || (components === undefined && now.components !== undefined);
  });
}

export interface CountedStock {
  readonly available: number;
  readonly floor: number;
}

/** As many as the scarcest component allows, backorders of it included; what nobody counts is never scarce. */
function bundlesIn(components: readonly Component[], stock: ReadonlyMap<string, CountedStock>): number {
  const counts = components.flatMap(({ variantId, quantity }) => {
    const { available, floor } = stock.get(variantId) ?? { available: 0, floor: 0 };
    return floor > untrackedFloor ? [timesIn(Math.max(0, available - floor), quantity)] : [];
  });
  return counts.length === 0 ? uncountedBundles : Math.min(stockQuantityMax, ...counts);
}

/**
 * The figures of a product with those of its bundles.
 *
 * @param stock the figures of its other variants
 * @param others the stock of components by variant
 */
export function withBundles(
  { variants }: Product,
  stock: readonly StockFigure[],
  others: ReadonlyMap<string, CountedStock>,
  now: number,
): StockFigure[] {
  const availableOf = new Map(stock.map(({ stockUnitId, available }) => [stockUnitId, available]));
  const own = variants.map((variant) => {
    const available = availableOf.get(stockUnitOf(variant.id)) ?? 0;
    return [variant.id, { available, floor: floorOf(variant) }] as const;
  });
  const counted = new Map([...others, ...own]);
  const figures = new Map(stock.map((figure) => [figure.stockUnitId, figure]));
  for (const { id, components } of variants) {
    const stockUnitId = stockUnitOf(id);
    if (components !== undefined)
      figures.set(stockUnitId, { stockUnitId, available: bundlesIn(components, counted), asOf: now });
  }
  return [...figures.values()];
}

/** What an input names as components. */
export function namedIn(variants: readonly VariantPatch[] | undefined) {
  const named = (variants ?? []).flatMap(({ components }) => components ?? []);
  return {
    variantIds: named.flatMap(({ variantId }) => variantId ?? []),
    skus: named.flatMap(({ sku }) => sku ?? []),
  };
}

/** A variant that is named twice is taken twice. */
function namedComponents(
  named: readonly Readonly<ComponentInput>[],
  known: readonly Ingredient[],
  pointer: string,
  faults: Fault[],
): Component[] {
  const quantities = new Map<string, number>();
  for (const [index, { variantId, sku, quantity }] of named.entries()) {
    const found = known.find((one) => (variantId === undefined ? one.sku === sku : one.variantId === variantId));
    const name = variantId === undefined ? 'sku' : 'variantId';
    if (found === undefined)
      faults.push({ pointer: `${pointer}/${index}/${name}`, detail: `There is no variant "${variantId ?? sku}".` });
    else if (found.isBundle)
      faults.push({
        pointer: `${pointer}/${index}/${name}`,
        detail: `"${found.sku}" is a bundle itself. Name what it is made of.`,
      });
    else quantities.set(found.variantId, (quantities.get(found.variantId) ?? 0) + quantity);
  }
  return [...quantities].map(([variantId, quantity]) => ({ variantId, quantity }));
}
