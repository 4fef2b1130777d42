/** Prices of many SKUs at once, as JSON and CSV. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { advanceBulk } from '../../../shared/bulk/jobs.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { contextOf } from '../context.ts';
import { priceWork } from '../service/bulk-prices.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
const eur = (amount: number) => ({ amount, currency: 'EUR' });
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
  const rows = Array.from({ length: 110 }, (_, product) =>
    ['A', 'B'].map((letter) => `p-${product},P,Letter,${letter},${product}-${letter},10,11`),
  );
  const header = 'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Price / USD';
  await catalog.importCsv([header, ...rows.flat()].join('\n'));
});
afterAll(() => database.close());

const send = (body: unknown, type = 'application/json') =>
  catalog.call('POST', '/admin/v1/prices', body, { 'content-type': type });
const variantsOf = async (product: number) =>
  (await catalog.call('GET', `/admin/v1/products/p-${product}`)).body.variants;

test('each row is taken by itself, and one that cannot be says why', async () => {
  const rows = [
    { sku: '0-A', price: eur(1200), compareAtPrice: eur(1500) },
    { sku: '0-B', price: '9.50' },
    { sku: '0-B', price: '13', currency: 'usd' },
    { sku: '1-A', price: eur(1000) },
    { sku: 'nothing', price: eur(1) },
    { sku: '1-B', price: '1.234' },
    { sku: '1-B', price: '1', currency: 'XXX' },
    { sku: '1-B' },
  ];
  const { status, body } = await send({ rows });
  expect([status, body.done, body.unchanged, body.rejected]).toEqual([200, 3, 1, 4]);
  expect(body.results.map((one: { status: string }) => one.status)).toEqual([
    'done',
    'done',
    'done',
    'unchanged',
    'rejected',
    'rejected',
    'rejected',
    'rejected',
  ]);
  const [a, b] = await variantsOf(0);
  expect([a.price, a.compareAtPrice]).toEqual([eur(1200), eur(1500)]);
  expect(b.prices).toEqual([eur(950), { amount: 1300, currency: 'USD' }]);
  expect((await catalog.call('GET', '/admin/v1/products/p-1')).body.version).toBe(1);
});

test('a row without the form of one spoils no other, and says what to give', async () => {
  const rows = [
    { sku: '5-A', price: { amount: 1.5, currency: 'EUR' } },
    { sku: '5-B', price: '7.00' },
    { sku: '5-A', price: 7 },
    { sku: '5-A', price: { amount: 700 } },
    { sku: '5-A', cost: 1 },
    { price: '7' },
    { sku: 7 },
  ];
  const { status, body } = await send({ rows });
  expect([status, body.done, body.rejected]).toEqual([200, 1, 6]);
  expect(body.results.map(({ row, sku }: { row: number; sku: string }) => [row, sku])).toEqual([
    [1, '5-A'],
    [2, '5-B'],
    [3, '5-A'],
    [4, '5-A'],
    [5, '5-A'],
    [6, ''],
    [7, ''],
  ]);
  expect(body.results[0].reason).toContain('price/amount: ');
  expect(body.results[3].reason).toContain('price/currency: ');
  expect((await variantsOf(5)).map((one: { price: object }) => one.price)).toEqual([eur(1000), eur(700)]);
});

test('zeros behind the last decimal of a currency are read like in imports', async () => {
  const rows = [
    { sku: '6-A', price: '1200.00', currency: 'JPY' },
    { sku: '6-A', price: '8.5000' },
    { sku: '6-B', price: '1200.50', currency: 'JPY' },
  ];
  const { body } = await send({ rows });
  expect(body.results.map((one: { status: string }) => one.status)).toEqual(['done', 'done', 'rejected']);
  expect((await variantsOf(6))[0].prices).toContainEqual({ amount: 1200, currency: 'JPY' });
});

test.each([
  ['Artikel,Preis\n7-A,3\n', 'The column "sku" is missing.'],
  ['SKU,Preis\n7-A,3\n', 'The column "price" is missing.'],
  ['SKU,Price,price\n7-A,3,4\n', 'The column "price" is there twice, under this name or another one.'],
  ['SKU,Price\n8-A,3\n7-A,12,50\n', 'Row 2 has 3 cells, and the header has 2. Put what has a comma in quotes.'],
  ['SKU;Price\n7-A;3\n', 'The column "sku" is missing. Columns are separated by commas.'],
  ['"SKU";"Price"\n"7-A";"3"\n', 'The column "sku" is missing. Columns are separated by commas.'],
])('a list under the header of %j is refused, and says why', async (file, detail) => {
  expect(await send(file, 'text/csv')).toMatchObject({ status: 400, body: { code: 'malformed-csv', detail } });
});

test('rows of empty cells in a list are none', async () => {
  const { body } = await send('SKU,Price,Compare-at price\n,,\n7-A,3,,,\n , ,\n', 'text/csv');
  expect(body).toMatchObject({ rowsTotal: 1, done: 1 });
});

test('a former price of 0 in a list is none', async () => {
  await send('SKU,Compare-at price\n8-A,30\n', 'text/csv');
  expect((await variantsOf(8))[0].compareAtPrice).toEqual(eur(3000));
  expect((await send('SKU,Compare-at price\n8-A,0.00\n', 'text/csv')).body).toMatchObject({ done: 1 });
  expect((await variantsOf(8))[0].compareAtPrice).toBeNull();
});

test('hundreds come as CSV, and the same file changes nothing more', async () => {
  const lines = Array.from({ length: 110 }, (_, product) => `${product}-A,${product}.25,`);
  const file = ['SKU,Price,Compare-at price', ...lines].join('\n');
  expect((await send(file, 'text/csv')).body).toMatchObject({ rowsTotal: 110, done: 110, rejected: 0 });
  expect((await send(file, 'text/csv')).body).toMatchObject({ unchanged: 110 });
  const [a, b] = await variantsOf(109);
  expect([a.price, a.compareAtPrice, b.price]).toEqual([eur(10_925), null, eur(1000)]);
});

describe('a list that is too long to be taken at once', () => {
  const rows = Array.from({ length: 1_100 }, (_, index) => ({ sku: `${index % 110}-B`, price: `${index}.50` }));
  const jobAt = async (location: string | null) => (await catalog.call('GET', location ?? '')).body;

  test('is a job: its rows are taken in their order, its progress can be read, and each row has its result', async () => {
    const { status, body, headers } = await send({ rows: [...rows, { sku: 'nothing', price: '1' }] });
    expect([status, body.status, body.rowsTotal, body.rows]).toEqual([202, 'running', 1_101, 0]);
    const location = headers.get('location');
    const work = priceWork(contextOf(catalog.env, null));
    await advanceBulk(work);
    expect(await jobAt(location)).toMatchObject({ status: 'running', rows: 100, done: 100 });
    // A crash before the commit: nothing of the part is done, and all of it when it is taken again.
    await advanceBulk({ ...work, take: () => Promise.reject(new Error('The power went off')) });
    expect(await jobAt(location)).toMatchObject({ status: 'running', rows: 100, done: 100 });
    await catalog.runJobs();
    expect(await jobAt(location)).toMatchObject({ status: 'done', rows: 1_101, done: 1_100, rejected: 1, error: null });
    expect((await variantsOf(7))[1].price).toEqual(eur(99_750));
    const { text } = await catalog.call('GET', `${location}/results.csv`);
    const lines = text.trimEnd().split('\r\n');
    expect([lines.length, lines[1], lines[1_100]]).toEqual([1_102, '1,0-B,done,', '1100,109-B,done,']);
    expect(lines[1_101]).toContain('1101,nothing,rejected,');
  });

  test('waits for the one before it, and fails when a part cannot be taken, with what was done so far', async () => {
    const [one, two] = [await send({ rows }), await send({ rows: rows.toReversed() })];
    const work = priceWork(contextOf(catalog.env, null));
    await advanceBulk(work);
    for (let attempt = 0; attempt < 8; attempt += 1)
      await advanceBulk({ ...work, take: () => Promise.reject(new Error('The disk is full')) });
    const [failed, waiting] = [await jobAt(one.headers.get('location')), await jobAt(two.headers.get('location'))];
    expect([failed.status, failed.rows, failed.error]).toEqual(['failed', 100, 'The disk is full']);
    expect([waiting.status, waiting.rows]).toEqual(['running', 0]);
    const { text } = await catalog.call('GET', `${one.headers.get('location')}/results.csv`);
    expect(text.trimEnd().split('\r\n')).toHaveLength(101);
    await catalog.runJobs();
    expect((await jobAt(two.headers.get('location'))).status).toBe('done');
    expect((await variantsOf(0))[1].price).toEqual(eur(50));
  });
});
