/** The streams of checkouts and orders: how one is folded, what it tells the outside, and when it wants to be woken. No platform. */

import { type Envelope, envelope } from '../../shared/events/envelope.ts';
import {
  FulfillmentCanceled,
  OrderCanceled,
  OrderChanged,
  OrderEdited,
  OrderFulfilled,
  OrderPaid,
  OrderPlaced,
  type OrderSummary,
  PaymentCaptured,
  PaymentObserved,
  RefundDeclined,
  RefundMade,
  ReturnReceived,
  ReturnRequested,
} from '../../shared/events/orders.ts';
import type { StreamCommit, StreamType } from '../../shared/streams/ports.ts';
import { money } from '../../shared/values/money.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import {
  type Checkout,
  checkoutWakeAt,
  evolveCheckout,
  noCheckout,
  type OrderStreamEvent,
  orderOf,
} from '../../workers/orders/domain/checkout/checkout.ts';
import type { Deed } from '../../workers/orders/domain/order/operation.ts';
import type { Order } from '../../workers/orders/domain/order/order.ts';
import { summaryOf } from '../../workers/orders/domain/summary.ts';

export const orderStreams: StreamType<Checkout, OrderStreamEvent> = {
  initial: noCheckout,
  evolve: evolveCheckout,
  revive: (json) => JSON.parse(json),
  publish: publishOrder,
  wakeAt: checkoutWakeAt,
};

type Facts = Parameters<typeof envelope>[1];

/** What the outside learns of a commit, each time with the whole summary. */
function publishOrder(commit: StreamCommit<Checkout, OrderStreamEvent>): Envelope[] {
  const { state, version, events, now, traceparent } = commit;
  const summary = summaryOf(state);
  if (summary === null) return [];
  const { orderId: subject } = summary;
  const facts = { id: `${subject}/${version}`, subject, sequence: version, time: toTimestamp(now), traceparent };
  for (const event of events.toReversed()) {
    if (event.type === 'order-placed') return [envelope(OrderPlaced, facts, summary)];
    if (event.type === 'order-paid') return [envelope(OrderPaid, facts, summary)];
    if (event.type === 'checkout-ended' && 'failure' in state)
      return [envelope(OrderCanceled, facts, { ...summary, reason: state.failure.code })];
    if (event.type === 'order-corrected')
      return [envelope(OrderChanged, facts, { ...summary, changed: Object.keys(event.corrections) })];
    if (event.type === 'return-requested')
      return [envelope(ReturnRequested, facts, { ...summary, returnId: event.goodsReturn.id })];
    const order = orderOf(state);
    if (event.type === 'refund-settled' && event.isDeclined)
      return [envelope(RefundDeclined, facts, { ...summary, refundId: event.refundId })];
    const isLost = event.type === 'operation-ended' && event.isAuthorizationLost === true;
    if (order !== null && (event.type === 'payment-observed' || isLost)) {
      const refundedElsewhere = money(order.elsewhere.refundedMinor, summary.currency);
      const chargedBack = money(order.elsewhere.chargedBackMinor, summary.currency);
      return [envelope(PaymentObserved, facts, { ...summary, refundedElsewhere, chargedBack })];
    }
    if (event.type === 'refund-settled' && order !== null) return refundsMade(order, event.refundId, facts, summary);
    if (event.type === 'operation-ended' && event.deed !== null && order !== null)
      return publishDeed(order, event.deed, facts, summary);
  }
  return [];
}

/** One commit may be several facts: each is an event of its own, and they share the sequence. */
function publishDeed(order: Order, deed: Deed, facts: Facts, summary: OrderSummary): Envelope[] {
  const also = (fact: string): Facts => ({ ...facts, id: `${facts.id}/${fact}` });
  const { operationId, refundId, returnId, deltaMinor } = deed;
  const envelopes: Envelope[] = [];
  const fulfillment = order.fulfillments.find(({ id }) => id === deed.fulfillmentId);
  if (fulfillment !== undefined) {
    const { id: fulfillmentId, lines, tracking } = fulfillment;
    const fulfilledLines = lines.map((line) => ({ ...line }));
    envelopes.push(envelope(OrderFulfilled, facts, { ...summary, fulfillmentId, fulfilledLines, tracking }));
  }
  const takenBack = order.canceledFulfillments.find(({ id }) => id === deed.fulfillmentId);
  if (deed.kind === 'unfulfill' && takenBack !== undefined) {
    const canceledLines = takenBack.lines.map((line) => ({ ...line }));
    envelopes.push(envelope(FulfillmentCanceled, facts, { ...summary, fulfillmentId: takenBack.id, canceledLines }));
  }
  if (deed.kind === 'cancel')
    envelopes.push(
      envelope(OrderCanceled, facts, {
        ...summary,
        reason: deed.isByShopper ? 'canceled-by-shopper' : 'canceled-by-merchant',
      }),
    );
  if (deed.kind === 'receive' && returnId !== null) {
    const isComplete = order.returns.some(({ id, state }) => id === returnId && state === 'received');
    envelopes.push(envelope(ReturnReceived, facts, { ...summary, returnId, isComplete }));
  }
  if (deed.kind === 'edit' || deed.kind === 'exchange') {
    envelopes.push(
      envelope(OrderEdited, facts, { ...summary, operationId, delta: money(deltaMinor, summary.currency) }),
    );
  }
  if (deed.capturedMinor > 0)
    envelopes.push(
      envelope(PaymentCaptured, also('captured'), {
        ...summary,
        operationId,
        amount: money(deed.capturedMinor, summary.currency),
      }),
    );
  if (deed.isPayingOff) envelopes.push(envelope(OrderPaid, also('paid'), summary));
  return [...envelopes, ...refundsMade(order, refundId, also('refund'), summary)];
}

function refundsMade(order: Order, refundId: string | null, facts: Facts, summary: OrderSummary): Envelope[] {
  return order.refunds
    .filter(({ id }) => id === refundId)
    .map(({ id, returnId, amountMinor, isPending }) => {
      const canceled = order.canceledUnits.filter((one) => one.refundId === id);
      const canceledLines = canceled.map(({ lineId, quantity }) => ({ lineId, quantity }));
      return envelope(RefundMade, facts, {
        ...summary,
        refundId: id,
        returnId,
        amount: money(amountMinor, summary.currency),
        isPending,
        canceledLines,
      });
    });
}
