/** Orders are listed ahead of the relay, which then has nothing to send to the list. */

import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { envelope } from '../../../shared/events/envelope.ts';
import { OrderPaid, OrderPlaced } from '../../../shared/events/orders.ts';
import { type ReachEnv, reachesOf } from '../../../shared/messaging/reach.ts';
import { reachPort } from '../../../shared/messaging/relay-port.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { patience } from '../../../shared/testing/patience.ts';
import { summaryWith } from '../../../shared/testing/summaries.ts';
import { money } from '../../../shared/values/money.ts';
import { listSoon } from './prompt-list.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('orders');
});
afterAll(() => database.close());

const summary = summaryWith({ status: 'placed', captured: money(0, 'EUR'), paymentStatus: 'authorized' });
const factsOf = (sequence: number) => ({
  id: `ord_1/${sequence}`,
  subject: 'ord_1',
  sequence,
  time: summary.placedAt,
  traceparent: undefined,
});
const placed = envelope(OrderPlaced, factsOf(4), summary);
const paid = envelope(OrderPaid, factsOf(5), { ...summary, status: 'paid', paymentStatus: 'captured' });

const listed = async () =>
  (await database.db.prepare('select id, payment_status from orders').all<{ payment_status: string }>()).results;

/** The relay of an Order object, and to whom it has sent. */
function relayPort() {
  const sent: string[] = [];
  const queue = (name: string) =>
    ({
      sendBatch: async (messages: readonly unknown[]) => void sent.push(`${messages.length} to ${name}`),
    }) as unknown as Queue;
  const env: ReachEnv<'orders'> = {
    DB: database.db,
    ORDERS_INBOX: queue('orders'),
    NOTIFICATIONS_INBOX: queue('notifications'),
    PRICING_INBOX: queue('pricing'),
    NOTIFICATIONS: { handledEvents: async () => [] },
    PRICING: { handledEvents: async () => [] },
  };
  return { sent, port: reachPort(reachesOf('orders', env)) };
}

test('an order is in the list at once as its newest event says, and the queue brings only what others want', async () => {
  const db = drizzle(database.db);
  listSoon(db, [placed]);
  listSoon(db, [paid]);
  await expect.poll(listed, patience).toEqual([{ id: 'ord_1', payment_status: 'captured' }]);

  const { sent, port } = relayPort();
  expect(await port.handled('orders', [placed.id, paid.id])).toEqual([placed.id, paid.id]);
  await port.send('orders', [placed, paid], 1_000);
  await port.send('notifications', [placed, paid], 1_000);
  expect(sent).toEqual(['2 to notifications']);
});

test('what could not be listed at once is reported, and left to the queue', async () => {
  const reported = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const unlisted = envelope(OrderPaid, factsOf(6), { ...summary, status: 'paid' });
  const broken = await migratedDatabase('orders');
  await broken.db.exec('drop table orders');
  listSoon(drizzle(broken.db), [unlisted]);
  await expect.poll(() => reported.mock.calls.length, patience).toBe(1);
  expect(String(reported.mock.calls[0]?.[0])).toContain('orders are listed late');

  const { sent, port } = relayPort();
  await port.send('orders', [unlisted], 1_000);
  expect(sent).toEqual(['1 to orders']);
  await broken.close();
  vi.restoreAllMocks();
});
