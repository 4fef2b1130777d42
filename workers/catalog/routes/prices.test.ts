/** Prices of many SKUs at once, as JSON and CSV. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
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

test('hundreds come as CSV, and the same file changes nothing more', async () => {
  const lines = Array.from({ length: 110 }, (_, product) => `${product}-A,${product}.25,`);
  const file = ['SKU,Price,Compare-at price', ...lines].join('\n');
  expect((await send(file, 'text/csv')).body).toMatchObject({ rowsTotal: 110, done: 110, rejected: 0 });
  expect((await send(file, 'text/csv')).body).toMatchObject({ unchanged: 110 });
  const [a, b] = await variantsOf(109);
  expect([a.price, a.compareAtPrice, b.price]).toEqual([eur(10_925), null, eur(1000)]);
});
