/**
 * What a cart says of its lines: what is left, what is no longer sold. Its lines may be changed, and it may move to another
 * country and currency. And what cannot be bought in a country is not shown as buyable there.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { listProducts, readProduct } from '../../shared/contracts/catalog/http.ts';
import { Market } from '../../shared/contracts/pricing/markets.ts';
import { Page } from '../../shared/http/pagination.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import { addPromotion, changeCart, issueGiftCard, money, putUpVariant, startCart, tryChangeCart } from './merchant.ts';
import { addressIn, card, checkOut, journeyOfFile, readCart, until } from './shopping.ts';

const shop = journeyOfFile();
let usa: string;
beforeAll(async () => {
  const markets = expectStatus(await shop.admin('GET', '/admin/v1/markets'), 200).as(Page(Market)).items;
  usa = markets.find(({ countries }) => countries.includes('US'))?.id ?? '';
  await putUpVariant(shop, 'WORLD', { price: money(2000), prices: [money(2500, 'USD')] });
  await putUpVariant(shop, 'EURO-ONLY', { price: money(1000) });
});

const start = (sku: string, quantity = 1) => startCart(shop, { country: 'DE', lines: [{ sku, quantity }] });
const changeLine = async (cart: CartView, json: unknown) =>
  expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}/lines/${cart.lines[0]?.id}`, { json }), 200).as(CartView);

describe('a line', () => {
  it('says how many are left and how many it may have', async () => {
    await putUpVariant(shop, 'FEW', { price: money(1000), quantity: 3 });
    const cart = await start('FEW', 2);
    expect(cart.lines).toMatchObject([{ available: 3, maxQuantity: 3, obstacle: null }]);
    const greedy = await changeLine(cart, { quantity: 4 });
    expect(greedy.lines).toMatchObject([
      {
        quantity: 4,
        maxQuantity: 3,
        obstacle: { reason: 'not-enough-left', detail: expect.stringContaining('Only 3') },
      },
    ]);
    expectProblem(await checkOut(shop, cart.id, card), 'insufficient-stock');
    expect((await start('WORLD')).lines).toMatchObject([{ available: 100, maxQuantity: 999 }]);
  });

  it('of a product that is withdrawn or deleted stays visible with its reason, and a checkout says so', async () => {
    await putUpVariant(shop, 'FADING', { price: money(1000) });
    const cart = await start('FADING');
    for (const method of ['PATCH', 'DELETE']) {
      const json = method === 'PATCH' ? { status: 'draft' } : undefined;
      expect((await shop.admin(method, '/admin/v1/products/fading', json)).status).toBeLessThan(300);
      const shown = await until(
        () => readCart(shop, cart.id),
        ({ lines }) => lines[0]?.obstacle !== null,
      );
      expect(shown.lines).toMatchObject([
        { sku: 'FADING', unitPrice: money(1000), maxQuantity: 0, obstacle: { reason: 'not-sold' } },
      ]);
      expectProblem(await checkOut(shop, cart.id, card), 'variant-unavailable');
    }
    const left = expectStatus(await shop.send('DELETE', `/v1/carts/${cart.id}/lines/${cart.lines[0]?.id}`), 200);
    expect(left.as(CartView).lines).toEqual([]);
  });

  it('can be changed in its attributes, alone or with its quantity, and a repetition gets the same answer', async () => {
    const cart = await start('WORLD');
    const engraved = await changeLine(cart, { attributes: { engraving: 'Ann' } });
    expect(engraved.lines).toMatchObject([{ quantity: 1, attributes: { engraving: 'Ann' } }]);
    const path = `/v1/carts/${cart.id}/lines/${cart.lines[0]?.id}`;
    const twice = { json: { quantity: 2, attributes: {} }, idempotencyKey: newKey() };
    const first = await shop.send('PATCH', path, twice);
    expect(expectStatus(first, 200).as(CartView).lines).toMatchObject([{ quantity: 2, attributes: {} }]);
    expect((await shop.send('PATCH', path, twice)).text).toBe(first.text);
    expectProblem(await shop.send('PATCH', path, { json: {} }), 'invalid-input');
  });
});

describe('a cart', () => {
  it('moves to another country: it is priced anew, and codes and the way it is sent are looked at again', async () => {
    const offer = { kind: 'percent-off-order', rate: '0.1' } as const;
    await addPromotion(shop, { title: 'USA', codes: ['USA'], offer, conditions: { marketIds: [usa] } });
    const { code } = await issueGiftCard(shop, { amount: money(500) });
    const cart = await start('WORLD');
    const before = await changeCart(shop, cart.id, { discountCodes: ['USA'], giftCards: [code] });
    expect(before).toMatchObject({
      rejectedCodes: [{ code: 'USA', reason: 'wrong-market' }],
      totals: { subtotal: money(2000), giftCards: money(500) },
    });
    const moved = await changeCart(shop, cart.id, { country: 'US' });
    expect(moved).toMatchObject({
      ...{ country: 'US', currency: 'USD', shippingAddress: null, giftCards: [], rejectedCodes: [] },
      totals: { subtotal: money(2500, 'USD'), discount: money(250, 'USD'), shipping: money(590, 'USD') },
    });
    const shippingAddress = addressIn('US');
    const back = await changeCart(shop, cart.id, { country: 'DE', currency: 'EUR', shippingAddress: addressIn('DE') });
    expect(back).toMatchObject({ currency: 'EUR', totals: { subtotal: money(2000) } });
    const there = await changeCart(shop, cart.id, { country: 'US', shippingAddress });
    expect(there).toMatchObject({ currency: 'USD', shippingAddress: { country: 'US' } });
  });

  it('stays where it is when the country is not sold to, or not all of it is', async () => {
    const cart = await start('EURO-ONLY');
    const refused = expectProblem(
      await tryChangeCart(shop, cart.id, { country: 'US', note: 'n' }),
      'currency-not-sold',
    );
    expect(refused.errors).toEqual([{ pointer: '/country', detail: 'EURO-ONLY has no price in USD.' }]);
    expectProblem(await tryChangeCart(shop, cart.id, { currency: 'USD' }), 'currency-not-in-market');
    const { updatedAt: _u, ...kept } = await readCart(shop, cart.id);
    const { updatedAt: _v, ...before } = cart;
    expect(kept).toEqual(before);
  });
});

describe('in a country', () => {
  it('goods without a price there have no price and are not for sale, on their page and in lists', async () => {
    const page = async (query: string) =>
      expectStatus(await shop.send('GET', `/v1/products/euro-only${query}`), 200).as(readProduct.answer);
    const nothing = { availableForSale: false, priceRange: null, variants: [{ price: null, availableForSale: false }] };
    expect(await page('?country=US')).toMatchObject(nothing);
    expect(await page('?currency=USD')).toMatchObject(nothing);
    expect(await page('?country=DE')).toMatchObject({ availableForSale: true, variants: [{ price: money(1000) }] });
    const listed = async (query: string) =>
      expectStatus(await shop.send('GET', `/v1/products?country=US&${query}`), 200).as(listProducts.answer).items;
    const found = await listed('limit=100');
    expect(found.find(({ handle }) => handle === 'euro-only')).toMatchObject(nothing);
    expect(found.find(({ handle }) => handle === 'world')).toMatchObject({ variants: [{ price: money(2500, 'USD') }] });
    expect((await listed('available=true')).map(({ handle }) => handle)).toEqual(['world']);
  });
});
