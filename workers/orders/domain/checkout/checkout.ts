/**
 * The stream of one checkout, which lives on as its order: its phases, and the events between them.
 * A phase names only what is durable; what a running saga has done since then is repeated safely after a crash.
 */
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { ProviderName } from '../../../../shared/contracts/payments/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import type { Address } from '../../../../shared/values/address.ts';
import type { Customer } from '../../../../shared/values/customer.ts';
import { sibling } from '../../../../shared/values/ids.ts';
import { assert, type Refusal, unreachable } from '../../../../shared/values/result.ts';
import { secondMs } from '../../../../shared/values/time.ts';
import { evolveLife } from '../order/evolve.ts';
import { type Life, type LifeEvent, lifeWakeAt, newLife } from '../order/order.ts';

/** The frozen cart with the price that was agreed: a record that never changes. */
export interface CheckoutDetails {
  readonly checkoutId: string;
  readonly cartId: string;
  readonly cartVersion: number;
  readonly email: string | null;
  /** Whom the merchant's system knew the shopper as. Absent or null for a guest. */
  readonly customer?: Customer | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly note: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
  /** Milliseconds since 1970 at which the holds end by themselves. */
  readonly holdUntil: number;
  readonly createdAt: number;
  /** The money is only authorized, and taken when the goods ship. Absent: taken at once. */
  readonly captureMode?: 'manual';
}

export interface PaymentChoice {
  readonly provider: ProviderName;
  readonly token: string | null;
  readonly returnUrl: string | null;
}

/** Why a checkout came to nothing. Its code has a problem document. */
export interface Failure extends Refusal {
  readonly detail?: string;
  readonly [fact: string]: unknown;
}

export type EndPhase = 'failed' | 'expired' | 'canceled';

interface Opened {
  readonly details: CheckoutDetails;
}
interface Paying extends Opened {
  readonly payment: PaymentChoice;
  /** Where the shopper confirms the payment, once the provider asked for it. */
  readonly actionUrl: string | null;
  readonly startedAt: number;
}
interface Placed extends Opened {
  readonly payment: PaymentChoice;
  readonly number: string;
  readonly placedAt: number;
}

/** `paid`: the checkout is over. Its money was taken, or is authorized where it is captured by hand. */
export type Order =
  | { readonly phase: 'none' }
  | ({ readonly phase: 'open' } & Opened)
  | ({ readonly phase: 'paying' } & Paying)
  | ({ readonly phase: 'placed' } & Placed)
  | ({
      readonly phase: 'paid';
      readonly capturedMinor: number;
      readonly paidAt: number;
      readonly isCartCompleted: boolean;
      /** What has become of the order since. Absent until something has. */
      readonly life?: Life;
    } & Placed)
  | ({
      readonly phase: 'undoing';
      readonly failure: Failure;
      readonly endsAs: EndPhase;
      readonly since: number;
      readonly payment: PaymentChoice | null;
      readonly placed: Placed | null;
    } & Opened)
  | ({
      readonly phase: EndPhase;
      readonly failure: Failure;
      readonly endedAt: number;
      readonly payment: PaymentChoice | null;
      readonly placed: Placed | null;
    } & Opened);

export type StartedOrder = Exclude<Order, { phase: 'none' }>;

export const noOrder: Order = { phase: 'none' };

export type OrderEvent = { readonly at: number } & (
  | { readonly type: 'checkout-opened'; readonly details: CheckoutDetails }
  | { readonly type: 'payment-started'; readonly payment: PaymentChoice }
  | { readonly type: 'action-required'; readonly url: string }
  | { readonly type: 'order-placed'; readonly payment: PaymentChoice; readonly number: string }
  | { readonly type: 'order-paid'; readonly capturedMinor: number }
  | { readonly type: 'cart-completed' }
  | { readonly type: 'undo-started'; readonly failure: Failure; readonly endsAs: EndPhase }
  | { readonly type: 'checkout-ended' }
);

/** All events of the stream: those of the checkout, then those of the order's life. */
export type OrderStreamEvent = OrderEvent | LifeEvent;

/** Which phase each event may follow. An event elsewhere is a defect of ours, never a business refusal. */
export const transitions: Readonly<Record<OrderEvent['type'], readonly Order['phase'][]>> = {
  'checkout-opened': ['none'],
  'payment-started': ['open'],
  'action-required': ['paying'],
  'order-placed': ['open', 'paying'],
  'order-paid': ['placed'],
  'cart-completed': ['paid'],
  'undo-started': ['open', 'paying', 'placed'],
  'checkout-ended': ['undoing'],
};

/** What may still happen to the order; null while its checkout is not over, or came to nothing. */
export function lifeOf(order: Order): Life | null {
  if (order.phase !== 'paid') return null;
  const { details, capturedMinor } = order;
  // A life that was kept before it told of gift cards takes that from its checkout.
  return { ...newLife({ ...details, capturedMinor }), ...order.life };
}

export function evolveOrder(order: Order, event: OrderStreamEvent): Order {
  if (!isCheckoutEvent(event)) return evolveLater(order, event);
  assert(transitions[event.type].includes(order.phase), `${event.type} does not follow ${order.phase}`);
  const { at } = event;
  if (event.type === 'checkout-opened') return { phase: 'open', details: event.details };
  switch (order.phase) {
    case 'open':
      if (event.type === 'payment-started')
        return { ...order, phase: 'paying', payment: event.payment, actionUrl: null, startedAt: at };
      if (event.type === 'order-placed')
        return { ...order, phase: 'placed', payment: event.payment, number: event.number, placedAt: at };
      break;
    case 'paying':
      if (event.type === 'action-required') return { ...order, actionUrl: event.url };
      if (event.type === 'order-placed') {
        return { phase: 'placed', details: order.details, payment: event.payment, number: event.number, placedAt: at };
      }
      break;
    case 'placed':
      if (event.type === 'order-paid')
        return { ...order, phase: 'paid', capturedMinor: event.capturedMinor, paidAt: at, isCartCompleted: false };
      break;
    case 'paid':
      return { ...order, isCartCompleted: true };
    case 'undoing': {
      const { details, failure, payment, placed, endsAs } = order;
      return { phase: endsAs, details, failure, payment, placed, endedAt: at };
    }
    default:
      break;
  }
  assert(
    event.type === 'undo-started' && order.phase !== 'none' && 'details' in order,
    `${event.type} is handled in ${order.phase}`,
  );
  const { failure, endsAs } = event;
  const payment = 'payment' in order ? order.payment : null;
  return {
    phase: 'undoing',
    details: order.details,
    payment,
    placed: order.phase === 'placed' ? order : null,
    failure,
    endsAs,
    since: at,
  };
}

function isCheckoutEvent(event: OrderStreamEvent): event is OrderEvent {
  return Object.hasOwn(transitions, event.type);
}

function evolveLater(order: Order, event: LifeEvent): Order {
  if (event.type === 'order-confirmed') {
    assert(order.phase === 'placed', `${event.type} does not follow ${order.phase}`);
    return { ...order, phase: 'paid', capturedMinor: 0, paidAt: event.at, isCartCompleted: false };
  }
  const life = lifeOf(order);
  assert(order.phase === 'paid' && life !== null, `${event.type} does not follow ${order.phase}`);
  return { ...order, life: evolveLife(life, event) };
}

/** A saga that stands still this long after its last record is resumed: longer than any provider may take to answer. */
export const resumeAfterMs = 15 * secondMs;
/** A paid order closes its cart a moment later, together with others. */
const completeCartAfterMs = 1_000;

export function orderWakeAt(order: Order): number | null {
  switch (order.phase) {
    case 'open':
      return order.details.holdUntil;
    case 'paying':
      return order.actionUrl === null ? order.startedAt + resumeAfterMs : order.details.holdUntil;
    case 'placed':
      return order.placedAt + resumeAfterMs;
    case 'undoing':
      return order.since + resumeAfterMs;
    case 'paid': {
      const cartAt = order.isCartCompleted ? null : order.paidAt + completeCartAfterMs;
      const lifeAt = order.life === undefined ? null : lifeWakeAt(order.life);
      return lifeAt === null || cartAt === null ? (lifeAt ?? cartAt) : Math.min(lifeAt, cartAt);
    }
    case 'none':
    case 'failed':
    case 'expired':
    case 'canceled':
      return null;
    default:
      return unreachable(order);
  }
}

export type CheckoutStatus = 'open' | 'processing' | 'completed' | EndPhase;

export function statusOf(order: StartedOrder): CheckoutStatus {
  switch (order.phase) {
    case 'paying':
    case 'placed':
    case 'undoing':
      return 'processing';
    case 'paid':
      return 'completed';
    default:
      return order.phase;
  }
}

/** Prefix, sortable part and place of a checkout's id; the order has these, and not the seal that follows. */
const unsealedLength = 'chk_'.length + 26 + 3;

export function orderIdOf(checkoutId: string): string {
  return sibling(checkoutId.slice(0, unsealedLength), 'order');
}
