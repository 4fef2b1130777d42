/**
 * What others see of a product: shoppers and merchants see its document with live availability and one chosen price, carts
 * get a snapshot per variant, and the rules of collections are compared with its facts.
 */

import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import { isPublic, type Metafield } from '../../../shared/values/metafields.ts';
import type { Currency, Money } from '../../../shared/values/money.ts';
import { uncountedBundles } from '../../../shared/values/quantity.ts';
import { assert } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import {
  defaultShippingProfile,
  floorOf,
  hasOptions,
  type Product,
  type ProductView,
  standardTaxClass,
  stockUnitOf,
  type Variant,
} from './product.ts';

/** The newest known figure of each stock unit of a product. */
export interface StockFigure {
  readonly stockUnitId: string;
  readonly available: number;
  /** Milliseconds since 1970. */
  readonly asOf: number;
}

/** Which price is shown: the one in a currency, none because nothing is sold to the shopper, or, with null, the product's first. */
export type PriceWish = Currency | 'none' | null;

export interface Viewer {
  readonly currency: PriceWish;
  readonly isMerchant: boolean;
}

function priceIn(variant: Variant, currency: Exclude<PriceWish, null>): Money | undefined {
  return variant.prices.find((price) => price.currency === currency);
}

/** The first price of a variant: every variant has one. */
function firstPrice(variant: Variant): Money {
  const [price] = variant.prices;
  assert(price !== undefined, 'a variant has a price');
  return price;
}

/** The currencies in which any variant is sold, the product's own first. */
export function currenciesOf({ variants }: Product): Currency[] {
  return [...new Set(variants.flatMap(({ prices }) => prices.map(({ currency }) => currency)))];
}

/** The lowest price in a currency in which a variant is sold. */
export function lowestPrice({ variants }: Product, currency: Currency): number {
  return Math.min(...variants.flatMap((variant) => priceIn(variant, currency)?.amount ?? []));
}

/** A bundle is counted as long as anything that it takes is. */
function isCounted({ tracked, components }: Variant, available: number): boolean {
  return components === undefined ? tracked !== false : available < uncountedBundles;
}

export function viewOf(
  product: Product,
  stock: readonly StockFigure[],
  { currency: wish, isMerchant }: Viewer,
): ProductView {
  const figures = new Map(stock.map((figure) => [figure.stockUnitId, figure]));
  const variants = product.variants.map((variant) => {
    const { taxClass = standardTaxClass, shippingProfile = defaultShippingProfile, metafields, ...shown } = variant;
    const price = wish === null ? firstPrice(variant) : (priceIn(variant, wish) ?? null);
    const available = figures.get(stockUnitOf(variant.id))?.available ?? 0;
    const isTracked = isCounted(variant, available);
    return {
      ...shown,
      price,
      compareAtPrice: variant.compareAtPrice?.currency === price?.currency ? variant.compareAtPrice : null,
      availableForSale: product.status === 'active' && price !== null && available > floorOf(variant),
      available: isTracked ? Math.max(0, available) : null,
      tracked: isTracked,
      ...metafieldsShown(metafields, isMerchant),
      ...(isMerchant ? { taxClass, shippingProfile } : {}),
    };
  });
  const { status, importHandle = null, publishedAt: _, metafields, ...shown } = product;
  return {
    ...shown,
    ...metafieldsShown(metafields, isMerchant),
    ...(isMerchant ? { status, importHandle } : {}),
    variants,
    priceRange: priceRangeOf(variants.flatMap(({ price }) => price ?? [])),
    availableForSale: variants.some((variant) => variant.availableForSale),
    availability: { asOf: asOf(product, stock) },
  };
}

/** Absent where there are none to show. */
export function metafieldsShown(metafields: readonly Metafield[] = [], isMerchant: boolean) {
  const shown = isMerchant ? metafields : metafields.filter(isPublic);
  return shown.length === 0 ? {} : { metafields: [...shown] };
}

export function priceRangeOf(prices: readonly Money[]): { readonly min: Money; readonly max: Money } | null {
  const byPrice = [...prices].sort((a, b) => a.amount - b.amount);
  const [min] = byPrice;
  const max = byPrice.at(-1);
  return min === undefined || max === undefined ? null : { min, max };
}

/** The time of the newest stock figure; the time of creation while there is none. */
function asOf(product: Product, stock: readonly StockFigure[]): string {
  const latest = stock.reduce((time, figure) => Math.max(time, figure.asOf), 0);
  return latest === 0 ? product.createdAt : toTimestamp(latest);
}

/** What an answer shows of a product: `page` where it is a precomputed one. */
export interface Tagged {
  readonly version: number;
  readonly stock: readonly StockFigure[];
  readonly page?: { readonly pricesTag?: number };
}

/** Names the exact answer: the version, and a fingerprint of everything that changes without a new version. */
export function tagOf({ version, stock, page }: Tagged, { currency, isMerchant }: Viewer): string {
  let hash = mix(mixText(17, `${currency ?? ''}${isMerchant}`), page?.pricesTag ?? 0);
  for (const figure of stock) hash = mixFigure(hash, figure);
  return `${version}.${(hash >>> 0).toString(36)}`;
}

/** Names the exact page of a list: which products in which version, with which stock, and where it goes on. */
export function listTagOf(
  items: readonly (Tagged & { readonly id: string })[],
  next: string | null,
  currency: PriceWish,
): string {
  let hash = mixText(17, `${next}${currency}`);
  let versions = 0;
  for (const { id, version, stock, page } of items) {
    hash = mix(mix(mixText(hash, id), version), page?.pricesTag ?? 0);
    versions += version;
    for (const figure of stock) hash = mixFigure(hash, figure);
  }
  return `${versions}.${(hash >>> 0).toString(36)}`;
}

/** A fast hash that is not cryptographic: it only has to differ when the state differs. */
const mix = (hash: number, value: number) => (Math.imul(hash, 31) + (value | 0)) | 0;

export function mixText(start: number, text: string): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1) hash = mix(hash, text.charCodeAt(index));
  return hash;
}

/** The end of an id is its random part. */
function mixFigure(hash: number, { stockUnitId, available, asOf: time }: StockFigure): number {
  return mix(mix(mix(mixText(hash, stockUnitId.slice(-8)), available), time), Math.floor(time / 2 ** 32));
}

const minorOf = ({ currency, amount }: Money) => ({ currency, amountMinor: amount });

const isCountedItself = ({ tracked, components }: Variant) => tracked !== false && components === undefined;

/** The stored snapshot: the collections of the product are added when it is read. */
export function snapshotOf(product: Product, variant: Variant): Omit<VariantSnapshot, 'collectionIds'> {
  return {
    variantId: variant.id,
    productId: product.id,
    productHandle: product.handle,
    productVersion: product.version,
    sku: variant.sku,
    title: product.title,
    variantTitle: hasOptions(product) ? variant.title : null,
    imageUrl: variant.imageUrl ?? product.images[0]?.url ?? null,
    isSold: product.status === 'active',
    prices: variant.prices.map(minorOf),
    ...(variant.compareAtPrice === null ? {} : { compareAt: minorOf(variant.compareAtPrice) }),
    weightGrams: variant.weightGrams,
    requiresShipping: variant.requiresShipping,
    isTaxable: variant.taxable,
    ...(product.isGiftCard === true ? { isGiftCard: true } : {}),
    tags: product.tags,
    ...(variant.taxClass === undefined ? {} : { taxClass: variant.taxClass }),
    ...(variant.shippingProfile === undefined ? {} : { shippingProfile: variant.shippingProfile }),
    // What a bundle takes is known where its components are stored.
    stockNeeds: isCountedItself(variant) ? [{ stockUnitId: stockUnitOf(variant.id), quantity: 1 }] : [],
  };
}

/** Lower-case texts and lowest prices: what the rules of collections compare with. */
export function factsOf(product: Product) {
  const lower = (texts: readonly string[]) => texts.map((text) => text.toLowerCase());
  return {
    title: lower([product.title]),
    vendor: lower([product.vendor]),
    type: lower([product.type]),
    tag: lower(product.tags),
    price: Object.fromEntries(currenciesOf(product).map((currency) => [currency, lowestPrice(product, currency)])),
  };
}

/** Long enough to order titles well, short enough for a cursor. */
const sortTitleLength = 60;

export function sortTitleOf(title: string): string {
  return title.trim().toLowerCase().slice(0, sortTitleLength).toWellFormed();
}
