/** A checkout and an order as the public sees them. */
import type { CheckoutView } from '../../../shared/contracts/orders/checkouts-http.ts';
import type { OrderView } from '../../../shared/contracts/orders/orders-http.ts';
import type { Quote } from '../../../shared/contracts/pricing/api.ts';
import { lineViews, notesOf, totalsView } from '../../../shared/quoting/views.ts';
import { money } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import {
  attemptsLeftOf,
  type CheckoutDetails,
  isPayable,
  orderIdOf,
  type StartedCheckout,
  statusOf,
} from './checkout/checkout.ts';
import { methodOf } from './checkout/payment-method.ts';
import type { PaymentChoice } from './checkout/payments.ts';
import { balancesOf } from './order/balances.ts';
import { particularsOf } from './order/corrections.ts';
import { orderFields } from './order/view.ts';
import type { OrderRefusal } from './refusal.ts';
import { shownOrderOf, summaryOf } from './summary.ts';

/** `accessToken` is the order's: who may see the checkout may read its order. */
export function checkoutView(checkout: StartedCheckout, version: number, accessToken: string): CheckoutView {
  const { details } = checkout;
  const { quote } = details;
  const summary = summaryOf(checkout);
  return {
    id: details.checkoutId,
    version,
    status: statusOf(checkout),
    cartId: details.cartId,
    ...purchaseOf(details),
    lines: lineViews(details.lines, quote),
    totals: totalsView(quote),
    ...causesOf(quote),
    payment: paymentOf(checkout),
    attemptsLeft: isPayable(checkout) ? attemptsLeftOf(checkout) : null,
    order:
      summary === null ? null : { id: summary.orderId, number: summary.number, status: summary.status, accessToken },
    failure: failureOf(checkout),
    createdAt: toTimestamp(details.createdAt),
    expiresAt: toTimestamp(details.holdUntil),
    completedAt: checkout.phase === 'completed' ? toTimestamp(checkout.completedAt) : null,
  };
}

/** Null while the checkout has not become an order. */
export function orderView(checkout: StartedCheckout, version: number): OrderView | null {
  const summary = summaryOf(checkout);
  if (summary === null) return null;
  const { details } = checkout;
  const order = shownOrderOf(checkout);
  const { quote } = order;
  const { email, phone, shippingAddress, billingAddress, note, tags, metafields } = particularsOf(details, order);
  return {
    id: orderIdOf(details.checkoutId),
    number: summary.number,
    version,
    status: summary.status,
    checkoutId: details.checkoutId,
    ...purchaseOf(details),
    email,
    phone,
    shippingAddress,
    billingAddress,
    note,
    tags: [...tags],
    ...(metafields.length === 0 ? {} : { metafields: [...metafields] }),
    attributes: { ...details.attributes },
    ...orderFields(order),
    ...causesOf(quote),
    shippingOption: shippingOptionOf(quote),
    captureMode: details.captureMode ?? 'immediate',
    payment: {
      id: paymentIdOf(checkout),
      provider: summary.paymentProvider,
      method: chosenMethodOf('payment' in checkout ? checkout.payment : null, details.quote),
      captured: summary.captured,
    },
    failure: failureOf(checkout),
    placedAt: summary.placedAt,
    paidAt: checkout.phase === 'completed' ? toTimestamp(checkout.completedAt) : null,
  };
}

/** What a receipt has to say beside the totals. */
function causesOf(quote: Quote) {
  const { discounts, taxLines, taxRelief } = notesOf(quote);
  return { discounts, taxLines, taxRelief };
}

/** Who bought, and where it goes. */
function purchaseOf({ quote, email, customer = null, shippingAddress, billingAddress }: CheckoutDetails) {
  const { currency, pricesIncludeTax } = quote;
  const shippingOption = shippingOptionOf(quote);
  return { currency, pricesIncludeTax, email, customer, shippingAddress, billingAddress, shippingOption };
}

function shippingOptionOf(quote: Quote): CheckoutView['shippingOption'] {
  const option = quote.shippingOptions.find(({ id }) => id === quote.shippingOptionId);
  if (option === undefined) return null;
  const { id, name, priceMinor, isPickup = false } = option;
  return { id, name, price: money(priceMinor, quote.currency), isPickup };
}

function paymentOf(checkout: StartedCheckout): CheckoutView['payment'] {
  if (checkout.phase === 'open') {
    const last = checkout.refused.at(-1);
    if (last === undefined) return null;
    const status = last.failure.code === 'payment-declined' ? 'declined' : 'voided';
    return {
      provider: last.provider,
      method: chosenMethodOf(last, checkout.details.quote),
      status,
      actionUrl: null,
    };
  }
  if (checkout.payment === null) return null;
  const { provider } = checkout.payment;
  const chosen = { provider, method: chosenMethodOf(checkout.payment, checkout.details.quote) };
  switch (checkout.phase) {
    case 'paying': {
      const { actionUrl } = checkout;
      return { ...chosen, status: actionUrl === null ? 'processing' : 'requires_action', actionUrl };
    }
    case 'placed':
      return { ...chosen, status: provider === 'manual' ? 'pending' : 'authorized', actionUrl: null };
    case 'completed':
      return { ...chosen, status: paidStatusOf(checkout), actionUrl: null };
    case 'reopening':
    case 'undoing':
      return { ...chosen, status: 'processing', actionUrl: null };
    default:
      return { ...chosen, status: 'voided', actionUrl: null };
  }
}

/** As payments know it: of several tries to pay, the one that became the order's. */
function paymentIdOf(checkout: StartedCheckout): string {
  const payment = 'payment' in checkout ? checkout.payment : null;
  return payment?.key ?? orderIdOf(checkout.details.checkoutId);
}

/** The way to pay as it was offered. */
function chosenMethodOf(payment: Pick<PaymentChoice, 'provider' | 'methodId'> | null, quote: Quote) {
  const method = payment === null ? null : methodOf(payment, quote);
  return method === null ? null : { id: method.id, name: method.name };
}

/** Whether the money beyond gift cards was taken, will be, or was given up. Where they pay all, nothing is left to take. */
function paidStatusOf(checkout: StartedCheckout): 'pending' | 'authorized' | 'captured' | 'voided' {
  const order = shownOrderOf(checkout);
  const { capturedMinor, authorizedMinor, isVoided, isCanceled } = order;
  if (capturedMinor > 0) return 'captured';
  if (authorizedMinor > 0) return isVoided ? 'voided' : 'authorized';
  if (isVoided || isCanceled) return 'voided';
  return balancesOf(order).outstandingMinor > 0 ? 'pending' : 'captured';
}

function failureOf(checkout: StartedCheckout): { code: string; detail: string } | null {
  const failure = checkout.phase === 'open' ? checkout.refused.at(-1)?.failure : failureIn(checkout);
  return failure === undefined ? null : { code: failure.code, detail: failure.detail ?? failure.code };
}

function failureIn(checkout: StartedCheckout): OrderRefusal | undefined {
  return 'failure' in checkout ? checkout.failure : undefined;
}
