/** The statements that several Workers share: outbox, inbox, idempotency keys and long lists, on the database of one that has them all. */
import { mock } from 'node:test';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { advanceBulk, startBulk } from '../../../shared/bulk/jobs.ts';
import { loadBulk, nextBulkPart, noteBulkAttempt, resultsAfter } from '../../../shared/bulk/store.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { once } from '../../../shared/http/d1-idempotency.ts';
import {
  commit,
  d1InboxPort,
  d1OutboxPort,
  databaseOf,
  handledEventsIn,
  publish,
} from '../../../shared/messaging/d1.ts';
import { minuteMs } from '../../../shared/values/time.ts';

const actor: Actor = {
  kind: 'key',
  id: 'k1',
  scopes: ['*'],
  region: 'weur',
  country: null,
  requestId: 'r1',
  traceparent: '',
};

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  const envelope = {
    specversion: '1.0',
    id: 'e1',
    source: '/catalog',
    type: 'catalog.product-changed.v1',
    subject: 'prd_1',
    time: '2026-11-21T00:00:00.000Z',
    sequence: 1,
    datacontenttype: 'application/json',
    data: {},
  } as const;
  await commit(db, publish(db, [envelope, { ...envelope, id: 'e2' }], 0));
  const outbox = d1OutboxPort(db, {});
  await outbox.open(500, 0);
  await outbox.settle([
    { eventId: 'e1', pending: [] },
    { eventId: 'e2', pending: ['notifications'] },
  ]);
  const inbox = d1InboxPort(db, 0);
  await inbox.handledAmong(['e1']);
  await inbox.apply([], ['e1']);
  await handledEventsIn(db, ['e3']);

  const ask = (status: number, work: () => Promise<unknown> = async () => {}) => {
    const call = { idempotency: { key: `k${status}`, fingerprint: 'f' }, actor };
    return once({ db, now: () => 0 }, call, async (attempt) => {
      await work();
      await commit(db, attempt.answered({ status, headers: {}, body: '{}' }));
      return new Response('{}', { status });
    });
  };
  // An answer that is kept, given again, and given up.
  for (const status of [201, 201, 503]) await ask(status);
  mock.timers.enable({ apis: ['setInterval'] });
  await ask(200, async () => mock.timers.tick(minuteMs));
  mock.timers.reset();
  await tourOfBulk(db);
}

/** A list of two parts: one is taken, one is given up. */
async function tourOfBulk(db: DrizzleD1Database): Promise<void> {
  const list = { id: 'job_1', parts: [[1], [2]], now: 1 };
  const settings = { actor: 'k1', reason: '', traceparent: '' };
  await startBulk({ db, arm: async () => {} }, { ...list, settings }, () => []);
  const result = { row: 1, sku: 'A', status: 'done', reason: null } as const;
  await advanceBulk({ db, now: () => 2, take: (_part, done) => commit(db, done([result])) });
  const part = await nextBulkPart(db);
  if (part === null) throw new Error('A list with two parts ended after one');
  for (const error of [null, 'It was given up.']) await noteBulkAttempt(db, part.job, 3, error);
  await loadBulk(db, 'job_1');
  await resultsAfter(db, 'job_1', -1);
}
