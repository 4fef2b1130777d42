/** A cart as the public sees it. */
import type { CartView } from '../../shared/contracts/cart-http.ts';
import type { Quote } from '../../shared/contracts/pricing.ts';
import { lineViews, totalsView } from '../../shared/quoting/quoting.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { type PresentCart, snapshotOf } from './service.ts';

export function viewOf(present: PresentCart, quote: Quote, ttlMs: number, now: number): CartView {
  const { cart } = present;
  const { cartId, version, status, checkoutId, ...details } = snapshotOf(present, now);
  return {
    id: cartId,
    version,
    status,
    checkoutId,
    country: details.country,
    currency: details.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    email: details.email,
    shippingAddress: details.shippingAddress,
    billingAddress: details.billingAddress,
    shippingOptionId: quote.shippingOptionId,
    discountCodes: [...details.discountCodes],
    giftCards: [...details.giftCards],
    note: details.note,
    attributes: { ...details.attributes },
    lines: lineViews(details.lines, quote),
    totals: totalsView(quote),
    pricingVersion: quote.pricingVersion,
    createdAt: toTimestamp(cart.createdAt),
    updatedAt: toTimestamp(cart.updatedAt),
    expiresAt: toTimestamp(cart.updatedAt + ttlMs),
  };
}
