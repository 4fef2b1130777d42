/**
 * Where checkouts and orders are. An order lives at the place that its cart's id names, so both ends of a checkout are near
 * the shopper, and its own id leads there again. A checkout's id is that of its order and a seal: its holder sees the
 * access token of the order, so it must not follow from the order's id, which people pass on.
 */
import { createHash, createHmac } from 'node:crypto';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { guestIdOf } from '../../../shared/digest/guest-id.ts';
import { sha256 } from '../../../shared/digest/sha256.ts';
import { type Secrets, secretsOf } from '../../../shared/digest/shop-secrets.ts';
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { madeAt, sibling, sortableTail, toBase32 } from '../../../shared/values/ids.ts';
import {
  decodePlace,
  encodePlace,
  locationHintOf,
  objectNameOf,
  type Place,
} from '../../../shared/values/placement.ts';
import type { OrderStub, OrdersEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import type { OrderSort } from '../store/order-indexes.ts';
import { listOrders, type OrderListQuery, sortKeyOf } from '../store/order-lists.ts';
import { type OrderRecord, type OrderRow, orderRecord } from '../store/orders.ts';

const cartPlaceAt = 'cart_'.length + 26;
const placeLength = 3;
const orderIdForm = /^ord_[0-7][0-9a-hjkmnp-tv-z]{25}([a-z][0-9a-z]{2})$/;

/** Sixty bits of HMAC-SHA-256: the id of an order does not help to guess its checkout. */
const sealLength = 12;
const sealBits = 60n;

function stubAt(env: OrdersEnv, place: Place): OrderStub {
  return env.ORDERS.getByName(objectNameOf(place), { locationHint: locationHintOf(place) });
}

interface CheckoutAddress {
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
  const place = decodePlace(cartId.slice(cartPlaceAt, cartPlaceAt + placeLength));
  const now = madeAt(cartId);
  if (place === null || now === null) return null;
  const digest = await sha256(`${cartId}\n${idempotencyKey}`);
  const random = Uint8Array.from({ length: 10 }, (_, index) =>
    Number.parseInt(digest.slice(index * 2, index * 2 + 2), 16),
  );
  const orderId = `ord_${sortableTail({ now, random })}${encodePlace(place)}`;
  return { checkoutId: checkoutIdOf(orderId, secretsOf(env)[0]), stub: stubAt(env, place) };
}

/** The id of the next try of a request whose checkout was given up: it follows from the one before, so every retry finds it. */
export function checkoutIdAfter(checkoutId: string, [secret]: Secrets): string {
  const orderId = orderIdOf(checkoutId);
  const random = createHash('sha256').update(`${orderId}\nnext`).digest();
  const tail = sortableTail({ now: madeAt(orderId) ?? 0, random });
  return checkoutIdOf(`ord_${tail}${orderId.slice(-placeLength)}`, secret);
}

/** Finds a checkout by the id that its holder shows; null when it is none of ours. */
export function checkoutOf(env: OrdersEnv, checkoutId: string): CheckoutAddress | null {
  const orderId = orderIdOf(checkoutId);
  if (!secretsOf(env).some((secret) => checkoutIdOf(orderId, secret) === checkoutId)) return null;
  return checkoutOfOrder(env, orderId);
}

/**
 * Finds the checkout of an order; null when the id cannot be one. Its object knows the checkout by the order that it is of, also
 * one whose own id was sealed with a secret that is gone.
 */
export function checkoutOfOrder(env: OrdersEnv, orderId: string): CheckoutAddress | null {
  const place = decodePlace(orderIdForm.exec(orderId)?.[1] ?? '');
  return place === null ? null : { checkoutId: checkoutIdOf(orderId, secretsOf(env)[0]), stub: stubAt(env, place) };
}

/** What all ids of the checkout of one order begin with, under whatever secret they were sealed. */
export function unsealedIdOf(checkoutId: string): string {
  return sibling(orderIdOf(checkoutId), 'checkout');
}

function checkoutIdOf(orderId: string, secret: string): string {
  const digest = createHmac('sha256', `checkout-id:${secret}`).update(orderId).digest();
  const seal = toBase32(digest.readBigUInt64BE() >> (64n - sealBits), sealLength);
  return sibling(orderId, 'checkout') + seal;
}

/** What a row is sorted by, for the cursor of its list. */
export function sortKeyIn(sort: OrderSort, row: OrderRow): string | number {
  return sortKeyOf(row, sort);
}

/** A page of the read model. */
export function ordersPage(db: DrizzleD1Database, query: OrderListQuery): Promise<OrderRow[]> {
  return listOrders(db, query);
}

/** What the read model keeps of an order's event. `time` is when it happened (RFC 3339). */
export async function recordOfEvent(
  summary: OrderSummary,
  { sequence, time }: { readonly sequence: number; readonly time: string },
): Promise<OrderRecord> {
  const customer = summary.email === null ? null : await guestIdOf(summary.email);
  return orderRecord(summary, { sequence, updatedAt: Date.parse(time), customer });
}
