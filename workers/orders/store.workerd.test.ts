/** The read model of orders: the newest summary wins, and orders are found by where their money and goods stand. */
import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeEach, describe, expect, test } from 'vitest';
import type { OrderSummary } from '../../shared/events/orders.ts';
import { commit } from '../../shared/messaging/d1.ts';
import { hasOrdered, listOrders, type OrderFilter, orderRow, saveOrders } from './store.ts';

const database: D1Database = Reflect.get(env, 'DB');
const db = drizzle(database);

const paid: OrderSummary = {
  orderId: 'ord_1',
  checkoutId: 'chk_1',
  cartId: 'cart_1',
  number: 'WSGH-JKMN',
  status: 'paid',
  email: 'ada@example.org',
  customerId: null,
  currency: 'EUR',
  totalMinor: 2990,
  capturedMinor: 2990,
  refundedMinor: 0,
  outstandingMinor: 0,
  paymentStatus: 'captured',
  fulfillmentStatus: 'unfulfilled',
  paymentProvider: 'sandbox',
  placedAt: '2027-01-15T08:00:00.000Z',
  lines: [],
};
const all: OrderFilter = {
  status: undefined,
  isOutstanding: false,
  paymentStatus: undefined,
  fulfillmentStatus: undefined,
  email: undefined,
  customerId: undefined,
  after: null,
};

beforeEach(() => database.exec('delete from orders'));

describe('an order that goes on', () => {
  test('is listed as its newest event says, whatever arrives last', async () => {
    const shipped: OrderSummary = { ...paid, fulfillmentStatus: 'fulfilled' };
    await commit(db, saveOrders(db, [orderRow(shipped, 7, 'ada')]));
    await commit(db, saveOrders(db, [orderRow(paid, 5, 'ada')]));
    expect(await listOrders(db, all, 10)).toMatchObject([{ fulfillmentStatus: 'fulfilled', sequence: 7 }]);
  });

  test('is listed as its newest event says where several arrive together, and beside others', async () => {
    const placed: OrderSummary = { ...paid, status: 'placed', paymentStatus: 'authorized' };
    const other: OrderSummary = { ...paid, orderId: 'ord_2', number: 'ZZZZ-0000' };
    const rows = [
      orderRow(placed, 4, null),
      orderRow(paid, 5, 'ada'),
      orderRow(other, 2, null),
      orderRow(placed, 3, null),
    ];
    await commit(db, saveOrders(db, rows));
    expect(await listOrders(db, all, 10)).toMatchObject([
      { id: 'ord_2', sequence: 2, customer: null },
      { id: 'ord_1', sequence: 5, status: 'paid', customer: 'ada', placedAt: Date.parse(paid.placedAt) },
    ]);
  });

  test('is found by where its money and its goods stand', async () => {
    const refunded: OrderSummary = {
      ...paid,
      orderId: 'ord_2',
      refundedMinor: 500,
      paymentStatus: 'partially-refunded',
    };
    await commit(db, saveOrders(db, [orderRow(paid, 5, 'ada'), orderRow(refunded, 6, 'ada')]));
    const found = await listOrders(db, { ...all, paymentStatus: 'partially-refunded' }, 10);
    expect(found).toMatchObject([{ id: 'ord_2', refundedMinor: 500 }]);
    expect(await listOrders(db, { ...all, fulfillmentStatus: 'fulfilled' }, 10)).toEqual([]);
  });
});

describe('an order of a customer', () => {
  test('is found by the id of the customer, also by a later event', async () => {
    const known: OrderSummary = { ...paid, orderId: 'ord_2', customerId: 'cus_1' };
    await commit(db, saveOrders(db, [orderRow(paid, 5, 'ada'), orderRow({ ...known, status: 'placed' }, 5, 'ada')]));
    await commit(db, saveOrders(db, [orderRow(known, 6, 'ada')]));
    expect(await listOrders(db, { ...all, customerId: 'cus_1' }, 10)).toMatchObject([
      { id: 'ord_2', status: 'paid', customerId: 'cus_1' },
    ]);
    expect(await listOrders(db, { ...all, customerId: 'cus_2' }, 10)).toEqual([]);
  });

  test('is an order of both names', async () => {
    await commit(db, saveOrders(db, [orderRow({ ...paid, customerId: 'cus_1' }, 5, 'ada')]));
    const ordered = ['cus_1', 'ada', 'cus_2'].map((name) => hasOrdered(db, name, Date.parse(paid.placedAt) + 1));
    expect(await Promise.all(ordered)).toEqual([true, true, false]);
  });
});

describe('a customer', () => {
  const placedAt = Date.parse(paid.placedAt);

  test('has ordered once an order is there, and not before it was placed', async () => {
    expect(await hasOrdered(db, 'ada', placedAt + 1)).toBe(false);
    await commit(db, saveOrders(db, [orderRow(paid, 5, 'ada')]));
    expect(await hasOrdered(db, 'ada', placedAt + 1)).toBe(true);
    expect(await hasOrdered(db, 'ada', placedAt)).toBe(false);
    expect(await hasOrdered(db, 'bob', placedAt + 1)).toBe(false);
  });

  test('has not ordered where the only order was canceled', async () => {
    await commit(db, saveOrders(db, [orderRow({ ...paid, status: 'canceled' }, 5, 'ada')]));
    expect(await hasOrdered(db, 'ada', placedAt + 1)).toBe(false);
  });
});
