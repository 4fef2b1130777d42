/**
 * A shopper's whole way from the window to the order, with the merchant looking on: what is shown is what is charged, what
 * was answered once stays the answer, and what goes wrong gives everything back.
 */
import { describe, expect, it } from 'vitest';
import { CartView, ShippingOptionView } from '../../shared/contracts/cart/http.ts';
import { Product } from '../../shared/contracts/catalog/products.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { OrderView, ShopperOrderView } from '../../shared/contracts/orders/orders-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import {
  address,
  buy,
  card,
  checkOut,
  complete,
  fillCart,
  journeyOfFile,
  listEvents,
  listOrders,
  orderOf,
  putUp,
  readCart,
  readCheckout,
  stockOf,
  until,
  untilFinal,
} from './shopping.ts';

const shop = journeyOfFile();

describe('a first purchase', () => {
  it('leads from the list to an order that its buyer and the merchant can read', async () => {
    await putUp(shop, { sku: 'MUG', stock: 10, priceMinor: 1490 });
    const list = expectStatus(await shop.send('GET', '/v1/products'), 200).as(Page(Product));
    const handle = list.items.find(({ title }) => title === 'Product MUG')?.handle;
    const product = expectStatus(await shop.send('GET', `/v1/products/${handle}`), 200).as(Product);
    expect(product.variants[0]).toMatchObject({ sku: 'MUG', available: 10, availableForSale: true });

    const empty = expectStatus(await shop.send('POST', '/v1/carts', { json: { country: 'DE' } }), 201).as(CartView);
    const added = await shop.send('POST', `/v1/carts/${empty.id}/lines`, {
      json: { variantId: product.variants[0]?.id, quantity: 2 },
    });
    expect(expectStatus(added, 201).as(CartView).totals.subtotal).toEqual({ amount: 2980, currency: 'EUR' });

    const options = expectStatus(await shop.send('GET', `/v1/carts/${empty.id}/shipping-options`), 200).as(
      Page(ShippingOptionView),
    );
    const express = options.items.find(({ name }) => name === 'Express');
    const details = { email: 'ada@example.com', shippingAddress: address, shippingOptionId: express?.id };
    const cart = expectStatus(await shop.send('PATCH', `/v1/carts/${empty.id}`, { json: details }), 200).as(CartView);
    expect(cart.totals).toMatchObject({
      subtotal: { amount: 2980 },
      shipping: express?.price,
      discount: { amount: 0 },
    });
    expect(cart.totals.total.amount).toBe(2980 + (express?.price.amount ?? 0));

    const answer = await checkOut(shop, cart.id, card);
    const checkout = expectStatus(answer, 201).as(CheckoutView);
    expect(checkout).toMatchObject({ status: 'completed', totals: cart.totals, email: details.email });
    const { id, number, accessToken } = orderOf(checkout);

    const order = await shop.send('GET', `/v1/orders/${id}`, { headers: { authorization: `Bearer ${accessToken}` } });
    const seen = expectStatus(order, 200).as(ShopperOrderView);
    expect(seen).toMatchObject({ id, number, status: 'paid', totals: cart.totals, shippingAddress: address });
    expect(seen.payment.captured).toEqual(cart.totals.total);
    // How many more could be bought is of the cart alone.
    expect(seen.lines).toMatchObject(
      cart.lines.map(({ available: _, maxQuantity: __, obstacle: ___, ...line }) => line),
    );

    const listed = await until(
      () => listOrders(shop),
      (orders) => orders.some((one) => one.id === id && one.status === 'paid'),
    );
    expect(listed.find((one) => one.id === id)).toMatchObject({ number, total: cart.totals.total, quantity: 2 });
    const asAdmin = expectStatus(await shop.admin('GET', `/admin/v1/orders/${id}`), 200).as(OrderView);
    const lines = seen.lines.map((line) => ({ ...line, priceByHand: null }));
    expect({ ...asAdmin, version: null }).toEqual({ ...seen, version: null, lines, tags: [], discountByHand: null });
    const events = await until(
      () => listEvents(shop, 'orders.order-placed.v1'),
      (all) => all.some(({ subject }) => subject === id),
    );
    expect(events.filter(({ subject }) => subject === id)).toHaveLength(1);
    expect(await stockOf(shop, 'MUG')).toMatchObject({ onHand: 10, held: 0, committed: 2, available: 8 });
  });

  it('shows the smaller stock on the product page within seconds', async () => {
    await putUp(shop, { sku: 'SHOWN', stock: 3, priceMinor: 500 });
    await buy(shop, { sku: 'SHOWN', quantity: 2 });
    const product = async () => expectStatus(await shop.admin('GET', '/admin/v1/products/shown'), 200).as(Product);
    await until(product, ({ variants }) => variants[0]?.available === 1);
  });

  it('can hold the goods first and be paid later', async () => {
    await putUp(shop, { sku: 'LATER', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'LATER', quantity: 3 });
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expect(open).toMatchObject({ status: 'open', order: null, payment: null, cartId: cart.id });
    expect(await stockOf(shop, 'LATER')).toMatchObject({ held: 3, committed: 0, available: 2 });
    const done = expectStatus(await complete(shop, open.id, card), 200).as(CheckoutView);
    expect(done).toMatchObject({ id: open.id, status: 'completed', payment: { status: 'captured' } });
    expect(await readCheckout(shop, open.id)).toEqual(done);
    expect(await stockOf(shop, 'LATER')).toMatchObject({ held: 0, committed: 3, available: 2 });
  });
});

describe('a guest order', () => {
  it('exists for its access token only', async () => {
    await putUp(shop, { sku: 'SECRET', stock: 5, priceMinor: 900 });
    const { id, accessToken } = orderOf(await buy(shop, { sku: 'SECRET', quantity: 1 }));
    const other = orderOf(await buy(shop, { sku: 'SECRET', quantity: 1 }));
    const read = (query: string, authorization?: string) =>
      shop.send('GET', `/v1/orders/${id}${query}`, authorization === undefined ? {} : { headers: { authorization } });
    expectStatus(await read('', `Bearer ${accessToken}`), 200);
    expectStatus(await read(`?access_token=${accessToken}`), 200);
    for (const wrong of [
      await read(''),
      await read('?access_token='),
      await read(`?access_token=${accessToken}x`),
      await read(`?access_token=${other.accessToken}`),
      await read('', `Bearer ${other.accessToken}`),
      await read('', `Bearer ${accessToken.toUpperCase()}`),
    ])
      expectProblem(wrong, 'not-found');
    expectProblem(await shop.send('GET', `/v1/orders/${id.slice(0, -4)}zzz1`), 'not-found');
  });
});

describe('a checkout that is given up', () => {
  it('gives goods and cart back when it is canceled', async () => {
    await putUp(shop, { sku: 'BACK', stock: 4, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'BACK', quantity: 4 });
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    const more = { json: { sku: 'BACK', quantity: 1 } };
    expectProblem(await shop.send('POST', `/v1/carts/${cart.id}/lines`, more), 'cart-frozen');
    expectProblem(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { note: 'Hi' } }), 'cart-frozen');
    expect(await readCart(shop, cart.id)).toMatchObject({ status: 'frozen', checkoutId: open.id });

    const cancel = () => shop.send('POST', `/v1/checkouts/${open.id}/cancel`, { idempotencyKey: newKey(), json: {} });
    expect(expectStatus(await cancel(), 200).as(CheckoutView).status).toBe('canceled');
    expect(expectStatus(await cancel(), 200).as(CheckoutView).status).toBe('canceled');
    expect(await stockOf(shop, 'BACK')).toMatchObject({ held: 0, committed: 0, available: 4 });
    expect(await readCart(shop, cart.id)).toMatchObject({ status: 'active', checkoutId: null, lines: cart.lines });
    expectProblem(await complete(shop, open.id, card), 'checkout-state');
    expectStatus(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { note: 'Again' } }), 200);
    expectStatus(await checkOut(shop, cart.id, card), 201);
  });

  it('cannot be canceled once it is paid', async () => {
    await putUp(shop, { sku: 'PAID', stock: 1, priceMinor: 900 });
    const { id } = await buy(shop, { sku: 'PAID', quantity: 1 });
    const canceled = await shop.send('POST', `/v1/checkouts/${id}/cancel`, { idempotencyKey: newKey(), json: {} });
    expectProblem(canceled, 'checkout-state');
    expect(await stockOf(shop, 'PAID')).toMatchObject({ committed: 1, available: 0 });
  });
});

describe('a cart that became an order', () => {
  it('takes no more changes, and checking it out again finds the order', async () => {
    await putUp(shop, { sku: 'DONE', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'DONE', quantity: 1 });
    const checkout = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    await until(
      () => readCart(shop, cart.id),
      ({ status }) => status === 'completed',
    );
    const line = `/v1/carts/${cart.id}/lines/${cart.lines[0]?.id}`;
    const add = { json: { sku: 'DONE', quantity: 1 } };
    expectProblem(await shop.send('POST', `/v1/carts/${cart.id}/lines`, add), 'cart-completed');
    expectProblem(await shop.send('PATCH', line, { json: { quantity: 2 } }), 'cart-completed');
    expectProblem(await shop.send('DELETE', line), 'cart-completed');
    expectProblem(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { note: 'Hi' } }), 'cart-completed');
    const again = expectStatus(await checkOut(shop, cart.id, card), 200).as(CheckoutView);
    expect(again.order?.id).toBe(checkout.order?.id);
    expect(await stockOf(shop, 'DONE')).toMatchObject({ committed: 1, available: 4 });
  });
});

describe('a total that is not the one the shopper saw', () => {
  it('is refused with the present one', async () => {
    await putUp(shop, { sku: 'SAWN', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'SAWN', quantity: 1 });
    const start = (amount: number) =>
      shop.send('POST', '/v1/checkouts', {
        idempotencyKey: newKey(),
        json: { cartId: cart.id, payment: card, expectedTotal: { amount, currency: 'EUR' } },
      });
    const { amount } = cart.totals.total;
    expect(expectProblem(await start(amount - 1), 'price-changed').total).toEqual(cart.totals.total);
    expect(await stockOf(shop, 'SAWN')).toMatchObject({ held: 0, available: 5 });
    expectStatus(await start(amount), 201);
  });

  it('is refused after the merchant raised a price, and then bought at the new one', async () => {
    await putUp(shop, { sku: 'DEARER', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'DEARER', quantity: 2 });
    expect(cart.totals.subtotal.amount).toBe(1800);
    const edit = { variants: [{ sku: 'DEARER', price: { amount: 1000, currency: 'EUR' } }] };
    expectStatus(await shop.admin('PATCH', '/admin/v1/products/dearer', edit), 200);

    const refused = expectProblem(await checkOut(shop, cart.id, card), 'price-changed');
    const repriced = await readCart(shop, cart.id);
    expect(repriced.totals.subtotal.amount).toBe(2000);
    expect(refused.total).toEqual(repriced.totals.total);
    expect(await stockOf(shop, 'DEARER')).toMatchObject({ held: 0, committed: 0 });

    const checkout = expectStatus(await checkOut(shop, cart.id, card), 201).as(CheckoutView);
    expect(checkout.totals).toEqual(repriced.totals);
  });
});

describe('an idempotency key', () => {
  it('brings the very same answer again, and belongs to one body', async () => {
    await putUp(shop, { sku: 'KEYED', stock: 5, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'KEYED', quantity: 1 });
    const idempotencyKey = newKey();
    const first = expectStatus(await checkOut(shop, cart.id, card, { idempotencyKey }), 201);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const second = expectStatus(await checkOut(shop, cart.id, card, { idempotencyKey }), 201);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(second.text).toBe(first.text);
    expect(second.headers['content-type']).toBe(first.headers['content-type']);
    expectProblem(await checkOut(shop, cart.id, null, { idempotencyKey }), 'idempotency-key-reused');
    expect(await stockOf(shop, 'KEYED')).toMatchObject({ committed: 1, held: 0 });
  });

  it('brings a refusal again too', async () => {
    await putUp(shop, { sku: 'SHORT', stock: 1, priceMinor: 900 });
    const cart = await fillCart(shop, { sku: 'SHORT', quantity: 2 });
    const idempotencyKey = newKey();
    const first = await checkOut(shop, cart.id, card, { idempotencyKey });
    expect(expectProblem(first, 'insufficient-stock')).toMatchObject({ sku: 'SHORT', requested: 2, available: 1 });
    const second = await checkOut(shop, cart.id, card, { idempotencyKey });
    expect(second.text).toBe(first.text);
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('must be there and readable wherever a checkout is changed', async () => {
    const cart = await fillCart(shop, { sku: 'KEYED', quantity: 1 });
    const start = { json: { cartId: cart.id } };
    expectProblem(await shop.send('POST', '/v1/checkouts', start), 'idempotency-key-missing');
    expectProblem(
      await shop.send('POST', '/v1/checkouts', { ...start, idempotencyKey: 'a b' }),
      'idempotency-key-invalid',
    );
    const tooLong = 'k'.repeat(256);
    expectProblem(
      await shop.send('POST', '/v1/checkouts', { ...start, idempotencyKey: tooLong }),
      'idempotency-key-invalid',
    );
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    const path = `/v1/checkouts/${open.id}`;
    expectProblem(await shop.send('POST', `${path}/complete`, { json: { payment: card } }), 'idempotency-key-missing');
    expectProblem(await shop.send('POST', `${path}/cancel`, { json: {} }), 'idempotency-key-missing');
  });

  it('also guards carts and the merchant', async () => {
    const keyed = async (method: string, path: string, json: unknown, isAdmin: boolean) => {
      const idempotencyKey = newKey();
      const once = () => shop.send(method, path, { json, isAdmin, idempotencyKey });
      const [first, second] = [await once(), await once()];
      expect(second.text).toBe(first.text);
      expect(second.status).toBe(first.status);
      expect(second.headers['idempotency-replayed']).toBe('true');
      expectProblem(
        await shop.send(method, path, { json: { ...Object(json), note: 'other' }, isAdmin, idempotencyKey }),
        path.includes('lines') || isAdmin ? 'invalid-input' : 'idempotency-key-reused',
      );
      return first;
    };
    const cart = expectStatus(await shop.send('POST', '/v1/carts', { json: {} }), 201).as(CartView);
    await keyed('POST', `/v1/carts/${cart.id}/lines`, { sku: 'KEYED', quantity: 1 }, false);
    await keyed('PATCH', `/v1/carts/${cart.id}`, { email: 'ada@example.com' }, false);
    expect((await readCart(shop, cart.id)).lines).toMatchObject([{ quantity: 1 }]);
    const before = await stockOf(shop, 'KEYED');
    await keyed('POST', '/admin/v1/inventory/KEYED/adjustments', { delta: 3, reason: 'found' }, true);
    expect((await stockOf(shop, 'KEYED')).onHand).toBe(before.onHand + 3);
    await keyed('POST', '/admin/v1/products', newProduct('doubled'), true);
  });

  it('makes one order of fifty identical requests at once', async () => {
    await putUp(shop, { sku: 'FIFTY', stock: 60, priceMinor: 3000 });
    const cart = await fillCart(shop, { sku: 'FIFTY', quantity: 1 });
    const idempotencyKey = newKey();
    const start = () => checkOut(shop, cart.id, card, { idempotencyKey });
    const answers = await Promise.all(Array.from({ length: 50 }, () => untilFinal(start)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await stockOf(shop, 'FIFTY')).toMatchObject({ committed: 1, held: 0, available: 59 });
  });
});

describe('the same item added twice at once', () => {
  it('is one line of two', async () => {
    await putUp(shop, { sku: 'TWICE', stock: 5, priceMinor: 1000, currency: 'USD' });
    for (let round = 0; round < 10; round += 1) {
      const cart = expectStatus(await shop.send('POST', '/v1/carts', { json: { country: 'US' } }), 201).as(CartView);
      const add = () => shop.send('POST', `/v1/carts/${cart.id}/lines`, { json: { sku: 'TWICE', quantity: 1 } });
      for (const answer of await Promise.all([add(), add()])) expectStatus(answer, 201);
      const { lines, totals } = await readCart(shop, cart.id);
      expect(lines).toMatchObject([{ sku: 'TWICE', quantity: 2 }]);
      expect(totals.subtotal).toEqual({ amount: 2000, currency: 'USD' });
    }
  });
});

function newProduct(handle: string) {
  const variants = [{ sku: handle.toUpperCase(), price: { amount: 100, currency: 'EUR' } }];
  return { handle, title: handle, status: 'active', variants };
}
