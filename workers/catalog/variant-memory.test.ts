/** What is remembered of variants is right as long as the database counts no change, and is not used when nobody can tell. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { VariantSnapshot } from '../../shared/contracts/catalog.ts';
import { emptyDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { catalogOf } from './env.ts';
import { variantsFor } from './service/variants.ts';
import { variantRevision } from './store/variants.ts';
import { testCatalog } from './testing.ts';
import { checkEveryMs, trustMs, VariantMemory } from './variant-memory.ts';

const cup: VariantSnapshot = {
  variantId: 'var_1',
  productId: 'prd_1',
  productHandle: 'cup',
  productVersion: 1,
  sku: 'CUP',
  title: 'Cup',
  variantTitle: null,
  imageUrl: null,
  isSold: true,
  prices: [],
  weightGrams: 0,
  requiresShipping: true,
  isTaxable: true,
  stockNeeds: [],
};

test('a variant is used for a while, and longer while the number of changes stays', () => {
  const memory = new VariantMemory();
  memory.prove(7, 0);
  memory.set('sku:CUP', cup, 0);
  expect([memory.get('sku:CUP', trustMs - 1), memory.get('sku:CUP', trustMs)]).toEqual([cup, undefined]);
  memory.prove(7, trustMs - 1);
  expect([memory.get('sku:CUP', 2 * trustMs - 2), memory.get('sku:CUP', 2 * trustMs - 1)]).toEqual([cup, undefined]);
});

test('the same number after a gap proves nothing: a database that was restored counts it again', () => {
  const memory = new VariantMemory();
  memory.prove(7, 0);
  memory.set('sku:CUP', cup, 0);
  memory.prove(7, trustMs);
  expect(memory.get('sku:CUP', trustMs)).toBeUndefined();
});

test('numbers that arrive in another order than they were asked for forget too much, never too little', () => {
  const memory = new VariantMemory();
  memory.prove(7, 0);
  memory.prove(8, 20);
  memory.set('sku:CUP', cup, 30);
  memory.prove(7, 10);
  expect(memory.get('sku:CUP', 30)).toBeUndefined();
});

test('a change clears everything, and so does the first number: what was read before it may be older', () => {
  const memory = new VariantMemory();
  memory.set('sku:CUP', cup, 0);
  memory.prove(7, 10);
  expect(memory.get('sku:CUP', 10)).toBeUndefined();
  const { generation } = memory;
  memory.set('sku:CUP', cup, 20);
  memory.prove(8, 30);
  expect([memory.get('sku:CUP', 30), memory.generation]).toEqual([undefined, generation + 1]);
});

test('one caller in a while is asked to look', () => {
  const memory = new VariantMemory();
  expect([0, 1, checkEveryMs - 1, checkEveryMs, checkEveryMs + 1].map((now) => memory.wantsCheck(now))).toEqual([
    true,
    false,
    false,
    true,
    false,
  ]);
});

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('catalog');
  await database.migrate();
});
afterAll(() => database.close());

test('whatever changes what carts are told is counted, and what does not is not', async () => {
  const catalog = testCatalog(database.db);
  const { db } = catalogOf(catalog.env, null);
  let before = await variantRevision(db);
  const counts = async () => {
    const after = await variantRevision(db);
    const isCounted = after > before;
    before = after;
    return isCounted;
  };
  const call = async (method: string, path: string, body?: unknown) => {
    expect((await catalog.call(method, `/admin/v1/${path}`, body)).status).toBeLessThan(300);
    return counts();
  };
  const variants = [{ sku: 'MUG', price: { amount: 5, currency: 'EUR' }, quantity: 2 }];
  expect(await call('POST', 'products', { title: 'Mug', variants })).toBe(true);
  expect(await call('PATCH', 'products/mug', { title: 'Big mug' })).toBe(true);
  expect(await call('POST', 'collections', { title: 'All', products: ['mug'] })).toBe(true);
  expect(await call('PATCH', 'collections/all', { title: 'Everything' })).toBe(false);
  await database.db.prepare('update availability set available = 1').run();
  expect(await counts()).toBe(false);
  expect(await call('DELETE', 'collections/all')).toBe(true);
  expect(await call('DELETE', 'products/mug')).toBe(true);
});

test('an edit that this isolate was not told of is noticed at the next look, and a silent database only ends the memory', async () => {
  const catalog = testCatalog(database.db);
  const variants = [{ sku: 'JUG', price: { amount: 5, currency: 'EUR' } }];
  await catalog.call('POST', '/admin/v1/products', { title: 'Jug', variants });
  const memory = new VariantMemory();
  const { db } = catalogOf(catalog.env, null);
  const looks: Promise<unknown>[] = [];
  const titleAt = async (now: number) => {
    const asked = { db, variants: memory, now: () => now };
    const [jug] = await variantsFor(asked, { skus: ['JUG'] }, (work) => looks.push(work));
    await Promise.all(looks.splice(0));
    return jug?.title;
  };
  // The first look clears what it may be younger than.
  expect([await titleAt(0), await titleAt(1)]).toEqual(['Jug', 'Jug']);
  await catalog.call('PATCH', '/admin/v1/products/jug', { title: 'Pitcher' });
  expect(await titleAt(2)).toBe('Jug');
  expect(await titleAt(checkEveryMs)).toBe('Jug');
  expect(await titleAt(checkEveryMs + 1)).toBe('Pitcher');
  await database.db.prepare('alter table variant_revision rename to gone').run();
  await database.db.prepare("update variants set snapshot = json_set(snapshot, '$.title', 'Ewer')").run();
  const reported = vi.spyOn(console, 'error').mockReturnValue();
  expect(await titleAt(2 * checkEveryMs + 1)).toBe('Pitcher');
  expect(await titleAt(checkEveryMs + 1 + trustMs)).toBe('Ewer');
  expect(reported).toHaveBeenCalledTimes(2);
  reported.mockRestore();
});
