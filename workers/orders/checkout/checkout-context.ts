/** What the steps of one checkout act on, from what was asked for to what was agreed. */
import type { CartSnapshot } from '../../../shared/contracts/cart/api.ts';
import type { StockNeed } from '../../../shared/contracts/catalog/api.ts';
import { assert } from '../../../shared/values/result.ts';
import type { CheckoutDetails, HeldKind, StartedCheckout } from '../domain/checkout/checkout.ts';
import type { Payment } from '../domain/checkout/payments.ts';
import type { Agreed, Agreement, Expected, Repricing } from './agree.ts';

/** What a request asks for, as a checkout begins with it. */
export interface CheckoutWish extends Expected {
  readonly cartId: string;
  readonly createdAt: number;
  readonly holdUntil: number;
  readonly captureMode: CheckoutDetails['captureMode'];
  readonly declinedBefore: number;
}

/** What the steps of one checkout act on. The first steps of a new one find out what is bought, and for how much. */
export interface CheckoutContext {
  readonly checkoutId: string;
  /** Null while a checkout is opened without a payment. */
  readonly payment: Payment | null;
  /** Null for a checkout that goes on from its record. */
  readonly wish: CheckoutWish | null;
  /** The cart as it was frozen by this run. */
  cart: CartSnapshot | null;
  agreement: Promise<Agreement> | null;
  details: CheckoutDetails | null;
  /** What the cart has to learn once it is the shopper's again. */
  repricing: Repricing | null;
  /** Records the key of a hold before it is made again, so that no crash can leave one that nobody knows of. */
  recordHeldAgain: (holds: HeldKind, key: string) => void;
}

const untouched = {
  cart: null,
  agreement: null,
  details: null,
  repricing: null,
  recordHeldAgain: () => assert(false, 'only a saga that runs holds again'),
};

/** A new checkout, of which nothing is known but what was asked for. */
export function newContext(checkoutId: string, payment: Payment | null, wish: CheckoutWish): CheckoutContext {
  return { ...untouched, checkoutId, payment, wish };
}

/** A checkout that goes on from its record. */
export function resumedContext(checkout: StartedCheckout, payment?: Payment): CheckoutContext {
  const { details } = checkout;
  const chosen = payment ?? ('payment' in checkout ? checkout.payment : null);
  return { ...untouched, checkoutId: details.checkoutId, payment: chosen, wish: null, details };
}

export function wishOf({ wish }: CheckoutContext): CheckoutWish {
  assert(wish !== null, 'only a new checkout begins');
  return wish;
}

export function frozenIn({ cart }: CheckoutContext): CartSnapshot {
  assert(cart !== null, 'the cart was frozen');
  return cart;
}

export function detailsIn({ details }: CheckoutContext): CheckoutDetails {
  assert(details !== null, 'the price was agreed');
  return details;
}

export function cartIdOf({ wish, details }: CheckoutContext): string {
  const cartId = wish?.cartId ?? details?.cartId;
  assert(cartId !== undefined, 'a checkout is of a cart');
  return cartId;
}

/** Goods that are held anew, because the catalogue has changed what the lines need, have a key of their own. */
export function detailsOf(
  { checkoutId, wish }: CheckoutContext,
  cart: CartSnapshot,
  { lines, quote }: Agreed,
): CheckoutDetails {
  assert(wish !== null, 'only a new checkout agrees on a price');
  const { cartId, version: cartVersion, email, phone, customer, shippingAddress, billingAddress } = cart;
  const { vatId, note, attributes, discountByHand } = cart;
  const { createdAt, holdUntil, captureMode, declinedBefore } = wish;
  const holdKey = isSameNeeds({ lines }, cart) ? checkoutId : `${checkoutId}.h`;
  const given = discountByHand === undefined ? {} : { discountByHand };
  const buyer = { email, phone, customer, vatId, shippingAddress, billingAddress };
  const bought = { ...buyer, note, attributes, lines, ...given, quote };
  const keys = { holdKey, allowanceKey: checkoutId, ...(declinedBefore === 0 ? {} : { declinedBefore }) };
  return { checkoutId, cartId, cartVersion, ...bought, ...keys, holdUntil, createdAt, captureMode };
}

export type Lines = Pick<CheckoutDetails, 'lines'>;

export function isSameNeeds(one: Lines, other: Lines): boolean {
  return JSON.stringify(needsOf(one)) === JSON.stringify(needsOf(other));
}

export function needsOf({ lines }: Lines): StockNeed[] {
  return lines.flatMap(({ variant, quantity }) =>
    variant.stockNeeds.map((need) => ({ ...need, quantity: need.quantity * quantity })),
  );
}

/** The stock units that a cart's lines consume, each once, sorted. */
export function unitsOf(details: Lines): string[] {
  return [...new Set(needsOf(details).map((need) => need.stockUnitId))].sort();
}
