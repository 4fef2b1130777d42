/** The migration that lets orders be found by customer, on a database that holds orders already: all of them are guests' orders. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { listOrders } from './store/order-lists.ts';
import { hasOrdered } from './store/orders.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('orders');
});
afterAll(() => database.close());

test('orders of before are there still, and of no customer', async () => {
  await database.migrate(3);
  await database.db.exec(
    `insert into orders values ('ord_1', 'chk_1', 'N-1', 'paid', 'ada@example.org', 'EUR', 100, 100, 'manual', 1, 50, 4, 0, 'captured', 'unfulfilled', 'ada')`,
  );
  await database.migrate();
  const db = drizzle(database.db);
  const listed = (customerId?: string) =>
    listOrders(db, { filter: { customerId }, sort: '-placedAt', after: null, limit: 10 });
  expect(await listed()).toMatchObject([{ id: 'ord_1', customer: 'ada', customerId: null, sequence: 4 }]);
  const found = await listOrders(db, { filter: { q: 'n-1' }, sort: 'number', after: null, limit: 10 });
  expect(found).toMatchObject([{ id: 'ord_1', tags: [], updatedAt: 50 }]);
  expect(await listed('ada')).toEqual([]);
  expect(await hasOrdered(db, 'ada', 51)).toBe(true);
});

test('orders of which money was still to be taken are confirmed, and none owes anything yet', async () => {
  const before = await emptyDatabase('orders');
  try {
    await before.migrate(5);
    for (const [id, status, payment] of [
      ['ord_1', 'placed', 'authorized'],
      ['ord_2', 'paid', 'captured'],
    ])
      await before.db.exec(
        `insert into orders values ('${id}', 'chk', 'N', '${status}', null, 'EUR', 100, 0, 'sandbox', 1, 50, 4, 0, '${payment}', 'unfulfilled', null, null)`,
      );
    await before.migrate();
    const { results } = await before.db.prepare('select id, status, outstanding_minor from orders order by id').all();
    expect(results).toEqual([
      { id: 'ord_1', status: 'confirmed', outstanding_minor: 0 },
      { id: 'ord_2', status: 'paid', outstanding_minor: 0 },
    ]);
  } finally {
    await before.close();
  }
});
