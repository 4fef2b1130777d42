/**
 * Which ways to pay there are: a merchant's setting that shoppers are shown and a checkout obeys. A fresh shop takes cards and
 * nobody's promise.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { type CartView, listPaymentMethods } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { createDraftOrder } from '../../shared/contracts/orders/drafts-http.ts';
import { readPaymentMethods } from '../../shared/contracts/pricing/payment-methods.ts';
import { act, ask } from './back-office.ts';
import { expectProblem, expectStatus } from './client.ts';
import { changeCart, changePaymentMethods, issueGiftCard, money, setCustomer, startCart } from './merchant.ts';
import {
  address,
  card,
  checkOut,
  complete,
  fillCart,
  journeyOfFile,
  manual,
  orderOf,
  putUp,
  readCart,
  readCheckout,
  stockOf,
} from './shopping.ts';

const shop = journeyOfFile();
let products = 0;

/** A cart of one thing for so much, and whatever is said of how it is paid. */
async function cartOf(priceMinor: number): Promise<CartView> {
  products += 1;
  const sku = `PAID-${products}`;
  await putUp(shop, { sku, stock: 5, priceMinor });
  return fillCart(shop, { sku, quantity: 1 });
}

const waysFor = async (cartId: string) =>
  expectStatus(await shop.send('GET', `/v1/carts/${cartId}/payment-methods`), 200).as(listPaymentMethods.answer);
const idsFor = async (cartId: string) => (await waysFor(cartId)).items.map(({ id }) => id);

const path = '/admin/v1/payment-methods';
const read = async () => expectStatus(await shop.admin('GET', path), 200).as(readPaymentMethods.answer);

/** As in a shop that was never told. */
beforeEach(async () => {
  const known = (await read()).methods.map(({ id }) => id);
  const own = known.filter((id) => !['card', 'test-card', 'manual'].includes(id));
  await changePaymentMethods(shop, { methods: [{ id: 'manual', isEnabled: false, shipsUnpaid: false }], remove: own });
});

describe('a fresh shop', () => {
  it('offers cards by the providers that it has, and shows the merchant all ways', async () => {
    const { methods } = await read();
    expect(methods.map(({ id, isEnabled, isConfigured }) => [id, isEnabled, isConfigured])).toEqual([
      ['card', true, false],
      ['test-card', true, true],
      ['manual', false, true],
    ]);
    const cart = await cartOf(2000);
    expect(await waysFor(cart.id)).toEqual({
      items: [{ id: 'test-card', provider: 'sandbox', name: 'Card (sandbox)' }],
      due: cart.totals.due,
      next: null,
    });
  });

  it('gives nothing for a promise, says what it takes instead, and leaves the cart to its shopper', async () => {
    const cart = await cartOf(2000);
    const refused = expectProblem(await checkOut(shop, cart.id, manual), 'payment-method-not-offered');
    expect(refused.status).toBe(422);
    expect(refused.errors).toEqual([{ pointer: '/payment/provider', detail: expect.stringContaining('test-card') }]);
    expect(refused.paymentMethods).toEqual((await waysFor(cart.id)).items);
    expect(await readCart(shop, cart.id)).toMatchObject({ status: 'active' });
    expect(await stockOf(shop, cart.lines[0]?.sku ?? '')).toMatchObject({ held: 0, available: 5 });
    expectStatus(await checkOut(shop, cart.id, card), 201);
  });

  it('does not complete an open checkout so either, and keeps it open', async () => {
    const cart = await cartOf(2000);
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expectProblem(await complete(shop, open.id, manual), 'payment-method-not-offered');
    expect(await readCheckout(shop, open.id)).toMatchObject({ status: 'open', payment: null });
    const paid = expectStatus(await complete(shop, open.id, card), 200).as(CheckoutView);
    expect(paid.payment).toMatchObject({ provider: 'sandbox', method: { id: 'test-card', name: 'Card (sandbox)' } });
  });

  it('lets a merchant complete a draft by hand all the same', async () => {
    await putUp(shop, { sku: 'DRAFTED', stock: 5, priceMinor: 2000 });
    const lines = [{ sku: 'DRAFTED', quantity: 1 }];
    const made = expectStatus(
      await shop.admin('POST', '/admin/v1/draft-orders', { lines, shippingAddress: address, email: 'ada@example.com' }),
      201,
    );
    const { id } = made.as(createDraftOrder.answer);
    expectProblem(await checkOut(shop, id, manual), 'payment-method-not-offered');
    const done = await shop.admin('POST', `/admin/v1/draft-orders/${id}/complete`, { payment: manual });
    const { order, payment } = expectStatus(done, 201).as(CheckoutView);
    expect([order?.status, payment]).toEqual([
      'confirmed',
      { provider: 'manual', method: null, status: 'pending', actionUrl: null },
    ]);
  });
});

describe('the setting', () => {
  it('is changed under its version, and shown with it', async () => {
    const first = await shop.admin('GET', path);
    const { etag = '' } = first.headers;
    const conditional = await shop.admin('GET', path, undefined, { headers: { 'if-none-match': etag } });
    expectStatus(conditional, 304);
    const json = { methods: [{ id: 'manual', name: 'Transfer', isEnabled: true }] };
    const changed = await shop.admin('PATCH', path, json, { headers: { 'if-match': etag } });
    expect(expectStatus(changed, 200).headers.etag).not.toBe(etag);
    expect(changed.headers.etag).toBe((await shop.admin('GET', path)).headers.etag);
    expectProblem(await shop.admin('PATCH', path, json, { headers: { 'if-match': etag } }), 'precondition-failed');
  });

  it('narrows a way down by country, amount and group', async () => {
    await changePaymentMethods(shop, {
      methods: [
        { id: 'invoice', provider: 'manual', name: 'Invoice', customerGroups: ['trade'], position: 1 },
        { id: 'cash', provider: 'manual', name: 'Cash', countries: ['DE'], maxAmounts: [money(3000)], position: 2 },
      ],
    });
    const cart = await cartOf(2000);
    expect(await idsFor(cart.id)).toEqual(['cash', 'test-card']);
    await setCustomer(shop, cart.id, { customerId: 'cus_1', groups: ['trade'], isTaxExempt: false });
    expect(await idsFor(cart.id)).toEqual(['invoice', 'cash', 'test-card']);
    const dear = await cartOf(2600);
    // With 4.90 for the post.
    expect([dear.totals.due, await idsFor(dear.id)]).toEqual([money(3090), ['test-card']]);
    const sku = cart.lines[0]?.sku ?? '';
    const austrian = await startCart(shop, { country: 'AT', lines: [{ sku, quantity: 1 }] });
    expect(await idsFor(austrian.id)).toEqual(['test-card']);
    const named = { provider: 'manual', method: 'invoice' } as const;
    const refused = expectProblem(await checkOut(shop, dear.id, named), 'payment-method-not-offered');
    expect(refused.errors?.[0]?.pointer).toBe('/payment/method');
  });

  it('of several ways through one provider takes the one that is named, or else the first', async () => {
    await changePaymentMethods(shop, {
      methods: [
        { id: 'invoice', provider: 'manual', name: 'Invoice', position: 1 },
        { id: 'cash-on-delivery', provider: 'manual', name: 'Cash on delivery', shipsUnpaid: true, position: 2 },
      ],
    });
    const buyBy = async (method?: string) => {
      const cart = await cartOf(2000);
      const payment = { ...manual, ...(method === undefined ? {} : { method }) };
      const { order, payment: paid } = expectStatus(await checkOut(shop, cart.id, payment), 201).as(CheckoutView);
      return { orderId: order?.id ?? '', method: paid?.method };
    };
    const invoice = await buyBy();
    expect(invoice.method).toEqual({ id: 'invoice', name: 'Invoice' });
    expectProblem(await ask(shop, invoice.orderId, '/fulfillments', {}), 'payment-outstanding');
    const cash = await buyBy('cash-on-delivery');
    expect(cash.method).toEqual({ id: 'cash-on-delivery', name: 'Cash on delivery' });
    expect(await act(shop, 201, cash.orderId, '/fulfillments', {})).toMatchObject({
      fulfillmentStatus: 'fulfilled',
      payment: { method: { id: 'cash-on-delivery' } },
    });
    // The merchant has changed its mind, and that counts for orders that are there, too.
    await changePaymentMethods(shop, { methods: [{ id: 'invoice', shipsUnpaid: true }] });
    await act(shop, 201, invoice.orderId, '/fulfillments', {});
    const wrong = await checkOut(shop, (await cartOf(2000)).id, {
      provider: 'sandbox',
      token: 'ok',
      method: 'invoice',
    });
    expectProblem(wrong, 'payment-method-not-offered');
  });
});

describe('a cart of which nothing is left to pay', () => {
  const paidByCard = async () => {
    const { code } = await issueGiftCard(shop, { amount: money(10_000) });
    const cart = await cartOf(2000);
    return changeCart(shop, cart.id, { giftCards: [code] });
  };

  it('needs no way to pay, and no payment', async () => {
    const cart = await paidByCard();
    expect(await waysFor(cart.id)).toEqual({ items: [], due: money(0), next: null });
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expect(open.status).toBe('open');
    const done = await shop.send('POST', `/v1/checkouts/${open.id}/complete`, { json: {}, idempotencyKey: open.id });
    const completed = expectStatus(done, 200).as(CheckoutView);
    expect([completed.status, orderOf(completed).status]).toEqual(['completed', 'paid']);
  });

  it('is the only one: any other names the payment that is missing, and stays open', async () => {
    const cart = await cartOf(2000);
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    const path = `/v1/checkouts/${open.id}/complete`;
    const refused = expectProblem(
      await shop.send('POST', path, { json: {}, idempotencyKey: open.id }),
      'invalid-input',
    );
    expect(refused.errors?.map(({ pointer }) => pointer)).toEqual(['/payment']);
    expect((await readCheckout(shop, open.id)).status).toBe('open');
    // Input that was refused leaves its key free.
    const again = await shop.send('POST', path, { json: { payment: card }, idempotencyKey: open.id });
    expect(expectStatus(again, 200).as(CheckoutView).status).toBe('completed');
  });
});
