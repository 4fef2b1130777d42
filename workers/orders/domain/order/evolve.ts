/** How the events of an order are folded into its state. */
import { assert, unreachable } from '../../../../shared/values/result.ts';
import { refundedAgain } from './canceled-units.ts';
import type { Edited, Effect, Operation, Refund } from './operation.ts';
import { type Order, type OrderEvent, type OrderReturn, unitsIn } from './order.ts';
import { providerMinorOf } from './sources.ts';
import { withItems, withoutItems } from './stock.ts';

export function evolveOrder(order: Order, event: OrderEvent): Order {
  switch (event.type) {
    case 'note-added':
      return order;
    case 'operation-started': {
      assert(order.running === null, 'operations of one order run one after the other');
      const { operation, at } = event;
      const operationCount = order.operationCount + 1;
      return { ...order, operationCount, running: { ...operation, since: at, failure: null } };
    }
    case 'operation-advanced':
      assert(order.running !== null, 'only a running operation advances');
      return { ...order, running: { ...order.running, since: event.at, doneCount: event.doneCount } };
    case 'operation-turned':
      assert(order.running !== null, 'only a running operation is undone');
      return { ...order, running: { ...order.running, since: event.at, failure: event.failure } };
    case 'operation-ended':
      return endOperation(order, event);
    case 'refund-settled':
      return {
        ...order,
        refunds: order.refunds.flatMap((refund) => {
          if (refund.id !== event.refundId) return [refund];
          return event.isDeclined ? withoutProvider(refund) : [{ ...refund, isPending: false }];
        }),
      };
    case 'payment-observed':
      return { ...order, elsewhere: event.elsewhere, authorizedMinor: event.authorizedMinor ?? order.authorizedMinor };
    case 'return-requested':
      return { ...order, operationCount: order.operationCount + 1, returns: [...order.returns, event.goodsReturn] };
    case 'return-decided': {
      const { state, note } = event;
      return changeReturn(order, event.returnId, (one) => ({ ...one, state, note: note ?? one.note }));
    }
    case 'fulfillment-tracked':
      return {
        ...order,
        fulfillments: order.fulfillments.map((one) =>
          one.id === event.fulfillmentId ? { ...one, tracking: event.tracking } : one,
        ),
      };
    case 'order-corrected':
      return { ...order, corrections: { ...order.corrections, ...event.corrections } };
    default:
      return unreachable(event);
  }
}

/** What is left of a refund of which the provider declined its part: what went to cards has gone. */
function withoutProvider(refund: Refund): Refund[] {
  const declinedMinor = providerMinorOf(refund);
  const parts = refund.parts.filter(({ to }) => to !== 'payment');
  if (parts.length === 0) return [];
  const amountMinor = refund.amountMinor - declinedMinor;
  return [{ ...refund, amountMinor, creditMinor: refund.creditMinor - declinedMinor, parts, isPending: false }];
}

function endOperation(order: Order, event: Extract<OrderEvent, { type: 'operation-ended' }>) {
  const { failure, isRefundPending, isAuthorizationLost, at } = event;
  const { running } = order;
  assert(running !== null, 'only a running operation ends');
  const returnId = running.change.refund?.returnId ?? running.change.receipt?.returnId ?? null;
  if (failure !== null) {
    const authorizedMinor = isAuthorizationLost === true ? order.capturedMinor : order.authorizedMinor;
    const ended = { ...order, running: null, authorizedMinor };
    return returnId === null ? ended : changeReturn(ended, returnId, (one) => ({ ...one, failure }));
  }
  const done = applyChange(running.effects.reduce(applyEffect, order), running, isRefundPending === true, at);
  const { followUp, id, actor, asked } = running;
  if (followUp === null) return { ...done, running: null };
  const next = { ...followUp, id: `${id}b`, actor, asked, followUp: null, isFollowUp: true as const };
  return { ...done, running: { ...next, since: at, failure: null } };
}

function applyEffect(order: Order, effect: Effect): Order {
  switch (effect.do) {
    case 'hold': {
      const { holdKey } = effect;
      const added = effect.needs.map((need) => ({ holdKey, ...need }));
      return { ...order, commitments: [...order.commitments, ...added] };
    }
    case 'ship':
    case 'release':
      return { ...order, commitments: withoutItems(order.commitments, effect.holdKey, effect.items) };
    case 'unship': {
      const { holdKey } = effect;
      const promised = effect.items.map(({ stockUnitId, quantity }) => ({ holdKey, stockUnitId, quantity }));
      return { ...order, commitments: withItems(order.commitments, promised) };
    }
    case 'void-cards': {
      const voidedCards = { ...order.voidedCards };
      for (const { lineId, quantity } of effect.units) voidedCards[lineId] = (voidedCards[lineId] ?? 0) + quantity;
      return { ...order, voidedCards };
    }
    case 'capture':
      return { ...order, capturedMinor: order.capturedMinor + effect.amountMinor };
    case 'let-go': {
      const { capturedMinor } = order;
      return { ...order, isVoided: order.isVoided || capturedMinor === 0, authorizedMinor: capturedMinor };
    }
    case 'void':
      return { ...order, isVoided: true, authorizedMinor: order.capturedMinor };
    default:
      return order;
  }
}

function applyChange(order: Order, operation: Operation, isPending: boolean, at: number): Order {
  const { change, isFollowUp } = operation;
  const { fulfillment, unfulfilledId, refund, canceledUnits = [], receipt, edit, isCancellation, received } = change;
  let after: Order = { ...order, canceledUnits: [...order.canceledUnits, ...canceledUnits] };
  if (fulfillment !== undefined) after = { ...after, fulfillments: [...after.fulfillments, fulfillment] };
  if (unfulfilledId !== undefined) after = withoutFulfillment(after, unfulfilledId, at);
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
  if (edit !== undefined) {
    const { lines, quote, parted, shippingAddress, billingAddress, discountByHand } = edit;
    const corrections = {
      ...after.corrections,
      ...(shippingAddress === undefined ? {} : { shippingAddress }),
      ...(billingAddress === undefined ? {} : { billingAddress }),
    };
    after = { ...withParted(withDiscount(after, discountByHand), parted), lines, quote, corrections };
  }
  if (isCancellation === true) after = { ...after, isCanceled: true };
  if (receipt !== undefined) {
    after = changeReturn(after, receipt.returnId, (one) => {
      // An exchange takes in all that came back, also what was received before it could be.
      const isCredited = one.exchange.length > 0 || receipt.isRefunded;
      const lines = receipt.lines.map((line) => (isCredited ? line : { ...line, isSettledOtherwise: true as const }));
      const received = [...one.received, ...lines];
      const isAll = unitsIn(received) === unitsIn(one.lines);
      return { ...one, received, state: isAll ? 'received' : 'partially-received' };
    });
  }
  return after;
}

function withDiscount(order: Order, discountByHand: Edited['discountByHand']): Order {
  if (discountByHand === undefined) return order;
  const { discountByHand: _former, ...rest } = order;
  return discountByHand === null ? rest : { ...rest, discountByHand };
}

function withParted(order: Order, parted: Edited['parted']): Order {
  const { parted: _former, ...rest } = order;
  return parted === undefined ? rest : { ...rest, parted };
}

function withoutFulfillment(order: Order, fulfillmentId: string, canceledAt: number): Order {
  const { fulfillments, canceledFulfillments } = order;
  const taken = fulfillments.filter(({ id }) => id === fulfillmentId).map((one) => ({ ...one, canceledAt }));
  return {
    ...order,
    fulfillments: fulfillments.filter(({ id }) => id !== fulfillmentId),
    canceledFulfillments: [...canceledFulfillments, ...taken],
  };
}

function changeReturn(order: Order, returnId: string, change: (one: OrderReturn) => OrderReturn): Order {
  return { ...order, returns: order.returns.map((one) => (one.id === returnId ? change(one) : one)) };
}
