/**
 * What must hold. Stock and money are watched at every change; the rest is checked when the run has come to rest. Each
 * broken promise is one sentence that begins with the name of its invariant.
 */
import { orderStreams } from '../../durable-objects/order/streams.ts';
import { stockStreams } from '../../durable-objects/stock/streams.ts';
import type { StreamType } from '../../durable-objects/streams.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { type Subscriber, subscribersOf } from '../../shared/events/subscriptions.ts';
import { type Stock, totalsOf } from '../../workers/inventory/domain.ts';
import type { Order } from '../../workers/orders/domain/order.ts';
import { orderIdOf } from '../../workers/orders/domain/order.ts';
import type { BankMovement } from './bank.ts';
import type { Shop, ShopWatcher } from './shop.ts';
import type { Heard, History } from './shoppers.ts';
import type { Commit } from './stream-storage.ts';

/** Watches every change of stock and every movement at the provider. */
export class Watch implements ShopWatcher {
  readonly violations: string[] = [];
  readonly movements: BankMovement[] = [];
  readonly #capturedNet = new Map<string, number>();
  readonly #givenBack = new Set<string>();

  onGivenBack = (key: string): void => void this.#givenBack.add(key);

  onStock = (unitId: string, stock: Stock): void => {
    const { onHand, held, committed, available } = totalsOf(stock);
    if (available < 0) this.violations.push(`I6 ${unitId} is oversold by ${-available}`);
    for (const [key] of stock.holds.open)
      if (this.#givenBack.has(key)) this.violations.push(`I3 ${unitId} holds for ${key}, which gave everything back`);
    const open = [...stock.holds.open].reduce((sum, [, hold]) => sum + hold.quantity, 0);
    if (open !== held) this.violations.push(`I6 ${unitId} holds ${held}, its open holds are ${open}`);
    if (onHand < 0 || committed < 0) this.violations.push(`I6 ${unitId} has negative levels`);
  };

  onMovement = (movement: BankMovement): void => {
    this.movements.push(movement);
    const { kind, orderId } = movement;
    const step = kind === 'captured' ? 1 : kind === 'refunded' ? -1 : 0;
    const net = (this.#capturedNet.get(orderId) ?? 0) + step;
    this.#capturedNet.set(orderId, net);
    if (net > 1) this.violations.push(`I1 ${orderId} is captured twice`);
  };
}

/** A stream as its events tell it. */
export function replay<State, Event>(type: StreamType<State, Event>, events: readonly Event[]): State {
  return events.reduce((state, event) => type.evolve(state, event), type.initial);
}

export async function violationsAtRest(shop: Shop, watch: Watch, history: History): Promise<string[]> {
  const orders = new Map(
    shop.orderStorage.streamIds.map((id) => [id, replay(orderStreams, shop.orderStorage.history(id))]),
  );
  return [
    ...watch.violations,
    ...moneyViolations(shop, watch, orders),
    ...stockViolations(shop, orders),
    ...endViolations(orders, history),
    ...eventViolations(shop),
    ...answerViolations(history, orders),
    ...(await cartViolations(shop, orders)),
  ];
}

const isPaid = (order: Order | undefined): boolean => order?.phase === 'paid';

/** I1, I4 and I9: money taken is money of paid orders, nothing stays authorized, and the books balance. */
function moneyViolations(shop: Shop, { movements }: Watch, orders: ReadonlyMap<string, Order>): string[] {
  const found: string[] = [];
  const taken = new Map<string, number>();
  const add = (orderId: string, amountMinor: number) => taken.set(orderId, (taken.get(orderId) ?? 0) + amountMinor);
  for (const { kind, orderId, amountMinor } of movements) {
    if (kind === 'captured') add(orderId, amountMinor);
    if (kind === 'refunded') add(orderId, -amountMinor);
  }
  const { payments, transactions } = shop.payments.book;
  for (const payment of payments.values())
    if (payment.provider === 'manual') add(payment.paymentKey, payment.capturedMinor - payment.refundedMinor);
  for (const [checkoutId, order] of orders) {
    const owed = order.phase === 'paid' ? order.details.quote.totalMinor : 0;
    const got = taken.get(orderIdOf(checkoutId)) ?? 0;
    if (got !== owed) found.push(`I1 ${checkoutId} is ${order.phase}: ${got} taken, ${owed} owed`);
    taken.delete(orderIdOf(checkoutId));
  }
  for (const [orderId, got] of taken) if (got !== 0) found.push(`I1 ${got} taken for ${orderId}, which is no order`);
  for (const { id, orderId, status } of shop.bank.state.intents.values())
    if (status === 'requires_capture' || status === 'requires_action')
      found.push(`I4 the payment ${id} of ${orderId} is left in ${status}`);
  // Goods are committed before money is taken, so there is never a reason to give money back.
  for (const { id } of transactions) if (id.includes('/refund/')) found.push(`I1 money was taken for nothing: ${id}`);
  for (const { kind, orderId } of movements)
    if (kind === 'refunded') found.push(`I1 money of ${orderId} was taken for nothing and given back`);
  for (const { id, entries } of transactions)
    if (entries.reduce((sum, entry) => sum + entry.amountMinor, 0) !== 0)
      found.push(`I9 ${id} does not add up to zero`);
  for (const { paymentKey, capturedMinor, refundedMinor } of payments.values()) {
    const booked = transactions
      .filter(({ id }) => id.startsWith(`${paymentKey}/`))
      .flatMap(({ entries }) => entries)
      .filter(({ account }) => account === 'sales-clearing')
      .reduce((sum, entry) => sum - entry.amountMinor, 0);
    if (booked !== capturedMinor - refundedMinor) found.push(`I9 the books of ${paymentKey} say ${booked}`);
  }
  return found;
}

/** I2 and I3: what is promised is what was paid for, and nothing is held for ever. */
function stockViolations(shop: Shop, orders: ReadonlyMap<string, Order>): string[] {
  const found: string[] = [];
  const sold = new Map<string, number>();
  for (const order of orders.values()) {
    if (order.phase !== 'paid') continue;
    for (const { variant, quantity } of order.details.lines)
      for (const need of variant.stockNeeds)
        sold.set(need.stockUnitId, (sold.get(need.stockUnitId) ?? 0) + need.quantity * quantity);
  }
  for (const [unitId, opening] of shop.goods.stock) {
    const { onHand, held, committed } = totalsOf(shop.stock.replayed(unitId));
    if (onHand !== opening) found.push(`I2 ${unitId} has ${onHand} on hand of ${opening}`);
    if (committed !== (sold.get(unitId) ?? 0))
      found.push(`I2 ${unitId}: ${committed} committed, ${sold.get(unitId) ?? 0} sold`);
    if (held !== 0) found.push(`I3 ${unitId} still holds ${held}`);
  }
  return found;
}

/** I7: every checkout ends, and so does every wait of a shopper. */
function endViolations(orders: ReadonlyMap<string, Order>, { unanswered }: History): string[] {
  const endless = [...orders].filter(([, { phase }]) => !['paid', 'failed', 'expired', 'canceled'].includes(phase));
  return [...endless.map(([id, { phase }]) => `I7 ${id} stays ${phase}`), ...unanswered.map((one) => `I7 ${one}`)];
}

/** I5 and I10: the events of every commit, each handled once by each subscriber, and read models that follow from them. */
function eventViolations(shop: Shop): string[] {
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
    const isSame = kept?.sequence === sequence && JSON.stringify(sorted(kept.summary)) === JSON.stringify(sorted(data));
    if (!isSame) found.push(`I10 the list of orders is wrong about ${subject}`);
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

/** What the commits of an object must have told, worked out from its events alone. */
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

/** I8: what a shopper was told is true, and stays the same under the same key. */
function answerViolations({ heard }: History, orders: ReadonlyMap<string, Order>): string[] {
  const found: string[] = [];
  const finals = new Map<string, Heard>();
  for (const answer of heard) {
    const { kind, key, status, body } = answer;
    const told = JSON.parse(body) as { id?: string; checkoutId?: string; status?: string | number; code?: string };
    const checkoutId = told.id ?? told.checkoutId ?? answer.checkoutId;
    const phase = orders.get(checkoutId)?.phase ?? 'none';
    if (told.status === 'completed' && phase !== 'paid') found.push(`I8 ${key} was told completed, it is ${phase}`);
    if (told.status === 'canceled' && phase !== 'canceled') found.push(`I8 ${key} was told canceled, it is ${phase}`);
    if (kind === 'complete' && status < 300 && !['completed', 'processing'].includes(String(told.status)))
      found.push(`I8 ${key} wished to pay and got ${status} ${told.status}`);
    const isNo = status >= 400 && status < 500 && kind !== 'cancel' && told.code !== 'request-in-progress';
    if (isNo && isPaid(orders.get(checkoutId)))
      found.push(`I8 ${key} was refused with ${told.code}, yet ${checkoutId} is paid`);
    if (status === 202 || status >= 500 || told.code === 'request-in-progress') continue;
    const before = finals.get(key);
    if (before === undefined) finals.set(key, answer);
    else if (before.status !== status || before.body !== body)
      found.push(`I8 ${key} got two answers: ${before.status} ${before.body} and ${status} ${body}`);
  }
  return found;
}

/** A cart is completed exactly when it has become one paid order. */
async function cartViolations(shop: Shop, orders: ReadonlyMap<string, Order>): Promise<string[]> {
  const found: string[] = [];
  const muchLater = shop.scheduler.now + 3 * 60 * 60 * 1000;
  for (const { cartId } of shop.goods.carts) {
    const paid = [...orders].filter(
      ([, order]) => isPaid(order) && 'details' in order && order.details.cartId === cartId,
    );
    if (paid.length > 1) found.push(`C8 ${cartId} became ${paid.length} orders`);
    const snapshot = await shop.carts.snapshot(cartId, muchLater);
    const expected = paid.length === 0 ? 'active' : 'completed';
    if (snapshot?.status !== expected)
      found.push(`C8 ${cartId} is ${snapshot?.status} with ${paid.length} paid orders`);
    if (paid.length === 1 && snapshot?.checkoutId !== paid[0]?.[0]) found.push(`C8 ${cartId} names another checkout`);
  }
  return found;
}
