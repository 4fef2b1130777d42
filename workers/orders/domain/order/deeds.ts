/** What an operation that ended well has done, in the few facts that its timeline entry and its events need. */
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, orderStateOf } from './balances.ts';
import { evolveOrder } from './evolve.ts';
import type { Deed, Refund } from './operation.ts';
import type { Order, OrderEvent } from './order.ts';
import { refundedByEffects } from './sources.ts';

/** How the timeline names the shopper, who proves to be it by the access token of the order. */
export const shopperActor = 'shopper';

type Running = NonNullable<Order['running']>;
type Ended = Extract<OrderEvent, { type: 'operation-ended' }>;

/** The record of a running operation that has come to its end. */
export function endedWell(order: Order, at: number, isRefundPending: boolean): Ended {
  const { running } = order;
  if (running === null) throw new Error('Only a running operation ends');
  const pending = isRefundPending ? { isRefundPending: true as const } : {};
  const ended: Ended = { type: 'operation-ended', failure: null, deed: null, ...pending, at };
  const after = evolveOrder(order, ended);
  const { fulfillment, unfulfilledId, refund, canceledUnits, receipt } = running.change;
  const deed: Deed = {
    operationId: running.id,
    kind: running.kind,
    fulfillmentId: fulfillment?.id ?? unfulfilledId ?? null,
    refundId: refund !== undefined && isTold(refund, canceledUnits !== undefined) ? refund.id : null,
    returnId: receipt?.returnId ?? refund?.returnId ?? null,
    capturedMinor: balancesOf(after).takenMinor - balancesOf(order).takenMinor,
    refundedMinor: refundedByEffects(running.effects),
    deltaMinor: after.quote.totalMinor - order.quote.totalMinor,
    isByShopper: running.actor === shopperActor,
    isPayingOff: orderStateOf(order) === 'confirmed' && orderStateOf(after) === 'paid',
  };
  return { ...ended, deed };
}

/** A refund of nothing that cancels nothing and takes nothing off what is owed is nobody's news. */
const isTold = ({ amountMinor, creditMinor }: Refund, isCanceling: boolean): boolean =>
  amountMinor > 0 || creditMinor > 0 || isCanceling;

/** The record of an operation that was undone. */
export function endedBadly(operation: Running, failure: OrderRefusal, at: number): Ended {
  const lost = losesAuthorization(operation, failure) ? { isAuthorizationLost: true as const } : {};
  return { type: 'operation-ended', failure, deed: null, ...lost, at };
}

/**
 * Whether the rest has to be asked of the payer: a capture was refused by a payment that gives nothing any more. No caller
 * retries a capture that follows an operation, so that one is lost unless the decline names an amount that can still be taken.
 */
function losesAuthorization({ effects, isFollowUp }: Running, { code, max }: OrderRefusal): boolean {
  if (!effects.some((effect) => effect.do === 'capture')) return false;
  if (code === 'payment-failed') return true;
  if (code !== 'payment-declined') return false;
  const left = typeof max === 'object' && max !== null && 'amount' in max ? max.amount : null;
  return left === 0 || (left === null && isFollowUp === true);
}
