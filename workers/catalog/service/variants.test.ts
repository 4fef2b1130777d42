/** The number of changes of variants: what is counted, and that an isolate which nobody told of an edit learns of it. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import { emptyDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { checkEveryMs, RevisedMemory, trustMs } from '../../../shared/values/revised-memory.ts';
import { contextOf } from '../context.ts';
import { variantRevision } from '../store/variants.ts';
import { testCatalog } from '../testing/catalog.ts';
import { variantsFor } from './variants.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('catalog');
  await database.migrate();
});
afterAll(() => database.close());

test('whatever changes what carts are told is counted, and what does not is not', async () => {
  const catalog = testCatalog(database.db);
  const { db } = contextOf(catalog.env, null);
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
  const memory = new RevisedMemory<VariantSnapshot>(10_000);
  const { db } = contextOf(catalog.env, null);
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
