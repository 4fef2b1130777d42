/**
 * Carts whose shopper the merchant's system knows: prices, promotions and taxes that are for some only, limits that follow a
 * customer, and orders that stay theirs. Nobody else can say who a shopper is.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { createDraftOrder } from '../../shared/contracts/orders/drafts-http.ts';
import { previewEdit } from '../../shared/contracts/orders/edits-http.ts';
import { OrderListItem } from '../../shared/contracts/orders/order-lists-http.ts';
import { Page } from '../../shared/http/pagination.ts';
import { ask, readOrder } from './back-office.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import {
  addPriceList,
  addPromotion,
  changeCart,
  minorOf,
  money,
  putUpVariant,
  setCustomer,
  startCart,
  trySetCustomer,
} from './merchant.ts';
import { addressIn, card, checkOut, journeyOfFile, manual, orderOf, readCart, until } from './shopping.ts';

const shop = journeyOfFile();
let teaId: string;
beforeAll(async () => {
  // From 50.00 on the standard way of sending costs nothing in Germany.
  await putUpVariant(shop, 'NINETY', { price: money(9000) });
  teaId = await putUpVariant(shop, 'TEA', { price: money(9000) });
  await addPriceList(shop, { name: 'Trade', customerGroups: ['trade'] }, [
    { variantId: teaId, currency: 'EUR', amount: 8000 },
  ]);
});

const cartOf = (sku: string, details: Parameters<typeof startCart>[2] = {}) =>
  startCart(shop, { country: 'DE', lines: [{ sku, quantity: 1 }] }, details);
const bought = async (cartId: string) => expectStatus(await checkOut(shop, cartId, card), 201).as(CheckoutView);

describe('a cart whose customer is in a group', () => {
  it('has the prices of the group, until the shopper is a guest again', async () => {
    const cart = await cartOf('TEA');
    expect(cart).toMatchObject({ customer: null, totals: { total: money(9000) } });
    const known = await setCustomer(shop, cart.id, { customerId: 'cus_1', groups: ['trade', 'trade', 'b'] });
    expect(known).toMatchObject({
      customer: { id: 'cus_1', groups: ['trade', 'b'], isTaxExempt: false },
      lines: [{ unitPrice: money(8000) }],
      totals: { total: money(8000) },
    });
    expect(await readCart(shop, cart.id)).toEqual(known);
    const guest = await setCustomer(shop, cart.id, { customerId: null });
    expect(guest).toMatchObject({ customer: null, totals: { total: money(9000) } });
    expect((await bought(cart.id)).customer).toBeNull();
  });

  it('takes a code of the group, which does nothing for others', async () => {
    const offer = { kind: 'percent-off-order', rate: '0.5' } as const;
    const conditions = { customerGroups: ['friends'] };
    await addPromotion(shop, { title: 'Friends', codes: ['FRIENDS'], offer, conditions });
    const cart = await cartOf('NINETY');
    const discountCodes = ['FRIENDS'];
    const rejected = { rejectedCodes: [{ code: 'FRIENDS', reason: 'not-for-customer' }] };
    expect(await changeCart(shop, cart.id, { discountCodes })).toMatchObject(rejected);
    expect(await setCustomer(shop, cart.id, { customerId: 'cus_2', groups: ['trade'] })).toMatchObject(rejected);
    const friend = await setCustomer(shop, cart.id, { customerId: 'cus_2', groups: ['friends'] });
    expect(friend).toMatchObject({ rejectedCodes: [], totals: { total: money(4990) } });
    const left = await setCustomer(shop, cart.id, { customerId: 'cus_2' });
    expect(left).toMatchObject({
      totals: { total: money(9000) },
      rejectedCodes: [{ code: 'FRIENDS', reason: 'not-for-customer' }],
    });
  });

  it('is agreed on like any other: a total that nobody saw is refused', async () => {
    const cart = await cartOf('TEA');
    await setCustomer(shop, cart.id, { customerId: 'cus_1', groups: ['trade'] });
    const json = { cartId: cart.id, payment: card, expectedTotal: money(9000) };
    const refused = expectProblem(await checkOut(shop, cart.id, card, { json }), 'price-changed');
    expect(refused.total).toEqual(money(8000));
  });
});

it('a customer who is exempt pays no tax, in the cart and in the order', async () => {
  const cart = await cartOf('NINETY');
  expect(minorOf(cart.totals)).toMatchObject({ total: 9000, tax: 1437 });
  const exempt = await setCustomer(shop, cart.id, { customerId: 'cus_embassy', isTaxExempt: true });
  expect(exempt).toMatchObject({ taxRelief: 'exempt', totals: { total: money(7563), tax: money(0) } });
  const checkout = await bought(cart.id);
  expect(checkout.totals).toEqual(exempt.totals);
  const order = await readOrder(shop, orderOf(checkout).id);
  expect(order).toMatchObject({ customer: { id: 'cus_embassy', isTaxExempt: true }, taxRelief: 'exempt' });
});

describe('what a customer may use once', () => {
  const offer = { kind: 'percent-off-order', rate: '0.5' } as const;
  const conditionsOf = (code: string) => ({ title: code, codes: [code], offer });

  it('is used under one address and another, and as a guest', async () => {
    await addPromotion(shop, { ...conditionsOf('ONCE'), limits: { usesPerCustomerMax: 1 } });
    const discountCodes = ['ONCE'];
    const cart = await cartOf('NINETY', { email: 'one@example.com' });
    await setCustomer(shop, cart.id, { customerId: 'cus_once' });
    expect((await changeCart(shop, cart.id, { discountCodes })).totals.total).toEqual(money(4990));
    await bought(cart.id);

    const other = await cartOf('NINETY', { email: 'two@example.com' });
    await setCustomer(shop, other.id, { customerId: 'cus_once' });
    const usedUp = { rejectedCodes: [{ code: 'ONCE', reason: 'used-up' }] };
    expect(await changeCart(shop, other.id, { discountCodes })).toMatchObject(usedUp);
    const guest = await cartOf('NINETY', { email: 'one@example.com' });
    expect(await changeCart(shop, guest.id, { discountCodes })).toMatchObject(usedUp);
    // Who uses it as a guest first has used it, too.
    const early = await cartOf('NINETY', { email: 'three@example.com', discountCodes });
    await bought(early.id);
    const known = await cartOf('NINETY', { email: 'three@example.com' });
    await setCustomer(shop, known.id, { customerId: 'cus_three' });
    expect(await changeCart(shop, known.id, { discountCodes })).toMatchObject(usedUp);
  });

  it('at a first order is over after it, whatever the address', async () => {
    await addPromotion(shop, { ...conditionsOf('WELCOME'), conditions: { isFirstOrder: true } });
    const first = await cartOf('NINETY');
    await setCustomer(shop, first.id, { customerId: 'cus_new' });
    expect((await changeCart(shop, first.id, { discountCodes: ['WELCOME'] })).totals.total).toEqual(money(4990));
    await setCustomer(shop, first.id, { customerId: 'cus_newer' });
    await bought(first.id);
    const second = await cartOf('NINETY', { email: 'newer@example.com' });
    await setCustomer(shop, second.id, { customerId: 'cus_newer' });
    const { rejectedCodes } = await changeCart(shop, second.id, { discountCodes: ['WELCOME'] });
    expect(['not-for-customer', 'used-up']).toContain(rejectedCodes[0]?.reason);
  });
});

describe('an order of a customer', () => {
  it('is found by the customer, and its edits have the prices of the group', async () => {
    const cart = await cartOf('TEA', { email: 'ada@example.com' });
    await setCustomer(shop, cart.id, { customerId: 'cus_found', groups: ['trade'] });
    const { id } = orderOf(await bought(cart.id));
    expect((await readOrder(shop, id)).customer).toEqual({ id: 'cus_found', groups: ['trade'], isTaxExempt: false });
    const list = async (customerId: string) => {
      const answer = await shop.admin('GET', `/admin/v1/orders?customerId=${customerId}`);
      return expectStatus(answer, 200).as(Page(OrderListItem)).items;
    };
    const found = await until(
      () => list('cus_found'),
      ({ length }) => length > 0,
    );
    expect(found).toMatchObject([{ id, customerId: 'cus_found', email: 'ada@example.com' }]);
    expect(await list('cus_nobody')).toEqual([]);
    expectProblem(await shop.admin('GET', '/admin/v1/orders?customerId=a%20b'), 'invalid-input');

    const preview = await ask(shop, id, '/edits/preview', { add: [{ sku: 'TEA', quantity: 1 }] });
    expect(expectStatus(preview, 200).as(previewEdit.answer)).toMatchObject({ delta: money(8000) });
  });

  it('may begin as a draft, priced for whom the merchant names', async () => {
    const lines = [{ sku: 'TEA', quantity: 1 }];
    const customer = { customerId: 'cus_draft', groups: ['trade'] };
    const shippingAddress = addressIn('DE');
    const idempotencyKey = newKey();
    const draft = (json: object) => shop.admin('POST', '/admin/v1/draft-orders', json, { idempotencyKey });
    const made = expectStatus(await draft({ country: 'DE', lines, customer, shippingAddress }), 201).as(
      createDraftOrder.answer,
    );
    expect(made.cart).toMatchObject({ customer: { id: 'cus_draft' }, totals: { total: money(8000) } });
    expectProblem(await draft({ country: 'DE', lines, shippingAddress }), 'idempotency-key-reused');
    const again = expectStatus(await draft({ country: 'DE', lines, customer, shippingAddress }), 201).as(
      createDraftOrder.answer,
    );
    expect(again).toEqual(made);
    const completed = await shop.admin('POST', `/admin/v1/draft-orders/${made.id}/complete`, { payment: manual });
    expect(expectStatus(completed, 201).as(CheckoutView)).toMatchObject({
      customer: { id: 'cus_draft', groups: ['trade'] },
      totals: { total: money(8000) },
    });
  });
});

describe('who a shopper is', () => {
  it('is nothing that a shopper can say', async () => {
    const cart = await cartOf('TEA');
    for (const customer of [{ id: 'cus_1', groups: ['trade'], isTaxExempt: true }, null, 'cus_1'])
      expectProblem(await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { customer } }), 'invalid-input');
    expectProblem(await shop.send('POST', '/v1/carts', { json: { customerId: 'cus_1' } }), 'invalid-input');
    const json = { customerId: 'cus_1' };
    expectProblem(await shop.send('PUT', `/admin/v1/carts/${cart.id}/customer`, { json }), 'not-authenticated');
    expectProblem(await shop.send('PUT', `/v1/carts/${cart.id}/customer`, { json }), 'not-found');
    expect(await readCart(shop, cart.id)).toEqual(cart);
  });

  it('is refused while the cart is being bought, and once it was', async () => {
    const cart = await cartOf('TEA');
    const checkout = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    const frozen = await readCart(shop, cart.id);
    const refused = await trySetCustomer(shop, cart.id, { customerId: 'cus_1', groups: ['trade'] });
    expect(expectProblem(refused, 'cart-frozen').checkoutId).toBe(checkout.id);
    expect(await readCart(shop, cart.id)).toEqual(frozen);
    const path = `/v1/checkouts/${checkout.id}/cancel`;
    expectStatus(await shop.send('POST', path, { json: {}, idempotencyKey: newKey() }), 200);
    await setCustomer(shop, cart.id, { customerId: 'cus_1', groups: ['trade'] });
    expect((await bought(cart.id)).totals.total).toEqual(money(8000));
    const ended = async () => (await readCart(shop, cart.id)).status === 'completed';
    await until(ended, (isEnded) => isEnded);
    expectProblem(await trySetCustomer(shop, cart.id, { customerId: null }), 'cart-completed');
  });

  it('is guarded by the version, and said once per key', async () => {
    const cart = await cartOf('TEA');
    const path = `/admin/v1/carts/${cart.id}/customer`;
    const json = { customerId: 'cus_1', groups: ['trade'] };
    const stale = { headers: { 'if-match': '"0"' } };
    expectProblem(await shop.admin('PUT', path, json, stale), 'precondition-failed');
    const etag = String((await shop.send('GET', `/v1/carts/${cart.id}`)).headers.etag);
    const idempotencyKey = newKey();
    const set = () => shop.admin('PUT', path, json, { idempotencyKey, headers: { 'if-match': etag } });
    const first = expectStatus(await set(), 200);
    await setCustomer(shop, cart.id, { customerId: null });
    const replayed = expectStatus(await set(), 200);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(replayed.text).toBe(first.text);
    expect((await readCart(shop, cart.id)).customer).toBeNull();
    const other = await shop.admin('PUT', path, { customerId: 'cus_2' }, { idempotencyKey });
    expectProblem(other, 'idempotency-key-reused');
  });

  it('may be known before there is anything in the cart, and nowhere but in carts', async () => {
    const cart = expectStatus(await shop.send('POST', '/v1/carts', { json: { country: 'DE' } }), 201).as(CartView);
    await setCustomer(shop, cart.id, { customerId: 'cus_1', groups: ['trade'] });
    const json = { sku: 'TEA', quantity: 1 };
    const filled = await shop.send('POST', `/v1/carts/${cart.id}/lines`, { json });
    expect(expectStatus(filled, 201).as(CartView).totals.total).toEqual(money(8000));
    expectProblem(await trySetCustomer(shop, 'cart_nobody', { customerId: 'cus_1' }), 'not-found');
  });

  it.each([
    ['/customerId', {}],
    ['/customerId', { customerId: '' }],
    ['/customerId', { customerId: 'a:b' }],
    ['/customerId', { customerId: 'x'.repeat(65) }],
    ['/customerId', { customerId: null, groups: ['trade'] }],
    ['/customerId', { customerId: null, isTaxExempt: true }],
    ['/groups/1', { customerId: 'cus_1', groups: ['a', ' '] }],
    ['/groups', { customerId: 'cus_1', groups: Array.from({ length: 51 }, (_, index) => `g${index}`) }],
    ['/isTaxExempt', { customerId: 'cus_1', isTaxExempt: 'yes' }],
    ['/id', { customerId: 'cus_1', id: 'cus_1' }],
  ])('is refused at %s in %j, and the cart stays as it was', async (pointer, json) => {
    const cart = await cartOf('TEA');
    const refused = expectProblem(
      await shop.admin('PUT', `/admin/v1/carts/${cart.id}/customer`, json),
      'invalid-input',
    );
    expect(refused.errors?.map((fault) => fault.pointer)).toEqual([pointer]);
    expect(await readCart(shop, cart.id)).toEqual(cart);
  });
});
