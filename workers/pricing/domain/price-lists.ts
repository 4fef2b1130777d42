/**
 * Which price lists are asked for a shopper, and what the first of them that prices a variant says. Entries come from a
 * `PriceBook`, because there may be far more of them than settings should hold.
 */
import type { HandPrice, QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { ListPrice, PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import { type Currency, parseRate, type RoundingMode, roundFraction } from '../../../shared/values/money.ts';
import type { QuoteCustomer } from './request.ts';
import { timingOf } from './schedule.ts';
import type { PricingSettings } from './settings.ts';

/** The entries of lists, as far as a quote needs them. */
export interface PriceBook {
  entry(list: PriceList, variantId: string, currency: Currency): ListPrice | null;
}

export const emptyBook: PriceBook = { entry: () => null };

export interface UnitPrice {
  readonly unitPriceMinor: number;
  readonly compareAtMinor: number | null;
  readonly priceListId: string | null;
  /** Before its tax was taken out, for a shopper who is charged none; absent for everyone else. */
  readonly withTaxMinor?: number;
}

/** Whether a shopper is shown a price that is compared with a higher one. The catalogue's comparison is with its own price. */
export function isOnSale(line: QuoteLine, { unitPriceMinor, compareAtMinor, priceListId }: UnitPrice): boolean {
  const comparedMinor = compareAtMinor ?? (priceListId === null ? line.compareAtMinor : undefined) ?? 0;
  return comparedMinor > unitPriceMinor;
}

/** What a list must know of a line. */
type ListedLine = Pick<QuoteLine, 'variantId' | 'unitPriceMinor' | 'quantity' | 'handPrice'>;

interface ListAudience {
  readonly marketId: string;
  readonly customer: QuoteCustomer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The lists for a shopper, in the order in which they are asked. */
export function listsFor(settings: PricingSettings, audience: ListAudience): readonly PriceList[] {
  return listsOfAudience(settings, audience)
    .filter((list) => timingOf(list, audience.now).state === 'running')
    .sort((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
}

/** The lists that hold for a shopper at one time or another. */
export function listsOfAudience(
  { priceLists }: PricingSettings,
  { marketId, customer }: Omit<ListAudience, 'now'>,
): readonly PriceList[] {
  return priceLists.filter(
    (list) =>
      list.isActive &&
      (list.marketIds.length === 0 || list.marketIds.includes(marketId)) &&
      (list.customerGroups.length === 0 || list.customerGroups.some((group) => customer.groups.includes(group))),
  );
}

/** The unit price of every line. Quantity tiers count all of a variant in the cart, on whatever lines it stands. */
export function unitPrices(
  lines: readonly ListedLine[],
  lists: readonly PriceList[],
  book: PriceBook,
  { currency, mode }: { readonly currency: Currency; readonly mode: RoundingMode },
): readonly UnitPrice[] {
  const quantities = new Map<string, number>();
  for (const { variantId, quantity } of lines)
    if (variantId !== undefined) quantities.set(variantId, (quantities.get(variantId) ?? 0) + quantity);
  const listed = (line: ListedLine): UnitPrice => {
    for (const list of lists) {
      const entry = line.variantId === undefined ? null : book.entry(list, line.variantId, currency);
      if (entry !== null) return fromEntry(list, entry, quantities.get(entry.variantId) ?? line.quantity);
      if (list.adjustment !== null) return adjusted(list, list.adjustment, line.unitPriceMinor, mode);
    }
    return { unitPriceMinor: line.unitPriceMinor, compareAtMinor: null, priceListId: null };
  };
  return lines.map((line) => {
    const price = listed(line);
    return line.handPrice === undefined ? price : byHand(price, line.handPrice, mode);
  });
}

/** A price by hand is nobody's list price. One that is lower is compared with what it would have been; none is below zero. */
function byHand({ unitPriceMinor: listedMinor }: UnitPrice, hand: HandPrice, mode: RoundingMode): UnitPrice {
  const unitPriceMinor = Math.max(0, handMinorOf(listedMinor, hand, mode));
  return { unitPriceMinor, compareAtMinor: unitPriceMinor < listedMinor ? listedMinor : null, priceListId: null };
}

/** The discount is what is rounded. */
function handMinorOf(listedMinor: number, hand: HandPrice, mode: RoundingMode): number {
  if (hand.kind === 'price') return hand.amountMinor;
  if (hand.kind === 'off') return listedMinor - hand.amountMinor;
  const { numerator, denominator } = parseRate(hand.rate);
  return listedMinor - roundFraction(BigInt(listedMinor) * numerator, denominator, mode);
}

function fromEntry({ id }: PriceList, { amount, compareAtAmount, tiers }: ListPrice, quantity: number): UnitPrice {
  let reached = { minQuantity: 1, amount };
  for (const tier of tiers) if (tier.minQuantity <= quantity && tier.minQuantity > reached.minQuantity) reached = tier;
  return { unitPriceMinor: reached.amount, compareAtMinor: compareAtAmount, priceListId: id };
}

/** The difference is what is rounded. A price that was lowered is compared with the catalogue's. */
function adjusted(
  { id }: PriceList,
  { direction, rate }: NonNullable<PriceList['adjustment']>,
  catalogMinor: number,
  mode: RoundingMode,
): UnitPrice {
  const { numerator, denominator } = parseRate(rate);
  const difference = roundFraction(BigInt(catalogMinor) * numerator, denominator, mode);
  return direction === 'down'
    ? { unitPriceMinor: catalogMinor - difference, compareAtMinor: catalogMinor, priceListId: id }
    : { unitPriceMinor: catalogMinor + difference, compareAtMinor: null, priceListId: id };
}
