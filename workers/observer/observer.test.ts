/** Dead letters on a real database, and health: nothing is lost, nothing is sent twice unasked, a dead part is named. */
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeadLetter } from '../../shared/contracts/observer/http.ts';
import { type Actor, actorHeader } from '../../shared/http/actor.ts';
import { migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { makeId } from '../../shared/values/ids.ts';
import { accept } from '../../shared/values/result.ts';
import type { ObserverEnv } from './context.ts';
import { type DeadDelivery, receiveDeadLetters } from './events.ts';
import { app } from './routes.ts';
import { health } from './service/desk.ts';
import type { Probe } from './service/probes.ts';
import { type Arrival, countOpenLetters, keepLetters, replayedRetentionMs } from './store.ts';

const start = Date.UTC(2026, 10, 21);
const actor: Actor = {
  kind: 'key',
  id: 'admin',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_test',
  traceparent: '',
};
const ordersDead = 'vitrine-orders-inbox-dead';

let database: TestDatabase;
let db: DrizzleD1Database;
let env: ObserverEnv;
let sent: { readonly inbox: string; readonly body: unknown }[] = [];
let isQueueDown = false;
let now = start;
let made = 0;

const inboxOf = (inbox: string) => ({
  send: async (body: unknown) => {
    if (isQueueDown) throw new Error('the queue is down');
    sent.push({ inbox, body });
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  },
});
const inbox = { handledEvents: async () => [] };
const worker = { fetch: async () => new Response(null, { status: 404 }) };

/** A shop in which every part answers. */
const wholeShop = (): ObserverEnv => ({
  ...{ DB: database.db, CART: worker, PAYMENTS: worker },
  ...{ CATALOG: inbox, INVENTORY: inbox, ORDERS: inbox, NOTIFICATIONS: inbox },
  PRICING: { market: async () => accept({ marketId: 'mkt_1', country: 'DE', currency: 'EUR' }) },
  CATALOG_INBOX: inboxOf('catalog'),
  INVENTORY_INBOX: inboxOf('inventory'),
  ORDERS_INBOX: inboxOf('orders'),
  NOTIFICATIONS_INBOX: inboxOf('notifications'),
  PRICING_INBOX: inboxOf('pricing'),
});

beforeAll(async () => {
  database = await migratedDatabase('observer');
  db = drizzle(database.db);
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.exec('DELETE FROM dead_letters');
  sent = [];
  env = wholeShop();
  isQueueDown = false;
  now = start;
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

class Message implements DeadDelivery {
  readonly attempts = 1;
  outcome = 'open';
  readonly id: string;
  readonly body: unknown;
  constructor(id: string, body: unknown) {
    this.id = id;
    this.body = body;
  }
  ack(): void {
    this.outcome = 'acknowledged';
  }
  retry(): void {
    this.outcome = 'again';
  }
}

const newId = () => {
  made += 1;
  return makeId('deadLetter', { now: start + made, random: new Uint8Array(16) });
};

async function die(
  messages: readonly Message[],
  queue = ordersDead,
  keep = (arrivals: readonly Arrival[]) => keepLetters(db, arrivals),
): Promise<string[]> {
  await receiveDeadLetters({ queue, messages }, keep, { now, newId, report: () => {} });
  return messages.map((message) => message.outcome);
}

const event = (id: string) => ({ id, type: 'orders.order-paid.v1', data: { text: 'ü 😀' } });

async function ask(method: string, path: string, headers: Record<string, string> = {}) {
  const request = new Request(`http://observer${path}`, {
    method,
    headers: { [actorHeader]: JSON.stringify(actor), ...headers },
  });
  vi.setSystemTime(now);
  const response = await app.fetch(request, env);
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

async function theLetter(): Promise<DeadLetter> {
  const { body } = await ask('GET', '/admin/v1/dead-letters');
  expect(body.items).toHaveLength(1);
  return body.items[0];
}

test('the migration turns an empty database into one without letters', async () => {
  const fresh = await migratedDatabase('observer');
  expect(await countOpenLetters(drizzle(fresh.db))).toBe(0);
  await fresh.close();
});

describe('a dead message', () => {
  test('is stored with what is known of it, then acknowledged', async () => {
    expect(await die([new Message('m1', event('evt_1'))])).toEqual(['acknowledged']);
    expect(await theLetter()).toEqual({
      id: expect.stringMatching(/^ded_/),
      status: 'open',
      queue: ordersDead,
      subscriber: 'orders',
      eventId: 'evt_1',
      eventType: 'orders.order-paid.v1',
      deaths: 1,
      firstDeadAt: '2026-11-21T00:00:00.000Z',
      deadAt: '2026-11-21T00:00:00.000Z',
      replayedAt: null,
      body: event('evt_1'),
    });
  });

  test('delivered twice is one death; sent and dead again it is another of the same letter', async () => {
    await die([new Message('m1', event('evt_1'))]);
    await die([new Message('m1', event('evt_1'))]);
    expect(await theLetter()).toMatchObject({ deaths: 1 });
    now += 60_000;
    await die([new Message('m2', event('evt_1'))]);
    expect(await theLetter()).toMatchObject({
      deaths: 2,
      firstDeadAt: '2026-11-21T00:00:00.000Z',
      deadAt: '2026-11-21T00:01:00.000Z',
    });
  });

  test('of two inboxes is two letters', async () => {
    await die([new Message('m1', event('evt_1'))]);
    await die([new Message('m1', event('evt_1'))], 'vitrine-catalog-inbox-dead');
    expect((await ask('GET', '/admin/v1/dead-letters')).body.items).toHaveLength(2);
  });

  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  test.each([
    { body: null },
    { body: 'text' },
    { body: undefined },
    { body: 12n },
    { body: cycle },
    { body: { id: 7 } },
  ])('is stored whatever its body is', async ({ body }) => {
    expect(await die([new Message('m1', body)])).toEqual(['acknowledged']);
    expect(await theLetter()).toMatchObject({ eventId: null, status: 'open' });
  });

  test('that cannot be stored is asked for again and takes no other with it', async () => {
    const picky = async (arrivals: readonly Arrival[]) => {
      if (arrivals.some((arrival) => arrival.eventId === 'bad')) throw new Error('refused');
      await keepLetters(db, arrivals);
    };
    const messages = ['a', 'bad', 'c'].map((id) => new Message(id, event(id)));
    expect(await die(messages, ordersDead, picky)).toEqual(['acknowledged', 'again', 'acknowledged']);
  });
});

describe('a replay', () => {
  test('sends the stored body to the inbox that gave up and marks the letter', async () => {
    await die([new Message('m1', event('evt_1'))]);
    const { id } = await theLetter();
    now += 1000;
    const answer = await ask('POST', `/admin/v1/dead-letters/${id}/replay`);
    expect(answer).toMatchObject({
      status: 200,
      body: { id, status: 'replayed', replayedAt: '2026-11-21T00:00:01.000Z' },
    });
    expect(sent).toEqual([{ inbox: 'orders', body: event('evt_1') }]);
  });

  test('of a replayed letter is refused unless it is forced', async () => {
    await die([new Message('m1', event('evt_1'))]);
    const path = `/admin/v1/dead-letters/${(await theLetter()).id}/replay`;
    await ask('POST', path);
    expect(await ask('POST', path)).toMatchObject({
      status: 409,
      body: { code: 'already-replayed', replayedAt: '2026-11-21T00:00:00.000Z' },
    });
    expect(sent).toHaveLength(1);
    expect((await ask('POST', `${path}?force=true`)).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  test('repeated under its idempotency key gets its answer again and sends nothing', async () => {
    await die([new Message('m1', event('evt_1'))]);
    const path = `/admin/v1/dead-letters/${(await theLetter()).id}/replay`;
    const first = await ask('POST', path, { 'idempotency-key': 'once' });
    const again = await ask('POST', path, { 'idempotency-key': 'once' });
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await ask('POST', path, { 'idempotency-key': 'twice' })).status).toBe(409);
    expect(sent).toHaveLength(1);
  });

  test('that the queue does not take leaves the letter open', async () => {
    await die([new Message('m1', event('evt_1'))]);
    isQueueDown = true;
    const answer = await ask('POST', `/admin/v1/dead-letters/${(await theLetter()).id}/replay`);
    expect(answer.status).toBe(500);
    expect(await theLetter()).toMatchObject({ status: 'open' });
  });

  test('that dies again opens the letter again', async () => {
    await die([new Message('m1', event('evt_1'))]);
    const path = `/admin/v1/dead-letters/${(await theLetter()).id}/replay`;
    await ask('POST', path);
    await die([new Message('m2', event('evt_1'))]);
    expect(await theLetter()).toMatchObject({ status: 'open', deaths: 2, replayedAt: '2026-11-21T00:00:00.000Z' });
    expect((await ask('POST', path)).status).toBe(200);
  });

  test('of a letter from an unknown queue is refused, of an unknown letter not found', async () => {
    await die([new Message('m1', event('evt_1'))], 'somebody-elses-dead');
    const letter = await theLetter();
    expect(letter.subscriber).toBeNull();
    expect(await ask('POST', `/admin/v1/dead-letters/${letter.id}/replay`)).toMatchObject({
      status: 409,
      body: { code: 'unknown-inbox' },
    });
    expect((await ask('POST', `/admin/v1/dead-letters/${newId()}/replay`)).status).toBe(404);
    expect((await ask('GET', `/admin/v1/dead-letters/${newId()}`)).status).toBe(404);
  });
});

describe('the list of dead letters', () => {
  test('gives every letter once over its pages, newest first, and only those of a status', async () => {
    await die(Array.from({ length: 5 }, (_, index) => new Message(`m${index}`, event(`evt_${index}`))));
    const seen: (string | null)[] = [];
    let path: string | null = '/admin/v1/dead-letters?limit=2&status=open';
    for (let turns = 0; path !== null && turns < 10; turns += 1) {
      const page = await ask('GET', path);
      seen.push(...page.body.items.map((letter: DeadLetter) => letter.eventId));
      path = /^<(.+)>/.exec(page.headers.get('link') ?? '')?.[1] ?? null;
      if (turns === 0) await die([new Message('new', event('evt_new'))]);
    }
    expect(seen).toEqual(['evt_4', 'evt_3', 'evt_2', 'evt_1', 'evt_0']);
    expect((await ask('GET', '/admin/v1/dead-letters?status=replayed')).body.items).toEqual([]);
    expect((await ask('GET', '/admin/v1/dead-letters?cursor=nonsense')).body.code).toBe('invalid-cursor');
  });
});

describe('what is kept for a time', () => {
  test('letters that were sent again leave after 90 days, and open ones stay', async () => {
    await die([1, 2, 3, 4].map((number) => new Message(`m${number}`, event(`evt_${number}`))));
    const { body } = await ask('GET', '/admin/v1/dead-letters');
    const [fourth, ...older] = body.items;
    for (const { id } of older) await ask('POST', `/admin/v1/dead-letters/${id}/replay`);
    const kept = async () =>
      (await ask('GET', '/admin/v1/dead-letters')).body.items.map((letter: DeadLetter) => letter.eventId);
    now += replayedRetentionMs;
    await die([new Message('m5', event('evt_5'))]);
    expect(await kept()).toEqual(['evt_5', 'evt_4', 'evt_3', 'evt_2', 'evt_1']);
    now += 1;
    await die([new Message('m6', event('evt_6'))]);
    expect(await kept()).toHaveLength(4);
    await die([new Message('m7', event('evt_7'))]);
    expect(await kept()).toEqual(['evt_7', 'evt_6', 'evt_5', fourth.eventId]);
  });
});

describe('health', () => {
  test('is ok when every part answers and no letter is open', async () => {
    const { body } = await ask('GET', '/admin/v1/health');
    expect(body).toMatchObject({ status: 'ok', openDeadLetters: 0 });
    expect(
      body.parts.map((part: { name: string; status: string; reaches: string }) => [
        part.name,
        part.status,
        part.reaches,
      ]),
    ).toEqual([
      ['catalog', 'ok', 'database'],
      ['pricing', 'ok', 'worker'],
      ['cart', 'ok', 'worker'],
      ['inventory', 'ok', 'database'],
      ['orders', 'ok', 'database'],
      ['payments', 'ok', 'worker'],
      ['notifications', 'ok', 'database'],
      ['observer', 'ok', 'database'],
    ]);
  });

  test('names the part that fails, with its reason', async () => {
    const refuse = async () => Promise.reject(new Error('no such table'));
    env = {
      ...wholeShop(),
      ORDERS: { handledEvents: refuse },
      CART: { fetch: async () => new Response(null, { status: 500 }) },
    };
    const { status, body } = await ask('GET', '/admin/v1/health');
    expect(status).toBe(200);
    expect(body.status).toBe('degraded');
    expect(body.parts.filter((part: { status: string }) => part.status !== 'ok')).toMatchObject([
      { name: 'cart', status: 'failed', error: 'answered 500' },
      { name: 'orders', status: 'failed', error: 'no such table' },
    ]);
  });

  test('is degraded while a dead letter is open', async () => {
    await die([new Message('m1', event('evt_1'))]);
    expect((await ask('GET', '/admin/v1/health')).body).toMatchObject({ status: 'degraded', openDeadLetters: 1 });
  });

  test('does not wait for a part that never answers', async () => {
    vi.useFakeTimers();
    const silent: Probe = { name: 'orders', reaches: 'database', ask: () => new Promise(() => {}) };
    const answer = health(
      [silent],
      async () => 0,
      () => now,
    );
    await vi.advanceTimersByTimeAsync(3000);
    vi.useRealTimers();
    const { parts } = await answer;
    expect(parts[0]).toMatchObject({ name: 'orders', status: 'failed', error: 'no answer within 3000 ms' });
  });
});
