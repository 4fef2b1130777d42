/** The migration that lets orders be found by customer, on a database that holds orders already: all of them are guests' orders. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { hasOrdered, listOrders } from './store.ts';

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
  const all = {
    isOutstanding: false,
    status: undefined,
    paymentStatus: undefined,
    fulfillmentStatus: undefined,
    email: undefined,
  } as const;
  const listed = (customerId?: string) => listOrders(db, { ...all, customerId, after: null }, 10);
  expect(await listed()).toMatchObject([{ id: 'ord_1', customer: 'ada', customerId: null, sequence: 4 }]);
  expect(await listed('ada')).toEqual([]);
  expect(await hasOrdered(db, 'ada', 51)).toBe(true);
});
