/** Gift cards that orders sell: one for each paid unit, whatever comes twice, late or at once. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { OutgoingMessage } from '../../../shared/contracts/notifications/api.ts';
import { envelope } from '../../../shared/events/envelope.ts';
import { OrderEdited, OrderPaid, type OrderSummary } from '../../../shared/events/orders.ts';
import { databaseOf, handledEventsIn } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { lineWith, summaryWith } from '../../../shared/testing/summaries.ts';
import { makeId } from '../../../shared/values/ids.ts';
import { money } from '../../../shared/values/money.ts';
import { receiveEvents } from '../events.ts';
import { hashOfCode } from './service/codes.ts';
import { codeOfSold, type Seller } from './service/sold-cards.ts';
import { cardsByHash, listGiftCards } from './store.ts';

const secret = 'the secret';
let database: TestDatabase;
let messages: OutgoingMessage[] = [];
/** Another one in each test: what an isolate has handled it remembers. */
let eventId = '';
let tests = 0;

beforeAll(async () => {
  database = await migratedDatabase('pricing');
});
afterAll(() => database.close());
beforeEach(async () => {
  messages = [];
  tests += 1;
  eventId = `ord_1/${tests}`;
  await database.db.exec('delete from gift_cards; delete from inbox_events');
});

/** An outbox keeps the first message of a name, and answers what that says. */
const write = async (message: OutgoingMessage): Promise<string> => {
  messages.push(message);
  return JSON.stringify(messages.find(({ id }) => id === message.id));
};

const seller = (more: Partial<Seller> = {}): Seller => ({
  db: databaseOf(database.db),
  secrets: [secret],
  notifications: { send: write },
  now: () => 1_000,
  newId: (kind) => makeId(kind, { now: 1_000, random: crypto.getRandomValues(new Uint8Array(16)) }),
  ...more,
});

type Line = OrderSummary['lines'][number];

const orderWith = (...lines: Partial<Line>[]) => summaryWith({ lines: lines.map(lineWith) });
const cardLine = (lineId: string, giftCards: number, amount = 2500): Partial<Line> => {
  return { lineId, giftCards, quantity: giftCards, unitPrice: money(amount, 'EUR') };
};

/** One event of the inbox, and what became of it. */
function deliveryOf(body: unknown) {
  const state = { acked: 0, retried: 0 };
  const message = {
    body,
    attempts: 1,
    ack: () => {
      state.acked += 1;
    },
    retry: () => {
      state.retried += 1;
    },
  };
  return { state, batch: { messages: [message] } as unknown as Pick<MessageBatch, 'messages'> };
}
const factsOf = ({ orderId: subject, placedAt: time }: OrderSummary, id: string, sequence: number) => {
  return { id, subject, sequence, time, traceparent: undefined };
};
const delivery = (order: OrderSummary, id = eventId, sequence = 5) =>
  deliveryOf(envelope(OrderPaid, factsOf(order, id, sequence), order));
const edited = (order: OrderSummary, id: string, sequence: number) =>
  deliveryOf(
    envelope(OrderEdited, factsOf(order, id, sequence), { ...order, operationId: 'op_1', delta: money(0, 'EUR') }),
  );
const cards = async () =>
  (await listGiftCards(seller().db, { beforeId: null, last4: null, orderId: 'ord_1', limit: 100 })).map(
    ({ row }) => row,
  );

test('each unit of a paid line is a card of its unit price, whose code its buyer and the merchant are told', async () => {
  const order = orderWith({ lineId: 'lin_goods' }, cardLine('lin_a', 2), cardLine('lin_b', 1, 9900));
  await receiveEvents(seller(), delivery(order).batch);
  const made = await cards();
  expect(made.map(({ lineId, unit, amountMinor }) => [lineId, unit, amountMinor]).sort()).toEqual([
    ['lin_a', 1, 2500],
    ['lin_a', 2, 2500],
    ['lin_b', 1, 9900],
  ]);
  const codes = made.map((card) => codeOfSold(card, [secret]).code ?? '');
  expect(new Set(codes).size).toBe(3);
  expect(await cardsByHash(seller().db, await Promise.all(codes.map(hashOfCode)))).toHaveLength(3);
  const [message] = messages;
  expect(message).toMatchObject({ to: 'ada@example.org', template: 'gift-cards' });
  for (const code of codes) expect(JSON.stringify(message)).toContain(code);
  const stored = JSON.stringify((await database.db.prepare('select * from gift_cards').all()).results);
  for (const code of codes) expect(stored).not.toContain(code);
});

test('the code of a card is nobody’s under another secret, and that of a merchant’s card is not told', async () => {
  await receiveEvents(seller(), delivery(orderWith(cardLine('lin_a', 1))).batch);
  const [card] = await cards();
  if (card === undefined) throw new Error('A card was sold');
  expect(codeOfSold(card, ['another'])).toEqual({});
  expect(codeOfSold({ ...card, orderId: null }, [secret])).toEqual({});
});

test('under a new secret the previous one still tells the code, and what was written before a crash is issued', async () => {
  const rotated = { secrets: ['a new one', secret] } as const;
  const order = orderWith(cardLine('lin_a', 2));
  const crash = async (message: OutgoingMessage) => {
    await write(message);
    throw new Error('killed');
  };
  await receiveEvents(seller({ notifications: { send: crash } }), delivery(order).batch);
  expect(await cards()).toEqual([]);
  await receiveEvents(seller(rotated), delivery(order, `${eventId}/again`).batch);
  const told = (await cards()).map((card) => codeOfSold(card, rotated.secrets).code ?? 'none');
  expect(told).toHaveLength(2);
  for (const code of told) expect(JSON.stringify(messages[0])).toContain(code);
  await receiveEvents(seller(rotated), delivery({ ...order, orderId: 'ord_2' }, `${eventId}/other`).batch);
  const [added] = (await listGiftCards(seller().db, { beforeId: null, last4: null, orderId: 'ord_2', limit: 1 })).map(
    ({ row }) => row,
  );
  if (added === undefined) throw new Error('A card was sold');
  expect(codeOfSold(added, ['a new one']).code).toMatch(/^[0-9A-Z-]{19}$/);
  expect(codeOfSold(added, [secret])).toEqual({});
});

test('an event that comes again, at once or as another, issues nothing twice', async () => {
  const order = orderWith(cardLine('lin_a', 3));
  await Promise.all([1, 2, 3].map(() => receiveEvents(seller(), delivery(order).batch)));
  await receiveEvents(seller(), delivery(order).batch);
  await receiveEvents(seller(), delivery(order, `${eventId}/paid`).batch);
  expect(await cards()).toHaveLength(3);
  expect(new Set(messages.map(({ id }) => id))).toEqual(new Set(['gift-cards:ord_1/5']));
});

test('an order that is paid again with more units gets the cards that it lacks', async () => {
  await receiveEvents(seller(), delivery(orderWith(cardLine('lin_a', 1))).batch);
  await receiveEvents(seller(), delivery(orderWith(cardLine('lin_a', 2)), `${eventId}/paid`).batch);
  expect(await cards()).toHaveLength(2);
  const told = messages.map(({ facts }) => ('cards' in facts ? facts.cards.length : 0));
  expect(told).toEqual([1, 1]);
});

test('an edit of a paid order issues what it adds, once with the payment of the same moment; one that is owed for waits', async () => {
  const order = orderWith(cardLine('lin_a', 2));
  await receiveEvents(seller(), edited({ ...order, status: 'confirmed' }, `${eventId}/1`, 6).batch);
  expect([await cards(), messages]).toEqual([[], []]);
  const both = [edited(order, `${eventId}/2`, 7), delivery(order, `${eventId}/2/paid`, 7)];
  await receiveEvents(seller(), { messages: both.flatMap(({ batch }) => [...batch.messages]) });
  expect(await cards()).toHaveLength(2);
  expect(new Set(messages.map(({ id }) => id))).toEqual(new Set(['gift-cards:ord_1/7']));
});

test('while the message cannot be written the event comes again, and is proven only with its cards', async () => {
  const { batch, state } = delivery(orderWith(cardLine('lin_a', 1)));
  const send = async () => {
    throw new Error('notifications is down');
  };
  await receiveEvents(seller({ notifications: { send } }), batch);
  expect(state).toEqual({ acked: 0, retried: 1 });
  expect(await handledEventsIn(seller().db, [eventId])).toEqual([]);
  await receiveEvents(seller(), batch);
  expect(state).toEqual({ acked: 1, retried: 1 });
  expect(await cards()).toHaveLength(1);
  expect(messages).toHaveLength(1);
});

test('goods, and cards that cost nothing, issue none', async () => {
  const { batch, state } = delivery(orderWith({ lineId: 'lin_goods' }, cardLine('lin_free', 2, 0)));
  await receiveEvents(seller(), batch);
  expect([await cards(), messages, state.acked]).toEqual([[], [], 1]);
});
