/** A product of as many variants as it may have, by file and by request: stored, shown, told in events that fit, and edited. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProductChanged } from '../../../shared/events/catalog.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

const variantsMax = 2_048;
/** What a queue takes. */
const messageBytesMax = 128_000;

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
});
afterAll(() => database.close());

/** 16 × 16 × 8 choices. */
const choices = Array.from({ length: variantsMax }, (_, index) => [
  `Size ${index % 16}`,
  `Color ${Math.floor(index / 16) % 16}`,
  `Cloth ${Math.floor(index / 256)}`,
]);

test('comes in a file, is shown whole, and is told in parts', async () => {
  const header = [1, 2, 3].map((number) => `Option${number} Name,Option${number} Value`).join();
  const rows = choices.map(([size, color, cloth], index) => {
    const names = index === 0 ? ['Size', 'Color', 'Cloth'] : ['', '', ''];
    return `large,${index === 0 ? 'Large' : ''},${names[0]},${size},${names[1]},${color},${names[2]},${cloth},L-${index},10,${index}`;
  });
  const small = (name: string) => `${name},Small,,,,,,,${name},1,1`;
  const file = [
    `Handle,Title,${header},Variant SKU,Variant Price,Variant Inventory Qty`,
    small('s-1'),
    ...rows,
    small('s-2'),
  ];
  const { body } = await catalog.importCsv(file.join('\n'));
  await catalog.runJobs();
  const { body: report } = await catalog.call('GET', `/admin/v1/imports/${body.id}`);
  expect([report.status, report.products, report.faults]).toEqual([
    'done',
    { created: 3, updated: 0, unchanged: 0, rejected: 0 },
    [],
  ]);
  for (const query of ['', '?currency=USD', '?country=US']) {
    const { status, body: shown } = await catalog.call('GET', `/v1/products/large${query}`);
    expect([status, shown.variants.length, shown.variants[2_047].available]).toEqual([200, variantsMax, 2_047]);
  }
  expect((await catalog.call('GET', '/v1/products')).body.items).toHaveLength(3);
  const { results } = await database.db.prepare('select envelope from outbox').all();
  for (const { envelope } of results) expect(String(envelope).length).toBeLessThan(messageBytesMax);
});

test('is made and edited by request', async () => {
  const variants = choices.map(([Size, Color, Cloth], index) => ({
    sku: `R-${index}`,
    price: { amount: 100 + index, currency: 'EUR' },
    options: { Size, Color, Cloth },
  }));
  const made = await catalog.call('POST', '/admin/v1/products', { title: 'Requested', variants });
  expect(made.status).toBe(201);
  const edited = await catalog.call('PATCH', '/admin/v1/products/requested/variants/R-2000', { barcode: '42' });
  expect([edited.status, edited.body.variants.length, edited.body.variants[2_000].barcode]).toEqual([200, 2_048, '42']);
  const { results } = await database.db
    .prepare('select envelope from outbox where envelope like ?')
    .bind(`%${made.body.id}%`)
    .all();
  const told = results.map(({ envelope }) => JSON.parse(String(envelope)));
  const named = told.flatMap(({ sequence, data }) => (sequence === 2 ? ProductChanged.data.parse(data).variants : []));
  expect(new Set(named.map(({ sku }) => sku)).size).toBe(variantsMax);
  const more = { sku: 'ONE-MORE', price: variants[0]?.price, options: { Size: 'X', Color: 'X', Cloth: 'X' } };
  const refused = await catalog.call('POST', '/admin/v1/products/requested/variants', more);
  expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/variants']);
});

test('is written once for all its prices in a list, whatever stands around them', async () => {
  const { body: before } = await catalog.call('GET', '/admin/v1/products/requested');
  const price = { amount: 4_242, currency: 'EUR' };
  const own = choices.map((_, index) => ({ sku: `R-${index}`, price }));
  const small = ['s-1', 's-2'].map((sku) => ({ sku, price }));
  const { status, headers } = await catalog.call('POST', '/admin/v1/prices', { rows: [small[0], ...own, small[1]] });
  expect(status).toBe(202);
  await catalog.runJobs();
  const { body: job } = await catalog.call('GET', headers.get('location') ?? '');
  expect(job).toMatchObject({ status: 'done', rows: variantsMax + 2, done: variantsMax + 2 });
  const { body: after } = await catalog.call('GET', '/admin/v1/products/requested');
  expect([after.version - before.version, after.variants[0].price, after.variants[2_047].price]).toEqual([
    1,
    price,
    price,
  ]);
  const some = await catalog.call('POST', '/admin/v1/prices', {
    rows: own.slice(0, 900).map(({ sku }) => ({ sku, price: '7' })),
  });
  expect([some.status, some.body.done]).toEqual([200, 900]);
  expect((await catalog.call('GET', '/admin/v1/products/requested')).body.version).toBe(after.version + 1);
});
