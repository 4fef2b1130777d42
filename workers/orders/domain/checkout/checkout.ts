/**
 * The stream of one checkout, which lives on as its order: its phases, and the events between them.
 * A phase names only what is durable; what a running saga has done since then is repeated safely after a crash.
 */
import type { CartLine, DiscountByHand } from '../../../../shared/contracts/cart/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import type { Address } from '../../../../shared/values/address.ts';
import type { Customer } from '../../../../shared/values/customer.ts';
import { assert, unreachable } from '../../../../shared/values/result.ts';
import { secondMs } from '../../../../shared/values/time.ts';
import { evolveOrder } from '../order/evolve.ts';
import { newOrder, type Order, type OrderEvent, orderWakeAt } from '../order/order.ts';
import type { OrderRefusal } from '../refusal.ts';
import { attemptsLeftAfter, type Payment, type RefusedPayment, refusedPayment } from './payments.ts';

export { orderIdOf } from '../../../../shared/values/ids.ts';

/** The frozen cart with the price that was agreed: a record that never changes. */
export interface CheckoutDetails {
  readonly checkoutId: string;
  readonly cartId: string;
  readonly cartVersion: number;
  readonly email: string | null;
  readonly phone: string | null;
  /** The shopper as the merchant's system knew them; null for a guest. */
  readonly customer: Customer | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  /** Absent of orders that were placed before it was kept. */
  readonly vatId?: string | null;
  readonly note: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly lines: readonly CartLine[];
  /** Absent: a merchant has taken nothing off all of it. */
  readonly discountByHand?: DiscountByHand;
  readonly quote: Quote;
  /** The key under which the goods are held, and then promised. */
  readonly holdKey: string;
  /** The key under which codes, gift cards and store credit are held, and then used. */
  readonly allowanceKey: string;
  /** The keys in whose place these came. What is left under them is given back, and nothing is committed under them any more. */
  readonly formerHoldKeys?: readonly string[];
  readonly formerAllowanceKeys?: readonly string[];
  /** Milliseconds since 1970 at which the holds end by themselves. */
  readonly holdUntil: number;
  readonly createdAt: number;
  /** Payments of the cart that were declined in earlier checkouts, lately. Absent: none. */
  readonly declinedBefore?: number;
  /** `manual`: the money is only authorized, and taken when the goods ship. */
  readonly captureMode: 'immediate' | 'manual';
}

export type HeldKind = 'goods' | 'allowances';

export type EndPhase = 'failed' | 'expired' | 'canceled';

interface Opened {
  readonly details: CheckoutDetails;
  /** Payments that came to nothing, the last one last. */
  readonly refused: readonly RefusedPayment[];
}
interface Paying extends Opened {
  readonly payment: Payment;
  /** Where the shopper confirms the payment, once the provider asked for it. */
  readonly actionUrl: string | null;
  readonly startedAt: number;
}
/** The payment came to nothing and is being called off; then the checkout is open for another. */
interface Reopening extends Opened {
  readonly payment: Payment;
  readonly failure: OrderRefusal;
  readonly since: number;
}
interface Placed extends Opened {
  readonly payment: Payment;
  readonly number: string;
  readonly placedAt: number;
}
interface Failed extends Opened {
  readonly failure: OrderRefusal;
  readonly payment: Payment | null;
  readonly placed: Placed | null;
}

/** `completed`: the checkout has become an order. Its money was taken, or is authorized and will be taken later. */
export type Checkout =
  | { readonly phase: 'none' }
  | ({ readonly phase: 'open' } & Opened)
  | ({ readonly phase: 'paying' } & Paying)
  | ({ readonly phase: 'reopening' } & Reopening)
  | ({ readonly phase: 'placed' } & Placed)
  | ({
      readonly phase: 'completed';
      readonly capturedMinor: number;
      readonly completedAt: number;
      readonly isCartCompleted: boolean;
      /** The order as it is now. Absent as long as nothing has happened to it since the checkout. */
      readonly order?: Order;
    } & Placed)
  | ({ readonly phase: 'undoing'; readonly endsAs: EndPhase; readonly since: number } & Failed)
  | ({ readonly phase: EndPhase; readonly endedAt: number } & Failed);

export type StartedCheckout = Exclude<Checkout, { phase: 'none' }>;

export const noCheckout: Checkout = { phase: 'none' };

export type CheckoutEvent = { readonly at: number } & (
  | { readonly type: 'checkout-opened'; readonly details: CheckoutDetails }
  | { readonly type: 'payment-started'; readonly payment: Payment }
  | { readonly type: 'action-required'; readonly url: string }
  | { readonly type: 'payment-refused'; readonly failure: OrderRefusal }
  /** Of the refused payment nothing is left. `isHeard`: its request is answered with the failure. */
  | { readonly type: 'checkout-reopened'; readonly isHeard: boolean }
  | { readonly type: 'refusal-heard' }
  | { readonly type: 'order-placed'; readonly payment: Payment; readonly number: string }
  /** A hold had ended before it could be made final, so it was made again under another key. */
  | { readonly type: 'held-again'; readonly holds: HeldKind; readonly key: string }
  | { readonly type: 'order-paid'; readonly capturedMinor: number }
  /** The checkout ended with its money authorized, to be captured later. */
  | { readonly type: 'order-confirmed' }
  | { readonly type: 'cart-completed' }
  | { readonly type: 'undo-started'; readonly failure: OrderRefusal; readonly endsAs: EndPhase }
  | { readonly type: 'checkout-ended' }
);

/** All events of one stream: those of the checkout, then those of the order that it became. */
export type OrderStreamEvent = CheckoutEvent | OrderEvent;

/** Which phase each event may follow. An event elsewhere is a defect of ours, never a business refusal. */
export const transitions: Readonly<Record<CheckoutEvent['type'], readonly Checkout['phase'][]>> = {
  'checkout-opened': ['none'],
  'payment-started': ['open'],
  'action-required': ['paying'],
  'payment-refused': ['paying'],
  'checkout-reopened': ['reopening'],
  'refusal-heard': ['open'],
  'order-placed': ['open', 'paying'],
  'held-again': ['placed'],
  'order-paid': ['placed'],
  'order-confirmed': ['placed'],
  'cart-completed': ['completed'],
  'undo-started': ['open', 'paying', 'placed'],
  'checkout-ended': ['undoing'],
};

/** What may still happen to the order; null while its checkout is not over, or came to nothing. */
export function orderOf(checkout: Checkout): Order | null {
  if (checkout.phase !== 'completed') return null;
  return checkout.order ?? newOrder({ ...checkout.details, ...moneyOf(checkout) });
}

/** Whether the order lives on with money that is still to be taken: when goods ship, or by the merchant's own hand. */
export function isTakenLater({ details, payment }: Pick<Placed, 'details' | 'payment'>): boolean {
  const isLater = details.captureMode === 'manual' || payment.provider === 'manual';
  return isLater && details.quote.dueMinor > 0;
}

/** What a provider has of the money of a checkout. Nobody authorizes a manual payment: all of it is still to be collected. */
export function moneyOf({
  payment,
  details,
  capturedMinor = 0,
}: Pick<Failed, 'details' | 'payment'> & { readonly capturedMinor?: number }) {
  const authorizedMinor = payment?.provider === 'manual' ? capturedMinor : details.quote.dueMinor;
  return { authorizedMinor, capturedMinor };
}

export function evolveCheckout(checkout: Checkout, event: OrderStreamEvent): Checkout {
  if (!isCheckoutEvent(event)) return evolveCompleted(checkout, event);
  assert(transitions[event.type].includes(checkout.phase), `${event.type} does not follow ${checkout.phase}`);
  const { at } = event;
  if (event.type === 'checkout-opened') return { phase: 'open', details: event.details, refused: [] };
  switch (checkout.phase) {
    case 'open':
      if (event.type === 'payment-started')
        return { ...checkout, phase: 'paying', payment: event.payment, actionUrl: null, startedAt: at };
      if (event.type === 'order-placed')
        return { ...checkout, phase: 'placed', payment: event.payment, number: event.number, placedAt: at };
      if (event.type === 'refusal-heard') {
        const refused = checkout.refused.map((one, index, all) =>
          index === all.length - 1 ? { ...one, isHeard: true } : one,
        );
        return { ...checkout, refused };
      }
      break;
    case 'paying': {
      const { details, refused } = checkout;
      if (event.type === 'action-required') return { ...checkout, actionUrl: event.url };
      if (event.type === 'payment-refused') {
        const { payment } = checkout;
        return { phase: 'reopening', details, refused, payment, failure: event.failure, since: at };
      }
      if (event.type === 'order-placed') {
        const { payment, number } = event;
        return { phase: 'placed', details, refused, payment, number, placedAt: at };
      }
      break;
    }
    case 'reopening': {
      const { details, refused, payment, failure } = checkout;
      const isHeard = event.type === 'checkout-reopened' && event.isHeard;
      return { phase: 'open', details, refused: [...refused, refusedPayment(payment, failure, isHeard)] };
    }
    case 'placed':
      if (event.type === 'held-again') {
        const { holds, key } = event;
        const { details } = checkout;
        const formerKeys = [...keysHeldUnder(details, holds)];
        const keys =
          holds === 'goods'
            ? { holdKey: key, formerHoldKeys: formerKeys }
            : { allowanceKey: key, formerAllowanceKeys: formerKeys };
        return { ...checkout, details: { ...details, ...keys } };
      }
      if (event.type === 'order-paid' || event.type === 'order-confirmed') {
        const capturedMinor = event.type === 'order-paid' ? event.capturedMinor : 0;
        return { ...checkout, phase: 'completed', capturedMinor, completedAt: at, isCartCompleted: false };
      }
      break;
    case 'completed':
      return { ...checkout, isCartCompleted: true };
    case 'undoing': {
      const { details, refused, failure, payment, placed, endsAs } = checkout;
      return { phase: endsAs, details, refused, failure, payment, placed, endedAt: at };
    }
    default:
      break;
  }
  assert(
    event.type === 'undo-started' && checkout.phase !== 'none' && 'details' in checkout,
    `${event.type} is handled in ${checkout.phase}`,
  );
  const { failure, endsAs } = event;
  const { details } = checkout;
  const payment = 'payment' in checkout ? checkout.payment : null;
  const placed = checkout.phase === 'placed' ? checkout : null;
  const refused = checkout.phase === 'paying' ? refusedWith(checkout, failure) : checkout.refused;
  return { phase: 'undoing', details, refused, payment, placed, failure, endsAs, since: at };
}

function refusedWith({ refused, payment }: Paying, failure: OrderRefusal): readonly RefusedPayment[] {
  return [...refused, refusedPayment(payment, failure, true)];
}

/** Whether a checkout whose payment came to nothing takes another one: while it holds the goods, and not for ever. */
export function mayPayAgain(checkout: Checkout, failure: OrderRefusal, now: number): boolean {
  if (checkout.phase !== 'paying' || now >= checkout.details.holdUntil) return false;
  return attemptsLeftAfter(refusedWith(checkout, failure), checkout.details.declinedBefore) > 0;
}

/** Whether a payment may still come of it. */
export function isPayable({ phase }: StartedCheckout): boolean {
  return phase === 'open' || phase === 'paying' || phase === 'reopening';
}

/** How many payments of a checkout may still be declined. */
export function attemptsLeftOf(checkout: StartedCheckout): number {
  return isPayable(checkout) ? attemptsLeftAfter(checkout.refused, checkout.details.declinedBefore) : 0;
}

function isCheckoutEvent(event: OrderStreamEvent): event is CheckoutEvent {
  return Object.hasOwn(transitions, event.type);
}

function evolveCompleted(checkout: Checkout, event: OrderEvent): Checkout {
  const order = orderOf(checkout);
  assert(checkout.phase === 'completed' && order !== null, `${event.type} does not follow ${checkout.phase}`);
  return { ...checkout, order: evolveOrder(order, event) };
}

/** A saga that stands still this long after its last record is resumed: longer than any provider may take to answer. */
export const resumeAfterMs = 15 * secondMs;
/** A paid order closes its cart a moment later, in the run of the alarm that relays its events. */
const completeCartAfterMs = 250;

export function checkoutWakeAt(checkout: Checkout): number | null {
  switch (checkout.phase) {
    case 'open':
      return checkout.details.holdUntil;
    case 'paying':
      return checkout.actionUrl === null ? checkout.startedAt + resumeAfterMs : checkout.details.holdUntil;
    case 'placed':
      return checkout.placedAt + resumeAfterMs;
    case 'reopening':
    case 'undoing':
      return checkout.since + resumeAfterMs;
    case 'completed': {
      const cartAt = checkout.isCartCompleted ? null : checkout.completedAt + completeCartAfterMs;
      const lifeAt = checkout.order === undefined ? null : orderWakeAt(checkout.order);
      return lifeAt === null || cartAt === null ? (lifeAt ?? cartAt) : Math.min(lifeAt, cartAt);
    }
    case 'none':
    case 'failed':
    case 'expired':
    case 'canceled':
      return null;
    default:
      return unreachable(checkout);
  }
}

type CheckoutStatus = 'open' | 'processing' | 'completed' | EndPhase;

export function statusOf(checkout: StartedCheckout): CheckoutStatus {
  switch (checkout.phase) {
    case 'paying':
    case 'reopening':
    case 'placed':
    case 'undoing':
      return 'processing';
    case 'completed':
      return 'completed';
    default:
      return checkout.phase;
  }
}

/** All keys under which a checkout may hold something, the present one last. */
export function keysHeldUnder(details: HoldKeys, holds: HeldKind): readonly string[] {
  const { holdKey, allowanceKey, formerHoldKeys = [], formerAllowanceKeys = [] } = details;
  return holds === 'goods' ? [...formerHoldKeys, holdKey] : [...formerAllowanceKeys, allowanceKey];
}

type HoldKeys = Pick<CheckoutDetails, 'holdKey' | 'allowanceKey' | 'formerHoldKeys' | 'formerAllowanceKeys'>;

/**
 * What follows the checkout's id in the keys of holds that are made again. Each may meet another crash, or a refusal whose answer is
 * lost; with so many, only a shop that is down most of the time ends a checkout before it heard whether the goods are there.
 */
const holdsAgain = Array.from({ length: 6 }, (_, turn) => `again${turn + 1}`);

/** The key of a hold that is made again in the place of another; null when that has been tried often enough. */
export function nextHoldKey(checkoutId: string, key: string): string | null {
  const keys = holdsAgain.map((part) => `${checkoutId}.${part}`);
  return keys[keys.indexOf(key) + 1] ?? null;
}
