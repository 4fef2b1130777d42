/**
 * How the variants of a product are merged: which variant in the request is which stored one, what it keeps, and whether
 * options and variants fit each other. A variant keeps its id as long as its SKU or its option values are found again,
 * because carts, orders and stock refer to it by that id.
 */
import type { ProductPatch, VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import type { StockOpening } from '../../../shared/contracts/inventory/api.ts';
import type { Metafield } from '../../../shared/values/metafields.ts';
import type { Money } from '../../../shared/values/money.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { withComponents } from './bundles.ts';
import { chooseOptions, valuesOf } from './options.ts';
import {
  type Composing,
  defaultShippingProfile,
  type Fault,
  floorOf,
  hasOptions,
  type Option,
  type Product,
  type ProductRefusal,
  refuseFaults,
  skuTaken,
  standardTaxClass,
  stockUnitOf,
  type Variant,
} from './product.ts';

/** As many as one request may send: see `productLimits`. */
const variantsMax = 2_048;

interface ComposedVariants {
  readonly options: readonly Option[];
  readonly variants: readonly Variant[];
  readonly openings: readonly StockOpening[];
}

export function composeVariants(
  before: Product | null,
  input: ProductPatch,
  handle: string,
  composing: Composing,
): Result<ComposedVariants, ProductRefusal> {
  const isGiftCard = (input.isGiftCard ?? before?.isGiftCard) === true;
  const isSameKind = isGiftCard === (before?.isGiftCard === true);
  if (before !== null && input.variants === undefined && input.options === undefined && isSameKind) {
    return accept({ options: before.options, variants: before.variants, openings: [] });
  }
  const sent: readonly VariantPatch[] = input.variants ?? before?.variants.map(({ id }) => ({ id })) ?? [];
  if (sent.length > variantsMax)
    return refuseFaults('invalid-input', [
      { pointer: '/variants', detail: `A product has at most ${variantsMax} variants.` },
    ]);
  const matched = matchVariants(before, sent);
  if (!matched.ok) return matched;
  const options = chooseOptions(before, input, sent, matched.value);
  if (!options.ok) return options;

  const faults: Fault[] = [];
  const openings: StockOpening[] = [];
  const variants: Variant[] = [];
  for (const [index, patch] of sent.entries()) {
    const known = matched.value[index] ?? null;
    const values = options.value.chosen[index] ?? [];
    const sku =
      patch.sku ??
      known?.sku ??
      composing.defaultSku(handle, { values, isOnly: sent.length === 1 && !hasOptions(options.value) });
    if (sku === null) {
      faults.push({ pointer: `/variants/${index}/sku`, detail: 'A SKU is needed where there are several variants.' });
      continue;
    }
    const variant = composeVariant(
      known,
      patch,
      { sku, options: options.value.options, values, index },
      composing,
      faults,
    );
    if (variant === null) continue;
    // The worth of a gift card is money and no goods: it is taxed where it is spent.
    variants.push(isGiftCard ? { ...variant, taxable: false, requiresShipping: false } : variant);
  }
  if (faults.length === 0) checkCurrencies(variants, sent, faults);
  if (faults.length > 0) return refuseFaults('invalid-input', faults);
  const whole = withComponents(before?.variants ?? [], variants, sent, composing, faults);
  if (isGiftCard) faults.push(...bundledCards(whole, sent));
  if (faults.length > 0) return refuseFaults('invalid-input', faults);
  for (const [index, variant] of whole.entries())
    openings.push(...openingOf(matched.value[index] ?? null, variant, sent[index]?.quantity ?? 0));
  const skus = variants.map(({ sku }) => sku);
  const repeated = skus.findIndex((sku, index) => skus.indexOf(sku) < index);
  if (repeated >= 0) return skuTaken(skus[repeated] ?? '', repeated);
  return accept({ options: options.value.options, variants: whole, openings });
}

/** What is in a bundle would never be sent: a gift card is money. */
function bundledCards(variants: readonly Variant[], sent: readonly VariantPatch[]): Fault[] {
  return variants.flatMap(({ components }, index) => {
    const pointer = sent[index]?.components === undefined ? '/isGiftCard' : `/variants/${index}/components`;
    return components === undefined
      ? []
      : [{ pointer, detail: 'A gift card is no bundle: it is money, and no goods are sent.' }];
  });
}

/** The variants that would be gone after an edit, as far as its list tells them apart. */
export function variantsLost(before: Product, input: ProductPatch): Variant[] {
  if (input.variants === undefined) return [];
  const matched = matchVariants(before, input.variants);
  return matched.ok ? before.variants.filter((variant) => !matched.value.includes(variant)) : [];
}

/** Finds the variant that each patch means: by id, else by SKU, else by option values. Each is meant at most once. */
export function matchVariants(
  before: Product | null,
  sent: readonly VariantPatch[],
): Result<readonly (Variant | null)[], ProductRefusal> {
  const known = before?.variants ?? [];
  const left = new Set(known);
  const found: (Variant | null)[] = sent.map(() => null);
  const faults: Fault[] = [];
  const byId = new Map(known.map((variant) => [variant.id, variant]));
  const bySku = new Map(known.map((variant) => [variant.sku, variant]));
  const byChoice = new Map(known.map((variant) => [choiceKey(valuesOf(variant)), variant]));
  const take = (index: number, variant: Variant | undefined) => {
    if (found[index] === null && variant !== undefined && left.delete(variant)) found[index] = variant;
  };
  for (const [index, patch] of sent.entries()) {
    if (patch.id === undefined) continue;
    take(index, byId.get(patch.id));
    if (found[index] === null)
      faults.push({
        pointer: `/variants/${index}/id`,
        detail: 'The product has no such variant, or it is named twice.',
      });
  }
  if (faults.length > 0) return refuseFaults('invalid-input', faults);
  for (const [index, patch] of sent.entries()) if (patch.sku !== undefined) take(index, bySku.get(patch.sku));
  for (const [index, patch] of sent.entries()) {
    const wanted =
      patch.options ??
      (before !== null && !hasOptions(before) && sent.length === 1 ? { Title: 'Default Title' } : null);
    if (wanted !== null) take(index, byChoice.get(choiceKey(wanted)));
  }
  return accept(found);
}

/** The same for the same choice, however its options are ordered. */
function choiceKey(choice: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(choice).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function composeVariant(
  known: Variant | null,
  patch: VariantPatch,
  place: {
    readonly sku: string;
    readonly options: readonly Option[];
    readonly values: readonly string[];
    readonly index: number;
  },
  { newId, quantityOfKnown }: Composing,
  faults: Fault[],
): Variant | null {
  const base = `/variants/${place.index}`;
  const price = patch.price ?? known?.prices[0];
  if (price === undefined) {
    faults.push({ pointer: `${base}/price`, detail: 'A new variant needs a price.' });
    return null;
  }
  if (known !== null && patch.quantity !== undefined && quantityOfKnown === 'refused') {
    faults.push({ pointer: `${base}/quantity`, detail: 'Stock of an existing variant changes through the inventory.' });
    return null;
  }
  // A price takes the place of the one in its currency; those in others stay unless they are sent too.
  const otherPrices = patch.prices ?? known?.prices.filter(({ currency }) => currency !== price.currency) ?? [];
  const prices = mergePrices(price, otherPrices, `${base}/prices`, faults);
  return {
    id: known?.id ?? newId('variant'),
    sku: place.sku,
    title: place.values.join(' / '),
    optionValues: place.options.map(({ name }, position) => ({ name, value: place.values[position] ?? '' })),
    prices,
    compareAtPrice: patch.compareAtPrice === undefined ? (known?.compareAtPrice ?? null) : patch.compareAtPrice,
    weightGrams: patch.weightGrams ?? known?.weightGrams ?? 0,
    imageUrl: patch.imageUrl === undefined ? (known?.imageUrl ?? null) : patch.imageUrl,
    barcode: patch.barcode === undefined ? (known?.barcode ?? null) : patch.barcode,
    policy: patch.policy ?? known?.policy ?? 'deny',
    ...((patch.tracked ?? known?.tracked ?? true) ? {} : { tracked: false }),
    ...metafieldsOf(patch.metafields ?? known?.metafields),
    ...(known?.components === undefined ? {} : { components: known.components }),
    taxable: patch.taxable ?? known?.taxable ?? true,
    requiresShipping: patch.requiresShipping ?? known?.requiresShipping ?? true,
    ...unlessUsual('taxClass', patch.taxClass ?? known?.taxClass, standardTaxClass),
    ...unlessUsual('shippingProfile', patch.shippingProfile ?? known?.shippingProfile, defaultShippingProfile),
  };
}

/** Most things have none: then nothing is stored. */
export function metafieldsOf(fields: readonly Metafield[] | undefined): { readonly metafields?: readonly Metafield[] } {
  return fields === undefined || fields.length === 0 ? {} : { metafields: fields };
}

/** Defaults are not stored: most variants have them. */
function unlessUsual<Name extends string>(
  name: Name,
  value: string | undefined,
  usual: string,
): { [key in Name]?: string } {
  const field: { [key in Name]?: string } = {};
  if (value !== undefined && value !== usual) field[name] = value;
  return field;
}

/** The own price first, then the others. Naming one currency twice is fine as long as both say the same. */
function mergePrices(price: Money, others: readonly Money[], pointer: string, faults: Fault[]): Money[] {
  const merged = [price];
  for (const [index, other] of others.entries()) {
    const same = merged.find(({ currency }) => currency === other.currency);
    if (same === undefined) merged.push(other);
    else if (same.amount !== other.amount) {
      faults.push({
        pointer: `${pointer}/${index}`,
        detail: `There are two different prices in ${other.currency}: here and in the price of the variant.`,
      });
    }
  }
  return merged;
}

/**
 * All variants have the same first currency: a price range over two currencies would be meaningless. It is that of a variant whose
 * price stays, so that a price that was sent is blamed.
 */
function checkCurrencies(variants: readonly Variant[], sent: readonly VariantPatch[], faults: Fault[]): void {
  const staying = variants.find((_, index) => sent[index]?.price === undefined) ?? variants[0];
  const currency = staying?.prices[0]?.currency;
  for (const [index, variant] of variants.entries()) {
    if (variant.prices[0]?.currency !== currency) {
      faults.push({
        pointer: `/variants/${index}/price/currency`,
        detail: `All variants of a product are priced in the same currency first: here ${currency}. Prices in other currencies go into "prices".`,
      });
    }
  }
}

/**
 * A new unit, or one whose SKU or floor changed and must be mapped anew. The quantity counts for a new unit only. A bundle has
 * no unit.
 */
function openingOf(known: Variant | null, variant: Variant, quantity: number): StockOpening[] {
  if (variant.components !== undefined) return [];
  const wasBundle = known?.components !== undefined;
  if (known !== null && !wasBundle && known.sku === variant.sku && floorOf(known) === floorOf(variant)) return [];
  return [
    {
      stockUnitId: stockUnitOf(variant.id),
      sku: variant.sku,
      quantity: known === null ? quantity : 0,
      floor: floorOf(variant),
    },
  ];
}
