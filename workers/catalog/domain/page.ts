/**
 * The precomputed public answer of a product: its JSON in one currency, with holes in the place of stock figures. The holes
 * are filled per request; the result is the same text that `viewOf` would give.
 */
import { uncountedBundles, untrackedFloor } from '../../../shared/values/quantity.ts';
import { assert } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { floorOf, type Product, stockUnitOf } from './product.ts';
import { type PriceWish, type StockFigure, viewOf } from './view.ts';

/** A page that was read from its text, ready to be filled any number of times. */
export interface Page {
  readonly createdAt: string;
  readonly units: readonly PageUnit[];
  /** The answer between its holes. */
  readonly pieces: readonly string[];
  /** A fingerprint of the prices of price lists; absent where all prices are the catalogue's. */
  readonly pricesTag?: number;
}

/**
 * What fills the holes of a variant. One without a price is not for sale, whatever is left of it; whether a bundle is counted
 * changes with what it is made of.
 */
type PageUnit = readonly [stockUnitId: string, floor: number, isUnsold?: boolean, isBundle?: true];

/** A control character: JSON escapes it, so it cannot be in an answer. */
const hole = '\u0001';
const marker = JSON.stringify(hole);

/** The stock unit and floor of each variant and the date of creation, then the answer in pieces. */
export function pageOf(product: Product, currency: PriceWish): string {
  const view = viewOf(product, [], { currency, isMerchant: false });
  const pierced = {
    ...view,
    variants: view.variants.map((variant) => ({
      ...variant,
      ...{ availableForSale: hole, available: hole },
      ...(variant.components === undefined ? {} : { tracked: hole }),
    })),
    availableForSale: hole,
    availability: { asOf: hole },
  };
  const units = product.variants.map((variant, index): PageUnit => {
    const isUnsold = view.variants[index]?.price === null;
    const unit = [stockUnitOf(variant.id), floorOf(variant)] as const;
    if (variant.components !== undefined) return [...unit, isUnsold, true];
    return isUnsold ? [...unit, true] : unit;
  });
  return [JSON.stringify([product.createdAt, ...units]), ...piecesOf(pierced)].join(hole);
}

/** The JSON of a document with holes, between them. */
export function piecesOf(pierced: object): readonly string[] {
  return JSON.stringify(pierced).split(marker);
}

/** The JSON of a page's document: what was put into the holes stands in their place. */
export function wholeOf({ pieces }: Page): string {
  return pieces.join(marker);
}

export function readPage(text: string): Page {
  const [header = '', ...pieces] = text.split(hole);
  const [createdAt, ...units]: [string, ...PageUnit[]] = JSON.parse(header);
  const bundles = units.filter(([, , , isBundle]) => isBundle).length;
  assert(
    pieces.length === units.length * 2 + bundles + 3,
    'a page has two holes per variant, one more per bundle, and two more',
  );
  return { createdAt, units, pieces };
}

/** Fills the holes of an active product's page, in the order of the text: those of the variants, then two of the product. */
export function fillPage({ createdAt, units, pieces }: Page, stock: readonly StockFigure[]): string {
  let text = pieces[0] ?? '';
  let filled = 0;
  const fill = (value: boolean | number | string | null) => {
    filled += 1;
    text += `${value}${pieces[filled]}`;
  };
  let isForSale = false;
  let latest = 0;
  const availableOf = new Map<string, number>();
  for (const figure of stock) {
    availableOf.set(figure.stockUnitId, figure.available);
    if (figure.asOf > latest) latest = figure.asOf;
  }
  for (const [stockUnitId, floor, isUnsold = false, isBundle = false] of units) {
    const available = availableOf.get(stockUnitId) ?? 0;
    const isSold = !isUnsold && available > floor;
    isForSale ||= isSold;
    const isCounted = isBundle ? available < uncountedBundles : floor > untrackedFloor;
    fill(isSold);
    fill(isCounted ? Math.max(0, available) : null);
    if (isBundle) fill(isCounted);
  }
  fill(isForSale);
  fill(JSON.stringify(latest === 0 ? createdAt : toTimestamp(latest)));
  return text;
}
