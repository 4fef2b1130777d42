/**
 * I10: what breaks on the way is never the shopper's refusal. Who pays with a good card, for goods that can be had, and asks again
 * as long as nothing final was heard, has an order in the end. Only runs whose clocks were right can be judged: a clock that
 * runs ahead ends holds before their time.
 */
import type { Checkout } from '../../workers/orders/domain/checkout/checkout.ts';
import { shortages } from './insisting.ts';
import { isGood } from './means.ts';
import type { Shop } from './shop.ts';
import type { Heard, History } from './shoppers.ts';

/** What a shopper with a good card can only hear of a checkout that was lost on the way. */
const losses: ReadonlySet<unknown> = new Set(['checkout-expired', 'cart-frozen']);
/** What nobody with a good card is told, whatever became of payments before. */
const paymentLosses: ReadonlySet<unknown> = new Set(['payment-failed', 'payment-declined', 'payment-left']);

export function goodCardViolations(shop: Shop, history: History, checkouts: ReadonlyMap<string, Checkout>): string[] {
  return [
    ...[...checkouts].flatMap(([id, checkout]) => lostCheckout(shop, id, checkout)),
    ...history.heard.flatMap((heard) => lostRequest(heard, checkouts)),
    ...history.insisted.flatMap(({ cartId, end }) =>
      end === 'completed' || shortages.has(end) ? [] : [`I10 ${cartId} had a good card in the end, and got ${end}`],
    ),
  ];
}

/** A payment that began ends in an order. Before that a shopper may be late, or go away. */
function lostCheckout({ orderStorage }: Shop, id: string, checkout: Checkout): string[] {
  if (checkout.phase !== 'failed' && checkout.phase !== 'expired') return [];
  const { payment, failure } = checkout;
  const hasBegun = orderStorage.history(id).some(({ type }) => type === 'payment-started' || type === 'order-placed');
  const isLost = hasBegun && payment !== null && isGood(payment) && !shortages.has(failure.code);
  return isLost ? [`I10 ${id} had a good card and ended with ${failure.code}`] : [];
}

/** A refusal that names no checkout is of one that left no record. */
function lostRequest({ key, payment, status, body }: Heard, checkouts: ReadonlyMap<string, Checkout>): string[] {
  if (payment === null || !isGood(payment) || status < 400 || status >= 500) return [];
  const { code, checkoutId } = JSON.parse(body) as { code?: string; checkoutId?: string | null };
  const isRecorded = typeof checkoutId === 'string' && checkouts.has(checkoutId);
  if (paymentLosses.has(code)) return [`I10 ${key} had a good card and was refused with ${code}`];
  return losses.has(code) && !isRecorded ? [`I10 ${key} had a good card and was refused with ${code}`] : [];
}
