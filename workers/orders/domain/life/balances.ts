/** The money of an order and where it stands: what was taken, given back, may still be taken, and is still owed. */
import { sumOf } from '../../../../shared/values/money.ts';
import { type Life, shippedOf, unitsIn } from './life.ts';
import type { Refund } from './operation.ts';
import type { FulfillmentState, OrderState, PaymentState } from './tables.ts';

export interface Balances {
  /** What the lines cost as they are now. */
  readonly totalMinor: number;
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** What may still be taken: no more than is authorized, and no more than is owed. */
  readonly capturableMinor: number;
  readonly refundableMinor: number;
  /** What is owed beyond that; the payer has to be asked. */
  readonly outstandingMinor: number;
}

type Money = Pick<Life, 'quote' | 'cardsMinor' | 'authorizedMinor' | 'capturedMinor' | 'refunds' | 'isCanceled'>;

export function balancesOf(life: Money): Balances {
  const { authorizedMinor, capturedMinor, refunds } = life;
  const { totalMinor } = life.quote;
  const refundedMinor = totalOf(refunds, 'amountMinor');
  const owedMinor = life.isCanceled ? 0 : Math.max(0, totalMinor - totalOf(refunds, 'creditMinor') - paidMinorOf(life));
  const capturableMinor = Math.min(Math.max(0, authorizedMinor - capturedMinor), owedMinor);
  return {
    totalMinor,
    authorizedMinor,
    capturedMinor,
    refundedMinor,
    capturableMinor,
    refundableMinor: capturedMinor - refundedMinor,
    outstandingMinor: owedMinor - capturableMinor,
  };
}

/** What the shop has of the payer's money, gift cards included. */
export function paidMinorOf({
  cardsMinor,
  capturedMinor,
  refunds,
}: Pick<Money, 'cardsMinor' | 'capturedMinor' | 'refunds'>) {
  return cardsMinor + capturedMinor - totalOf(refunds, 'amountMinor');
}

export function totalOf(refunds: readonly Refund[], part: 'amountMinor' | 'creditMinor' | 'shippingMinor'): number {
  return sumOf(refunds.map((refund) => refund[part]));
}

export function paymentStateOf(life: Life): PaymentState {
  const { capturedMinor, refundedMinor, capturableMinor } = balancesOf(life);
  if (capturedMinor === 0 && life.isVoided) return 'voided';
  if (refundedMinor > 0) return refundedMinor === capturedMinor ? 'refunded' : 'partially-refunded';
  if (capturableMinor === 0) return 'captured';
  return capturedMinor === 0 ? 'authorized' : 'partially-captured';
}

export function fulfillmentStateOf(life: Life): FulfillmentState {
  const shipped = life.fulfillments.reduce((sum, { lines }) => sum + unitsIn(lines), 0);
  if (life.isCanceled) return 'canceled';
  if (shipped === 0) return 'unfulfilled';
  return life.lines.every((line) => shippedOf(life, line.lineId) === line.quantity)
    ? 'fulfilled'
    : 'partially-fulfilled';
}

export function orderStateOf(life: Life): OrderState {
  if (life.isCanceled) return 'canceled';
  return balancesOf(life).capturableMinor > 0 ? 'placed' : 'paid';
}
