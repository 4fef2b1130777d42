/**
 * Where checkouts and orders are. An order lives at the place that its cart's id names, so both ends of a checkout are near
 * the shopper, and its own id leads there again.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { decodePlace, encodePlace, locationHintOf, objectNameOf, type Place } from '../../durable-objects/placement.ts';
import type { OrderSummary } from '../../shared/events/orders.ts';
import { sha256 } from '../../shared/http/idempotency.ts';
import type { Statement } from '../../shared/messaging/d1.ts';
import { madeAt, sibling, sortableTail } from '../../shared/values/ids.ts';
import type { OrderStub, OrdersEnv } from './env.ts';
import { listOrders, type OrderFilter, type OrderRow, saveOrder } from './store.ts';

const cartPlaceAt = 'cart_'.length + 26;
const orderIdForm = /^(?:chk|ord)_[0-7][0-9a-hjkmnp-tv-z]{25}([a-z][0-9a-z]{2})$/;

function stubAt(env: OrdersEnv, place: Place): OrderStub {
  return env.ORDERS.getByName(objectNameOf(place), { locationHint: locationHintOf(place) });
}

export interface CheckoutAddress {
  readonly checkoutId: string;
  readonly stub: OrderStub;
}

/**
 * The id of a new checkout: made from the cart and the key of the request, so that a retry after a crash meets the holds
 * and the payment of the first try instead of making others. Null when the cart id cannot be one.
 */
export async function newCheckout(
  env: OrdersEnv,
  cartId: string,
  idempotencyKey: string,
): Promise<CheckoutAddress | null> {
  const place = decodePlace(cartId.slice(cartPlaceAt, cartPlaceAt + 3));
  const now = madeAt(cartId);
  if (place === null || now === null) return null;
  const digest = await sha256(`${cartId}\n${idempotencyKey}`);
  const random = Uint8Array.from({ length: 10 }, (_, index) =>
    Number.parseInt(digest.slice(index * 2, index * 2 + 2), 16),
  );
  return { checkoutId: `chk_${sortableTail({ now, random })}${encodePlace(place)}`, stub: stubAt(env, place) };
}

/** Finds a checkout by its own id or by its order's; null when the id cannot be one. */
export function checkoutOf(env: OrdersEnv, id: string): CheckoutAddress | null {
  const place = decodePlace(orderIdForm.exec(id)?.[1] ?? '');
  return place === null ? null : { checkoutId: sibling(id, 'checkout'), stub: stubAt(env, place) };
}

/** A page of the read model, newest first. */
export function ordersPage(db: DrizzleD1Database, filter: OrderFilter, limit: number): Promise<OrderRow[]> {
  return listOrders(db, filter, limit);
}

/** What the read model keeps of an order's event. */
export function keepSummary(db: DrizzleD1Database, summary: OrderSummary, sequence: number): Statement[] {
  return [saveOrder(db, summary, sequence)];
}
