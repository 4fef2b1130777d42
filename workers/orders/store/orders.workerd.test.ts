/** The read model of orders: the newest summary wins, and orders are found by where their money and goods stand. */

import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeEach, describe, expect, test } from 'vitest';
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { lineWith, summaryWith } from '../../../shared/testing/summaries.ts';
import { money } from '../../../shared/values/money.ts';
import type { OrderFilter } from './order-filters.ts';
import type { OrderSort } from './order-indexes.ts';
import { listOrders as listed } from './order-lists.ts';
import { hasOrdered, orderRecord, saveOrders } from './orders.ts';

const database: D1Database = Reflect.get(env, 'DB');
const db = drizzle(database);

const paid = summaryWith();
const all: OrderFilter = {};
const updatedAt = Date.parse('2027-01-15T09:00:00.000Z');
const orderRow = (summary: OrderSummary, sequence: number, customer: string | null) =>
  orderRecord(summary, { sequence, updatedAt, customer });
const listOrders = (_db: typeof db, filter: OrderFilter, limit: number, sort: OrderSort = '-placedAt') =>
  listed(db, { filter, sort, after: null, limit });

beforeEach(() => database.exec('delete from orders; delete from order_texts'));

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

  test('is listed beside others of so many lines that no statement holds all of them', async () => {
    const title = 'Sommerhut '.repeat(60);
    const lines = Array.from({ length: 200 }, (_, index) => lineWith({ lineId: `lin_${index}`, title }));
    const large = Array.from({ length: 8 }, (_, index) =>
      orderRow({ ...paid, orderId: `ord_${index}`, lines }, 5, null),
    );
    await commit(db, saveOrders(db, large));
    expect(await listOrders(db, all, 20)).toHaveLength(8);
    expect(await listOrders(db, { q: 'sommerhut' }, 20)).toHaveLength(8);
  });

  test('is found by where its money and its goods stand', async () => {
    const refunded: OrderSummary = {
      ...paid,
      orderId: 'ord_2',
      refunded: money(500, 'EUR'),
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

describe('an order is found', () => {
  const jose: OrderSummary = {
    ...paid,
    email: 'Jose.Muller@Example.org',
    phone: '+49 (30) 123-45',
    names: ['José Müller', 'Blüten GmbH'],
    country: 'AT',
    tags: ['Groß', 'b2b'],
    lines: [lineWith({ variantTitle: 'Rot / L' })],
  };
  const yamada: OrderSummary = {
    ...paid,
    orderId: 'ord_2',
    number: 'ZZZZ-0000',
    email: 'taro@example.org',
    names: ['太郎 山田'],
    country: 'JP',
    region: 'JP-13',
    total: money(90, 'EUR'),
    placedAt: '2027-01-16T08:00:00.000Z',
  };

  beforeEach(() => commit(db, saveOrders(db, [orderRow(jose, 5, 'jose'), orderRow(yamada, 5, 'taro')])));
  const idsOf = async (filter: OrderFilter, sort?: OrderSort) =>
    (await listOrders(db, filter, 10, sort)).map(({ id }) => id);

  test.each<[OrderFilter, string[]]>([
    [{ q: 'muller' }, ['ord_1']],
    [{ q: 'MÜLL josé' }, ['ord_1']],
    [{ q: 'bluten' }, ['ord_1']],
    [{ q: '山田' }, ['ord_2']],
    [{ q: '太郎' }, ['ord_2']],
    [{ q: '山田太郎' }, ['ord_2']],
    [{ name: '山田太郎' }, ['ord_2']],
    [{ q: 'wsgh-jk' }, ['ord_1']],
    [{ q: 'WSGHJKMN' }, ['ord_1']],
    [{ q: 'jose.muller@example.org' }, ['ord_1']],
    [{ q: 'hat-1' }, ['ord_1']],
    [{ q: 'sommerhut rot' }, ['ord_1']],
    [{ q: '493012345' }, ['ord_1']],
    [{ q: 'example' }, ['ord_2', 'ord_1']],
    [{ q: 'nobody' }, []],
    [{ q: '***' }, []],
    [{ name: 'hat' }, []],
    [{ name: 'jose' }, ['ord_1']],
    [{ number: '#wsghjkmn' }, ['ord_1']],
    [{ number: 'WSGH-JKMN' }, ['ord_1']],
    [{ number: 'WSGH' }, []],
    [{ email: 'JOSE.MULLER@example.ORG' }, ['ord_1']],
    [{ sku: 'hat-1' }, ['ord_1']],
    [{ sku: 'HAT' }, []],
    [{ tags: ['groß'] }, ['ord_1']],
    [{ tags: ['GROSS', 'B2B'] }, ['ord_1']],
    [{ tags: ['b2b', 'vip'] }, []],
    [{ country: 'JP' }, ['ord_2']],
    [{ country: 'JP', regions: ['JP-13'] }, ['ord_2']],
    [{ country: 'JP', regions: ['JP-14'] }, []],
    [{ country: 'JP', regions: ['JP-13', 'JP-14'] }, ['ord_2']],
    [{ country: 'JP', regions: ['JP-13'], q: 'taro' }, ['ord_2']],
    [{ country: 'AT', regions: ['JP-13'] }, []],
    [{ country: 'JP', status: 'paid', q: 'taro' }, ['ord_2']],
    [{ country: 'AT', q: 'taro' }, []],
    [{ placedFrom: Date.parse(yamada.placedAt) }, ['ord_2']],
    [{ placedBefore: Date.parse(yamada.placedAt) }, ['ord_1']],
    [{ placedBefore: Date.parse(yamada.placedAt), q: 'example' }, ['ord_1']],
    [{ isOutstanding: true }, []],
    [{ isOutstanding: true, country: 'JP' }, []],
  ])('by %j', async (filter, ids) => {
    expect(await idsOf(filter)).toEqual(ids);
    expect(await idsOf(filter, 'placedAt')).toEqual(ids.toReversed());
  });

  test.each([
    [
      '+49 (0)30 / 765 43 21',
      ['+49307654321', '030 7654321', '7654321', '0049 30 7654321', '765-4321', 'tel:+49307654321'],
    ],
    ['+44 (0)20 7946 0991', ['+442079460991', '020 7946 0991', '02079460991', '7946 0991']],
    ['030 98765432', ['+49 30 98765432', '+49 (0)30 98765432', '030-98765432']],
    ['+33 1 23 45 67 81', ['01 23 45 67 81', '0123456781', '+33123456781', '+33 (0)1 23 45 67 81']],
    ['٠٥٠ ١٢٣ ٤٥٦٧', ['050 123 4567', '+971501234567', '٠٥٠١٢٣٤٥٦٧']],
    ['+1 555 010 0199 ext. 12', ['(555) 010-0199', '+15550100199']],
  ])('by its telephone number %s in any groups, with and without the code of its country', async (phone, typed) => {
    await commit(db, saveOrders(db, [orderRow({ ...jose, phone }, 6, 'jose')]));
    for (const q of typed) expect([q, await idsOf({ q })]).toEqual([q, ['ord_1']]);
    for (const q of ['+49 30 7654329', '020 7946 0990', '+49 30 8765432', '555 010 0198'])
      expect([q, await idsOf({ q })]).toEqual([q, []]);
  });

  test('by what it says now, and not by what it said before', async () => {
    const renamed = { ...jose, names: ['Maria Huber'], tags: [] };
    await commit(db, saveOrders(db, [orderRow(renamed, 6, 'jose')]));
    await commit(db, saveOrders(db, [orderRow(jose, 4, 'jose')]));
    expect(await idsOf({ q: 'bluten' })).toEqual([]);
    expect(await idsOf({ name: 'jose' })).toEqual([]);
    expect(await idsOf({ tags: ['b2b'] })).toEqual([]);
    expect(await idsOf({ q: 'huber' })).toEqual(['ord_1']);
    await expect(
      database.exec(`insert into order_words (order_words) values ('integrity-check')`),
    ).resolves.toBeDefined();
  });

  test.each<[OrderSort, string[]]>([
    ['-placedAt', ['ord_2', 'ord_1']],
    ['placedAt', ['ord_1', 'ord_2']],
    ['total', ['ord_2', 'ord_1']],
    ['-total', ['ord_1', 'ord_2']],
    ['number', ['ord_1', 'ord_2']],
    ['-number', ['ord_2', 'ord_1']],
    ['updatedAt', ['ord_1', 'ord_2']],
    ['-updatedAt', ['ord_2', 'ord_1']],
  ])('in the order of %s, page after page', async (sort, ids) => {
    expect(await idsOf({}, sort)).toEqual(ids);
    expect(await idsOf({ q: 'example' }, sort)).toEqual(ids);
    const [first] = await listOrders(db, {}, 1, sort);
    if (first === undefined) throw new Error('There are orders');
    const key = { total: first.totalMinor, placedAt: first.placedAt, number: first.number, updatedAt: first.updatedAt };
    const name = sort.replace('-', '') as keyof typeof key;
    for (const filter of [{}, { q: 'example' }, { country: ids[1] === 'ord_1' ? 'AT' : 'JP' }]) {
      const rest = await listed(db, { filter, sort, after: [key[name], first.id], limit: 10 });
      expect(rest.map(({ id }) => id)).toEqual([ids[1]]);
    }
  });
});
