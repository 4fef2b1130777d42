/** Outbox and inbox on a real database: what is kept only for a time leaves again, without a batch that pays for many. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../testing/d1.ts';
import { dayMs } from '../values/time.ts';
import { d1InboxPort, d1OutboxPort, databaseOf } from './d1.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
});
afterAll(() => database.close());

const idsIn = async (table: string, order: string) =>
  (
    await database.db
      .prepare(`select event_id as id from ${table} order by ${order}, event_id`)
      .all<{ readonly id: string }>()
  ).results.map(({ id }) => id);

test('ids of handled events leave after two weeks, the oldest first, two for each that comes', async () => {
  const apply = (day: number, ...ids: readonly string[]) =>
    d1InboxPort(databaseOf(database.db), day * dayMs).apply([], ids);
  await apply(0, 'a', 'b', 'c', 'd', 'e');
  await apply(14, 'f');
  expect(await idsIn('inbox_events', 'handled_at')).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  await apply(15, 'g');
  expect(await idsIn('inbox_events', 'handled_at')).toEqual(['c', 'd', 'e', 'f', 'g']);
  await apply(15, 'h', 'i');
  expect(await idsIn('inbox_events', 'handled_at')).toEqual(['f', 'g', 'h', 'i']);
  await apply(16, 'j');
  expect(await idsIn('inbox_events', 'handled_at')).toEqual(['f', 'g', 'h', 'i', 'j']);
});

test('open events are read in the order in which they were written, also within a millisecond', async () => {
  const insert = database.db.prepare(
    "insert into outbox (event_id, envelope, pending, created_at) values (?, '{}', '[]', 1)",
  );
  await database.db.batch(['z', 'm', 'a'].map((id) => insert.bind(id)));
  const open = d1OutboxPort(databaseOf(database.db), {}).open;
  expect((await open(2, 0)).map(({ eventId }) => eventId)).toEqual(['z', 'm']);
  expect((await open(2, 2)).map(({ eventId }) => eventId)).toEqual(['a']);
});
