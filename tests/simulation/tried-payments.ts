/**
 * What must hold of a checkout that tries several payments: it keeps what it holds in between, a request pays once however often
 * it comes, and so many declines close it.
 */
import type { Checkout, OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import { orderIdOf } from '../../workers/orders/domain/checkout/checkout.ts';
import { declinesMax } from '../../workers/orders/domain/checkout/payments.ts';
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
