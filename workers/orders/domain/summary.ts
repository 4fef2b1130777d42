/** An order as its events, the merchant's lists and its view tell of it: also before its life began, and when it never will. */
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { unitPriceMinorOf } from '../../../shared/quoting/quoting.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { lifeOf, type Order, orderIdOf, type StartedOrder } from './checkout/checkout.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf, paymentStateOf } from './order/balances.ts';
import { type Life, newLife } from './order/order.ts';

/** The order as its events and the merchant's lists show it; null while there is none. */
export function summaryOf(order: Order): OrderSummary | null {
  if (order.phase === 'none') return null;
  const placed = order.phase === 'placed' || order.phase === 'paid' ? order : 'placed' in order ? order.placed : null;
  if (placed === null) return null;
  const { details, payment, number, placedAt } = placed;
  const life = shownLifeOf(order);
  const { lines, quote } = life;
  return {
    orderId: orderIdOf(details.checkoutId),
    checkoutId: details.checkoutId,
    cartId: details.cartId,
    number,
    status: lifeOf(order) === null && !life.isCanceled ? 'placed' : orderStateOf(life),
    email: details.email,
    customerId: details.customer?.id ?? null,
    currency: quote.currency,
    totalMinor: quote.totalMinor,
    capturedMinor: life.capturedMinor,
    refundedMinor: balancesOf(life).refundedMinor,
    paymentStatus: paymentStateOf(life),
    fulfillmentStatus: fulfillmentStateOf(life),
    paymentProvider: payment.provider,
    placedAt: toTimestamp(placedAt),
    lines: lines.map(({ variant, quantity }) => ({
      variantId: variant.variantId,
      sku: variant.sku,
      title: variant.title,
      quantity,
      unitPriceMinor: unitPriceMinorOf(variant, quote.currency),
      stockUnits: variant.stockNeeds.map((need) => ({
        stockUnitId: need.stockUnitId,
        quantity: need.quantity * quantity,
      })),
    })),
  };
}

/** The order's life as it is shown, also before it began and when it never will. */
export function shownLifeOf(order: StartedOrder): Life {
  const life = lifeOf(order);
  if (life !== null) return life;
  const fresh = newLife({ ...order.details, capturedMinor: 0 });
  const isOpen = order.phase === 'placed' || order.phase === 'undoing';
  return isOpen ? fresh : { ...fresh, isCanceled: true, isVoided: true, authorizedMinor: 0, cards: [] };
}
