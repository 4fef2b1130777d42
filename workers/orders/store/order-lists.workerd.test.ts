/** Lists of a shop with more orders than are sorted: whichever way a list is made, it shows what its filter says, in its order. */
import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeAll, describe, expect, test } from 'vitest';
import { orderSorts } from '../../../shared/contracts/orders/order-lists-http.ts';
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { lineWith, summaryWith } from '../../../shared/testing/summaries.ts';
import { money } from '../../../shared/values/money.ts';
import type { OrderFilter } from './order-filters.ts';
import type { OrderSort } from './order-indexes.ts';
import { listOrders, sortKeyOf } from './order-lists.ts';
import { type OrderRecord, type OrderRow, orderRecord, saveOrders } from './orders.ts';

const database: D1Database = Reflect.get(env, 'DB');
const db = drizzle(database);
const base = summaryWith();
const begin = Date.parse('2027-01-01T00:00:00.000Z');
/** More than are counted, and more than are tested for words at a time. */
const count = 2_500;
const limit = 20;

/** Half of the shop's time it sold one hat only, and nothing was owed; states, countries and names repeat in other rhythms. */
function orderAt(index: number): OrderRecord {
  const isEarly = index < count / 2;
  const summary: OrderSummary = {
    ...base,
    orderId: `ord_${String(index).padStart(5, '0')}`,
    number: `${String(index % 97).padStart(4, '0')}-${String(index).padStart(4, '0')}`,
    status: index % 20 === 7 ? 'canceled' : 'paid',
    paymentStatus: index % 20 === 7 ? 'voided' : 'captured',
    fulfillmentStatus: index % 20 === 7 ? 'canceled' : index % 50 === 1 ? 'unfulfilled' : 'fulfilled',
    email: index % 3 === 0 ? `buyer${index}@example.org` : 'till@shop.example',
    phone: index % 5 === 0 ? `+49 30 ${1_000_000 + index}` : null,
    customerId: index % 2 === 0 ? 'cus_many' : `cus_${index}`,
    names: [index % 4 === 0 ? 'José Müller' : index % 4 === 1 ? '山田太郎' : `Anna Maier${index}`],
    country: index % 10 < 7 ? 'DE' : 'CA',
    region: index % 10 < 7 ? null : index % 10 === 8 ? 'CA-QC' : 'CA-ON',
    tags: index % 3 === 0 ? ['vip'] : [],
    lines: [lineWith({ sku: isEarly ? 'OLD-HAT' : 'HAT-1' })],
    total: money(1000 + ((index * 7919) % 900), 'EUR'),
    outstanding: money(index % 100 === 99 ? 5 : 0, 'EUR'),
    placedAt: new Date(begin + Math.floor(index / 2) * 1000).toISOString(),
  };
  return orderRecord(summary, { sequence: 5, updatedAt: begin + ((index * 37) % count) * 1000, customer: null });
}

const records = Array.from({ length: count }, (_, index) => orderAt(index));

beforeAll(async () => {
  await database.exec('delete from orders; delete from order_texts');
  for (let from = 0; from < count; from += 250) await commit(db, saveOrders(db, records.slice(from, from + 250)));
});

const isIn = (texts: string, words: string) => ` ${texts}`.includes(` ${words}`);

/** What a filter says, asked of one order without any database. */
function fits({ row, texts }: OrderRecord, filter: OrderFilter): boolean {
  const all = Object.values(texts);
  return (
    (filter.q ?? '').split(' ').every((word) => word === '' || all.some((one) => isIn(one, word))) &&
    (filter.name === undefined || isIn(texts.names, filter.name)) &&
    (filter.sku === undefined || (filter.sku === 'old-hat') === row.placedAt < begin + (count / 4) * 1000) &&
    (filter.tags ?? []).every((tag) => row.tags.includes(tag)) &&
    (filter.status ?? row.status) === row.status &&
    (filter.paymentStatus ?? row.paymentStatus) === row.paymentStatus &&
    (filter.fulfillmentStatus ?? row.fulfillmentStatus) === row.fulfillmentStatus &&
    (filter.country ?? row.country) === row.country &&
    (filter.regions === undefined || filter.regions.includes(row.region ?? '')) &&
    (filter.customerId ?? row.customerId) === row.customerId &&
    (filter.email ?? row.emailKey) === row.emailKey &&
    (filter.isOutstanding !== true || row.outstandingMinor > 0) &&
    row.placedAt >= (filter.placedFrom ?? 0) &&
    row.placedAt < (filter.placedBefore ?? Number.POSITIVE_INFINITY)
  );
}

function expectedOf(filter: OrderFilter, sort: OrderSort): readonly string[] {
  const rows = records.filter((one) => fits(one, filter)).map(({ row }) => row);
  const sign = sort.startsWith('-') ? -1 : 1;
  const isLess = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  const byKey = (a: OrderRow, b: OrderRow) => isLess(sortKeyOf(a, sort), sortKeyOf(b, sort)) || isLess(a.id, b.id);
  return rows.toSorted((a, b) => sign * byKey(a, b)).map(({ id }) => id);
}

const late = begin + (count / 4) * 1000;
const filters: readonly OrderFilter[] = [
  {},
  { status: 'canceled' },
  { status: 'canceled', fulfillmentStatus: 'fulfilled' },
  { status: 'paid', paymentStatus: 'captured', fulfillmentStatus: 'unfulfilled' },
  { country: 'DE', fulfillmentStatus: 'fulfilled' },
  { country: 'DE', isOutstanding: true },
  { country: 'CA', regions: ['CA-QC'], status: 'paid' },
  { country: 'CA', regions: ['CA-QC', 'CA-ON'], status: 'canceled' },
  { country: 'LI', q: 'example' },
  { customerId: 'cus_many' },
  { customerId: 'cus_many', status: 'canceled', country: 'CA' },
  { customerId: 'cus_11', status: 'canceled' },
  { email: 'till@shop.example' },
  { email: 'till@shop.example', tags: ['vip'] },
  { email: 'buyer9@example.org', q: 'hat' },
  { placedFrom: late, status: 'paid' },
  { placedFrom: late, placedBefore: late + 9_000, q: 'example' },
  { placedFrom: late, sku: 'old-hat' },
  { q: 'example' },
  { q: 'example', status: 'canceled', fulfillmentStatus: 'fulfilled' },
  { q: 'buyer12 example org' },
  { q: 'example anna' },
  { q: 'shop' },
  { name: 'muller', country: 'DE' },
  { name: '山 田' },
  { q: '太 郎', fulfillmentStatus: 'unfulfilled' },
  { sku: 'old-hat' },
  { sku: 'old-hat', tags: ['vip'], country: 'DE' },
  { tags: ['vip'] },
  { q: 'anna', name: 'jose' },
];

describe('a list', () => {
  test.each(filters)('of %j shows what it says, in any order, page after page', async (filter) => {
    for (const sort of orderSorts) {
      const expected = expectedOf(filter, sort);
      const first = await listOrders(db, { filter, sort, after: null, limit });
      expect([sort, first.map(({ id }) => id)]).toEqual([sort, expected.slice(0, limit)]);
      // One from the middle, and the last.
      for (const at of [expected.length >> 1, expected.length - limit]) {
        const row = records.find(({ row }) => row.id === expected[at])?.row;
        if (row === undefined) continue;
        const rest = await listOrders(db, { filter, sort, after: [sortKeyOf(row, sort), row.id], limit });
        expect([sort, rest.map(({ id }) => id)]).toEqual([sort, expected.slice(at + 1, at + 1 + limit)]);
      }
    }
  });

  test.each([
    ['+49 30 1000015', ['ord_00015']],
    ['030 1000015', ['ord_00015']],
    ['1000015', ['ord_00015']],
    ['030 9999999', []],
  ])('by the telephone number %s shows its order', async (q, ids) => {
    for (const filter of [{ q }, { q, country: 'DE' }, { q, country: 'DE', tags: ['vip'] }] as const)
      expect((await listOrders(db, { filter, sort: '-total', after: null, limit })).map(({ id }) => id)).toEqual(ids);
  });
});
