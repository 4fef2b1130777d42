/** A cart as the public sees it. */
import type { CartView } from '../../shared/contracts/cart/http.ts';
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
import { toTimestamp } from '../../shared/values/time.ts';
import { type PresentCart, snapshotOf } from './service/carts.ts';

export function viewOf(
  present: PresentCart,
  quote: ShownQuote,
  gifts: readonly OfferedGift[],
  ttlMs: number,
): CartView {
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
    lines: lineViews(details.lines, quote),
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

export function shippingOptionsView({ shippingOptions, currency }: Quote) {
  const items = shippingOptions.map(({ id, name, priceMinor, isPickup = false }) => ({
    id,
    name,
    price: money(priceMinor, currency),
    isPickup,
  }));
  return { items, next: null };
}
