/** How a priced cart is shown, in carts and in checkouts alike. */

import type { CartGiftCard, CartLine } from '../contracts/cart/api.ts';
import type { CartGiftCardView, CartView, LineView, TotalsView } from '../contracts/cart/http.ts';
import type { VariantSnapshot } from '../contracts/catalog/api.ts';
import { type AllowanceKind, giftCardBalance, partsOfAllowance } from '../contracts/pricing/allowances.ts';
import type { Quote, QuotedLine, QuoteTotals, RejectedCode } from '../contracts/pricing/api.ts';
import { type Currency, formatDecimal, money, sumOf } from '../values/money.ts';
import { toTimestamp } from '../values/time.ts';
import { unitPriceMinorOf } from './priceable.ts';

/** What of a quote is shown with a cart. */
export type ShownQuote = QuoteTotals &
  Pick<
    Quote,
    | 'currency'
    | 'pricesIncludeTax'
    | 'pricingVersion'
    | 'shippingOptionId'
    | 'discounts'
    | 'rejectedCodes'
    | 'taxLines'
    | 'taxRelief'
    | 'giftCards'
    | 'orderObstacles'
    | 'taxNeeds'
  > & { readonly lines: readonly ShownLine[] };

export type ShownLine = Omit<QuotedLine, 'discounts'>;

export function lineViews(lines: readonly CartLine[], quote: Pick<ShownQuote, 'lines' | 'currency'>): LineView[] {
  return lines.map((line, index) => {
    const quoted = quote.lines[index];
    if (quoted === undefined || quoted.lineId !== line.lineId)
      throw new Error('A quote has one line per line, in their order');
    return lineView(line, quoted, quote.currency);
  });
}

export function lineView(line: CartLine, quoted: ShownLine, currency: Currency): LineView {
  const { variant } = line;
  const compareAtMinor = compareAtMinorOf(variant, quoted, currency);
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
    unitPrice: money(quoted.unitPriceMinor, currency),
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
  { unitPriceMinor, compareAtMinor, priceListId }: ShownLine,
  currency: Currency,
): number | null {
  if (priceListId !== null || compareAtMinor !== null) return compareAtMinor;
  const { compareAt } = variant;
  const isOfThisPrice = compareAt?.currency === currency && unitPriceMinor === unitPriceMinorOf(variant, currency);
  return isOfThisPrice && compareAt.amountMinor > unitPriceMinor ? compareAt.amountMinor : null;
}

export function totalsView(quote: ShownQuote): TotalsView {
  const { currency } = quote;
  return {
    subtotal: money(quote.subtotalMinor, currency),
    discount: money(quote.discountMinor, currency),
    shipping: money(quote.shippingMinor, currency),
    shippingDiscount: money(quote.shippingDiscountMinor, currency),
    tax: money(quote.taxMinor, currency),
    total: money(quote.totalMinor, currency),
    giftCards: money(usedMinorOf(quote, 'gift'), currency),
    storeCredit: money(usedMinorOf(quote, 'credit'), currency),
    due: money(quote.dueMinor, currency),
  };
}

function usedMinorOf(quote: ShownQuote, kind: AllowanceKind): number {
  const used = quote.giftCards.filter(({ key }) => partsOfAllowance(key).kind === kind);
  return sumOf(used.map(({ usedMinor }) => usedMinor));
}

/** What led to the totals. */
export function notesOf(quote: ShownQuote): Pick<CartView, 'discounts' | 'rejectedCodes' | 'taxLines' | 'taxRelief'> {
  const { currency } = quote;
  return {
    discounts: quote.discounts.map(({ amountMinor, ...discount }) => ({
      ...discount,
      amount: money(amountMinor, currency),
    })),
    rejectedCodes: rejectedCodeViews(quote),
    taxLines: quote.taxLines.map(({ name, rate, baseMinor, taxMinor }) => ({
      name,
      rate,
      base: money(baseMinor, currency),
      tax: money(taxMinor, currency),
    })),
    taxRelief: quote.taxRelief,
  };
}

function rejectedCodeViews({ rejectedCodes, currency }: ShownQuote): CartView['rejectedCodes'] {
  return rejectedCodes.map((rejected) => {
    const { code, reason, from, until, minimumMinor, available } = rejected;
    return {
      ...{ code, applicable: false, reason, detail: sentenceOn(rejected, currency) },
      ...(from === undefined ? {} : { from: toTimestamp(from) }),
      ...(until === undefined ? {} : { until: toTimestamp(until) }),
      ...(minimumMinor === undefined ? {} : { minimum: money(minimumMinor, currency) }),
      ...(available === undefined ? {} : { available }),
    };
  });
}

/** Why a code takes nothing off, to the shopper who gave it. */
function sentenceOn(rejected: RejectedCode, currency: Currency): string {
  const { reason, from = 0, until = 0, minimumMinor = 0 } = rejected;
  switch (reason) {
    case 'unknown':
      return rejected.code === ''
        ? 'No code was given. Type it first.'
        : 'There is no such code. Look how it is spelled.';
    case 'disabled':
      return 'The code was withdrawn.';
    case 'not-started':
      return `The code is not valid yet. It begins on ${toTimestamp(from)}.`;
    case 'expired':
      return `The code is not valid any more. It ended on ${toTimestamp(until)}.`;
    case 'used-up':
      return rejected.isOfCustomer === true
        ? 'You have used the code as often as one customer may.'
        : 'The code has been used up.';
    case 'customer-needed':
      return 'Give your e-mail address first: the code may be used once per customer, or for a first order.';
    case 'not-for-customer':
      return 'The code is for other customers.';
    case 'wrong-market':
      return 'The code is not valid in the country that the cart is sent to.';
    case 'wrong-currency':
      return `The code is not valid in ${currency}.`;
    case 'items-missing':
      return 'The cart does not hold what the code is for, or not enough of it.';
    case 'below-minimum':
      return rejected.isOfItems === true
        ? `The code needs ${formatDecimal(minimumMinor, currency)} ${currency} or more of the chosen goods.`
        : `The code needs goods for ${formatDecimal(minimumMinor, currency)} ${currency} or more.`;
    case 'not-combinable':
      return 'The code cannot be combined with the other discounts of the cart.';
    case 'not-applicable':
      return 'There is nothing in the cart that the code takes something off.';
    case 'gift-not-chosen':
      return 'Add the gift to the cart.';
  }
}

/** Why the cart cannot be ordered as it is. */
export function obstacleViews({ orderObstacles = [], currency }: ShownQuote): CartView['orderObstacles'] {
  return orderObstacles.map((obstacle) =>
    obstacle.code === 'below-order-minimum'
      ? {
          code: obstacle.code,
          minimum: money(obstacle.minimumMinor, currency),
          subtotal: money(obstacle.subtotalMinor, currency),
        }
      : { ...obstacle },
  );
}

/** The gift cards with what each pays. */
export function giftCardViews(cards: readonly CartGiftCard[], quote: ShownQuote): CartGiftCardView[] {
  const used = new Map(quote.giftCards.map(({ key, usedMinor }) => [key, usedMinor]));
  return cards.map(({ cardId, last4 }) => ({
    id: cardId,
    last4,
    used: money(used.get(giftCardBalance(cardId)) ?? 0, quote.currency),
  }));
}
