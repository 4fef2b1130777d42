/** A checkout and an order as the public sees them. */
import type { CheckoutView, OrderView } from '../../../shared/contracts/orders/checkouts-http.ts';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { lineViews, notesOf, totalsView } from '../../../shared/quoting/views.ts';
import { money } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { orderIdOf, type StartedOrder, statusOf } from './checkout/checkout.ts';
import { lifeView } from './order/view.ts';
import { shownLifeOf, summaryOf } from './summary.ts';

/** `accessToken` is the order's: whoever may see the checkout may read its order. */
export function checkoutView(order: StartedOrder, version: number, accessToken: string): CheckoutView {
  const { details } = order;
  const { quote } = details;
  const summary = summaryOf(order);
  return {
    id: details.checkoutId,
    version,
    status: statusOf(order),
    cartId: details.cartId,
    currency: quote.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    email: details.email,
    customer: details.customer ?? null,
    shippingAddress: details.shippingAddress,
    billingAddress: details.billingAddress,
    shippingOption: shippingOptionOf(order),
    lines: lineViews(details.lines, quote),
    totals: totalsView(quote),
    ...causesOf(quote),
    payment: paymentOf(order),
    order:
      summary === null ? null : { id: summary.orderId, number: summary.number, status: summary.status, accessToken },
    failure: failureOf(order),
    createdAt: toTimestamp(details.createdAt),
    expiresAt: toTimestamp(details.holdUntil),
    completedAt: order.phase === 'paid' ? toTimestamp(order.paidAt) : null,
  };
}

/** Null while the checkout has not become an order. */
export function orderView(order: StartedOrder, version: number): OrderView | null {
  const summary = summaryOf(order);
  if (summary === null) return null;
  const { details } = order;
  const { quote } = details;
  return {
    id: orderIdOf(details.checkoutId),
    number: summary.number,
    version,
    status: summary.status,
    checkoutId: details.checkoutId,
    email: details.email,
    customer: details.customer ?? null,
    currency: quote.currency,
    pricesIncludeTax: quote.pricesIncludeTax,
    shippingAddress: details.shippingAddress,
    billingAddress: details.billingAddress,
    shippingOption: shippingOptionOf(order),
    note: details.note,
    attributes: { ...details.attributes },
    ...lifeView(shownLifeOf(order)),
    ...causesOf(shownLifeOf(order).quote),
    captureMode: details.captureMode ?? 'immediate',
    payment: { provider: summary.paymentProvider, captured: money(summary.capturedMinor, quote.currency) },
    failure: failureOf(order),
    placedAt: summary.placedAt,
    paidAt: order.phase === 'paid' ? toTimestamp(order.paidAt) : null,
  };
}

/** What a receipt has to say beside the totals. */
function causesOf(quote: Quote) {
  const { discounts, taxLines, taxRelief } = notesOf(quote);
  return { discounts, taxLines, taxRelief };
}

function shippingOptionOf({ details }: StartedOrder): CheckoutView['shippingOption'] {
  const { quote } = details;
  const option = quote.shippingOptions.find(({ id }) => id === quote.shippingOptionId);
  return option === undefined
    ? null
    : {
        id: option.id,
        name: option.name,
        price: money(option.priceMinor, quote.currency),
        isPickup: option.isPickup ?? false,
      };
}

function paymentOf(order: StartedOrder): CheckoutView['payment'] {
  if (order.phase === 'open' || order.payment === null) return null;
  const { provider } = order.payment;
  switch (order.phase) {
    case 'paying':
      return {
        provider,
        status: order.actionUrl === null ? 'processing' : 'requires_action',
        actionUrl: order.actionUrl,
      };
    case 'placed':
      return { provider, status: 'authorized', actionUrl: null };
    case 'paid':
      return { provider, status: paidStatusOf(order), actionUrl: null };
    case 'undoing':
      return { provider, status: 'processing', actionUrl: null };
    default:
      return { provider, status: 'voided', actionUrl: null };
  }
}

/** Whether the provider's money was taken, will be, or was given up. Where gift cards pay all, nothing is left to take. */
function paidStatusOf(order: StartedOrder): 'authorized' | 'captured' | 'voided' {
  const { capturedMinor, authorizedMinor, isVoided } = shownLifeOf(order);
  if (capturedMinor > 0) return 'captured';
  return isVoided ? 'voided' : authorizedMinor > 0 ? 'authorized' : 'captured';
}

function failureOf(order: StartedOrder): { code: string; detail: string } | null {
  if (!('failure' in order)) return null;
  return { code: order.failure.code, detail: order.failure.detail ?? order.failure.code };
}
