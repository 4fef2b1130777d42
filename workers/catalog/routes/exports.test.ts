/** The export of products: streamed, and a file that changes nothing when it is imported again. */
import Papa from 'papaparse';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commit } from '../../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { sibling } from '../../../shared/values/ids.ts';
import { contextOf } from '../context.ts';
import { stockNoted } from '../service/variants.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

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

test('many products come in pieces, in the order in which they came into being', async () => {
  const rows = Array.from({ length: 450 }, (_, index) => `many-${index},Many,1`);
  await catalog.importCsv(['Handle,Title,Variant Price', ...rows].join('\n'));
  const { text } = await catalog.call('GET', '/admin/v1/exports/products.csv');
  const handles = text.split('\r\n').flatMap((line) => /^many-\d+/.exec(line)?.[0] ?? []);
  expect(handles).toEqual(rows.map((row) => row.split(',')[0]));
});
