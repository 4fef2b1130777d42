/** Exports: what stands in the files, that a spreadsheet reads them as text and numbers, and that pages join without a seam. */

import { drizzle } from 'drizzle-orm/d1';
import Papa from 'papaparse';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { OrderSummary } from '../../../shared/events/orders.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { lineWith, summaryWith } from '../../../shared/testing/summaries.ts';
import { money } from '../../../shared/values/money.ts';
import type { OrderFilter } from '../store/order-filters.ts';
import { orderRecord, saveOrders } from '../store/orders.ts';
import { exportOf, exportTables } from './exports.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('orders');
});
afterAll(() => database.close());
beforeEach(() => database.db.exec('delete from orders; delete from order_texts; delete from order_details'));

const save = (summaries: readonly OrderSummary[]) => {
  const db = drizzle(database.db);
  const facts = { sequence: 1, updatedAt: Date.parse('2027-01-16T08:00:00.000Z'), customer: null };
  return commit(
    db,
    saveOrders(
      db,
      summaries.map((summary) => orderRecord(summary, facts)),
    ),
  );
};

async function fileOf(table: keyof typeof exportTables, filter: OrderFilter = {}): Promise<string> {
  return new Response(exportOf(drizzle(database.db), exportTables[table], filter)).text();
}

async function rowsOf(table: keyof typeof exportTables, filter?: OrderFilter) {
  return Papa.parse<Record<string, string>>(await fileOf(table, filter), { header: true, skipEmptyLines: true }).data;
}

const address = { firstName: 'Zoë', lastName: '李', address1: 'Weg "1",\nHof', city: 'Linz', country: 'AT' };
const hat = lineWith({ title: '=HYPERLINK("http://evil")', variantTitle: '+1' });
const rich = summaryWith({
  ...{
    shippingAddress: address,
    phone: '+43 1 234',
    tags: ['b2b', '@home'],
    lines: [hat, lineWith({ lineId: 'lin_2', sku: 'CAP' })],
  },
  refunds: [
    {
      ...{
        refundId: 'rfd_1',
        cause: 'return',
        isPending: false,
        amount: money(1250, 'EUR'),
        shipping: money(0, 'EUR'),
        parts: [
          { to: 'payment', amount: money(1000, 'EUR') },
          { to: 'card', amount: money(250, 'EUR') },
        ],
      },
      ...{
        lines: [{ lineId: 'lin_1', quantity: 1, amount: money(1250, 'EUR'), tax: money(199, 'EUR') }],
        refundedAt: '2027-01-17T00:00:00.000Z',
      },
    },
  ],
});

describe('an export', () => {
  test('of orders has a row per order, with money in a decimal column and its currency beside it', async () => {
    await save([
      rich,
      summaryWith({ orderId: 'ord_2', number: 'YENA-0000', currency: 'JPY', total: money(1200, 'JPY') }),
    ]);
    const [first, second] = await rowsOf('orders');
    expect(first).toMatchObject({
      ...{
        orderNumber: 'WSGH-JKMN',
        currency: 'EUR',
        subtotal: '25.00',
        shipping: '4.90',
        tax: '4.77',
        total: '29.90',
      },
      ...{ 'shipping.firstName': 'Zoë', 'shipping.address1': 'Weg "1",\nHof', 'billing.city': '', tags: 'b2b, @home' },
    });
    expect(second).toMatchObject({ currency: 'JPY', total: '1200' });
  });

  test('of orders adds up: what was paid, given back, credited and is owed makes the total', async () => {
    const euros = (amount: number) => money(amount, 'EUR');
    const paid = { captured: euros(1000), giftCards: euros(500), received: euros(300), refunded: euros(200) };
    await save([summaryWith({ total: euros(2990), ...paid, capturable: euros(90), outstanding: euros(1100) })]);
    const [row] = await rowsOf('orders');
    expect(row).toMatchObject({ giftCards: '5.00', received: '3.00', capturable: '0.90', credited: '2.00' });
  });

  test('of lines and of refunds has a row for each', async () => {
    await save([rich]);
    expect(await rowsOf('lines')).toMatchObject([
      { sku: 'HAT-1', quantity: '2', unitPrice: '12.50', total: '25.00', tax: '3.99' },
      { sku: 'CAP' },
    ]);
    expect(await rowsOf('refunds')).toMatchObject([
      { refundId: 'rfd_1', amount: '12.50', currency: 'EUR', status: 'refunded', cause: 'return', items: '1 × HAT-1' },
    ]);
    expect(await rowsOf('refunds')).toMatchObject([{ toPayment: '10.00', toGiftCards: '2.50', toReceived: '0.00' }]);
  });

  test('tells all money: refunds made at the provider, disputes, and whether prices include tax', async () => {
    const euros = (amount: number) => money(amount, 'EUR');
    await save([
      {
        ...rich,
        refunded: euros(1300),
        refundedElsewhere: euros(120),
        refundsElsewhere: [{ ref: 're_1', amount: euros(70), refundedAt: '2026-02-03T04:05:06.000Z' }],
        chargedBack: euros(990),
        pricesIncludeTax: false,
      },
      summaryWith({
        ...{ orderId: 'ord_2', number: 'YENA-0000', pricesIncludeTax: true },
        ...{ refundedElsewhere: euros(0), chargedBack: euros(0) },
      }),
    ]);
    expect(await rowsOf('orders')).toMatchObject([
      { refunded: '13.00', chargedBack: '9.90', pricesIncludeTax: 'false' },
      { chargedBack: '0.00', pricesIncludeTax: 'true' },
    ]);
    expect(await rowsOf('refunds')).toMatchObject([
      { refundId: 'rfd_1', amount: '12.50' },
      { refundId: 're_1', refundedAt: '2026-02-03T04:05:06.000Z', cause: 'at-provider', amount: '0.70' },
      { refundId: '', cause: 'at-provider', amount: '0.50', toPayment: '0.50', orderNumber: 'WSGH-JKMN' },
    ]);
  });

  test('of lines says how many units have shipped, were canceled and refunded', async () => {
    await save([
      summaryWith({ lines: [lineWith({ fulfilledQuantity: 1, canceledQuantity: 1, refundedQuantity: 0 })] }),
    ]);
    expect(await rowsOf('lines')).toMatchObject([
      { quantity: '2', fulfilledQuantity: '1', canceledQuantity: '1', refundedQuantity: '0' },
    ]);
  });

  test('begins with a byte order mark, and only begins', async () => {
    await save([rich]);
    const bytes = await new Response(exportOf(drizzle(database.db), exportTables.orders, {})).bytes();
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).not.toContain('\ufeff');
  });

  test.each(['=1+1', '+49 30', '-cmd', '@SUM(A1)', '\t=1', ' =1', '＝1', '\r=1'])(
    'makes no formula of %j',
    async (title) => {
      await save([summaryWith({ lines: [lineWith({ title })] })]);
      expect((await rowsOf('lines'))[0]?.title).toBe(`'${title}`);
    },
  );

  test('follows RFC 4180: every row ends with CRLF, and an empty one has its columns', async () => {
    expect(await fileOf('refunds')).toBe(
      'orderNumber,orderId,placedAt,refundId,refundedAt,cause,status,currency,amount,toPayment,toGiftCards,toReceived,shipping,items\r\n',
    );
    await save([rich]);
    expect(await fileOf('lines')).toMatch(/^orderNumber,[^\r\n]*\r\n(?:[^\r\n]*\r\n){2}$/);
  });

  test('has the orders that its filters choose', async () => {
    await save([rich, summaryWith({ orderId: 'ord_2', number: 'ZZZZ-0000', country: 'JP' })]);
    expect(await rowsOf('orders', { country: 'JP' })).toMatchObject([{ orderId: 'ord_2' }]);
    expect(await rowsOf('orders', { q: 'hat' })).toMatchObject([{ orderId: 'ord_1' }]);
  });

  test('of more orders than a page has each once, the oldest first, also where few have a refund', async () => {
    const many = Array.from({ length: 1_203 }, (_, index) =>
      summaryWith({
        orderId: `ord_${String(index).padStart(4, '0')}`,
        placedAt: new Date(1_800_000_000_000 + (index >> 1) * 1_000).toISOString(),
        refunds: index === 1_100 ? rich.refunds : [],
      }),
    );
    await save(many);
    expect((await rowsOf('orders')).map(({ orderId }) => orderId)).toEqual(many.map(({ orderId }) => orderId));
    expect(await rowsOf('refunds')).toMatchObject([{ orderId: 'ord_1100' }]);
  });
});
