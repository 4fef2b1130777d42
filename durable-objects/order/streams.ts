/** The streams of checkouts and orders: how one is folded, what it tells the outside, and when it wants to be woken. No platform. */
import { type Envelope, envelope } from '../../shared/events/envelope.ts';
import { OrderCanceled, OrderPaid, OrderPlaced } from '../../shared/events/orders.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import {
  evolveOrder,
  noOrder,
  type Order,
  type OrderEvent,
  orderWakeAt,
  summaryOf,
} from '../../workers/orders/domain/order.ts';
import type { StreamCommit, StreamType } from '../streams.ts';

export const orderStreams: StreamType<Order, OrderEvent> = {
  initial: noOrder,
  evolve: evolveOrder,
  revive: (json) => JSON.parse(json),
  publish: publishOrder,
  wakeAt: orderWakeAt,
};

/** What the outside learns: that an order was placed, paid or canceled, each time with the whole summary. */
function publishOrder({ state, version, events, now, traceparent }: StreamCommit<Order, OrderEvent>): Envelope[] {
  const summary = summaryOf(state);
  if (summary === null) return [];
  const facts = {
    id: `${summary.orderId}/${version}`,
    subject: summary.orderId,
    sequence: version,
    time: toTimestamp(now),
    traceparent,
  };
  for (const event of events.toReversed()) {
    if (event.type === 'order-placed') return [envelope(OrderPlaced, facts, summary)];
    if (event.type === 'order-paid') return [envelope(OrderPaid, facts, summary)];
    if (event.type === 'checkout-ended' && 'failure' in state)
      return [envelope(OrderCanceled, facts, { ...summary, reason: state.failure.code })];
  }
  return [];
}
