/** Metafields of products, variants and collections, and what else a collection shows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { type TestCatalog, testCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
  catalog = testCatalog(database.db);
});
afterAll(() => database.close());

const price = { amount: 100, currency: 'EUR' };
const field = (key: string, type: string, value: string, namespace = 'custom') => ({ namespace, key, type, value });
const material = field('material', 'single_line_text_field', 'Linen');
const margin = field('margin', 'number_decimal', '0.4', 'private');

describe('metafields', () => {
  test('of products and variants are kept, shown, and replaced as a whole', async () => {
    const care = field('care', 'list.single_line_text_field', '["30","60"]');
    const product = {
      title: 'Towel',
      metafields: [material, margin],
      variants: [{ sku: 'T', price, metafields: [care] }],
    };
    const made = await catalog.call('POST', '/admin/v1/products', product);
    expect([made.status, made.body.metafields, made.body.variants[0].metafields]).toEqual([
      201,
      [material, margin],
      [care],
    ]);
    const { body: shown } = await catalog.call('GET', '/v1/products/towel');
    expect([shown.metafields, shown.variants[0].metafields]).toEqual([[material], [care]]);
    await catalog.call('PATCH', '/admin/v1/products/towel', { title: 'Large towel' });
    const edited = await catalog.call('PATCH', '/admin/v1/products/towel/variants/T', { metafields: [] });
    expect([edited.body.metafields, edited.body.variants[0].metafields]).toEqual([[material, margin], undefined]);
  });

  test('of collections are kept beside image and SEO', async () => {
    const more = {
      image: { url: 'https://example.com/a.jpg', altText: 'Bath' },
      seo: { title: 'Bath', description: null },
      metafields: [material, margin],
    };
    const made = await catalog.call('POST', '/admin/v1/collections', { title: 'Bath', ...more });
    expect([made.status, made.body]).toMatchObject([201, more]);
    await catalog.call('PATCH', '/admin/v1/collections/bath', { title: 'Bathroom' });
    expect((await catalog.call('GET', '/v1/collections/bath')).body).toMatchObject({ ...more, metafields: [material] });
    const cleared = await catalog.call('PATCH', '/admin/v1/collections/bath', {
      image: null,
      seo: null,
      metafields: [],
    });
    expect(cleared.body).toMatchObject({ image: null, seo: null });
    expect(cleared.body.metafields).toBeUndefined();
  });

  test.each([
    [field('a b', 'json', '{}'), '/metafields/0/key'],
    [field('a', 'Not A Type', ''), '/metafields/0/type'],
    [field('a', 'number_integer', '1.5'), '/metafields/0/value'],
    [field('a', 'boolean', 'yes'), '/metafields/0/value'],
    [field('a', 'json', '{'), '/metafields/0/value'],
    [field('a', 'date', '31.1.2027'), '/metafields/0/value'],
    [field('a', 'list.url', 'https://example.com'), '/metafields/0/value'],
    [field('a', 'single_line_text_field', 'x'.repeat(5_001)), '/metafields/0/value'],
  ])('that are not what they say are refused: %j', async (metafield, pointer) => {
    const answer = await catalog.call('POST', '/admin/v1/collections', { title: 'X', metafields: [metafield] });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, pointer]);
  });

  test('have each name once', async () => {
    const answer = await catalog.call('POST', '/admin/v1/collections', {
      title: 'X',
      metafields: [material, material],
    });
    expect([answer.status, answer.body.errors[0].pointer]).toEqual([400, '/metafields/1/key']);
  });
});
