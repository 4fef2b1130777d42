/** `kill -9` in the middle of an import: it goes on by itself, does every row once, and shoppers are answered meanwhile. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { ImportReport } from '../../shared/contracts/catalog/imports.ts';
import { ProductsImported } from '../../shared/events/catalog.ts';
import { startShop, type TestShop } from './server.ts';
import { pause, until } from './shopping.ts';

const rowsTotal = 6_000;
/** Killed behind so many rows, and again behind so many. */
const killsAt = [500, 2_500];
const csv = [
  'Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price',
  ...Array.from({ length: rowsTotal }, (_, index) => `row-${index},Row ${index},ROW-${index},7,${1 + (index % 50)}`),
  '',
].join('\n');

let shop: TestShop;
beforeAll(async () => {
  shop = await startShop();
});
afterAll(() => shop.stop());

const send = (path: string, init: RequestInit = {}) =>
  fetch(shop.url + path, {
    ...init,
    headers: { authorization: `Bearer ${shop.adminKey}`, 'content-type': 'text/csv' },
  });
const read = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> =>
  schema.parse(await (await send(path)).json());
const Newest = z.object({ items: z.array(z.object({ id: z.string(), status: z.string(), rows: z.int() })) });
const newest = async () => (await read('/admin/v1/imports?limit=1', Newest)).items[0];

it('goes on where it was, after every crash', async () => {
  void send('/admin/v1/imports', { method: 'POST', body: csv }).catch(() => {});
  for (const rows of killsAt) {
    await until(newest, (job) => (job?.rows ?? 0) >= rows);
    await shop.kill9();
    await shop.restart();
  }
  const latenciesMs: number[] = [];
  for (let job = await newest(); job?.status === 'running'; job = await newest()) {
    const askedAt = performance.now();
    expect((await fetch(`${shop.url}/v1/products?limit=20&country=DE`)).status).toBe(200);
    latenciesMs.push(performance.now() - askedAt);
    await pause(50);
  }
  expect(latenciesMs.length).toBeGreaterThan(0);
  const { id = '' } = (await newest()) ?? {};
  const report = await read(`/admin/v1/imports/${id}`, ImportReport);
  expect(report).toMatchObject({
    status: 'done',
    rows: rowsTotal,
    products: { created: rowsTotal, updated: 0, unchanged: 0, rejected: 0 },
  });
  console.log(`an import of ${rowsTotal} rows went on after ${killsAt.length} kills`);
});

it('every product is told of once, and the same file changes nothing', async () => {
  const told = async () => {
    const handles: string[] = [];
    for (let after: string | null = '0'; after !== null; ) {
      const path = `/admin/v1/events?type=${ProductsImported.type}&limit=100&after=${after}`;
      const page: z.infer<typeof Feed> = await read(path, Feed);
      handles.push(...page.items.flatMap(({ data }) => data.products.map(({ handle }) => handle)));
      after = page.next;
    }
    return handles;
  };
  const handles = await until(told, (all) => all.length >= rowsTotal);
  expect([handles.length, new Set(handles).size]).toEqual([rowsTotal, rowsTotal]);
  await send('/admin/v1/imports', { method: 'POST', body: csv });
  const again = await until(newest, (job) => job?.status !== 'running');
  const report = await read(`/admin/v1/imports/${again?.id}`, ImportReport);
  expect(report).toMatchObject({ status: 'done', products: { created: 0, updated: 0, unchanged: rowsTotal } });
});

const Feed = z.object({ items: z.array(z.looseObject({ data: ProductsImported.data })), next: z.string().nullable() });
