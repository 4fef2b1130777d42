/**
 * What an import changes of a product, for its report: a merchant sees before or afterwards which products and variants are
 * made, changed and removed, which SKUs change, and where stock is set. Made from the product before and after alone, so that a
 * dry run says the same as the run.
 */
import type { ImportChange } from '../../../shared/contracts/catalog/imports.ts';
import type { StockOpening } from '../../../shared/contracts/inventory/api.ts';
import { type ChangeKind, changeKinds, examplesPerKind } from '../../../shared/values/import-changes.ts';
import { locationDefault } from '../../../shared/values/stock-levels.ts';
import { type Product, stockUnitOf, type Variant } from './product.ts';

/** A variant that exists and is counted, and the quantity that the file states for it. */
export interface StatedStock {
  readonly stockUnitId: string;
  readonly quantity: number;
}

interface Imported {
  readonly before: Product | null;
  readonly after: Product;
  readonly openings: readonly StockOpening[];
  readonly counted: readonly StatedStock[];
  /** What quantities of variants that exist mean. */
  readonly stock: 'ignore' | 'set' | 'add';
  /** What is there of stock units now, as far as that is known: to set that changes nothing. */
  readonly onHand: ReadonlyMap<string, number>;
  /** As the file writes it. */
  readonly handle: string;
  /** Where its rows begin. */
  readonly line: number;
  /** In the order of its variants. */
  readonly variantLines: readonly number[];
}

/** What changes with every edit, or follows from the other fields, or says only how a file calls the product. */
const silentFields: ReadonlySet<string> = new Set(['version', 'updatedAt', 'publishedAt', 'importHandle', 'variants']);

export function changesOf(imported: Imported): ImportChange[] {
  const { before, after, handle, line, variantLines } = imported;
  const change = (kind: ChangeKind, about: Partial<ImportChange>): ImportChange => ({
    ...{ kind, line, handle, sku: null, fields: [], skuBefore: null, locationId: null, quantity: null },
    ...about,
  });
  const known = new Map(before?.variants.map((variant) => [variant.id, variant]));
  const places = new Map(after.variants.map(({ id }, index) => [id, variantLines[index] ?? line]));
  const ofVariants = after.variants.flatMap((variant): ImportChange[] => {
    if (before === null) return [];
    const former = known.get(variant.id);
    const about = { line: places.get(variant.id) ?? line, sku: variant.sku };
    if (former === undefined) return [change('variant-added', about)];
    const fields = changedFields(former, variant).filter((name) => name !== 'sku');
    return [
      ...(former.sku === variant.sku ? [] : [change('sku-changed', { ...about, skuBefore: former.sku })]),
      ...(fields.length === 0 ? [] : [change('variant-changed', { ...about, fields })]),
    ];
  });
  const removed = before?.variants.filter(({ id }) => !places.has(id)) ?? [];
  const ofProduct = before === null ? [] : changedFields(before, after).filter((name) => !silentFields.has(name));
  const isChanged = ofProduct.length + ofVariants.length + removed.length > 0 || isReordered(before, after);
  return [
    ...(before === null ? [change('product-created', { fields: [] })] : []),
    ...(before !== null && isChanged ? [change('product-changed', { fields: ofProduct })] : []),
    ...ofVariants,
    ...removed.map(({ sku }) => change('variant-removed', { sku })),
    ...stockIn(imported, known).map(({ kind, variant, quantity }) =>
      change(kind, {
        ...{ line: places.get(variant.id) ?? line, sku: variant.sku, locationId: locationDefault, quantity },
      }),
    ),
  ];
}

function isReordered(before: Product | null, after: Product): boolean {
  return before?.variants.some(({ id }, index) => after.variants[index]?.id !== id) === true;
}

/** The names of the fields that are not the same any more. */
function changedFields<Thing extends object>(before: Thing, after: Thing): string[] {
  const [former, present] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...former.keys(), ...present.keys()])].filter(
    (name) => JSON.stringify(former.get(name)) !== JSON.stringify(present.get(name)),
  );
}

interface StockChange {
  readonly kind: 'stock-opened' | 'stock-set' | 'stock-added';
  readonly variant: Variant;
  readonly quantity: number;
}

/** Nobody counts the stock of what is not tracked, and a bundle has none. */
function stockIn(
  { after, openings, counted, stock, onHand }: Imported,
  known: ReadonlyMap<string, Variant>,
): readonly StockChange[] {
  const opened = new Map(openings.map(({ stockUnitId, quantity }) => [stockUnitId, quantity]));
  const stated = new Map(counted.map(({ stockUnitId, quantity }) => [stockUnitId, quantity]));
  return after.variants.flatMap((variant): StockChange[] => {
    const stockUnitId = stockUnitOf(variant.id);
    const opening = known.has(variant.id) || variant.tracked === false ? 0 : (opened.get(stockUnitId) ?? 0);
    const quantity = stated.get(stockUnitId);
    if (opening > 0) return [{ kind: 'stock-opened', variant, quantity: opening }];
    if (quantity === undefined || stock === 'ignore' || (stock === 'add' && quantity === 0)) return [];
    if (stock === 'set' && quantity === onHand.get(stockUnitId)) return [];
    return [{ kind: stock === 'set' ? 'stock-set' : 'stock-added', variant, quantity }];
  });
}

export type ChangeCounts = Readonly<Record<ChangeKind, number>>;

/** The counts after some more changes; what was never counted is 0. */
export function countedChanges(before: Partial<ChangeCounts>, changes: readonly ImportChange[]): ChangeCounts {
  const count = (kind: ChangeKind) => (before[kind] ?? 0) + changes.filter((change) => change.kind === kind).length;
  return {
    'product-created': count('product-created'),
    'product-changed': count('product-changed'),
    'variant-added': count('variant-added'),
    'variant-changed': count('variant-changed'),
    'variant-removed': count('variant-removed'),
    'sku-changed': count('sku-changed'),
    'stock-opened': count('stock-opened'),
    'stock-set': count('stock-set'),
    'stock-added': count('stock-added'),
  };
}

/** The first changes of each kind. */
export function firstOfEach(shown: readonly ImportChange[], changes: readonly ImportChange[]): ImportChange[] {
  return changeKinds.flatMap((wanted) =>
    [...shown, ...changes].filter(({ kind }) => kind === wanted).slice(0, examplesPerKind),
  );
}
