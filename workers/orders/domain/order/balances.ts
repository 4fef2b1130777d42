/** The money of an order and where it stands: what was taken, given back, may still be taken, and is still owed. */
import { sumOf } from '../../../../shared/values/money.ts';
import type { Refund } from './operation.ts';
import { type Order, unitsIn, unshippedOf } from './order.ts';
import { type Paid, refundableMinorOf, takenMinorOf } from './sources.ts';
import type { FulfillmentState, OrderState, PaymentState } from './states.ts';

interface Balances {
  /** What the lines cost as they are now. */
  readonly totalMinor: number;
  readonly authorizedMinor: number;
  /** By the provider of the checkout. */
  readonly capturedMinor: number;
  readonly cardsMinor: number;
  /** What the merchant has received since. */
  readonly receivedMinor: number;
  /** All of these three. */
  readonly takenMinor: number;
  /** By the order's own refunds and at the provider. */
  readonly refundedMinor: number;
  /** Of these, what no refund of the order explains; below zero when the provider gave back less. */
  readonly refundedElsewhereMinor: number;
  /** Disputed by the payer, and not won back. */
  readonly chargedBackMinor: number;
  /** What may still be taken: no more than is authorized, and no more than is owed. */
  readonly capturableMinor: number;
  readonly refundableMinor: number;
  /** What is owed beyond that; the payer has to be asked. */
  readonly outstandingMinor: number;
}

type Money = Pick<
  Order,
  'quote' | 'cards' | 'received' | 'authorizedMinor' | 'capturedMinor' | 'refunds' | 'elsewhere' | 'isCanceled'
>;

export function balancesOf(order: Money): Balances {
  const { authorizedMinor, capturedMinor, refunds, elsewhere, cards, received } = order;
  const { totalMinor } = order.quote;
  const takenMinor = takenMinorOf(order);
  // What was given back at the provider is credited like a refund of ours, so the payer is not asked for it again.
  const owedMinor = order.isCanceled
    ? 0
    : Math.max(0, totalMinor - totalOf(refunds, 'creditMinor') - paidMinorOf(order));
  const capturableMinor = Math.min(Math.max(0, authorizedMinor - capturedMinor), owedMinor);
  return {
    totalMinor,
    authorizedMinor,
    capturedMinor,
    cardsMinor: sumOf(cards.map(({ paidMinor }) => paidMinor)),
    receivedMinor: sumOf(received.map(({ amountMinor }) => amountMinor)),
    takenMinor,
    refundedMinor: totalOf(refunds, 'amountMinor') + elsewhere.refundedMinor,
    refundedElsewhereMinor: elsewhere.refundedMinor,
    chargedBackMinor: elsewhere.chargedBackMinor,
    capturableMinor,
    refundableMinor: refundableMinorOf(order),
    outstandingMinor: owedMinor - capturableMinor,
  };
}

/** What the shop has of the payer's money by its own doing, gift cards included. */
export function paidMinorOf(order: Paid): number {
  return takenMinorOf(order) - totalOf(order.refunds, 'amountMinor');
}

export function totalOf(refunds: readonly Refund[], part: 'amountMinor' | 'creditMinor' | 'shippingMinor'): number {
  return sumOf(refunds.map((refund) => refund[part]));
}

/** What gift cards paid counts as captured: it is the shop's from the checkout on. */
export function paymentStateOf(order: Order): PaymentState {
  const { takenMinor, refundedMinor, capturableMinor, outstandingMinor } = balancesOf(order);
  if (takenMinor === 0 && (order.isVoided || (order.isCanceled && order.quote.totalMinor > 0))) return 'voided';
  if (refundedMinor > 0) return refundedMinor >= takenMinor ? 'refunded' : 'partially-refunded';
  if (capturableMinor > 0) return takenMinor === 0 ? 'authorized' : 'partially-captured';
  if (outstandingMinor > 0) return takenMinor === 0 ? 'pending' : 'partially-paid';
  return 'captured';
}

export function fulfillmentStateOf(order: Order): FulfillmentState {
  const shipped = order.fulfillments.reduce((sum, { lines }) => sum + unitsIn(lines), 0);
  const isAllGone = order.lines.every((line) => unshippedOf(order, line) === 0);
  if (order.isCanceled || (isAllGone && shipped === 0)) return 'canceled';
  if (shipped === 0) return 'unfulfilled';
  return isAllGone ? 'fulfilled' : 'partially-fulfilled';
}

export function orderStateOf(order: Order): OrderState {
  if (order.isCanceled) return 'canceled';
  const { capturableMinor, outstandingMinor } = balancesOf(order);
  return capturableMinor + outstandingMinor > 0 ? 'confirmed' : 'paid';
}
