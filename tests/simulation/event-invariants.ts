/** What must hold of events: each happened, is handled once by everybody, and leads to the read models that there are. */
import { orderStreams } from '../../durable-objects/order/streams.ts';
import { stockStreams } from '../../durable-objects/stock/streams.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { type Subscriber, subscribersOf } from '../../shared/events/subscriptions.ts';
import type { StreamType } from '../../shared/streams/ports.ts';
import type { Commit } from '../../shared/testing/stream-storage.ts';
import { totalsOf } from '../../workers/inventory/domain/decide.ts';
import type { Checkout } from '../../workers/orders/domain/checkout/checkout.ts';
import { summaryOf } from '../../workers/orders/domain/summary.ts';
import type { Shop } from './shop.ts';
import { summaryIn } from './subscribers.ts';

/** I5 and I10: the events of every commit, each handled once by each subscriber, and read models that follow from them. */
export function eventViolations(shop: Shop, checkouts: ReadonlyMap<string, Checkout>): string[] {
  const { subscribers, payments } = shop;
  const expected = [
    ...publishedBy(orderStreams, shop.orderStorage.commits),
    ...[...shop.stock.storages.values()].flatMap(({ commits }) => publishedBy(stockStreams, commits)),
    ...payments.published,
  ];
  const found: string[] = [];
  const ids = new Set(expected.map(({ id }) => id));
  const logged = new Map<string, number>();
  for (const { id } of subscribers.log) logged.set(id, (logged.get(id) ?? 0) + 1);
  for (const [id, times] of logged) {
    if (!ids.has(id)) found.push(`I5 ${id} was handled and never happened`);
    if (times > 1) found.push(`I5 ${id} was logged ${times} times`);
  }
  const stale = staleEvents(
    stockStreams.isNewestEnough === true ? newestOf(expected, 'inventory.') : new Map(),
    expected,
  );
  for (const { id, type } of expected)
    for (const subscriber of stale.has(id) ? [] : (subscribersOf(type) as Subscriber[]))
      if (!subscribers.hasHandled(subscriber, id)) found.push(`I5 ${subscriber} never handled ${id}`);
  const storages = [shop.orderStorage, ...shop.stock.storages.values()];
  const open = storages.reduce((sum, storage) => sum + storage.openOutboxCount, payments.outbox.length);
  if (open > 0) found.push(`I5 ${open} events are still in an outbox`);
  for (const [subject, { data, sequence }] of newestOf(expected, 'orders.')) {
    const kept = subscribers.orders.get(subject);
    const isSame =
      kept?.sequence === sequence && JSON.stringify(sorted(kept.summary)) === JSON.stringify(sorted(summaryIn(data)));
    if (!isSame) found.push(`I10 the list of orders is wrong about ${subject}`);
  }
  for (const checkout of checkouts.values()) {
    const summary = summaryOf(checkout);
    const kept = summary === null ? undefined : subscribers.orders.get(summary.orderId);
    if (summary !== null && JSON.stringify(sorted(kept?.summary)) !== JSON.stringify(sorted(summary)))
      found.push(`I10 the list of orders lags behind ${summary.orderId}`);
  }
  for (const unitId of shop.goods.stock.keys()) {
    const { available } = totalsOf(shop.stock.replayed(unitId));
    if (subscribers.stock.get(unitId)?.available !== available) found.push(`I10 the levels of ${unitId} are wrong`);
  }
  return found;
}

function newestOf(events: readonly Envelope[], prefix: string): Map<string, Envelope> {
  const newest = new Map<string, Envelope>();
  for (const event of events) {
    if (!event.type.startsWith(prefix)) continue;
    if ((newest.get(event.subject)?.sequence ?? 0) < event.sequence) newest.set(event.subject, event);
  }
  return newest;
}

/** Events of which a newer one tells all: they may never be sent. */
function staleEvents(newest: ReadonlyMap<string, Envelope>, events: readonly Envelope[]): ReadonlySet<string> {
  const older = events.filter(({ id, subject }) => newest.has(subject) && newest.get(subject)?.id !== id);
  return new Set(older.map(({ id }) => id));
}

/** The fields of a summary by name: how they were ordered on the way says nothing. */
function sorted(data: unknown): [string, unknown][] {
  return Object.entries(Object(data)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the commits of an object must have published, worked out from its events alone. */
function publishedBy<State, Event>(type: StreamType<State, Event>, commits: readonly Commit<Event>[]): Envelope[] {
  const streams = new Map<string, { readonly state: State; readonly version: number }>();
  return commits.flatMap(({ streamId, events }) => {
    const before = streams.get(streamId) ?? { state: type.initial, version: 0 };
    const state = events.reduce((folded, event) => type.evolve(folded, event), before.state);
    const version = before.version + events.length;
    streams.set(streamId, { state, version });
    return type.publish({ streamId, state, version, events, now: 0, traceparent: undefined });
  });
}
