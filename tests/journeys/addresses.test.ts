/**
 * What a shop with a file of Japanese products sees of it: two products of the file are two products in the shop, a cart buys
 * the one that it shows, and a page is found at its address and at every former one.
 */
import { expect, it } from 'vitest';
import * as z from 'zod';
import { ImportReport } from '../../shared/contracts/catalog/imports.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { type Answer, expectStatus } from './client.ts';
import { importFile } from './merchant.ts';
import { fillCart, journeyOfFile, stockOf } from './shopping.ts';

const shop = journeyOfFile();

async function bring(rows: readonly string[]): Promise<ImportReport> {
  const header = 'Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price';
  return (await importFile(shop, `${[header, ...rows].join('\n')}\n`)).as(ImportReport);
}

const page = (handle: string): Promise<Answer> => shop.send('GET', `/v1/products/${encodeURIComponent(handle)}`);
const shown = async (handle: string): Promise<z.infer<typeof Product>> =>
  expectStatus(await page(handle), 200).as(Product);

it('two hats of a file are two products, each with its own stock, and a cart buys the one that it shows', async () => {
  const rows = ['白-77,White hat,,3,10.00', '黒-77,Black hat,,5,12.00', 'Summer_Tee,A,T-1,1,1', 'summer-tee,B,T-2,2,2'];
  expect((await bring(rows)).products).toEqual({ created: 4, updated: 0, unchanged: 0, rejected: 0 });
  const [white, black] = await Promise.all([shown('白-77'), shown('黒-77')]);
  expect([white.title, black.title]).toEqual(['White hat', 'Black hat']);
  for (const [{ handle, variants }, stock] of [
    [white, 3],
    [black, 5],
  ] as const) {
    const { sku = '' } = variants[0] ?? {};
    expect((await stockOf(shop, encodeURIComponent(sku))).available).toBe(stock);
    const cart = await fillCart(shop, { sku, quantity: 1 });
    expect(cart.lines).toMatchObject([
      { sku, productHandle: handle, title: handle === '白-77' ? 'White hat' : 'Black hat' },
    ]);
  }
  expect((await bring(rows)).products).toEqual({ created: 0, updated: 0, unchanged: 4, rejected: 0 });
});

it('400 Japanese handles give 400 products', async () => {
  const rows = Array.from(
    { length: 400 },
    (_, index) => `帽子${String.fromCodePoint(0x4e00 + index)},帽子 ${index},,1,9`,
  );
  expect((await bring(rows)).products.created).toBe(400);
  for (const index of [0, 250, 399])
    expect((await shown(`帽子${String.fromCodePoint(0x4e00 + index)}`)).title).toBe(`帽子 ${index}`);
});

it('a changed handle leads from its former address to the present one, also where a page of it was just read', async () => {
  await bring(['冬,Winter,WINTER,1,9']);
  const before = await shown('冬');
  expectStatus(await shop.admin('PATCH', `/admin/v1/products/${before.id}`, { handle: 'winter-帽子' }), 200);
  const present = `/v1/products/${encodeURIComponent('winter-帽子')}`;
  for (const query of ['', '?country=DE']) {
    const moved = expectStatus(await shop.send('GET', `/v1/products/${encodeURIComponent('冬')}${query}`), 301);
    expect(moved.headers.location).toBe(`${present}${query}`);
    expect(moved.headers['cache-control']).toBe('no-store');
    expect(expectStatus(await shop.send('GET', moved.headers.location ?? ''), 200).as(Product).id).toBe(before.id);
  }
  const followed = await fetch(`${shop.shop.url}/v1/products/${encodeURIComponent('冬')}`);
  expect(z.object({ handle: z.string() }).parse(await followed.json()).handle).toBe('winter-帽子');
  // Another product may take the address: then it is its own at once.
  await shop.admin('POST', '/admin/v1/products', {
    ...{ handle: '冬', title: 'Another winter' },
    variants: [{ sku: 'W-2', price: { amount: 1, currency: 'EUR' } }],
  });
  expect((await shown('冬')).title).toBe('Another winter');
  // The file still means the product that it made.
  expect((await bring(['冬,Warm winter,WINTER,1,9'])).products.updated).toBe(1);
  expect((await shown('winter-帽子')).title).toBe('Warm winter');
});
