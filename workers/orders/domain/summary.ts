/** An order as its events, the merchant's lists and its view show it, also while its checkout still runs and when it came to nothing. */

import type { OrderSummary } from '../../../shared/events/orders.ts';
import { unitPriceMinorOf } from '../../../shared/quoting/priceable.ts';
import { money } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { type Checkout, isTakenLater, moneyOf, orderIdOf, orderOf, type StartedCheckout } from './checkout/checkout.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf, paymentStateOf } from './order/balances.ts';
import { unitsOfCancellation } from './order/canceled-units.ts';
import { namesOf, particularsOf } from './order/corrections.ts';
import { canceledUnitsOf, newOrder, type Order, refundedUnitsOf, shippedOf } from './order/order.ts';
import { cardUnitsOf } from './order/sold-cards.ts';

/** The order as its events and the merchant's lists show it; null while there is none. */
export function summaryOf(checkout: Checkout): OrderSummary | null {
  if (checkout.phase === 'none') return null;
  const placed =
    checkout.phase === 'placed' || checkout.phase === 'completed'
      ? checkout
      : 'placed' in checkout
        ? checkout.placed
        : null;
  if (placed === null) return null;
  const { details, payment, number, placedAt } = placed;
  const order = shownOrderOf(checkout);
  const { quote } = order;
  const amountOf = (amountMinor: number) => money(amountMinor, quote.currency);
  const { email, phone, shippingAddress, billingAddress, tags } = particularsOf(details, order);
  const { cardsMinor, receivedMinor, refundedMinor, capturableMinor, outstandingMinor, ...others } = balancesOf(order);
  const { refundedElsewhereMinor, chargedBackMinor } = others;
  const isRunning = orderOf(checkout) === null && !order.isCanceled;
  return {
    orderId: orderIdOf(details.checkoutId),
    checkoutId: details.checkoutId,
    cartId: details.cartId,
    number,
    status: isRunning && !isTakenLater(placed) ? 'placed' : orderStateOf(order),
    email,
    phone,
    customerId: details.customer?.id ?? null,
    names: namesOf({ shippingAddress, billingAddress }),
    shippingAddress,
    billingAddress,
    country: shippingAddress?.country ?? quote.country,
    region: shippingAddress?.region ?? null,
    tags: [...tags],
    currency: quote.currency,
    subtotal: amountOf(quote.subtotalMinor),
    discount: amountOf(quote.discountMinor),
    shipping: amountOf(quote.shippingMinor),
    tax: amountOf(quote.taxMinor),
    total: amountOf(quote.totalMinor),
    captured: amountOf(order.capturedMinor),
    giftCards: amountOf(cardsMinor),
    received: amountOf(receivedMinor),
    refunded: amountOf(refundedMinor),
    refundedElsewhere: amountOf(refundedElsewhereMinor),
    refundsElsewhere: (order.elsewhere.refunds ?? []).map(({ ref, amountMinor, at }) => {
      return { ref, amount: amountOf(amountMinor), refundedAt: toTimestamp(at) };
    }),
    chargedBack: amountOf(chargedBackMinor),
    pricesIncludeTax: quote.pricesIncludeTax,
    capturable: amountOf(capturableMinor),
    outstanding: amountOf(outstandingMinor),
    paymentStatus: paymentStateOf(order),
    fulfillmentStatus: fulfillmentStateOf(order),
    paymentProvider: payment.provider,
    placedAt: toTimestamp(placedAt),
    lines: linesOf(order),
    refunds: order.refunds.map((refund) => ({
      refundId: refund.id,
      cause: refund.cause,
      isPending: refund.isPending,
      amount: amountOf(refund.amountMinor),
      parts: refund.parts.map(({ to, amountMinor }) => ({ to, amount: amountOf(amountMinor) })),
      shipping: amountOf(refund.shippingMinor),
      lines: refund.lines.map(({ grossMinor, lineId, quantity, taxMinor }) => {
        return { lineId, quantity, amount: amountOf(grossMinor), tax: amountOf(taxMinor) };
      }),
      refundedAt: toTimestamp(refund.at),
    })),
  };
}

/** Lines with what they cost; a quote has one line per line, in their order. */
function linesOf(order: Order): OrderSummary['lines'] {
  const { lines, quote } = order;
  const { currency } = quote;
  return lines.map(({ lineId, variant, quantity }, index) => {
    const quoted = quote.lines[index];
    return {
      lineId,
      variantId: variant.variantId,
      sku: variant.sku,
      title: variant.title,
      variantTitle: variant.variantTitle,
      quantity,
      fulfilledQuantity: shippedOf(order, lineId),
      canceledQuantity: canceledUnitsOf(order, lineId),
      refundedQuantity: refundedUnitsOf(order, lineId),
      unitPrice: money(quoted?.unitPriceMinor ?? unitPriceMinorOf(variant, currency), currency),
      discount: money(quoted?.discountMinor ?? 0, currency),
      tax: money(quoted?.taxMinor ?? 0, currency),
      total: money(quoted?.totalMinor ?? 0, currency),
      ...(variant.isGiftCard === true ? giftCardsOf(order, lineId) : {}),
      stockUnits: variant.stockNeeds.map((need) => ({
        stockUnitId: need.stockUnitId,
        quantity: need.quantity * quantity,
      })),
    };
  });
}

function giftCardsOf(order: Order, lineId: string) {
  const voidedGiftCards = order.voidedCards?.[lineId] ?? 0;
  return { giftCards: cardUnitsOf(order, lineId), ...(voidedGiftCards === 0 ? {} : { voidedGiftCards }) };
}

/** The order as it is shown, also while its checkout still runs and when it came to nothing. */
export function shownOrderOf(checkout: StartedCheckout): Order {
  const order = orderOf(checkout);
  if (order !== null) return order;
  const payment = 'payment' in checkout ? checkout.payment : null;
  const fresh = newOrder({ ...checkout.details, ...moneyOf({ details: checkout.details, payment }) });
  const isOpen = checkout.phase === 'placed' || checkout.phase === 'undoing';
  if (isOpen) return fresh;
  const canceledUnits = unitsOfCancellation(fresh);
  return { ...fresh, isCanceled: true, isVoided: true, authorizedMinor: 0, cards: [], canceledUnits };
}
