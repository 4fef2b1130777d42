/**
 * Addresses of products and collections over HTTP, on a real database: two things never share one, letters of every script stay,
 * and a former address leads to the present one.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { emptiedCatalog, type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
});
afterAll(() => database.close());
beforeEach(async () => {
  catalog = await emptiedCatalog(database.db);
});

const price = { amount: 900, currency: 'EUR' };
let made = 0;
async function create(product: object) {
  made += 1;
  const answer = await catalog.call('POST', '/admin/v1/products', {
    variants: [{ sku: `A${made}`, price }],
    ...product,
  });
  expect(answer.status, answer.text).toBe(201);
  return answer.body;
}
const csv = (...rows: readonly (readonly [handle: string, title: string])[]) =>
  `Handle,Title,Variant Price,Variant Inventory Qty\n${rows.map(([handle, title]) => `${handle},${title},9,3\n`).join('')}`;
async function bring(...rows: readonly (readonly [handle: string, title: string])[]) {
  const answer = await catalog.importCsv(csv(...rows));
  expect(answer.body, answer.text).toMatchObject({ status: 'done', faultsTotal: expect.any(Number) });
  return answer.body;
}
const read = (handle: string, scope = '/admin/v1') =>
  catalog.call('GET', `${scope}/products/${encodeURIComponent(handle)}`);
const counts = (created: number, updated: number, unchanged: number) => ({ created, updated, unchanged, rejected: 0 });
const bySku = async () => {
  const rows = await database.db.prepare('select count(distinct sku) as skus, count(*) as total from variants').first();
  return rows;
};

describe('a file', () => {
  test.each([
    ['of another script', '白-77', '白-77', '黒-77', '黒-77'],
    ['that differ by an underscore', 'Summer_Tee', 'summer-tee', 'summer-tee', 'summer-tee-1'],
    ['that differ by a capital', 'Cap', 'cap', 'cap', 'cap-1'],
    ['that differ by an accent', 'café', 'café', 'cafe', 'cafe'],
    ['of symbols only', '★', 'item', '☆', 'item-1'],
    ['where one looks like a number of the other', 'A_B', 'a-b', 'a-b-1', 'a-b-1'],
  ])('makes two products of two handles %s', async (_, first, firstAt, second, secondAt) => {
    const rows = [
      [first, 'White hat'],
      [second, 'Black hat'],
    ] as const;
    expect((await bring(...rows)).products).toEqual(counts(2, 0, 0));
    expect((await read(firstAt)).body).toMatchObject({ title: 'White hat', importHandle: first });
    expect((await read(secondAt)).body).toMatchObject({ title: 'Black hat', importHandle: second });
    const again = await bring(...rows);
    expect([again.products, again.faultsTotal]).toEqual([counts(0, 0, 2), 0]);
    // In another order and in another file each is still itself.
    expect((await bring([second, 'Blacker hat'])).products).toEqual(counts(0, 1, 0));
    expect((await read(secondAt)).body.title).toBe('Blacker hat');
    expect((await read(firstAt)).body.title).toBe('White hat');
  });

  test('never overwrites a product that was made by hand and is only called alike', async () => {
    const byHand = await create({ handle: 'hat-x', title: 'By hand' });
    const { products, faults } = await bring(['HAT_X', 'From a file']);
    expect(products).toEqual(counts(1, 0, 0));
    expect(faults).toEqual([
      {
        line: 2,
        column: 'Handle',
        handle: 'HAT_X',
        severity: 'adjusted',
        reason: expect.stringContaining('"hat-x-1"'),
      },
    ]);
    expect((await read('hat-x')).body).toEqual(byHand);
    expect((await read('hat-x-1')).body).toMatchObject({ title: 'From a file', importHandle: 'HAT_X' });
  });

  test('means a product that was made by hand by its address, and remembers that', async () => {
    const byHand = await create({ handle: 'hat', title: 'Hat', variants: [{ sku: 'hat', price }] });
    expect(byHand.importHandle).toBeNull();
    expect((await bring(['hat', 'Hat'])).products).toEqual(counts(0, 0, 1));
    expect((await bring(['hat', 'Warm hat'])).products).toEqual(counts(0, 1, 0));
    expect((await read('hat')).body).toMatchObject({ id: byHand.id, title: 'Warm hat', importHandle: 'hat' });
  });

  test('keeps products apart that lie 1,500 products from each other', async () => {
    const between = Array.from({ length: 1_500 }, (_, index) => [`p${index}`, `P ${index}`] as const);
    const { products } = await bring(['Summer_Tee', 'First'], ...between, ['summer-tee', 'Last']);
    expect(products).toEqual(counts(1_502, 0, 0));
    expect((await read('summer-tee')).body.title).toBe('First');
    expect((await read('summer-tee-1')).body.title).toBe('Last');
  });

  test('of 400 Japanese handles makes 400 products, each found at its own address', async () => {
    const kanji = (index: number) => `${String.fromCodePoint(0x4e00 + index)}帽子`;
    const rows = Array.from({ length: 400 }, (_, index) => [kanji(index), `帽子 ${index}`] as const);
    const { products, faultsTotal } = await bring(...rows);
    expect([products, faultsTotal]).toEqual([counts(400, 0, 0), 0]);
    for (const index of [0, 1, 399]) {
      const shown = await read(kanji(index), '/v1');
      expect(shown.body).toMatchObject({ handle: kanji(index), title: `帽子 ${index}` });
      expect(shown.body.importHandle).toBeUndefined();
    }
    expect(await bySku()).toEqual({ skus: 400, total: 400 });
    expect((await bring(...rows)).products).toEqual(counts(0, 0, 400));
  });

  test('of 130 handles without any letter makes 130 products', async () => {
    const rows = Array.from({ length: 130 }, (_, index) => ['★'.repeat(index + 1), `Star ${index}`] as const);
    expect((await bring(...rows)).products).toEqual(counts(130, 0, 0));
    expect((await bring(...rows, ['☆', 'One more'])).products).toEqual(counts(1, 0, 130));
    expect((await read('item-130')).body.title).toBe('One more');
  });

  test('gives variants different SKUs whose values differ by signs only', async () => {
    const { body } = await catalog.importCsv(
      'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price\nlens,Lens,Power,+1.00,,9\nlens,,,-1.00,,9\n',
    );
    expect(body.products).toEqual(counts(1, 0, 0));
    expect((await read('lens')).body.variants.map(({ title }: { title: string }) => title)).toEqual(['+1.00', '-1.00']);
  });

  test('knows a product again whose address was changed, and leaves the address', async () => {
    await bring(['Summer_Tee', 'Tee']);
    await catalog.call('PATCH', '/admin/v1/products/summer-tee', { handle: 'tee' });
    expect((await bring(['Summer_Tee', 'Tee'])).products).toEqual(counts(0, 0, 1));
    expect((await bring(['Summer_Tee', 'Long tee'])).products).toEqual(counts(0, 1, 0));
    expect((await read('tee')).body).toMatchObject({ title: 'Long tee', importHandle: 'Summer_Tee' });
    // What once led to the tee does not become another product's by itself.
    expect((await bring(['summer-tee', 'Other tee'])).products).toEqual(counts(1, 0, 0));
    expect((await read('summer-tee-1')).body.title).toBe('Other tee');
    expect((await read('summer-tee')).headers.get('location')).toBe('/admin/v1/products/tee');
  });

  test('means the product that it made, not one that was put up by hand at its former address', async () => {
    await bring(['hat', 'Hat']);
    await catalog.call('PATCH', '/admin/v1/products/hat', { handle: 'old-hat' });
    const byHand = await create({ handle: 'hat', title: 'By hand' });
    expect((await bring(['hat', 'Warm hat'])).products).toEqual(counts(0, 1, 0));
    expect((await read('old-hat')).body.title).toBe('Warm hat');
    expect((await read('hat')).body).toEqual(byHand);
  });

  test('may write its handles in another normal form, and refuses those that are no text', async () => {
    expect((await bring(['cafe\u0301', 'Café'])).products).toEqual(counts(1, 0, 0));
    expect((await bring(['caf\u00e9', 'Café'])).products).toEqual(counts(0, 0, 1));
    const { products, faults } = await bring(['x'.repeat(256), 'Long'], ['a\u0007', 'Bell']);
    expect(products).toEqual({ ...counts(0, 0, 0), rejected: 2 });
    expect(faults.map(({ column }: { column: string }) => column)).toEqual(['Handle', 'Handle']);
  });
});

describe('an address', () => {
  test('is found however it is written', async () => {
    await create({ title: 'Café Weiß' });
    for (const key of ['café-weiß', 'cafe\u0301-weiß', 'CAFÉ-Weiß']) expect((await read(key, '/v1')).status).toBe(200);
    const { body } = await catalog.call('POST', '/admin/v1/collections', { title: 'Été', products: ['CAFÉ-weiß'] });
    expect(body).toMatchObject({ handle: 'été', productsTotal: 1 });
    expect((await catalog.call('GET', '/v1/products?collection=%C3%89T%C3%89')).body.items).toHaveLength(1);
  });

  test('gets a number where nobody states one and it is taken, also by several at once', async () => {
    const handles = (await Promise.all(Array.from({ length: 5 }, () => create({ title: '白い帽子' })))).map(
      ({ handle }) => handle,
    );
    expect(handles.sort()).toEqual(['白い帽子', '白い帽子-1', '白い帽子-2', '白い帽子-3', '白い帽子-4']);
    const stated = await catalog.call('POST', '/admin/v1/products', {
      ...{ handle: '白い帽子', title: 'Hat' },
      variants: [{ sku: 'X', price }],
    });
    expect([stated.status, stated.body.code]).toEqual([409, 'handle-taken']);
    const collections = [];
    for (let turn = 0; turn < 2; turn += 1)
      collections.push((await catalog.call('POST', '/admin/v1/collections', { title: 'Зима' })).body.handle);
    expect(collections).toEqual(['зима', 'зима-1']);
  });
});

describe('a changed handle', () => {
  const move = (from: string, handle: string, kind = 'products') =>
    catalog.call('PATCH', `/admin/v1/${kind}/${encodeURIComponent(from)}`, { handle });
  const led = async (path: string) => {
    const { status, headers } = await catalog.call('GET', path);
    return [status, headers.get('location')];
  };

  test('leads from every former address of a product to the present one', async () => {
    await create({ handle: 'a', title: 'A' });
    await move('a', 'b');
    await move('b', '帽子');
    const present = encodeURIComponent('帽子');
    for (const former of ['a', 'b', 'A']) {
      expect(await led(`/v1/products/${former}?country=US`)).toEqual([301, `/v1/products/${present}?country=US`]);
      expect(await led(`/admin/v1/products/${former}`)).toEqual([301, `/admin/v1/products/${present}`]);
    }
    expect((await catalog.call('GET', '/v1/products/a')).headers.get('cache-control')).toBe(
      'public, max-age=0, must-revalidate',
    );
    expect((await catalog.call('GET', `/v1/products/${present}`)).status).toBe(200);
    expect((await catalog.call('PATCH', '/admin/v1/products/a', { title: 'Old' })).status).toBe(404);
    await move('帽子', 'a');
    expect((await catalog.call('GET', '/v1/products/a')).status).toBe(200);
    expect(await led(`/v1/products/${present}`)).toEqual([301, '/v1/products/a']);
  });

  test('leads nowhere once another product has the address, or the product is not for sale or gone', async () => {
    const first = await create({ handle: 'first', title: 'First' });
    await move('first', 'one');
    await create({ handle: 'first', title: 'Second' });
    expect((await read('first')).body.title).toBe('Second');
    await move('first', 'two');
    expect(await led('/v1/products/first')).toEqual([301, '/v1/products/two']);
    await catalog.call('PATCH', '/admin/v1/products/two', { status: 'draft' });
    expect(await led('/v1/products/first')).toEqual([404, null]);
    expect(await led('/admin/v1/products/first')).toEqual([301, '/admin/v1/products/two']);
    await move('one', 'first');
    expect((await read('first')).body.id).toBe(first.id);
    await catalog.call('DELETE', '/admin/v1/products/first');
    expect(await led('/v1/products/one')).toEqual([404, null]);
  });

  test('of a collection leads on, also from its list of products', async () => {
    await create({ handle: 'a', title: 'A' });
    await catalog.call('POST', '/admin/v1/collections', { handle: 'old', title: 'Old', products: ['a'] });
    await move('old', '冬', 'collections');
    const present = encodeURIComponent('冬');
    expect(await led('/v1/collections/old')).toEqual([301, `/v1/collections/${present}`]);
    expect(await led('/admin/v1/collections/old')).toEqual([301, `/admin/v1/collections/${present}`]);
    expect(await led('/v1/products?limit=5&collection=old')).toEqual([
      301,
      `/v1/products?limit=5&collection=${present}`,
    ]);
    expect((await catalog.call('GET', `/v1/products?collection=${present}`)).body.items).toHaveLength(1);
    expect((await catalog.call('GET', '/v1/products?collection=never')).status).toBe(404);
  });
});

test('a database with products keeps them, and their addresses lead on from then on', async () => {
  const older = await emptyDatabase('catalog');
  try {
    await older.migrate(6);
    const now = '2026-01-01T00:00:00.000Z';
    const variant = {
      ...{ id: 'var_00000000000000000000000001', sku: 'OLD', title: 'Default Title' },
      ...{ optionValues: [{ name: 'Title', value: 'Default Title' }], prices: [price], compareAtPrice: null },
      ...{ weightGrams: 0, imageUrl: null, barcode: null, policy: 'deny', taxable: true, requiresShipping: true },
    };
    const document = {
      ...{ id: 'prd_1', handle: 'old', title: 'Old', descriptionHtml: '', vendor: '', type: '', tags: [] },
      ...{ status: 'active', options: [{ name: 'Title', values: ['Default Title'] }], variants: [variant], images: [] },
      ...{ seo: null, createdAt: now, updatedAt: now, publishedAt: now, version: 1 },
    };
    await older.db
      .prepare(
        `insert into products (id, handle, title, sort_title, status, vendor, type, facts, document, version, created_at, updated_at)
          values ('prd_1', 'old', 'Old', 'old', 'active', '', '', '{}', ?, 1, 1, 1)`,
      )
      .bind(JSON.stringify(document))
      .run();
    await older.migrate();
    const old = testCatalog(older.db);
    const { body } = await old.importCsv(csv(['old', 'Old']));
    expect(body.products).toEqual(counts(0, 0, 1));
    expect((await old.call('PATCH', '/admin/v1/products/old', { handle: 'new' })).body.handle).toBe('new');
    expect((await old.call('GET', '/v1/products/old')).headers.get('location')).toBe('/v1/products/new');
    expect((await old.importCsv(csv(['old', 'Older']))).body.products).toEqual(counts(0, 1, 0));
    expect((await old.call('GET', '/v1/products/new')).body.title).toBe('Older');
  } finally {
    await older.close();
  }
});
