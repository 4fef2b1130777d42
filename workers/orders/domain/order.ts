/**
 * The stream of one checkout, which lives on as its order: its phases, the events between them, and what it shows outside.
 * A phase names only what is durable; what a running saga has done since then is repeated safely after a crash.
 */
import type { CartLine } from '../../../shared/contracts/cart.ts';
import type { ProviderName } from '../../../shared/contracts/payments.ts';
import type { Quote } from '../../../shared/contracts/pricing.ts';
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { unitPriceMinorOf } from '../../../shared/quoting/quoting.ts';
import type { Address } from '../../../shared/values/address.ts';
import { sibling } from '../../../shared/values/ids.ts';
import { assert, type Refusal, unreachable } from '../../../shared/values/result.ts';
import { secondMs, toTimestamp } from '../../../shared/values/time.ts';

/** The frozen cart with the price that was agreed: a record that never changes. */
export interface CheckoutDetails {
  readonly checkoutId: string;
  readonly cartId: string;
  readonly cartVersion: number;
  readonly email: string | null;
  readonly shippingAddress: Address | null;
  readonly billingAddress: Address | null;
  readonly note: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
  /** Milliseconds since 1970 at which the holds end by themselves. */
  readonly holdUntil: number;
  readonly createdAt: number;
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

export function evolveOrder(order: Order, event: OrderEvent): Order {
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
    case 'paid':
      return order.isCartCompleted ? null : order.paidAt + completeCartAfterMs;
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

/** A number that people can say on the phone. It comes from the id's random part, so it tells nobody how much we sell. */
export function orderNumberOf(checkoutId: string): string {
  const tail = checkoutId.slice(unsealedLength - 11, unsealedLength - 3).toUpperCase();
  return `${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** The order as its events and the merchant's lists show it; null while there is none. */
export function summaryOf(order: Order): OrderSummary | null {
  const placed = order.phase === 'placed' || order.phase === 'paid' ? order : 'placed' in order ? order.placed : null;
  if (placed === null) return null;
  const { details, payment, number, placedAt } = placed;
  const { quote } = details;
  return {
    orderId: orderIdOf(details.checkoutId),
    checkoutId: details.checkoutId,
    cartId: details.cartId,
    number,
    status:
      order.phase === 'paid' ? 'paid' : order.phase === 'placed' || order.phase === 'undoing' ? 'placed' : 'canceled',
    email: details.email,
    currency: quote.currency,
    totalMinor: quote.totalMinor,
    capturedMinor: order.phase === 'paid' ? order.capturedMinor : 0,
    paymentProvider: payment.provider,
    placedAt: toTimestamp(placedAt),
    lines: details.lines.map(({ variant, quantity }) => ({
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
