/** A cart as the public sees it. */
import type { CartView, LineView } from '../../shared/contracts/cart/http.ts';
import type { OfferedGift, Quote } from '../../shared/contracts/pricing/api.ts';
import {
  giftCardViews,
  lineViews,
  notesOf,
  obstacleViews,
  type ShownQuote,
  totalsView,
} from '../../shared/quoting/views.ts';
import { money } from '../../shared/values/money.ts';
import { lineQuantityMax } from '../../shared/values/quantity.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import type { LineObstacle, LineState } from './domain/line-state.ts';
import { type PresentCart, snapshotOf } from './service/carts.ts';

/** What is shown of a priced cart. */
export interface ShownCart {
  readonly quote: ShownQuote;
  readonly gifts: readonly OfferedGift[];
  /** In the order of the lines. */
  readonly lineStates: readonly LineState[];
}

export function viewOf(present: PresentCart, { quote, gifts, lineStates }: ShownCart, ttlMs: number): CartView {
  const { cart } = present;
  const { cartId, version, status, checkoutId, ...details } = snapshotOf(present);
  return {
    id: cartId,
    version,
    status,
    checkoutId,
    country: details.country,
    currency: details.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    email: details.email,
    phone: details.phone,
    customer: details.customer,
    shippingAddress: details.shippingAddress,
    billingAddress: details.billingAddress,
    shippingOptionId: quote.shippingOptionId,
    discountCodes: [...details.discountCodes],
    giftCards: giftCardViews(details.giftCards, quote),
    useStoreCredit: details.storeCredit !== null,
    vatId: details.vatId,
    note: details.note,
    attributes: { ...details.attributes },
    lines: cartLineViews(lineViews(details.lines, quote), lineStates),
    totals: totalsView(quote),
    ...notesOf(quote),
    taxIsEstimated: quote.taxNeeds !== undefined,
    orderObstacles: obstacleViews(quote),
    offeredGifts: gifts.map(({ allowances: _held, ...gift }) => gift),
    pricingVersion: quote.pricingVersion,
    createdAt: toTimestamp(cart.createdAt),
    updatedAt: toTimestamp(cart.updatedAt),
    expiresAt: toTimestamp(cart.updatedAt + ttlMs),
  };
}

function cartLineViews(lines: readonly LineView[], states: readonly LineState[]): CartView['lines'] {
  return lines.map((line, index) => {
    const state = states[index] ?? unknownState;
    const { available, maxQuantity, obstacle } = state;
    return {
      ...line,
      available,
      maxQuantity,
      obstacle: obstacle === null ? null : { reason: obstacle, detail: sentenceOn(obstacle, line, state) },
    };
  });
}

const unknownState: LineState = { available: null, maxQuantity: lineQuantityMax, obstacle: null };

function sentenceOn(obstacle: LineObstacle, { title }: LineView, { maxQuantity, orderMax }: LineState): string {
  switch (obstacle) {
    case 'not-sold':
      return `${title} is not sold any more. Remove the line.`;
    case 'not-sold-in-currency':
      return `${title} is not sold in this currency any more. Remove the line.`;
    case 'sold-out':
      return `${title} is sold out. Remove the line, or look again later.`;
    case 'not-enough-left':
      if (orderMax !== undefined)
        return maxQuantity === 0
          ? `An order holds at most ${orderMax} of ${title}, and other lines have them. Remove this one.`
          : `An order holds at most ${orderMax} of ${title}. Take no more than ${maxQuantity} in this line.`;
      return maxQuantity === 0
        ? `Other lines have all that is left of ${title}. Remove this one.`
        : `Only ${maxQuantity} of ${title} are left for this line. Take no more than that.`;
  }
}

export function paymentMethodsView({ paymentMethods = [], dueMinor, currency }: Quote) {
  return { items: paymentMethods, next: null, due: money(dueMinor, currency) };
}

export function shippingOptionsView({ shippingOptions, currency }: Quote) {
  const items = shippingOptions.map(({ id, name, priceMinor, isPickup = false }) => ({
    id,
    name,
    price: money(priceMinor, currency),
    isPickup,
  }));
  return { items, next: null };
}
