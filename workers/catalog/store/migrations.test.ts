/** Every migration runs on a database that is in use, and what was there is still shown. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('catalog');
});
afterAll(() => database.close());

test('a product from before pages were stored is shown from its document until it is written again', async () => {
  await database.migrate();
  const catalog = testCatalog(database.db);
  const body = { title: 'Old', variants: [{ price: { amount: 5, currency: 'EUR' }, quantity: 2 }] };
  const { body: product } = await catalog.call('POST', '/admin/v1/products', body);
  const written = await catalog.call('GET', '/v1/products/old');

  // As the first migration left it: the whole row without what came later.
  const columns =
    'id, handle, title, sort_title, status, vendor, type, facts, document, version, created_at, updated_at, published_at';
  const row = await database.db.prepare(`select ${columns} from products`).first<Record<string, unknown>>();
  const before = await emptyDatabase('catalog');
  try {
    await before.migrate(1);
    const values = Object.values(row ?? {});
    await before.db
      .prepare(`insert into products (${columns}) values (${values.map(() => '?').join(', ')})`)
      .bind(...values)
      .run();
    await before.migrate();
    const pageStored = () => before.db.prepare('select page from products').first<string>('page');
    expect([await pageStored(), product.handle]).toEqual(['', 'old']);
    const old = testCatalog(before.db);
    expect((await old.call('GET', '/v1/products/old')).body.title).toBe('Old');
    const edited = await old.call('PATCH', '/admin/v1/products/old', { title: 'New' });
    expect([edited.status, edited.body.version]).toEqual([200, 2]);
    expect(await pageStored()).not.toBe('');
  } finally {
    await before.close();
  }
  expect(written.body.variants[0].available).toBe(2);
});
