/**
 * What must hold of a checkout that tries several payments: it keeps what it holds in between, a request pays once however often
 * it comes, so many declines close it, and a cart has no more of them in an hour than it may.
 */
import { hourMs } from '../../shared/values/time.ts';
import type { Checkout, OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import { orderIdOf } from '../../workers/orders/domain/checkout/checkout.ts';
import { cartDeclinesMax, declinesMax } from '../../workers/orders/domain/checkout/payments.ts';
import type { Shop } from './shop.ts';
import type { History } from './shoppers.ts';

export function triedPaymentViolations(
  shop: Shop,
  checkouts: ReadonlyMap<string, Checkout>,
  { asked }: Pick<History, 'asked'>,
): string[] {
  const found: string[] = [];
  for (const { cartId } of shop.goods.carts) {
    const requests = new Set(asked.filter((one) => one.cartId === cartId).map(({ key }) => key)).size;
    const orderIds = new Set(
      [...checkouts].flatMap(([id, one]) => ('details' in one && one.details.cartId === cartId ? [orderIdOf(id)] : [])),
    );
    const payments = [...shop.bank.state.intents.values()].filter(({ orderId }) => orderIds.has(orderId ?? '')).length;
    const declinedAt = [...checkouts]
      .flatMap(([id, one]) => ('details' in one && one.details.cartId === cartId ? [id] : []))
      .flatMap((id) => declinesIn(shop.orderStorage.history(id)))
      .sort((one, other) => one - other);
    const isTooOften = declinedAt.some(
      (at, index) => at - (declinedAt[index - cartDeclinesMax] ?? at - hourMs) < hourMs,
    );
    if (isTooOften) found.push(`I11 ${cartId} was declined more than ${cartDeclinesMax} times in an hour`);
    if (payments > requests) found.push(`I8 ${cartId} has ${payments} payments for ${requests} requests`);
  }
  for (const checkoutId of checkouts.keys()) {
    const events = shop.orderStorage.history(checkoutId);
    found.push(...givenBackViolations(shop, checkoutId, events));
    const orderId = orderIdOf(checkoutId);
    const declined = [...shop.bank.state.intents.values()].filter(
      (intent) => intent.orderId === orderId && intent.lastError !== null,
    );
    if (declined.length > declinesMax) found.push(`I11 ${checkoutId} was declined ${declined.length} times`);
  }
  return found;
}

/** When its payments were declined. */
function declinesIn(events: readonly OrderStreamEvent[]): number[] {
  const placed = events.findIndex(({ type }) => type === 'order-placed');
  return events
    .slice(0, placed < 0 ? events.length : placed)
    .flatMap((event) =>
      (event.type === 'payment-refused' || event.type === 'undo-started') && event.failure.code === 'payment-declined'
        ? [event.at]
        : [],
    );
}

/** While a checkout is open for another payment, nobody else gets its goods. */
function givenBackViolations(shop: Shop, checkoutId: string, events: readonly OrderStreamEvent[]): string[] {
  const found: string[] = [];
  events.forEach((event, index) => {
    if (event.type !== 'payment-refused') return;
    const next = events.slice(index + 1).find(({ type }) => type !== 'checkout-reopened' && type !== 'refusal-heard');
    for (const unitId of shop.goods.stock.keys())
      for (const one of shop.stock.history(unitId)) {
        const isOurs = one.type === 'hold-released' && one.key.startsWith(checkoutId);
        if (isOurs && one.at >= event.at && one.at < (next?.at ?? Number.POSITIVE_INFINITY))
          found.push(`I11 ${unitId} was given back while ${checkoutId} was open for another payment`);
      }
  });
  return found;
}
