/** What an edit by the merchant makes stale is gone at once, on page, list and cart; everything else stays remembered. */
import { describe, expect, it } from 'vitest';
import { listProducts, readProduct } from '../../shared/contracts/catalog/http.ts';
import { markets } from '../../shared/contracts/pricing/http.ts';
import { act } from './back-office.ts';
import { expectStatus } from './client.ts';
import { money } from './merchant.ts';
import { buy, fillCart, journeyOfFile, orderOf, putUp, sandbox } from './shopping.ts';

const shop = journeyOfFile();

async function read(sku: string) {
  const page = expectStatus(await shop.send('GET', `/v1/products/${sku.toLowerCase()}`), 200);
  const { items } = expectStatus(await shop.send('GET', '/v1/products'), 200).as(listProducts.answer);
  const cart = await fillCart(shop, { sku, quantity: 1 });
  const { id, priceRange } = page.as(readProduct.answer);
  return [
    priceRange?.min.amount,
    items.find((item) => item.id === id)?.priceRange?.min.amount,
    cart.lines[0]?.unitPrice.amount,
  ];
}

/** An answer from memory says how old it is. */
const isRemembered = async (sku: string): Promise<boolean> =>
  expectStatus(await shop.send('GET', `/v1/products/${sku.toLowerCase()}`), 200).headers.age !== undefined;

/** Whether a page that was remembered before still is. The router's memory holds it for five seconds: a slow machine tries again. */
async function staysRemembered(sku: string, work: () => Promise<unknown>): Promise<boolean> {
  for (let attempt = 0; ; attempt += 1) {
    const startedAt = Date.now();
    await isRemembered(sku);
    expect(await isRemembered(sku)).toBe(true);
    await work();
    const stays = await isRemembered(sku);
    if (stays || Date.now() - startedAt < 4500 || attempt === 3) return stays;
  }
}

describe('an edit of a product', () => {
  it('is on its page, in lists and in new carts at once, and no other page is forgotten', async () => {
    const cup = await putUp(shop, { sku: 'CUP', stock: 50, priceMinor: 1000 });
    await putUp(shop, { sku: 'HAT', stock: 50, priceMinor: 2000 });
    expect(await read('CUP')).toEqual([1000, 1000, 1000]);
    let price = 1000;
    const others = await staysRemembered('HAT', async () => {
      price += 1;
      const [variant] = cup.variants;
      const json = { variants: [{ id: variant?.id, sku: 'CUP', price: money(price) }] };
      expectStatus(await shop.admin('PATCH', `/admin/v1/products/${cup.id}`, json), 200);
      expect(await read('CUP')).toEqual([price, price, price]);
    });
    expect(others).toBe(true);
  });
});

describe('what a merchant does with an order', () => {
  it('leaves pages and lists as they are remembered', async () => {
    const checkout = await buy(shop, { sku: 'CUP', quantity: 3 }, sandbox('ok'));
    const { id } = orderOf(checkout);
    expect(await staysRemembered('HAT', () => act(shop, 201, id, '/refunds', { amount: money(1) }))).toBe(true);
    expect(await staysRemembered('HAT', () => act(shop, 201, id, '/notes', { text: 'By phone' }))).toBe(true);
  });
});

describe('an edit of a market', () => {
  it('clears the pages of all products', async () => {
    const { items } = expectStatus(await shop.admin('GET', '/admin/v1/markets'), 200).as(markets.list.answer);
    const path = `/admin/v1/markets/${items[0]?.id}`;
    const stays = await staysRemembered('HAT', async () =>
      expectStatus(await shop.admin('PATCH', path, { name: items[0]?.name }), 200),
    );
    expect(stays).toBe(false);
  });
});
