/**
 * Prices of many SKUs at once. They are changed by the hundred, each hundred in one commit, and rows of one product that follow each
 * other all in one: a product is written as a whole, however few of its variants change. A row that cannot be is rejected and bars no
 * other, and saying the same again changes nothing.
 */
import { type BulkWork, inParts } from '../../../shared/bulk/jobs.ts';
import type { RowResult } from '../../../shared/contracts/bulk.ts';
import { currencyOf, PriceRow, type WrittenPrices } from '../../../shared/contracts/catalog/prices.ts';
import type { VariantPatch } from '../../../shared/contracts/catalog/products.ts';
import { readListRow } from '../../../shared/http/list-rows.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import type { Currency, Money } from '../../../shared/values/money.ts';
import { composeProduct } from '../domain/compose.ts';
import type { Composition, Product, Variant } from '../domain/product.ts';
import { readPrice } from '../domain/written-price.ts';
import { productChanged } from '../store/announcements.ts';
import { findSkuOwners, productsBySku, saveProducts } from '../store/products.ts';
import { type Catalog, newIdAt } from './catalog.ts';

type Row = { readonly index: number } & WrittenPrices;
type Outcomes = Map<number, Pick<RowResult, 'status' | 'reason'>>;

/** SKUs per commit. Products of many variants make it larger; a document is far below what one value may have. */
const pricesPerPart = 100;
/** Whose products are looked up in one query. */
const skusPerQuery = 2_000;
/** Of several writers one wins each round. */
const attemptsMax = 10;

/** Changes prices row by row. A SKU that stands in several rows has what the last of them says. */
export async function changePrices(catalog: Catalog, rows: readonly unknown[]): Promise<RowResult[]> {
  const results: RowResult[] = [];
  for (const part of await priceParts(catalog, rows)) {
    const start = results.length;
    const some = await changePart(catalog, part, () => []);
    for (const one of some) results.push({ ...one, row: start + one.row });
  }
  return results;
}

/** The parts of a list, each for one commit. */
export async function priceParts(
  { db }: Pick<Catalog, 'db'>,
  rows: readonly unknown[],
): Promise<readonly (readonly unknown[])[]> {
  const skus = rows.map((row) => {
    const read = readListRow(PriceRow, row);
    return read.isRead ? read.value.sku : null;
  });
  const known = [...new Set(skus)].filter((sku) => sku !== null);
  const productOf = new Map<string | null, string>();
  for (const some of inParts(known, skusPerQuery))
    for (const [sku, { productId }] of await findSkuOwners(db, some)) productOf.set(sku, productId);
  return inParts(rows, pricesPerPart, (index) => {
    const productId = productOf.get(skus[index] ?? null);
    return productId !== undefined && productId === productOf.get(skus[index - 1] ?? null);
  });
}

/** A long list of prices as work of the jobs: each part is one commit, with the progress of its job. */
export function priceWork(catalog: Catalog): BulkWork {
  return {
    db: catalog.db,
    now: catalog.now,
    take: async ({ settings, rows }, done) => {
      await changePart({ ...catalog, traceparent: settings.traceparent }, rows, done);
    },
  };
}

/** @param also what belongs into the commit, made from the results */
async function changePart(
  catalog: Catalog,
  rows: readonly unknown[],
  also: (results: readonly RowResult[]) => readonly Statement[],
): Promise<RowResult[]> {
  const outcomes: Outcomes = new Map();
  const read = rows.map((row) => readListRow(PriceRow, row));
  const numbered = read.flatMap((row, index): Row[] => (row.isRead ? [{ ...row.value, index }] : []));
  const results = () =>
    read.map((row, index): RowResult => {
      if (!row.isRead) return { row: index + 1, sku: row.sku, status: 'rejected', reason: row.reason };
      const { status, reason } = outcomes.get(index) ?? { status: 'rejected', reason: null };
      return { row: index + 1, sku: row.value.sku, status, reason };
    });
  await changeSome(catalog, numbered, outcomes, () => also(results()));
  return results();
}

async function changeSome(
  catalog: Catalog,
  rows: readonly Row[],
  outcomes: Outcomes,
  also: () => readonly Statement[],
): Promise<void> {
  const skus = rows.map(({ sku }) => sku);
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const now = catalog.now();
    const products = await productsBySku(catalog.db, skus);
    const changed = products.flatMap((product) => priced(product, rows, now, outcomes) ?? []);
    for (const { index, sku } of rows)
      if (products.every(({ variants }) => variants.every((variant) => variant.sku !== sku)))
        outcomes.set(index, { status: 'rejected', reason: `No variant has the SKU "${sku}".` });
    const progress = also();
    if (changed.length + progress.length === 0) return;
    if (changed.length > 0) await catalog.armRelay();
    const events = changed.flatMap(({ product }) => productChanged(product, catalog.traceparent));
    const outcome = await saveProducts(catalog.db, changed, events, now, progress);
    catalog.variants.clear();
    if (outcome === 'saved') return;
  }
  throw new Error(`Products changed under every one of ${attemptsMax} attempts at their prices`);
}

/** A product with the prices of its rows; null where nothing changes. */
function priced(product: Product, rows: readonly Row[], now: number, outcomes: Outcomes): Composition | null {
  const patches = new Map<string, VariantPatch>();
  for (const row of rows) {
    const variant = product.variants.find(({ sku }) => sku === row.sku);
    if (variant === undefined) continue;
    const patch = patchOf(row, variant);
    if (typeof patch === 'string') outcomes.set(row.index, { status: 'rejected', reason: patch });
    else {
      patches.set(variant.id, { ...patches.get(variant.id), ...patch });
      const isSame = Object.entries(patch).every(
        ([name, value]) => JSON.stringify(value) === JSON.stringify(fieldOf(variant, name)),
      );
      outcomes.set(row.index, { status: isSame ? 'unchanged' : 'done', reason: null });
    }
  }
  if (patches.size === 0) return null;
  const variants = product.variants.map(({ id }): VariantPatch => ({ id, ...patches.get(id) }));
  const composed = composeProduct(
    product,
    { variants },
    { now, newId: newIdAt(now), ingredients: [], quantityOfKnown: 'ignored', defaultSku: () => null },
  );
  if (composed.ok) return composed.value.isChanged ? composed.value : null;
  for (const { index, sku } of rows)
    if (product.variants.some((variant) => variant.sku === sku))
      outcomes.set(index, { status: 'rejected', reason: composed.refusal.detail });
  return null;
}

function fieldOf({ prices, compareAtPrice }: Variant, name: string) {
  const [price, ...others] = prices;
  return name === 'price' ? price : name === 'prices' ? others : compareAtPrice;
}

/** What a row changes of its variant, or what is wrong with it. */
function patchOf(row: Row, variant: Variant): VariantPatch | string {
  const [own] = variant.prices;
  const written = row.currency === undefined || row.currency === '' ? own?.currency : currencyOf(row.currency);
  if (written === undefined) return `"${row.currency}" is not a currency that prices may be in.`;
  const price = moneyOf(row.price === '' ? undefined : row.price, written);
  const compareAtPrice = moneyOf(row.compareAtPrice === '' ? null : row.compareAtPrice, written);
  if (typeof price === 'string') return price;
  if (typeof compareAtPrice === 'string') return compareAtPrice;
  if (price === undefined && compareAtPrice === undefined) return 'Give a price or a compare-at price.';
  const others = variant.prices.slice(1);
  const isKnown = others.some(({ currency }) => currency === price?.currency);
  return {
    ...(price === undefined || price === null
      ? {}
      : price.currency === own?.currency
        ? { price }
        : {
            prices: isKnown ? others.map((one) => (one.currency === price.currency ? price : one)) : [...others, price],
          }),
    // Other systems write 0 where there is no former price.
    ...(compareAtPrice === undefined ? {} : { compareAtPrice: compareAtPrice?.amount === 0 ? null : compareAtPrice }),
  };
}

/** Undefined and null stay what they are; a text says what is wrong. */
function moneyOf<Nothing extends null | undefined>(
  written: Money | string | Nothing,
  currency: Currency,
): Money | string | Nothing {
  if (typeof written !== 'string') return written;
  const read = readPrice(written, currency);
  return read.ok ? read.value.price : read.refusal.detail;
}
