/** How the events of an order's life are folded into what it has become. */
import { assert, unreachable } from '../../../../shared/values/result.ts';
import { refundedAgain } from './canceled-units.ts';
import type { Effect, Operation, Refund } from './operation.ts';
import { type Life, type LifeEvent, type OrderReturn, unitsIn } from './order.ts';
import { providerMinorOf, refundPartsOf } from './sources.ts';
import { withoutItems } from './stock.ts';

export function evolveLife(life: Life, event: LifeEvent): Life {
  switch (event.type) {
    case 'order-confirmed':
    case 'note-added':
      return life;
    case 'operation-started': {
      assert(life.running === null, 'operations of one order run one after the other');
      const { operation, at } = event;
      const operationCount = life.operationCount + 1;
      return { ...life, operationCount, running: { ...operation, since: at, failure: null } };
    }
    case 'operation-advanced':
      assert(life.running !== null, 'only a running operation advances');
      return { ...life, running: { ...life.running, since: event.at, doneCount: event.doneCount } };
    case 'operation-turned':
      assert(life.running !== null, 'only a running operation is undone');
      return { ...life, running: { ...life.running, since: event.at, failure: event.failure } };
    case 'operation-ended':
      return endOperation(life, event);
    case 'refund-settled':
      return {
        ...life,
        refunds: life.refunds.flatMap((refund) => {
          if (refund.id !== event.refundId) return [refund];
          return event.isDeclined ? withoutProvider(refund) : [{ ...refund, isPending: false }];
        }),
      };
    case 'payment-observed':
      return { ...life, elsewhere: event.elsewhere };
    case 'return-requested':
      return { ...life, operationCount: life.operationCount + 1, returns: [...life.returns, event.goodsReturn] };
    case 'return-decided': {
      const { state, note } = event;
      return changeReturn(life, event.returnId, (one) => ({ ...one, state, note: note ?? one.note }));
    }
    case 'fulfillment-tracked':
      return {
        ...life,
        fulfillments: life.fulfillments.map((one) =>
          one.id === event.fulfillmentId ? { ...one, tracking: event.tracking } : one,
        ),
      };
    default:
      return unreachable(event);
  }
}

/** What is left of a refund of which the provider declined its part: what went to cards has gone. */
function withoutProvider(refund: Refund): Refund[] {
  const declinedMinor = providerMinorOf(refund);
  const parts = refundPartsOf(refund).filter(({ to }) => to !== 'payment');
  if (parts.length === 0) return [];
  const amountMinor = refund.amountMinor - declinedMinor;
  return [{ ...refund, amountMinor, creditMinor: refund.creditMinor - declinedMinor, parts, isPending: false }];
}

function endOperation(life: Life, event: Extract<LifeEvent, { type: 'operation-ended' }>) {
  const { failure, isRefundPending, isAuthorizationLost, at } = event;
  const { running } = life;
  assert(running !== null, 'only a running operation ends');
  const returnId = running.change.refund?.returnId ?? running.change.receipt?.returnId ?? null;
  if (failure !== null) {
    const ended = {
      ...life,
      running: null,
      ...(isAuthorizationLost === true ? { authorizedMinor: life.capturedMinor } : {}),
    };
    return returnId === null ? ended : changeReturn(ended, returnId, (one) => ({ ...one, failure }));
  }
  const done = applyChange(running.effects.reduce(applyEffect, life), running, isRefundPending === true);
  const { followUp, id, actor, asked } = running;
  if (followUp === null) return { ...done, running: null };
  const next = {
    ...followUp,
    id: `${id}b`,
    actor,
    asked,
    followUp: null,
    isFollowUp: true as const,
    since: at,
    failure: null,
  };
  return { ...done, running: next };
}

function applyEffect(life: Life, effect: Effect): Life {
  switch (effect.do) {
    case 'hold': {
      const { holdKey } = effect;
      const added = effect.needs.map((need) => ({ holdKey, ...need }));
      return { ...life, commitments: [...life.commitments, ...added] };
    }
    case 'ship':
    case 'release':
      return { ...life, commitments: withoutItems(life.commitments, effect.holdKey, effect.items) };
    case 'capture':
      return { ...life, capturedMinor: life.capturedMinor + effect.amountMinor };
    case 'let-go': {
      const { capturedMinor } = life;
      return { ...life, isVoided: life.isVoided || capturedMinor === 0, authorizedMinor: capturedMinor };
    }
    case 'void':
      return { ...life, isVoided: true, authorizedMinor: life.capturedMinor };
    default:
      return life;
  }
}

function applyChange(life: Life, operation: Operation, isPending: boolean): Life {
  const { change, followUp, isFollowUp } = operation;
  const { fulfillment, refund, canceledUnits = [], receipt, edit, isCancellation, received } = change;
  let after: Life = { ...life, canceledUnits: [...life.canceledUnits, ...canceledUnits] };
  if (fulfillment !== undefined) after = { ...after, fulfillments: [...after.fulfillments, fulfillment] };
  if (refund !== undefined) {
    const again = refundedAgain(after, refund);
    after = { ...after, canceledUnits: again, refunds: [...after.refunds, { ...refund, isPending }] };
    // What follows a part that was received refunds that part alone, and leaves open what failed before.
    if (refund.returnId !== null && (edit !== undefined || isFollowUp !== true))
      after = changeReturn(after, refund.returnId, (one) => ({
        ...one,
        failure: null,
        exchangeEnd: one.exchangeEnd ?? (edit === undefined ? 'given-up' : 'done'),
      }));
  }
  if (received !== undefined) after = { ...after, received: [...after.received, received] };
  if (edit !== undefined) after = { ...after, lines: edit.lines, quote: edit.quote };
  if (isCancellation === true) after = { ...after, isCanceled: true };
  if (receipt !== undefined) {
    after = changeReturn(after, receipt.returnId, (one) => {
      // An exchange takes in all that came back, also what was received before it could be.
      const isCredited = one.exchange.length > 0 || (receipt.isRefunded ?? followUp !== null);
      const lines = receipt.lines.map((line) => (isCredited ? line : { ...line, isSettledOtherwise: true as const }));
      const received = [...one.received, ...lines];
      const isAll = unitsIn(received) === unitsIn(one.lines);
      return { ...one, received, state: isAll ? 'received' : 'partially-received' };
    });
  }
  return after;
}

function changeReturn(life: Life, returnId: string, change: (one: OrderReturn) => OrderReturn): Life {
  return { ...life, returns: life.returns.map((one) => (one.id === returnId ? change(one) : one)) };
}
