/** Claims on an idempotency key: one runs, a dead one is replaced, and an answer outlives everything but its day. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commit } from '../messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../testing/d1.ts';
import { once } from './d1-idempotency.ts';
import { idempotencyKeyOf, keyScopeOf } from './idempotency.ts';
import { problem } from './problem.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
});
afterAll(() => database.close());

const actor = {
  kind: 'key' as const,
  id: 'k1',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'req_1',
  traceparent: '',
};
const start = Date.UTC(2026, 10, 20);
const minute = 60_000;

async function post(key: string, now: number, run: Parameters<typeof once>[2], who = actor) {
  const request = new Request('http://shop.test/things', { method: 'POST', headers: { 'idempotency-key': key } });
  const scope = keyScopeOf(who, undefined, undefined);
  const idempotency = await idempotencyKeyOf({ request, actor: who, scope, content: '{}', isRequired: false });
  if (idempotency instanceof Response) return idempotency;
  return once({ db: drizzle(database.db), now: () => now }, { idempotency, actor: who }, run);
}

test('a request that died leaves the key to the next one within five seconds, and tells when', async () => {
  await new Promise<void>((claimed) => {
    void post('dead', start, () => {
      claimed();
      return new Promise<Response>(() => {});
    });
  });
  const next = (now: number) => post('dead', now, async () => new Response('done', { status: 201 }));
  const told = async (now: number) => {
    const { status, headers } = await next(now);
    return [status, headers.get('retry-after')];
  };
  expect(await told(start)).toEqual([409, '5']);
  expect(await told(start + 1_600)).toEqual([409, '3']);
  expect(await told(start + 4_499)).toEqual([409, '1']);
  expect((await next(start + 4_500)).status).toBe(201);
});

test('an answer is given again for a day, and then the key is new', async () => {
  let runs = 0;
  const run = async () => {
    runs += 1;
    return new Response(`run ${runs}`, { status: 201, headers: { etag: '"1"', 'x-other': 'lost' } });
  };
  const texts = [];
  for (const now of [start, start + 1, start + 24 * 60 * minute - 1, start + 24 * 60 * minute])
    texts.push(await (await post('day', now, run)).text());
  expect(texts).toEqual(['run 1', 'run 1', 'run 1', 'run 2']);
});

test('the same key of another caller is another key', async () => {
  await post('mine', start, async () => new Response('mine'));
  const other = await post('mine', start, async () => new Response('theirs'), { ...actor, id: 'k2' });
  expect(await other.text()).toBe('theirs');
});

test('a success that was to be stored with its commit is not stored when the commit failed', async () => {
  const fails = await post('race', start, async (attempt) => {
    // The statements are made and then rolled back with everything else.
    attempt.answered({ status: 201, headers: {}, body: 'created' });
    return new Response('taken', { status: 409 });
  });
  const again = await post('race', start, async () => new Response('created', { status: 201 }));
  expect([fails.status, again.status, await again.text()]).toEqual([409, 409, 'taken']);
});

test('an answer of 202 that was stored in the commit of its effect is kept', async () => {
  const answer = { status: 202, headers: { location: '/jobs/1' }, body: 'begun' };
  const begin = (body: string) =>
    post('begun', start, async (attempt) => {
      await commit(drizzle(database.db), attempt.answered({ ...answer, body }));
      return new Response(body, answer);
    });
  await begin('begun');
  const again = await begin('begun twice');
  expect([again.status, again.headers.get('location'), await again.text()]).toEqual([202, '/jobs/1', 'begun']);
});

test('a request that runs for long keeps its key', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  try {
    const statuses: number[] = [];
    const long = await post('long', start, async () => {
      for (let seconds = 4; seconds <= 20; seconds += 4) {
        vi.advanceTimersByTime(4_000);
        const rival = await post('long', start + seconds * 1_000, async () => new Response('twice'));
        statuses.push(rival.status);
      }
      return new Response('done', { status: 201 });
    });
    expect([long.status, statuses]).toEqual([201, [409, 409, 409, 409, 409]]);
    expect(await (await post('long', start + 60 * minute, async () => new Response('twice'))).text()).toBe('done');
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['import-running', 0],
  ['request-in-progress', 0],
  ['rate-limited', 0],
  ['unavailable', 0],
  ['sku-taken', 1],
  ['unknown-product', 1],
] as const)('%s is kept %i times', async (code, kept) => {
  await post(code, start, async () => problem(code));
  const again = await post(code, start + 1, async () => new Response('made', { status: 201 }));
  expect(again.status).toBe(kept === 0 ? 201 : problem(code).status);
});

test('answers leave after their day, two for each that is kept, whether its effect kept it or not', async () => {
  const total = async () =>
    (await database.db.prepare('select count(*) as total from idempotency_keys').first<number>('total')) ?? 0;
  await database.db.exec('delete from idempotency_keys');
  for (const key of ['a', 'b', 'c', 'd', 'e']) await post(key, start, async () => new Response('old'));
  const late = start + 25 * 60 * minute;
  await post('f', late, async () => new Response('new'));
  expect(await total()).toBe(4);
  await post('g', late, async (attempt) => {
    await commit(drizzle(database.db), attempt.answered({ status: 200, headers: {}, body: 'new' }));
    return new Response('new');
  });
  expect(await total()).toBe(3);
  await post('h', late, async () => new Response('new'));
  expect(await total()).toBe(3);
});
