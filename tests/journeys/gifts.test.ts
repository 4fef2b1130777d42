/** Gifts over HTTP: a cart says which ones it may have, they are free once they are added, and only as long as it may. */
import { beforeAll, describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { expectStatus } from './client.ts';
import { addPromotion, changeCart, minorOf, putUpVariant, startCart } from './merchant.ts';
import { nok, openNorway, promote } from './norway.ts';
import { card, checkOut, journeyOfFile, readCart } from './shopping.ts';

const shop = journeyOfFile();
let mugId: string;
let penId: string;

beforeAll(async () => {
  await openNorway(shop);
  mugId = await putUpVariant(shop, 'MUG', { price: nok(800) });
  penId = await putUpVariant(shop, 'PEN', { price: nok(333) });
});

const booksFor = (quantity: number) => startCart(shop, { country: 'NO', lines: [{ sku: 'BOOK', quantity }] });

const add = async (cartId: string, line: { readonly variantId?: string; readonly sku?: string }, quantity = 1) =>
  expectStatus(await shop.send('POST', `/v1/carts/${cartId}/lines`, { json: { ...line, quantity } }), 201).as(CartView);

describe('a gift from 30.00', () => {
  let promotionId: string;
  beforeAll(async () => {
    const offer = { kind: 'gift-item', variantId: mugId } as const;
    const conditions = { minSubtotals: [nok(3000)] };
    ({ id: promotionId } = await addPromotion(shop, { title: 'A mug from 30', offer, conditions }));
  });

  it('is offered from there on, free once it is added, and bought for nothing', async () => {
    const small = await booksFor(2);
    expect(small.offeredGifts).toEqual([]);
    const reached = await add(small.id, { sku: 'BOOK' });
    const offered = { promotionId, title: 'A mug from 30', variantId: mugId, quantity: 1 };
    expect(reached.offeredGifts).toEqual([offered]);
    expect(await readCart(shop, small.id)).toEqual(reached);
    const { variantId, quantity } = offered;
    const taken = await add(small.id, { variantId }, quantity);
    expect(taken.offeredGifts).toEqual([]);
    expect(taken.lines.map(({ sku, total }) => [sku, total.amount])).toEqual([
      ['BOOK', 3000],
      ['MUG', 0],
    ]);
    expect(minorOf(taken.totals)).toMatchObject({ subtotal: 3800, discount: 800, shipping: 500, total: 3500 });
    const bought = expectStatus(await checkOut(shop, small.id, card), 201).as(CheckoutView);
    expect(bought.totals).toEqual(taken.totals);
    expect((await readCart(shop, small.id)).offeredGifts).toEqual([]);
  });

  it('costs its price again when the cart has less, and is free again when it has more', async () => {
    const cart = await booksFor(3);
    const taken = await add(cart.id, { variantId: mugId });
    const path = `/v1/carts/${cart.id}/lines/${taken.lines[0]?.id}`;
    const withBooks = async (quantity: number) =>
      expectStatus(await shop.send('PATCH', path, { json: { quantity } }), 200).as(CartView);
    const lost = await withBooks(2);
    expect(minorOf(lost.totals)).toMatchObject({ subtotal: 2800, discount: 0, total: 3300 });
    expect(lost.offeredGifts).toEqual([]);
    expect(minorOf((await withBooks(3)).totals)).toMatchObject({ discount: 800, total: 3500 });
    const bought = await withBooks(2);
    const checkout = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    expect(checkout.totals).toEqual(bought.totals);
  });
});

describe('a gift with a code', () => {
  const offerPens = (code: string, more = {}) =>
    promote(shop, code, { offer: { kind: 'gift-item', variantId: penId, quantity: 2 }, ...more });

  it('is offered to who gives the code, and the rest of it to who has a part', async () => {
    await offerPens('PENS');
    const cart = await booksFor(1);
    const { offeredGifts } = await changeCart(shop, cart.id, { discountCodes: ['pens'] });
    expect(offeredGifts).toMatchObject([{ variantId: penId, quantity: 2 }]);
    const half = await add(cart.id, { sku: 'PEN' });
    expect(half.offeredGifts).toMatchObject([{ variantId: penId, quantity: 1 }]);
    expect(half.totals.discount.amount).toBe(333);
    const whole = await add(cart.id, { variantId: penId });
    expect(whole.offeredGifts).toEqual([]);
    expect(whole.totals.discount.amount).toBe(666);
    expect((await changeCart(shop, cart.id, { discountCodes: [] })).totals.discount.amount).toBe(0);
  });

  it('is offered no more when it is used up', async () => {
    await offerPens('LAST-PENS', { limits: { usesMax: 1 } });
    const [first, late] = [await booksFor(1), await booksFor(1)];
    for (const { id } of [first, late]) {
      const { offeredGifts } = await changeCart(shop, id, { discountCodes: ['LAST-PENS'] });
      expect(offeredGifts).toHaveLength(1);
    }
    await add(first.id, { variantId: penId }, 2);
    expectStatus(await checkOut(shop, first.id, card), 201);
    const left = await readCart(shop, late.id);
    expect(left.offeredGifts).toEqual([]);
    expect(left.rejectedCodes).toMatchObject([{ code: 'LAST-PENS', reason: 'used-up', available: 0 }]);
  });
});
