/** The event log on a real database: each event once, in the order of arrival, whatever the queue does. */
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoggedEvent } from '../../shared/contracts/notifications/http.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { type Actor, actorHeader } from '../../shared/http/actor.ts';
import type { Delivery } from '../../shared/messaging/inbox.ts';
import { migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { receiveEvents } from './events.ts';
import { app } from './routes.ts';
import { appendEvents, eventsAfter, knownEvents } from './store.ts';

const now = Date.UTC(2026, 10, 21);
const actor: Actor = {
  kind: 'key',
  id: 'admin',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_test',
  traceparent: '',
};

let database: TestDatabase;
let db: DrizzleD1Database;

beforeAll(async () => {
  database = await migratedDatabase('notifications');
  db = drizzle(database.db);
});
afterAll(() => database.close());

function event(id: string, changes: Partial<Envelope> = {}): Envelope {
  return {
    specversion: '1.0',
    id,
    source: '/orders',
    type: 'orders.order-placed.v1',
    subject: 'ord_1',
    time: '2026-11-21T00:00:00.000Z',
    sequence: 1,
    datacontenttype: 'application/json',
    data: { text: 'ü "quoted" \u2028 😀', amount: 12345678901234 },
    ...changes,
  };
}

/** A message of the queue that remembers how it ended. */
class Message implements Delivery {
  readonly attempts = 1;
  outcome = 'open';
  readonly body: unknown;
  constructor(body: unknown) {
    this.body = body;
  }
  ack(): void {
    this.outcome = 'acknowledged';
  }
  retry(): void {
    this.outcome = 'again';
  }
}

const reports: string[] = [];

async function deliver(...bodies: unknown[]): Promise<string[]> {
  const messages = bodies.map((body) => new Message(body));
  const append = (envelopes: readonly Envelope[]) => appendEvents(db, envelopes, now);
  await receiveEvents(messages, append, (message) => reports.push(message));
  return messages.map((message) => message.outcome);
}

async function ask(path: string) {
  const request = new Request(`http://notifications${path}`, { headers: { [actorHeader]: JSON.stringify(actor) } });
  const response = await app.fetch(request, { DB: database.db });
  return { status: response.status, link: response.headers.get('link'), body: JSON.parse(await response.text()) };
}

test('the migration turns an empty database into an empty log', async () => {
  const fresh = await migratedDatabase('notifications');
  expect(await eventsAfter(drizzle(fresh.db), { after: 0, limit: 1 })).toEqual([]);
  await fresh.close();
});

describe('a batch of events', () => {
  test('is logged in its order and comes back as it was', async () => {
    const batch = [
      event('one-b'),
      event('one-a', { sequence: 2, traceparent: '00-1-2-01' }),
      event('one-c', { sequence: 3 }),
    ];
    expect(await deliver(...batch)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    const { body } = await ask('/admin/v1/events?subject=ord_1');
    expect(body.items.map(({ position: _, receivedAt: __, ...rest }: LoggedEvent) => rest)).toEqual(batch);
    expect(body.items[0].receivedAt).toBe('2026-11-21T00:00:00.000Z');
  });

  test('delivered twice, or with copies in itself, is logged once', async () => {
    const batch = [
      event('two-a', { subject: 'ord_2' }),
      event('two-b', { subject: 'ord_2' }),
      event('two-a', { subject: 'ord_2' }),
    ];
    await deliver(...batch);
    expect(await deliver(...batch)).toEqual(['acknowledged', 'acknowledged', 'acknowledged']);
    const { body } = await ask('/admin/v1/events?subject=ord_2');
    expect(body.items.map((item: LoggedEvent) => item.id)).toEqual(['two-a', 'two-b']);
  });

  test('with an unreadable event keeps the others and asks for that one again', async () => {
    expect(await deliver({ id: 'three' }, event('three-b'), 'text', null)).toEqual([
      'again',
      'acknowledged',
      'again',
      'again',
    ]);
    expect(await knownEvents(db, ['three', 'three-b'])).toEqual(['three-b']);
  });

  test('larger than one value of D1 is logged in several commits', async () => {
    const data = { filler: 'x'.repeat(120_000) };
    const batch = Array.from({ length: 20 }, (_, index) => event(`large-${index}`, { subject: 'ord_large', data }));
    expect(new Set(await deliver(...batch))).toEqual(new Set(['acknowledged']));
    expect(
      await knownEvents(
        db,
        batch.map(({ id }) => id),
      ),
    ).toHaveLength(20);
  });

  test('that the database refuses is tried one by one, and only the bad ones come again', async () => {
    const seen: string[][] = [];
    const messages = ['a', 'bad', 'c'].map((id) => new Message(event(id)));
    const picky = async (envelopes: readonly Envelope[]) => {
      seen.push(envelopes.map(({ id }) => id));
      if (envelopes.some(({ id }) => id === 'bad')) throw new Error('refused');
    };
    await receiveEvents(messages, picky, () => {});
    expect(messages.map(({ outcome }) => outcome)).toEqual(['acknowledged', 'again', 'acknowledged']);
    expect(seen).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  test('costs one statement', async () => {
    const statements: number[] = [];
    await receiveEvents(
      Array.from({ length: 100 }, (_, index) => new Message(event(`many-${index}`))),
      async (envelopes) => void statements.push(envelopes.length),
      () => {},
    );
    expect(statements).toEqual([100]);
  });
});

describe('the proof of handling', () => {
  test('names what is in the log, for a thousand ids in one question', async () => {
    await deliver(event('proof'));
    const asked = [...Array.from({ length: 999 }, (_, index) => `unknown-${index}`), 'proof'];
    expect(await knownEvents(db, asked)).toEqual(['proof']);
    expect(await knownEvents(db, [])).toEqual([]);
  });
});

describe('the change feed', () => {
  test('read page by page gives every event once while others arrive', async () => {
    const first = await ask('/admin/v1/events?limit=1');
    const seen: number[] = first.body.items.map((item: LoggedEvent) => item.position);
    for (let path = first.link, turns = 0; path !== null && turns < 1000; turns += 1) {
      if (turns === 3) await deliver(event('late', { subject: 'ord_late' }));
      const page = await ask(/^<(.+)>/.exec(path)?.[1]?.replace('limit=1', 'limit=7') ?? '');
      seen.push(...page.body.items.map((item: LoggedEvent) => item.position));
      path = page.link;
    }
    const everything = await eventsAfter(db, { after: 0, limit: 10_000 });
    expect(everything.at(-1)?.eventId).toBe('late');
    expect(seen).toEqual(everything.map((row) => row.position));
  });

  test('can be narrowed to a type and a subject', async () => {
    await deliver(
      event('paid', { type: 'orders.order-paid.v1', subject: 'ord_paid' }),
      event('placed', { subject: 'ord_paid' }),
    );
    const { body } = await ask('/admin/v1/events?type=orders.order-paid.v1&subject=ord_paid');
    expect(body.items.map((item: LoggedEvent) => item.id)).toEqual(['paid']);
    expect(body.next).toBeNull();
  });

  test('shows one event by its id, or not found', async () => {
    expect(await ask('/admin/v1/events/one-a')).toMatchObject({ status: 200, body: { id: 'one-a', sequence: 2 } });
    expect(await ask('/admin/v1/events/nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  test.each(['after=-1', 'after=x', 'limit=0', 'limit=101', 'cursor=1', 'type=a&type=b'])(
    'refuses ?%s by its field',
    async (query) => {
      const { status, body } = await ask(`/admin/v1/events?${query}`);
      expect(status).toBe(400);
      expect(body.errors[0].pointer).toBe(`/query/${query.split('=')[0]}`);
    },
  );
});
