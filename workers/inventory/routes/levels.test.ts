/** Levels of many SKUs at once, as JSON and CSV, on a real database with Stock objects in memory. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { advanceBulk } from '../../../shared/bulk/jobs.ts';
import { BulkJob, BulkReport } from '../../../shared/contracts/bulk.ts';
import { actorHeader } from '../../../shared/http/actor.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { countAll, levelWork, onHandOf } from '../service/counts.ts';
import { runJobs } from '../service/jobs.ts';
import { KnownUnits } from '../service/known-units.ts';
import { holdAll, openStock } from '../service/stock.ts';
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

async function send(
  body: string | null,
  headers: Readonly<Record<string, string>> = {},
  path = '/admin/v1/inventory/levels',
) {
  const actor = {
    kind: 'key',
    id: 'k1',
    scopes: ['*'],
    region: 'weur',
    country: null,
    requestId: 'req_1',
    traceparent: '',
  };
  const request = new Request(`http://shop.test${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', [actorHeader]: JSON.stringify(actor), ...headers },
    body,
  });
  const response = await app.fetch(request, {
    DB: database.db,
    STOCK: stock,
    JOBS: { getByName: () => ({ arm: async () => {} }) },
  });
  return { status: response.status, text: await response.text(), location: response.headers.get('location') };
}
const report = async (body: string, headers?: Readonly<Record<string, string>>) => {
  const { status, text } = await send(body, headers);
  expect(status, text).toBe(200);
  return BulkReport.parse(JSON.parse(text));
};
const lyingAt = (stockUnitId: string) => stock.state(stockUnitId).levels.loc_main?.onHand;
const csv = { 'content-type': 'text/csv' };

test('what is on hand is told of the default location alone, promised or not, and only of units that are known', async () => {
  const inventory = { stock, db: drizzle(database.db), known: new KnownUnits() };
  const now = Date.now();
  const why = { reason: 'Count', actor: 'k1', now };
  await countAll(inventory, [{ countKey: 'c1', stockUnitId: 'stk_0001', change: { set: 7 } }], why);
  const elsewhere = { countKey: 'c2', stockUnitId: 'stk_0001', locationId: 'loc_shop', change: { set: 5 } };
  await countAll(inventory, [elsewhere], why);
  const needs = [{ stockUnitId: 'stk_0001', quantity: 4 }];
  expect(await holdAll(inventory, { key: 'chk_1', needs, until: now + 60_000, now })).toMatchObject({ ok: true });
  expect(await onHandOf(inventory, ['stk_0001', 'stk_0002', 'stk_none'], now)).toEqual(
    expect.arrayContaining([
      { stockUnitId: 'stk_0001', onHand: 7 },
      { stockUnitId: 'stk_0002', onHand: 10 },
    ]),
  );
  expect(await onHandOf(inventory, ['stk_none'], now)).toEqual([]);
});

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
  expect([lyingAt('stk_0000'), lyingAt('stk_0001'), lyingAt('stk_0002')]).toEqual([6, 7, 10]);
});

test('thousands come as CSV with their columns in any order and case', async () => {
  const lines = Array.from({ length: 999 }, (_, index) => `${index % 7},SKU-${index}`);
  const { done, rejected } = await report(['On hand,SKU', ...lines, '1.5,SKU-1', ''].join('\r\n'), csv);
  expect([done, rejected, lyingAt('stk_0006'), lyingAt('stk_0998')]).toEqual([999, 1, 6, 998 % 7]);
});

describe('a list that is too long to be taken at once', () => {
  const lines = Array.from({ length: many }, (_, index) => `5,SKU-${index}`);
  const file = ['delta,SKU', ...lines, '1,NOTHING', '3,SKU-0', ''].join('\n');
  const inventoryNow = () => ({ stock, db: drizzle(database.db), known: new KnownUnits() });
  const begin = async (key: string) => {
    const { status, text, location } = await send(file, { ...csv, 'idempotency-key': key });
    expect(status, text).toBe(202);
    return { text, location: location ?? '', job: BulkJob.parse(JSON.parse(text)) };
  };
  const jobAt = async (location: string) => BulkJob.parse(JSON.parse((await send(null, {}, location)).text));

  test('is a job, which takes each row once although a crash comes between what it counts and what it notes', async () => {
    const { location, job } = await begin('long-1');
    expect(job).toMatchObject({ status: 'running', rowsTotal: many + 2, rows: 0 });
    expect(lyingAt('stk_0000')).toBeUndefined();
    const work = levelWork(inventoryNow(), () => 1_000);
    await advanceBulk(work);
    expect(await jobAt(location)).toMatchObject({ status: 'running', rows: 500, done: 500 });
    await advanceBulk({ ...work, take: (part, _done) => work.take(part, () => []) });
    expect([await jobAt(location), lyingAt('stk_0600')]).toMatchObject([{ rows: 500 }, 15]);
    while ((await runJobs(inventoryNow(), Date.now, 60_000)) !== null);
    expect(await jobAt(location)).toMatchObject({ status: 'done', rows: many + 2, done: many + 1, rejected: 1 });
    expect([lyingAt('stk_0000'), lyingAt('stk_0600'), lyingAt('stk_1199')]).toEqual([18, 15, 15]);
    const rows = (await send(null, {}, `${location}/results.csv`)).text.trimEnd().split('\r\n');
    expect([rows.length, rows[1], rows[many]]).toEqual([many + 3, '1,SKU-0,done,', `${many},SKU-${many - 1},done,`]);
    expect(rows[many + 1]).toBe(`${many + 1},NOTHING,rejected,"There is no stock under the SKU ""NOTHING""."`);
  });

  test('begins once under its key', async () => {
    const first = await begin('long-2');
    const again = await begin('long-2');
    expect([again.text, again.location]).toEqual([first.text, first.location]);
    expect((await send(`${file}1,SKU-1\n`, { ...csv, 'idempotency-key': 'long-2' })).status).toBe(422);
    while ((await runJobs(inventoryNow(), Date.now, 60_000)) !== null);
    expect(lyingAt('stk_0001')).toBe(15);
    expect((await begin('long-2')).text).toBe(first.text);
    expect((await send(null, {}, '/admin/v1/inventory/levels/jobs/job_01m7y46fp0fb8v0jt66hjr0hcz')).status).toBe(404);
  });
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
  expect([lyingAt('stk_0000'), lyingAt('stk_0001')]).toEqual([undefined, 12]);
});

test('a repetition under the same key adds nothing, whatever happened in between', async () => {
  const key = { 'idempotency-key': 'delivery-1' };
  const rows = JSON.stringify({ rows: [{ sku: 'SKU-0', delta: 5 }] });
  const first = await send(rows, key);
  expect([(await send(rows, key)).text, lyingAt('stk_0000')]).toEqual([first.text, 15]);
  // The answer was lost with the database, and what was counted is still known to the unit.
  const inventory = { stock, db: drizzle(database.db), known: new KnownUnits() };
  const count = { countKey: 'file-1/0', stockUnitId: 'stk_0000' };
  const why = { reason: 'file', actor: 'x', now: 1 };
  for (const _again of [1, 2]) await countAll(inventory, [{ ...count, change: { add: 2 } }], why);
  expect(lyingAt('stk_0000')).toBe(17);
  for (const onHand of [9, 4]) {
    await countAll(inventory, [{ ...count, countKey: 'file-2/0', change: { set: 9 } }], why);
    if (onHand === 9) await countAll(inventory, [{ ...count, countKey: 'sale', change: { add: -5 } }], why);
    expect(lyingAt('stk_0000')).toBe(4);
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

test.each([
  ['Artikel,Bestand\nSKU-0,3\n', 'The column "sku" is missing.'],
  ['SKU,Bestand\nSKU-0,3\n', 'The column "on hand" is missing.'],
  ['SKU,Quantity,On hand\nSKU-0,3,4\n', 'The column "On hand" is there twice, under this name or another one.'],
  ['SKU;On hand\nSKU-0;3\n', 'The column "sku" is missing. Columns are separated by commas.'],
  ['"SKU"\t"On hand"\n"SKU-0"\t"3"\n', 'The column "sku" is missing. Columns are separated by commas.'],
])('a list under the header of %j is refused, and says why', async (body, detail) => {
  const { status, text } = await send(body, csv);
  expect([status, JSON.parse(text)]).toMatchObject([400, { code: 'malformed-csv', detail }]);
});

test('rows of empty cells in a list are none', async () => {
  expect(await report('sku,on hand\n,\nSKU-3,4\n , \n,\n', csv)).toMatchObject({ rowsTotal: 1, done: 1 });
});
