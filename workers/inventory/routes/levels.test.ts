/** Levels of many SKUs at once, as JSON and CSV, on a real database with Stock objects in memory. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { setLevels } from '../../../shared/contracts/inventory/http.ts';
import { actorHeader } from '../../../shared/http/actor.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { countAll } from '../service/counts.ts';
import { KnownUnits } from '../service/known-units.ts';
import { openStock } from '../service/stock.ts';
import { MemoryStock } from '../testing/memory-stock.ts';
import { app } from './app.ts';

const many = 1_200;
let database: TestDatabase;
let stock = new MemoryStock();
beforeAll(async () => {
  database = await migratedDatabase('inventory');
  const openings = Array.from({ length: many }, (_, index) => ({
    stockUnitId: `stk_${String(index).padStart(4, '0')}`,
    sku: `SKU-${index}`,
    quantity: 10,
    floor: 0,
  }));
  await openStock({ stock: new MemoryStock(), db: drizzle(database.db), known: new KnownUnits() }, openings, 0);
});
afterAll(() => database.close());
beforeEach(() => {
  stock = new MemoryStock();
});

async function send(body: string, headers: Readonly<Record<string, string>> = {}) {
  const actor = {
    kind: 'key',
    id: 'k1',
    scopes: ['*'],
    region: 'weur',
    country: null,
    requestId: 'req_1',
    traceparent: '',
  };
  const request = new Request('http://shop.test/admin/v1/inventory/levels', {
    method: 'POST',
    headers: { 'content-type': 'application/json', [actorHeader]: JSON.stringify(actor), ...headers },
    body,
  });
  const response = await app.fetch(request, { DB: database.db, STOCK: stock });
  return { status: response.status, text: await response.text() };
}
const report = async (body: string, headers?: Readonly<Record<string, string>>) => {
  const { status, text } = await send(body, headers);
  expect(status, text).toBe(200);
  return setLevels.answer.parse(JSON.parse(text));
};
const onHandOf = (stockUnitId: string) => stock.state(stockUnitId).levels.loc_main?.onHand;
const csv = { 'content-type': 'text/csv' };

test('each row is taken by itself, and one that cannot be says why', async () => {
  const rows = [
    { sku: 'SKU-0', onHand: 4 },
    { sku: 'SKU-1', delta: -3 },
    { sku: 'SKU-2', delta: -11 },
    { sku: 'NOTHING', onHand: 1 },
    { sku: 'SKU-3', onHand: 1, locationId: 'loc_nowhere' },
    { sku: 'SKU-4', onHand: 1, delta: 1 },
    { sku: 'SKU-5', onHand: 1.5 },
    { sku: 'SKU-6', onHand: -1 },
    { sku: 'SKU-0', delta: 2 },
  ];
  const { results, ...counts } = await report(JSON.stringify({ rows }));
  expect(counts).toEqual({ rowsTotal: 9, done: 3, unchanged: 0, rejected: 6 });
  expect(results.map(({ row, status }) => [row, status === 'done'])).toEqual([
    [1, true],
    [2, true],
    [3, false],
    [4, false],
    [5, false],
    [6, false],
    [7, false],
    [8, false],
    [9, true],
  ]);
  expect(results.every(({ status, reason }) => (status === 'rejected') === (reason !== null))).toBe(true);
  expect([onHandOf('stk_0000'), onHandOf('stk_0001'), onHandOf('stk_0002')]).toEqual([6, 7, 10]);
});

test('thousands come as CSV with their columns in any order and case', async () => {
  const lines = Array.from({ length: many }, (_, index) => `${index % 7},SKU-${index}`);
  const { done, rejected } = await report(['On hand,SKU', ...lines, '1.5,SKU-1', ''].join('\r\n'), csv);
  expect([done, rejected, onHandOf('stk_0006'), onHandOf('stk_1199')]).toEqual([many, 1, 6, 1199 % 7]);
});

test('a row without the form of one spoils no other, and quantities are written in digits', async () => {
  const rows = [{ sku: 'SKU-0', onHand: {} }, { onHand: 1 }, { sku: 'SKU-1', onHand: 3 }, { sku: 'SKU-2', count: 1 }];
  const { results, ...counts } = await report(JSON.stringify({ rows }));
  expect(counts).toEqual({ rowsTotal: 4, done: 1, unchanged: 0, rejected: 3 });
  expect(results.map(({ row, sku, status }) => [row, sku, status])).toEqual([
    [1, 'SKU-0', 'rejected'],
    [2, '', 'rejected'],
    [3, 'SKU-1', 'done'],
    [4, 'SKU-2', 'rejected'],
  ]);
  const file = ['sku,on hand', 'SKU-0,1e3', 'SKU-0,0x10', 'SKU-0,Infinity', 'SKU-1,12', ''].join('\n');
  expect(await report(file, csv)).toMatchObject({ done: 1, rejected: 3 });
  expect([onHandOf('stk_0000'), onHandOf('stk_0001')]).toEqual([undefined, 12]);
});

test('a repetition under the same key adds nothing, whatever happened in between', async () => {
  const key = { 'idempotency-key': 'delivery-1' };
  const rows = JSON.stringify({ rows: [{ sku: 'SKU-0', delta: 5 }] });
  const first = await send(rows, key);
  expect([(await send(rows, key)).text, onHandOf('stk_0000')]).toEqual([first.text, 15]);
  // The answer was lost with the database, and what was counted is still known to the unit.
  const inventory = { stock, db: drizzle(database.db), known: new KnownUnits() };
  const count = { countKey: 'file-1/0', stockUnitId: 'stk_0000' };
  const why = { reason: 'file', actor: 'x', now: 1 };
  for (const _again of [1, 2]) await countAll(inventory, [{ ...count, change: { add: 2 } }], why);
  expect(onHandOf('stk_0000')).toBe(17);
  for (const onHand of [9, 4]) {
    await countAll(inventory, [{ ...count, countKey: 'file-2/0', change: { set: 9 } }], why);
    if (onHand === 9) await countAll(inventory, [{ ...count, countKey: 'sale', change: { add: -5 } }], why);
    expect(onHandOf('stk_0000')).toBe(4);
  }
});

test.each([
  ['nothing', '{}', {}],
  ['no rows', '{"rows":[]}', {}],
  ['a header alone', 'sku,on hand\n', csv],
  ['a quote that is left open', 'sku,on hand\n"A,1\n', csv],
])('a list of %s is refused', async (_what, body, headers) => {
  expect((await send(body, headers)).status).toBe(400);
});
