/** What the shopper of an order may do with it, by the merchant's policy and by how the order stands. */
import type { OrderView } from '../../../shared/contracts/orders/orders-http.ts';
import type { OrderPolicy } from '../../../shared/contracts/orders/policy-http.ts';
import type { OrderOptions } from '../../../shared/contracts/orders/shoppers-http.ts';
import { dayMs, toTimestamp } from '../../../shared/values/time.ts';
import type { OrderRefusal } from './refusal.ts';

/** Nothing is offered that the merchant has not turned on. */
export const usualPolicy: OrderPolicy = { shopperCancel: false, returnWindowDays: null, orderPageUrl: null };

/** @param now milliseconds since 1970 */
export function optionsOf(order: OrderView, policy: OrderPolicy, now: number): OrderOptions {
  const why = whyNotCanceled(order, policy);
  return { cancel: { isOffered: why === null, reason: why }, return: returnOf(order, policy, now) };
}

function whyNotCanceled(order: OrderView, { shopperCancel }: OrderPolicy): string | null {
  if (!shopperCancel) return 'Ask the shop to cancel this order.';
  if (order.status === 'canceled') return 'The order is canceled already.';
  return order.fulfillmentStatus === 'unfulfilled' ? null : 'Goods of this order have left, so it cannot be canceled.';
}

function returnOf(order: OrderView, { returnWindowDays }: OrderPolicy, now: number): OrderOptions['return'] {
  if (returnWindowDays === null) return { isOffered: false, reason: 'Ask the shop to take goods back.', lines: [] };
  const windowMs = returnWindowDays * dayMs;
  const shipped = order.fulfillments.filter(({ status }) => status === 'shipped');
  const inTime = shipped.filter(({ createdAt }) => Date.parse(createdAt) + windowMs > now);
  const open = order.returns.filter(({ status }) => status !== 'rejected' && status !== 'canceled');
  const lines = order.lines.flatMap(({ id: lineId, fulfilledQuantity }) => {
    const parcels = inTime.filter((parcel) => unitsOf(lineId, [parcel]) > 0);
    const quantityMax = Math.min(unitsOf(lineId, parcels), fulfilledQuantity - unitsOf(lineId, open));
    const last = Math.max(...parcels.map(({ createdAt }) => Date.parse(createdAt)));
    return quantityMax > 0 ? [{ lineId, quantityMax, until: toTimestamp(last + windowMs) }] : [];
  });
  const reason =
    shipped.length === 0 ? 'Nothing of this order has left yet.' : 'There is nothing left that can be sent back.';
  return { isOffered: lines.length > 0, reason: lines.length > 0 ? null : reason, lines };
}

interface Units {
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

function unitsOf(lineId: string, parts: readonly Units[]): number {
  const units = parts.flatMap(({ lines }) => lines.filter((line) => line.lineId === lineId));
  return units.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** Why an order is not canceled by its shopper; null where it may be. */
export function cancelFault({ cancel: { isOffered, reason } }: OrderOptions): OrderRefusal | null {
  return isOffered ? null : { code: 'not-offered', detail: reason ?? '' };
}

/** Why units are not sent back by their shopper; null where all of them may be. What the order has no line of is found later. */
export function returnFault({ return: offer }: OrderOptions, order: OrderView, { lines }: Units): OrderRefusal | null {
  if (!offer.isOffered) return { code: 'not-offered', detail: offer.reason ?? '' };
  for (const [index, { lineId, quantity }] of lines.entries()) {
    if (!order.lines.some(({ id }) => id === lineId)) continue;
    const max = offer.lines.find((line) => line.lineId === lineId)?.quantityMax ?? 0;
    if (quantity <= max) continue;
    const detail = max === 0 ? 'Units of this line cannot be sent back.' : `Only ${max} of these can be sent back.`;
    return { code: 'not-offered', detail, lineId, max, errors: [{ pointer: `/lines/${index}/quantity`, detail }] };
  }
  return null;
}
