/** The export of products: streamed, and a file that changes nothing when it is imported again. */
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { sibling } from '../../../shared/values/ids.ts';
import { contextOf } from '../context.ts';
import { stockNoted } from '../service/variants.ts';
import { emptiedCatalog, type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
});
afterAll(() => database.close());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const add = async (product: object) => {
  const answer = await catalog.call('POST', '/admin/v1/products', product);
  expect(answer.status, answer.text).toBe(201);
};
const everything = async () => (await catalog.call('GET', '/admin/v1/products?limit=100')).body.items;

test('a shop of every kind of product is exported, and the file changes nothing when it comes back', async () => {
  await add({
    title: 'Shirt, "the best"',
    descriptionHtml: '<p>One\nTwo</p>',
    vendor: 'Acme',
    type: 'Tops',
    tags: ['a', 'b c'],
    options: [{ name: 'Size', values: ['L', 'S'] }, { name: 'Color' }],
    seo: { title: 'SEO', description: null },
    images: [
      { url: 'https://example.com/1.jpg', altText: 'One', width: 10, height: 20 },
      { url: 'https://example.com/2.jpg' },
      { url: 'https://example.com/3.jpg' },
    ],
    metafields: [
      { namespace: 'custom', key: 'material', type: 'single_line_text_field', value: 'Linen' },
      { namespace: 'private', key: 'margin', type: 'number_decimal', value: '0.4' },
    ],
    variants: [
      {
        sku: 'S-1',
        options: { Size: 'S', Color: 'Red' },
        price: eur(1000),
        prices: [{ amount: 1100, currency: 'USD' }],
        compareAtPrice: eur(1500),
        weightGrams: 200,
        quantity: 4,
        barcode: '123',
        taxClass: 'reduced',
        metafields: [{ namespace: 'custom', key: 'care', type: 'number_integer', value: '30' }],
      },
      { sku: 'S-2', options: { Size: 'L', Color: 'Red' }, price: eur(1200), policy: 'continue', taxable: false },
    ],
  });
  await add({ title: 'Yen', status: 'draft', variants: [{ sku: 'YEN', price: { amount: 900, currency: 'JPY' } }] });
  await add({ title: 'Song', variants: [{ sku: 'SONG', price: eur(1), tracked: false, requiresShipping: false }] });
  await add({ title: 'Pack', variants: [{ sku: 'PACK', price: eur(3), components: [{ sku: 'S-1', quantity: 2 }] }] });
  await catalog.importCsv(
    'Handle,Title,Variant Price,Google Shopping / MPN\nSummer_Tee,Tee,9,M-1\nsummer-tee,Tee 2,9,M-2\n',
  );
  const before = await everything();
  const file = await catalog.call('GET', '/admin/v1/exports/products.csv');
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8; header=present']);
  const { body } = await catalog.importCsv(file.text);
  expect([body.products, body.faults]).toEqual([{ created: 0, updated: 0, unchanged: 6, rejected: 0 }, []]);
  const after = await everything();
  // What changes with the file's own name for a product, and with the clock.
  const lasting = ({ importHandle, version, updatedAt, availability, ...product }: Record<string, unknown>) => product;
  expect(after.map(lasting)).toEqual(before.map(lasting));
});

test('what cells cannot say exactly is kept when the file comes back, also where something else was edited in it', async () => {
  const field = { namespace: 'custom', type: 'single_line_text_field' };
  await add({
    title: ' Spaced ',
    handle: 'spaced',
    tags: ['a,b', 'c'],
    seo: { title: '', description: null },
    metafields: [
      { ...field, key: 'empty', value: '' },
      { ...field, key: 'spaced', value: ' x ' },
      { ...field, key: 'gift-card', value: 'false' },
    ],
    variants: [
      {
        sku: 'SPACED',
        price: eur(100),
        prices: [
          { amount: 120, currency: 'USD' },
          { amount: 90, currency: 'CHF' },
          { amount: 80, currency: 'GBP' },
        ],
        compareAtPrice: { amount: 150, currency: 'USD' },
        metafields: [{ ...field, key: 'note', value: '' }],
      },
    ],
  });
  const read = async () => (await catalog.call('GET', '/admin/v1/products/spaced')).body;
  const before = await read();
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  expect((await catalog.importCsv(text)).body.products).toMatchObject({ updated: 0, rejected: 0 });
  expect((await catalog.importCsv(text.replace('SPACED,0,', 'SPACED,7,'))).body.products).toMatchObject({ updated: 1 });
  const { variants, ...after } = await read();
  expect(variants[0]).toEqual({ ...before.variants[0], weightGrams: 7 });
  expect([after.title, after.tags, after.metafields, after.seo]).toEqual([
    before.title,
    before.tags,
    before.metafields,
    before.seo,
  ]);
});

test('the quantity is what is on hand, promised or not, so that a file that comes back changes no stock either', async () => {
  const unit = async (handle: string) => {
    const { body } = await catalog.call('GET', `/admin/v1/products/${handle}`);
    return sibling(body.variants[0].id, 'stockUnit');
  };
  await add({ title: 'Counted', variants: [{ sku: 'COUNTED', price: eur(1), quantity: 10 }] });
  await add({ title: 'Owed', variants: [{ sku: 'OWED', price: eur(1), quantity: 3, policy: 'continue' }] });
  const { db } = contextOf(catalog.env, null);
  const [counted, owed] = [await unit('counted'), await unit('owed')];
  const sold = [
    { stockUnitId: counted, available: 4, asOf: Date.now(), sequence: 1 },
    { stockUnitId: owed, available: -5, asOf: Date.now(), sequence: 1 },
  ];
  await commit(db, stockNoted(db, sold));
  const before = new Map(catalog.onHand);
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  const [header = [], ...rows] = Papa.parse<string[]>(text.trimEnd()).data;
  const quantityOf = (sku: string) =>
    rows.find((row) => row[header.indexOf('Variant SKU')] === sku)?.[header.indexOf('Variant Inventory Qty')];
  expect(['COUNTED', 'OWED', 'SONG', 'PACK'].map(quantityOf)).toEqual(['10', '3', '', '']);
  for (const stock of ['ignore', 'set']) {
    const { body } = await catalog.importCsv(text, `?stock=${stock}`);
    expect([body.products.updated, body.faults, body.changes['stock-set']]).toEqual([0, [], 0]);
    expect(catalog.onHand).toEqual(before);
  }
});

describe('a shop of bundles, tax classes and shipping profiles', () => {
  let other: TestDatabase;
  let fresh: TestCatalog;
  beforeAll(async () => {
    other = await migratedDatabase('catalog');
    fresh = testCatalog(other.db);
  });
  afterAll(() => other.close());
  const header = 'Handle,Title,Variant SKU,Variant Price,Variant Inventory Tracker,Bundle components';
  const rowsOf = async (shop: TestCatalog) => {
    const { text } = await shop.call('GET', '/admin/v1/exports/products.csv');
    return text.trimEnd().split('\r\n');
  };

  test('is the same in a fresh shop, although a bundle stands above what it is made of', async () => {
    const source = await emptiedCatalog(database.db);
    const create = (body: object) => source.call('POST', '/admin/v1/products', body);
    await create({ title: 'Set', variants: [{ sku: 'SET', price: eur(9) }] });
    const heavy = { taxClass: 'reduced', shippingProfile: 'bulky' };
    await create({ title: 'Cup', variants: [{ sku: 'CUP; "big"', price: eur(5), quantity: 8, ...heavy }] });
    const filler = Array.from({ length: 150 }, (_, index) => `f-${index},F,1`);
    await source.importCsv(['Handle,Title,Variant Price', ...filler].join('\n'));
    await create({ title: 'Spoon', variants: [{ sku: 'SPOON', price: eur(1), quantity: 8 }] });
    const components = [
      { sku: 'SPOON', quantity: 2 },
      { sku: 'CUP; "big"', quantity: 1 },
    ];
    const patch = { variants: [{ sku: 'SET', components }] };
    expect((await source.call('PATCH', '/admin/v1/products/set', patch)).status).toBe(200);
    const rows = await rowsOf(source);
    const file = rows.join('\r\n');
    const { body: dry } = await fresh.importCsv(file, '?dryRun=true');
    const { body: run } = await fresh.importCsv(file);
    for (const { products, faults } of [dry, run])
      expect([products, faults]).toEqual([{ created: 153, updated: 0, unchanged: 0, rejected: 0 }, []]);
    expect((await rowsOf(fresh)).toSorted()).toEqual(rows.toSorted());
    const [set, cup] = [await fresh.call('GET', '/v1/products/set'), await fresh.call('GET', '/admin/v1/products/cup')];
    expect(set.body.variants[0]).toMatchObject({ available: 4, tracked: true });
    expect(cup.body.variants[0]).toMatchObject(heavy);
    expect((await fresh.importCsv(file)).body.products).toMatchObject({ unchanged: 153 });
  });

  test.each([
    ['NONE x 2', 'There is no variant "NONE".'],
    ['SET x 1', '"SET" is a bundle itself. Name what it is made of.'],
    ['SPOON', '"SPOON" names no components: write them as "SKU x 2; OTHER-SKU x 1".'],
  ])('rejects a bundle of %s, before and in the run', async (cell, reason) => {
    for (const query of ['?dryRun=true', '']) {
      const { body } = await fresh.importCsv(`${header}\nbad,Bad,BAD,9,,${cell}\n`, query);
      expect(body.products).toMatchObject({ created: 0, rejected: 1 });
      expect(body.faults).toMatchObject([{ line: 2, column: 'Bundle components', reason }]);
    }
  });

  test('a bundle whose cell is blank stays a bundle, and does not sell without end', async () => {
    await fresh.importCsv(`${header}\nset,Set,SET,9,,\n`);
    expect((await fresh.call('GET', '/v1/products/set')).body.variants[0]).toMatchObject({
      available: 4,
      tracked: true,
    });
  });

  test('what a bundle of the same file takes is not taken away from it', async () => {
    await fresh.importCsv('Handle,Title,Variant SKU,Variant Price\nold,Old,OLD,1\n');
    const { body } = await fresh.importCsv(`${header}\nduo,Duo,DUO,9,,OLD x 2\nold,Old,OLD,1,,SPOON x 1\n`);
    expect([body.status, body.products]).toMatchObject(['done', { created: 1, rejected: 1 }]);
  });
});

test('many products come in pieces, in the order in which they came into being', async () => {
  const rows = Array.from({ length: 450 }, (_, index) => `many-${index},Many,1`);
  await catalog.importCsv(['Handle,Title,Variant Price', ...rows].join('\n'));
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  const handles = text.split('\r\n').flatMap((line) => /^many-\d+/.exec(line)?.[0] ?? []);
  expect(handles).toEqual(rows.map((row) => row.split(',')[0]));
});

test('two products are never one in it, also where one has the address that files call the other by', async () => {
  catalog = await emptiedCatalog(database.db);
  await catalog.importCsv('Handle,Title,Variant SKU,Variant Price\nhat,Hat,HAT,9\n');
  await catalog.call('PATCH', '/admin/v1/products/hat', { handle: 'old-hat' });
  await add({
    ...{ handle: 'hat', title: 'By hand', options: [{ name: 'Size' }] },
    variants: [
      { sku: 'H-S', options: { Size: 'S' }, price: eur(1) },
      { sku: 'H-M', options: { Size: 'M' }, price: eur(2) },
    ],
  });
  const before = await everything();
  for (const query of ['?stock=set', '?dryRun=true', '']) {
    const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
    const { body } = await catalog.importCsv(text, query);
    expect([body.products, body.faults]).toEqual([{ created: 0, updated: 0, unchanged: 2, rejected: 0 }, []]);
  }
  expect(await everything()).toEqual(before);
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  const { body } = await catalog.importCsv(text.replace('By hand', 'Changed'));
  expect(body.products).toEqual({ created: 0, updated: 1, unchanged: 1, rejected: 0 });
  expect((await catalog.call('GET', '/admin/v1/products/hat')).body).toMatchObject({
    ...{ id: before[0].id, title: 'Changed', importHandle: null },
    variants: [{ sku: 'H-S' }, { sku: 'H-M' }],
  });
});

test('images that are there twice stay, and spaces around choices are never kept', async () => {
  catalog = await emptiedCatalog(database.db);
  const images = ['One', 'Two', ' Three '].map((altText) => ({ url: 'https://example.com/1.jpg', altText }));
  await add({
    ...{ title: 'Twice', images, options: [{ name: ' Size ', values: ['S', ' M '] }] },
    variants: [
      { sku: 'T-S', options: { 'Size ': ' S' }, price: eur(1) },
      { sku: 'T-M', options: { Size: 'M' }, price: eur(1) },
    ],
  });
  const [before] = await everything();
  expect(before.options).toEqual([{ name: 'Size', values: ['S', 'M'] }]);
  expect(before.variants.map(({ title }: { title: string }) => title)).toEqual(['S', 'M']);
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  expect((await catalog.importCsv(text)).body).toMatchObject({ products: { unchanged: 1 }, faults: [] });
  expect((await everything())[0]).toMatchObject({ images: before.images, variants: before.variants });
  const { body } = await catalog.importCsv(text.replace('One', 'Another'));
  expect(body.products.updated).toBe(1);
  expect((await everything())[0].images).toMatchObject([{ altText: 'Another' }]);
});
