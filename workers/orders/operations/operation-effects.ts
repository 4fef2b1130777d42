/**
 * The effects of operations on orders, `run` and `undo` side by side. Every effect has its own key, so repeating one is safe,
 * and an undo works whether or not there is anything to undo. None throws: when a neighbour does not answer, the outcome is
 * unknown.
 */

import type { MovementRefusal } from '../../../shared/contracts/inventory/api.ts';
import type { PaymentOutcome, RefundOutcome } from '../../../shared/contracts/payments/api.ts';
import { partsOfAllowance } from '../../../shared/contracts/pricing/allowances.ts';
import { money } from '../../../shared/values/money.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import { orderIdOf, type PaymentChoice } from '../domain/checkout/checkout.ts';
import type { Failure } from '../domain/failure.ts';
import type { Effect } from '../domain/order/operation.ts';
import type { Order } from '../domain/order/order.ts';
import type { Outcome } from '../domain/saga-plan.ts';
import type { OperationNeighbors } from '../service/neighbors.ts';
import { attempt, done, holdFailure, refused, unknown } from '../service/outcomes.ts';

export interface OperationContext {
  readonly checkoutId: string;
  readonly payment: PaymentChoice;
  readonly order: Order;
}

export type EffectOutcome = Outcome | { readonly kind: 'done'; readonly isRefundPending: true };

/** Stock that an edit adds is held this long: it is committed at once, or after a crash, by the next alarm. */
const holdMs = 15 * minuteMs;

export function runEffect(
  effect: Effect,
  context: OperationContext,
  neighbors: OperationNeighbors,
  now: number,
): Promise<EffectOutcome> {
  const { checkoutId, order } = context;
  const { inventory, payments, allowances } = neighbors;
  const { currency } = order.quote;
  const payment = { paymentKey: orderIdOf(checkoutId), provider: context.payment.provider, now };
  return attempt<EffectOutcome>(async () => {
    switch (effect.do) {
      case 'hold': {
        const { holdKey: key, needs } = effect;
        const held = await inventory.hold({ key, needs, until: now + holdMs, now });
        const lines = order.running?.change.edit?.lines ?? order.lines;
        return held.ok ? done : refused(holdFailure(held.refusal, { lines }));
      }
      case 'commit': {
        const { holdKey: key, stockUnitIds } = effect;
        const committed = await inventory.commitHolds({ key, stockUnitIds, now });
        return committed.ok ? done : refused({ code: 'hold-closed', detail: 'The goods were held too long.' });
      }
      case 'ship': {
        const { holdKey: key, fulfillmentKey, items } = effect;
        const shipped = await inventory.ship({ key, fulfillmentKey, items, now });
        return shipped.ok ? done : refused(movementFailure(shipped.refusal, order));
      }
      case 'release': {
        const { holdKey: key, releaseKey, items } = effect;
        const released = await inventory.releaseCommitted({ key, releaseKey, items, now });
        return released.ok ? done : unknown(`stock could not be given back: ${released.refusal.code}`);
      }
      case 'restock': {
        const { restockKey, items } = effect;
        const restocked = await inventory.restock({ restockKey, items, now });
        return restocked.ok ? done : refused(movementFailure(restocked.refusal, order));
      }
      case 'capture': {
        const { captureKey, amountMinor } = effect;
        const { authorizedMinor } = order;
        return captureOutcome(
          await payments.capture({ ...payment, captureKey, amountMinor, currency, authorizedMinor }),
          currency,
        );
      }
      case 'refund': {
        const { refundKey, amountMinor } = effect;
        return refundOutcome(await payments.refund({ ...payment, refundKey, amountMinor, currency }), currency);
      }
      case 'collect': {
        const { paymentId, amountMinor } = effect;
        return captureOutcome(
          await payments.capture({ ...receivedAs(checkoutId, paymentId, now), amountMinor, currency }),
          currency,
        );
      }
      case 'repay': {
        const { paymentId, refundKey, amountMinor } = effect;
        const { status } = await payments.refund({
          ...receivedAs(checkoutId, paymentId, now),
          refundKey,
          amountMinor,
          currency,
        });
        return status === 'refunded' ? done : unknown(`what was received could not be given back: ${status}`);
      }
      case 'credit':
        return creditCard(effect, context, neighbors, now);
      case 'give-back':
        await allowances.releaseAllowances({ key: checkoutId, allowances: effect.allowances, now });
        return done;
      case 'let-go': {
        const released = await payments.letGo(payment);
        return released.status === 'released' ? done : unknown(`an authorization is still there: ${released.reason}`);
      }
      case 'void': {
        const { status } = await payments.void(payment);
        return status === 'voided' ? done : unknown(`the payment is ${status} and not yet voided`);
      }
    }
  });
}

/** A payment of its own beside that of the checkout: money that came by hand, and goes back like it. */
function receivedAs(checkoutId: string, paymentId: string, now: number) {
  return { paymentKey: `${orderIdOf(checkoutId)}.${paymentId}`, provider: 'manual', now } as const;
}

/** The money is owed, so a card that does not take it keeps the operation open. */
async function creditCard(
  { card, creditKey, amountMinor }: Extract<Effect, { do: 'credit' }>,
  { checkoutId, order }: OperationContext,
  { allowances }: OperationNeighbors,
  now: number,
): Promise<Outcome> {
  const request = { creditKey, amountMinor, reason: `Refund of ${orderIdOf(checkoutId)}`, now };
  const { kind, ids } = partsOfAllowance(card);
  const [id = ''] = ids;
  const credited =
    kind === 'gift'
      ? await allowances.creditGiftCard({ ...request, cardId: id })
      : await allowances.creditStoreCredit({ ...request, customerId: id, currency: order.quote.currency });
  return credited.ok ? done : unknown(`a card could not be paid back: ${credited.refusal.code}`);
}

/** Takes back what an effect may have done. What is irreversible is planned last, so there is never a need. */
export function undoEffect(effect: Effect, { inventory }: OperationNeighbors, now: number): Promise<Outcome> {
  return attempt(async () => {
    if (effect.do === 'hold') {
      const stockUnitIds = effect.needs.map(({ stockUnitId }) => stockUnitId);
      await inventory.undoHolds({ key: effect.holdKey, stockUnitIds, now });
    }
    if (effect.do === 'ship') {
      const { holdKey: key, fulfillmentKey, items } = effect;
      const stockUnitIds = [...new Set(items.map(({ stockUnitId }) => stockUnitId))];
      const back = await inventory.unship({ key, fulfillmentKey, stockUnitIds, now });
      if (!back.ok) return unknown(`a shipment could not be taken back: ${back.refusal.code}`);
    }
    return done;
  });
}

function captureOutcome(outcome: PaymentOutcome, currency: Order['quote']['currency']): Outcome {
  switch (outcome.status) {
    case 'captured':
      return done;
    case 'declined': {
      const { reason: detail, maxMinor } = outcome;
      const max = maxMinor === undefined ? {} : { max: money(maxMinor, currency) };
      return refused({ code: 'payment-declined', detail, ...max });
    }
    case 'voided':
    case 'absent':
      return refused({ code: 'payment-failed', detail: `The payment is ${outcome.status}: nothing can be taken.` });
    case 'unknown':
      return unknown(outcome.reason);
    default:
      return unknown(`the payment is ${outcome.status} and not yet captured`);
  }
}

export function refundOutcome(outcome: RefundOutcome, currency: Order['quote']['currency']): EffectOutcome {
  switch (outcome.status) {
    case 'refunded':
      return done;
    case 'pending':
      return { kind: 'done', isRefundPending: true };
    case 'declined':
      return refused({ code: 'refund-declined', detail: outcome.reason, max: money(outcome.maxMinor, currency) });
    case 'unknown':
      return unknown(outcome.reason);
  }
}

/** Says which line is meant by its SKU: stock units mean nothing to a merchant. */
function movementFailure(refusal: MovementRefusal, order: Order): Failure {
  if (!('stockUnitId' in refusal)) return { ...refusal };
  const { stockUnitId } = refusal;
  const line = order.lines.find(({ variant }) => variant.stockNeeds.some((need) => need.stockUnitId === stockUnitId));
  return { ...refusal, sku: line?.variant.sku ?? null, lineId: line?.lineId ?? null };
}
