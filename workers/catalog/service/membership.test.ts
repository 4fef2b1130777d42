/** Collections of a large shop: their products are found in steps, and lists, totals and keys are right at every moment. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { contextOf } from '../context.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';
import { runJobs } from './jobs.ts';

const productsTotal = 1_200;
let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
  const rows = Array.from(
    { length: productsTotal },
    (_, index) => `p-${index},P ${index},"all, ${index % 2 === 0 ? 'even' : 'odd'}",P-${index},${1 + (index % 90)}`,
  );
  const { body } = await catalog.importCsv(['Handle,Title,Tags,Variant SKU,Variant Price', ...rows, ''].join('\n'));
  expect(body.products.created).toBe(productsTotal);
});
afterAll(() => database.close());

const tagged = (value: string) => [{ field: 'tag', relation: 'equals', value }];
const read = async (handle: string) => (await catalog.call('GET', `/admin/v1/collections/${handle}`)).body;
const edit = async (handle: string, body: object) => {
  const answer = await catalog.call('PATCH', `/admin/v1/collections/${handle}`, body);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const oneStep = () => runJobs(contextOf(catalog.env, null), 0);
const handlesIn = async (query: string) =>
  (await catalog.call('GET', `/v1/products?${query}&limit=100`)).body.items.map(
    ({ handle }: { handle: string }) => handle,
  );

/** What the triggers keep is what the tables say. */
async function expectConsistent(): Promise<void> {
  const rowsOf = async (sql: string) => (await database.db.prepare(sql).all()).results;
  const keys = await rowsOf('select collection_id, sort, key, product_id from collection_keys order by 1, 2, 3, 4');
  const wanted = await rowsOf(`select * from (
      select m.collection_id, k.sort, k.key, m.product_id from collection_products m join product_keys k using (product_id)
      union all
      select m.collection_id, 'manual', m.position, m.product_id from collection_products m join products p on p.id = m.product_id
      where p.status = 'active') order by 1, 2, 3, 4`);
  expect(keys).toEqual(wanted);
  const totals = await rowsOf('select collection_id, products from collection_totals where products > 0 order by 1');
  expect(totals).toEqual(
    await rowsOf(`select collection_id, count(*) as products from collection_products
      where collection_id in (select id from collections) group by 1 order by 1`),
  );
}

test('a collection by rules is answered before all its products are found, and says so', async () => {
  const { status, body } = await catalog.call('POST', '/admin/v1/collections', {
    title: 'Even',
    rules: tagged('even'),
  });
  expect([status, body.isBuilding, body.productsTotal]).toEqual([201, true, 125]);
  await expectConsistent();
  // What is edited meanwhile is in at once, wherever the work is, and is not found twice.
  await catalog.call('PATCH', '/admin/v1/products/p-1199', { tags: ['even'] });
  await catalog.call('PATCH', '/admin/v1/products/p-1', { tags: ['even'] });
  expect((await read('even')).productsTotal).toBe(127);
  await oneStep();
  const { etag } = Object.fromEntries((await catalog.call('GET', '/admin/v1/collections/even')).headers);
  await catalog.runJobs();
  const built = await catalog.call('GET', '/admin/v1/collections/even', undefined, { 'if-none-match': `${etag}` });
  expect(built.body).toMatchObject({ isBuilding: false, productsTotal: 602 });
  await expectConsistent();
});

test('an edit of the rules begins anew, and one of the title leaves the products alone', async () => {
  expect(await edit('even', { rules: tagged('odd') })).toMatchObject({ isBuilding: true });
  await oneStep();
  expect(await edit('even', { rules: tagged('all') })).toMatchObject({ isBuilding: true });
  expect(await edit('even', { title: 'Every' })).toMatchObject({ isBuilding: true });
  await catalog.runJobs();
  // The two that were edited lost the tag.
  expect(await edit('even', { title: 'All' })).toMatchObject({ isBuilding: false, productsTotal: productsTotal - 2 });
  await expectConsistent();
});

test('a list by hand in the place of rules is right at once, and what the rules found is not shown for long', async () => {
  const answer = await edit('even', { products: ['p-7', 'p-600', 'p-3'] });
  expect(answer).toMatchObject({ kind: 'manual', isBuilding: true });
  expect(await edit('even', { addProducts: ['p-900'], removeProducts: ['p-600'] })).toMatchObject({ kind: 'manual' });
  await catalog.runJobs();
  expect(await handlesIn('collection=even')).toEqual(['p-7', 'p-3', 'p-900']);
  expect(await handlesIn('collection=even&sort=price')).toEqual(['p-900', 'p-3', 'p-7']);
  await expectConsistent();
  await edit('even', { rules: tagged('odd') });
  await catalog.runJobs();
  expect(await read('even')).toMatchObject({ kind: 'rules', productsTotal: 598 });
  await expectConsistent();
});

test('a collection that is deleted is gone at once, and its members soon', async () => {
  const members = () => database.db.prepare('select count(*) as n from collection_products').first<number>('n');
  expect((await catalog.call('DELETE', '/admin/v1/collections/even')).status).toBe(204);
  expect((await catalog.call('GET', '/v1/products?collection=even')).status).toBe(404);
  expect(await members()).toBeGreaterThan(0);
  await catalog.runJobs();
  expect(await members()).toBe(0);
  await expectConsistent();
  expect(await database.db.prepare('select count(*) as n from membership_work').first<number>('n')).toBe(0);
});

test('an edit of price, title or status moves a product in every list at once, and a deletion removes it', async () => {
  const products = ['p-10', 'p-11', 'p-12'];
  await catalog.call('POST', '/admin/v1/collections', { handle: 'few', title: 'Few', products });
  const lists = ['sort=title', 'sort=price', 'sort=-price', 'sort=newest', 'sort=manual'];
  const shown = () => Promise.all(lists.map((sort) => handlesIn(`collection=few&${sort}`)));
  const patch = async (body: object) =>
    expect((await catalog.call('PATCH', '/admin/v1/products/p-11', body)).status).toBe(200);
  await patch({ title: 'Z last', variants: [{ sku: 'P-11', price: { amount: 5, currency: 'EUR' } }] });
  const newestFirst = ['p-12', 'p-11', 'p-10'];
  expect(await shown()).toEqual([
    ['p-10', 'p-12', 'p-11'],
    ['p-11', 'p-10', 'p-12'],
    ['p-12', 'p-10', 'p-11'],
    newestFirst,
    ['p-10', 'p-11', 'p-12'],
  ]);
  expect((await handlesIn('sort=price'))[0]).toBe('p-11');
  await patch({ status: 'draft' });
  expect(await shown()).toEqual([
    ['p-10', 'p-12'],
    ['p-10', 'p-12'],
    ['p-12', 'p-10'],
    ['p-12', 'p-10'],
    ['p-10', 'p-12'],
  ]);
  expect((await handlesIn('sort=price'))[0]).not.toBe('p-11');
  await expectConsistent();
  await patch({ status: 'active' });
  expect((await shown())[4]).toEqual(['p-10', 'p-11', 'p-12']);
  // In dollars too: first those that have a price in dollars.
  await patch({ variants: [{ sku: 'P-11', price: { amount: 900, currency: 'USD' } }] });
  expect(await handlesIn('collection=few&sort=price&currency=USD')).toEqual(['p-11', 'p-10', 'p-12']);
  expect(await handlesIn('collection=few&sort=price&currency=JPY')).toEqual(['p-11', 'p-10', 'p-12']);
  expect((await catalog.call('DELETE', '/admin/v1/products/p-10')).status).toBe(204);
  expect((await shown())[1]).toEqual(['p-11', 'p-12']);
  await expectConsistent();
});
