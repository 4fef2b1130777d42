/** What an edit by the merchant makes stale is gone at once, on page, list and cart; everything else stays remembered. */
import { describe, expect, it } from 'vitest';
import { listProducts, readProduct } from '../../shared/contracts/catalog/http.ts';
import { markets } from '../../shared/contracts/pricing/http.ts';
import { act } from './back-office.ts';
import { expectStatus } from './client.ts';
import { money } from './merchant.ts';
import { buy, fillCart, journeyOfFile, orderOf, putUp, sandbox, until } from './shopping.ts';

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

/** For how many seconds the router has remembered the page: an answer from memory says how old it is, any other is new. */
async function ageSecondsOf(sku: string): Promise<number | null> {
  const { age } = expectStatus(await shop.send('GET', `/v1/products/${sku.toLowerCase()}`), 200).headers;
  return age === undefined ? null : Number(age);
}
const isRemembered = async (sku: string): Promise<boolean> => (await ageSecondsOf(sku)) !== null;

/** The router's memory holds a page for five seconds, of which it may have had one when the work begins. */
const surelyRememberedMs = 3_500;
const triesMax = 5;

/** Whether a page that was remembered before still is. A slow machine, on which the memory ended by itself meanwhile, tries again. */
async function staysRemembered(sku: string, work: () => Promise<unknown>): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    const startedAt = Date.now();
    const ageSeconds = await ageSecondsOf(sku);
    if (ageSeconds !== null && ageSeconds > 0) {
      await until(
        () => isRemembered(sku),
        (isOld) => !isOld,
      );
      continue;
    }
    const wasRemembered = await isRemembered(sku);
    await work();
    const stays = await isRemembered(sku);
    const isInTime = Date.now() - startedAt < surelyRememberedMs;
    if (isInTime) expect(wasRemembered).toBe(true);
    if (stays || isInTime || tries >= triesMax) return stays;
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
