/** How a priced cart is shown, in carts and in checkouts alike. A quote that was kept before it told all this shows less. */

import type { CartGiftCard, CartLine } from '../contracts/cart/api.ts';
import type {
  CartGiftCardView,
  DiscountView,
  LineView,
  RejectedCodeView,
  TaxLineView,
  TotalsView,
} from '../contracts/cart/http.ts';
import type { VariantSnapshot } from '../contracts/catalog/api.ts';
import { type AllowanceKind, giftCardBalance, partsOfAllowance } from '../contracts/pricing/allowances.ts';
import type { PricedLine, PricedQuote, Quote, QuotedLine } from '../contracts/pricing/api.ts';
import { type Currency, money, sumOf } from '../values/money.ts';
import { toTimestamp } from '../values/time.ts';
import { unitPriceMinorOf } from './quoting.ts';

/** False for a quote that was kept in an order before quotes told what led to them. */
export const isPriced = (quote: Quote): quote is PricedQuote => 'dueMinor' in quote;
const isPricedLine = (line: QuotedLine | PricedLine): line is PricedLine => 'unitPriceMinor' in line;

/** What is left to pay after gift cards and store credit. */
export function dueMinorOf(quote: Quote): number {
  return isPriced(quote) ? quote.dueMinor : quote.totalMinor;
}

export function lineViews(lines: readonly CartLine[], quote: Quote): LineView[] {
  return lines.map((line, index) => {
    const quoted = quote.lines[index];
    if (quoted === undefined || quoted.lineId !== line.lineId)
      throw new Error('A quote has one line per line, in their order');
    return lineView(line, quoted, quote.currency);
  });
}

export function lineView(line: CartLine, quoted: QuotedLine | PricedLine, currency: Currency): LineView {
  const { variant } = line;
  const unitPriceMinor = isPricedLine(quoted) ? quoted.unitPriceMinor : unitPriceMinorOf(variant, currency);
  const compareAtMinor = isPricedLine(quoted) ? compareAtMinorOf(variant, quoted, currency) : null;
  return {
    id: line.lineId,
    variantId: variant.variantId,
    sku: variant.sku,
    productId: variant.productId,
    productHandle: variant.productHandle,
    title: variant.title,
    variantTitle: variant.variantTitle,
    imageUrl: variant.imageUrl,
    quantity: line.quantity,
    attributes: { ...line.attributes },
    unitPrice: money(unitPriceMinor, currency),
    compareAtPrice: compareAtMinor === null ? null : money(compareAtMinor, currency),
    subtotal: money(quoted.subtotalMinor, currency),
    discount: money(quoted.discountMinor, currency),
    tax: money(quoted.taxMinor, currency),
    total: money(quoted.totalMinor, currency),
  };
}

/** The catalogue's comparison is with its own price: where a list decides, or a tax was taken out, it says nothing. */
function compareAtMinorOf(
  variant: VariantSnapshot,
  { unitPriceMinor, compareAtMinor, priceListId }: PricedLine,
  currency: Currency,
): number | null {
  if (priceListId !== null || compareAtMinor !== null) return compareAtMinor;
  const { compareAt } = variant;
  const isOfThisPrice = compareAt?.currency === currency && unitPriceMinor === unitPriceMinorOf(variant, currency);
  return isOfThisPrice && compareAt.amountMinor > unitPriceMinor ? compareAt.amountMinor : null;
}

export function totalsView(quote: Quote): TotalsView {
  const { currency } = quote;
  return {
    subtotal: money(quote.subtotalMinor, currency),
    discount: money(quote.discountMinor, currency),
    shipping: money(quote.shippingMinor, currency),
    shippingDiscount: money(isPriced(quote) ? quote.shippingDiscountMinor : 0, currency),
    tax: money(quote.taxMinor, currency),
    total: money(quote.totalMinor, currency),
    giftCards: money(usedMinorOf(quote, 'gift'), currency),
    storeCredit: money(usedMinorOf(quote, 'credit'), currency),
    due: money(dueMinorOf(quote), currency),
  };
}

function usedMinorOf(quote: Quote, kind: AllowanceKind): number {
  const used = isPriced(quote) ? quote.giftCards.filter(({ key }) => partsOfAllowance(key).kind === kind) : [];
  return sumOf(used.map(({ usedMinor }) => usedMinor));
}

export interface PricingNotes {
  readonly discounts: DiscountView[];
  readonly rejectedCodes: RejectedCodeView[];
  readonly taxLines: TaxLineView[];
  readonly taxRelief: PricedQuote['taxRelief'];
}

/** What led to the totals. */
export function notesOf(quote: Quote): PricingNotes {
  if (!isPriced(quote)) return { discounts: [], rejectedCodes: [], taxLines: [], taxRelief: null };
  const { currency } = quote;
  return {
    discounts: quote.discounts.map(({ amountMinor, ...discount }) => ({
      ...discount,
      amount: money(amountMinor, currency),
    })),
    rejectedCodes: quote.rejectedCodes.map(({ code, reason, from, until, minimumMinor, available }) => ({
      code,
      reason,
      ...(from === undefined ? {} : { from: toTimestamp(from) }),
      ...(until === undefined ? {} : { until: toTimestamp(until) }),
      ...(minimumMinor === undefined ? {} : { minimum: money(minimumMinor, currency) }),
      ...(available === undefined ? {} : { available }),
    })),
    taxLines: quote.taxLines.map(({ name, rate, baseMinor, taxMinor }) => ({
      name,
      rate,
      base: money(baseMinor, currency),
      tax: money(taxMinor, currency),
    })),
    taxRelief: quote.taxRelief,
  };
}

/** The gift cards with what each pays. */
export function giftCardViews(cards: readonly CartGiftCard[], quote: Quote): CartGiftCardView[] {
  const used = new Map(isPriced(quote) ? quote.giftCards.map(({ key, usedMinor }) => [key, usedMinor]) : []);
  return cards.map(({ cardId, last4 }) => ({
    id: cardId,
    last4,
    used: money(used.get(giftCardBalance(cardId)) ?? 0, quote.currency),
  }));
}
