/** Lists by price, and collections by price, go by what is charged: while a price list holds, and as it was before and after. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ShelfPrice } from '../../../shared/contracts/pricing/shelf.ts';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { contextOf, forgetPrices } from '../context.ts';
import { runJobs } from '../service/jobs.ts';
import { emptiedCatalog, type TestCatalog } from '../testing/catalog.ts';

let database: TestDatabase;
let catalog: TestCatalog;
beforeAll(async () => {
  database = await migratedDatabase('catalog');
});
afterAll(() => database.close());

const market = {
  id: 'mkt_US',
  name: 'US',
  countries: ['US'],
  currencies: ['USD' as const],
  isDefault: true,
  isFallback: false,
};
/** By SKU, in US dollars. */
let charged: Readonly<Record<string, number>>;
let tag: string;
const skuOf = new Map<string, string>();

/** A price list that holds from now on. */
function list(prices: Readonly<Record<string, number>>): void {
  charged = prices;
  tag = Object.keys(prices).length === 0 ? '' : JSON.stringify(prices);
  forgetPrices();
}

beforeEach(async () => {
  await database.db.prepare('delete from charged_keys').run();
  catalog = await emptiedCatalog(database.db);
  const shelf = () => ({ version: tag.length, until: null, ageMs: 0, markets: [{ ...market, listsTag: tag }] });
  catalog.env.PRICING.shelf = async () => shelf();
  catalog.env.PRICING.shelfPrices = async ({ goods }) => {
    const priceOf = (variantId: string): ShelfPrice | null => {
      const priceMinor = charged[skuOf.get(variantId) ?? ''];
      return priceMinor === undefined ? null : { priceMinor, compareAtMinor: null, tiers: [] };
    };
    return { version: tag.length, until: null, prices: goods.map(({ variantId }) => priceOf(variantId)) };
  };
  list({});
  for (const [sku, amount] of Object.entries({ a: 100, b: 200, c: 300 })) await create(sku, amount);
});

async function create(sku: string, amount: number) {
  const variants = [{ sku, price: { amount, currency: 'USD' } }];
  const { status, body, text } = await catalog.call('POST', '/admin/v1/products', {
    title: sku,
    handle: sku,
    variants,
  });
  expect(status, text).toBe(201);
  skuOf.set(body.variants[0].id, sku);
}

const titles = async (query: string): Promise<string[]> => {
  const { body } = await catalog.call('GET', `/v1/products?country=US&limit=100&${query}`);
  return body.items.map(({ title }: { title: string }) => title);
};
const sorts = () => Promise.all(['sort=price', 'sort=-price'].map(titles));

test('a list by price has the order that its shopper is charged, and that of the catalogue when the price list has ended', async () => {
  expect(await titles('sort=price')).toEqual(['a', 'b', 'c']);
  list({ c: 50, a: 250 });
  // Until the keys are complete, the catalogue's order is shown.
  expect(await titles('sort=price')).toEqual(['a', 'b', 'c']);
  await catalog.runJobs();
  expect(await sorts()).toEqual([
    ['c', 'b', 'a'],
    ['a', 'b', 'c'],
  ]);
  list({ b: 10 });
  await catalog.runJobs();
  expect(await titles('sort=price')).toEqual(['b', 'a', 'c']);
  list({});
  await catalog.runJobs();
  expect(await titles('sort=price')).toEqual(['a', 'b', 'c']);
  for (const table of ['charged_keys', 'charged_work'])
    expect(await database.db.prepare(`select count(*) as rows from ${table}`).first()).toEqual({ rows: 0 });
  const keys = database.db.prepare(`select count(*) as rows from product_keys where sort like '%@%'`);
  expect(await keys.first()).toEqual({ rows: 0 });
});

test('rules about prices find what is charged, also where a filter narrows the list down', async () => {
  const rules = [{ field: 'price', relation: 'less-than', value: { amount: 150, currency: 'USD' } }];
  await catalog.call('POST', '/admin/v1/collections', { title: 'Cheap', rules });
  expect(await titles('collection=cheap&sort=title')).toEqual(['a']);
  list({ c: 50, a: 250 });
  await catalog.runJobs();
  expect(await titles('collection=cheap&sort=title')).toEqual(['c']);
  await create('d', 120);
  await catalog.runJobs();
  expect(await titles('collection=cheap&sort=price')).toEqual(['c', 'd']);
  const ids = (await catalog.call('GET', '/admin/v1/products?limit=100')).body.items.map(
    ({ id }: { id: string }) => id,
  );
  expect(await titles(`sort=price&ids=${ids.join()}`)).toEqual(['c', 'd', 'b', 'a']);
  list({});
  await catalog.runJobs();
  expect(await titles('collection=cheap&sort=title')).toEqual(['a', 'd']);
});

test('an edit while a price list holds keeps its product in the list, and the job puts it in its place', async () => {
  list({ c: 50 });
  await catalog.runJobs();
  await catalog.call('PATCH', '/admin/v1/products/c', { title: 'C' });
  expect(await titles('sort=price')).toEqual(['a', 'b', 'C']);
  await catalog.runJobs();
  expect(await titles('sort=price')).toEqual(['C', 'a', 'b']);
  await catalog.call('PATCH', '/admin/v1/products/c', { status: 'draft' });
  await catalog.runJobs();
  expect(await titles('sort=price')).toEqual(['a', 'b']);
  await catalog.call('DELETE', '/admin/v1/products/a');
  await catalog.runJobs();
  expect(await titles('sort=price')).toEqual(['b']);
});

test('a pricing that does not answer is asked again, and its keys stay', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  list({ c: 50 });
  await catalog.runJobs();
  const { shelf } = catalog.env.PRICING;
  catalog.env.PRICING.shelf = () => Promise.reject(new Error('away'));
  expect(await runJobs(contextOf(catalog.env, null), 0)).toBeGreaterThan(Date.now());
  // Pages show the catalogue's prices meanwhile, and lists are in their order.
  forgetPrices();
  expect(await titles('sort=price')).toEqual(['a', 'b', 'c']);
  catalog.env.PRICING.shelf = shelf;
  forgetPrices();
  expect(await titles('sort=price')).toEqual(['c', 'a', 'b']);
  vi.restoreAllMocks();
});
