/**
 * A declined payment is not the end: the checkout keeps its goods and takes another card or another way to pay, the cart can be
 * changed instead, and so many declines close it. Nobody pays twice, and nobody for nothing.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CartView } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { PaymentView } from '../../shared/contracts/payments/http.ts';
import { expectProblem, expectStatus, newKey } from './client.ts';
import { takeInvoices } from './merchant.ts';
import {
  checkOut,
  complete,
  fillCart,
  type Journey,
  ledgerOf,
  manual,
  orderIdOfCheckout,
  orderOf,
  pause,
  putUp,
  readCart,
  readCheckout,
  sandbox,
  startJourney,
  stockOf,
  until,
  untilFinal,
} from './shopping.ts';

const shippingMinor = 490;
const totalMinor = 2500;

let shop: Journey;
let number = 0;

beforeAll(async () => {
  shop = await startJourney();
  await takeInvoices(shop);
});
afterAll(() => shop.end());

/** A cart of one piece for 25.00 with shipping, of which there are `stock`. */
async function cartOfOne(stock = 3) {
  number += 1;
  const sku = `TRY-${number}`;
  await putUp(shop, { sku, stock, priceMinor: totalMinor - shippingMinor });
  return { sku, cart: await fillCart(shop, { sku, quantity: 1 }) };
}

/** What the provider has done with the money of one order. */
async function movementsOf(orderId: string) {
  const { intents, entries } = await ledgerOf(shop, orderId);
  return {
    payments: intents.length,
    open: intents.filter(({ status }) => status === 'requires_capture' || status === 'requires_action').length,
    moved: entries
      .filter(({ kind }) => kind !== 'authorize' && kind !== 'cancel')
      .map(({ kind, amount }) => [kind, amount]),
  };
}
const paidOnce = [['capture', totalMinor]];

async function decline(cartId: string): Promise<string> {
  const { checkoutId } = expectProblem(await checkOut(shop, cartId, sandbox('decline')), 'payment-declined');
  return String(checkoutId);
}

/** The page where the payer confirms, and a button of it. */
async function press({ payment }: CheckoutView, choice: 'pay' | 'decline'): Promise<void> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { pathname } = new URL(payment?.actionUrl ?? '');
  expectStatus(await shop.send('POST', pathname, { raw: `choice=${choice}`, headers }), 200, 303);
}

const changeNote = (cartId: string, more = {}) =>
  shop.send('PATCH', `/v1/carts/${cartId}`, { json: { note: 'Ring twice' }, ...more });

describe('a checkout whose payment was declined', () => {
  it('keeps its goods, and another card completes it', async () => {
    const { sku, cart } = await cartOfOne(1);
    const checkoutId = await decline(cart.id);
    expect(await readCheckout(shop, checkoutId)).toMatchObject({
      status: 'open',
      payment: { provider: 'sandbox', status: 'declined', actionUrl: null },
      failure: { code: 'payment-declined' },
      attemptsLeft: 4,
    });
    const other = await fillCart(shop, { sku, quantity: 1 });
    expect(expectProblem(await checkOut(shop, other.id, sandbox('ok')), 'insufficient-stock')).toMatchObject({ sku });
    const paid = expectStatus(await complete(shop, checkoutId, sandbox('ok')), 200).as(CheckoutView);
    expect(paid).toMatchObject({ id: checkoutId, status: 'completed', failure: null, attemptsLeft: null });
    const { id } = orderOf(paid);
    expect(await movementsOf(id)).toEqual({ payments: 2, open: 0, moved: paidOnce });
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: 1, available: 0 });
  });

  it.each([
    ['no_such_token', 'payment-declined', 4],
    ['timeout_before_authorize', 'payment-failed', 5],
  ] as const)('stays open after %s too, which is %s', async (token, code, attemptsLeft) => {
    const { sku, cart } = await cartOfOne();
    const refused = expectProblem(await checkOut(shop, cart.id, sandbox(token)), code);
    expect(refused).toMatchObject({ attemptsLeft });
    const nameless = await complete(shop, String(refused.checkoutId), { provider: 'sandbox' });
    expect(expectProblem(nameless, 'invalid-input').errors).toMatchObject([{ pointer: '/payment/token' }]);
    const still = expectStatus(await shop.send('GET', `/v1/checkouts/${String(refused.checkoutId)}`), 200).as(
      CheckoutView,
    );
    expect(still.attemptsLeft).toBe(attemptsLeft);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 1, committed: 0 });
    const paid = expectStatus(await complete(shop, String(refused.checkoutId), sandbox('ok')), 200).as(CheckoutView);
    expect(await movementsOf(orderOf(paid).id)).toMatchObject({ open: 0, moved: paidOnce });
  });

  it('is found again by posting the cart, under its own id', async () => {
    const { cart } = await cartOfOne();
    const checkoutId = await decline(cart.id);
    expect(await decline(cart.id)).toBe(checkoutId);
    expect(expectStatus(await checkOut(shop, cart.id, null), 200).as(CheckoutView)).toMatchObject({
      id: checkoutId,
      status: 'open',
      attemptsLeft: 3,
    });
    const json = {
      cartId: cart.id,
      payment: sandbox('ok'),
      expectedTotal: { amount: totalMinor + 1, currency: 'EUR' },
    };
    const dearer = await shop.send('POST', '/v1/checkouts', { json, idempotencyKey: newKey() });
    expectProblem(dearer, 'price-changed');
    const paid = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 200).as(CheckoutView);
    expect(paid).toMatchObject({ id: checkoutId, status: 'completed' });
  });

  it('takes another way to pay, and the order names the payment that it became', async () => {
    const { cart } = await cartOfOne();
    const byHand = orderOf(expectStatus(await complete(shop, await decline(cart.id), manual), 200).as(CheckoutView));
    expect(byHand.status).toBe('confirmed');
    expect((await movementsOf(byHand.id)).moved).toEqual([]);
    const second = await cartOfOne();
    const { id } = orderOf(
      expectStatus(await complete(shop, await decline(second.cart.id), sandbox('ok')), 200).as(CheckoutView),
    );
    const order = expectStatus(await shop.admin('GET', `/admin/v1/orders/${id}`), 200).as(OrderView);
    expect(order.payment.id).not.toBe(id);
    const payment = await shop.admin('GET', `/admin/v1/payments/${order.payment.id}`);
    const captured = { id: order.payment.id, orderId: id, status: 'captured' };
    expect(expectStatus(payment, 200).as(PaymentView)).toMatchObject(captured);
    const byOrder = await shop.admin('GET', `/admin/v1/payments/${id}`);
    expect(expectStatus(byOrder, 200).as(PaymentView)).toMatchObject(captured);
    const refund = { idempotencyKey: newKey(), json: { amount: { amount: 500, currency: 'EUR' } } };
    expectStatus(await shop.admin('POST', `/admin/v1/orders/${id}/refunds`, refund.json, refund), 201);
    expect((await movementsOf(id)).moved).toEqual([...paidOnce, ['refund', 500]]);
  });

  it('gives the same answer under the same key, and tries again under another', async () => {
    const { cart } = await cartOfOne();
    const checkoutId = await decline(cart.id);
    const key = { idempotencyKey: newKey() };
    const first = await complete(shop, checkoutId, sandbox('decline'), key);
    expect(expectProblem(first, 'payment-declined')).toMatchObject({ attemptsLeft: 3 });
    const again = await complete(shop, checkoutId, sandbox('decline'), key);
    expect([again.status, again.text, again.headers['idempotency-replayed']]).toEqual([402, first.text, 'true']);
    expectProblem(await complete(shop, checkoutId, sandbox('ok'), key), 'idempotency-key-reused');
    expect(await movementsOf(orderIdOfCheckout(checkoutId))).toMatchObject({ payments: 2 });
    const other = await complete(shop, checkoutId, sandbox('decline'));
    expect(expectProblem(other, 'payment-declined')).toMatchObject({ attemptsLeft: 2 });
  });

  it('is closed by five declines, and gives everything back', async () => {
    const { sku, cart } = await cartOfOne();
    const checkoutId = await decline(cart.id);
    for (const attemptsLeft of [3, 2, 1, 0]) {
      const answer = await complete(shop, checkoutId, sandbox('decline'));
      expect(expectProblem(answer, 'payment-declined')).toMatchObject({ checkoutId, attemptsLeft });
    }
    const closed = await complete(shop, checkoutId, sandbox('ok'));
    expect(closed.status).toBe(429);
    expect(expectProblem(closed, 'too-many-payments')).toMatchObject({ checkoutId, attemptsLeft: 0 });
    expect(await readCheckout(shop, checkoutId)).toMatchObject({ status: 'failed', attemptsLeft: null });
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: 0, available: 3 });
    expect(await readCart(shop, cart.id)).toMatchObject({ status: 'active', checkoutId: null });
    expect(await movementsOf(orderIdOfCheckout(checkoutId))).toEqual({ payments: 5, open: 0, moved: [] });
    const anew = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    expect(anew.id).not.toBe(checkoutId);
  });

  it('has no more declines for its cart than ten in an hour, in however many checkouts', async () => {
    const { sku, cart } = await cartOfOne();
    for (const checkout of [1, 2]) {
      const checkoutId = await decline(cart.id);
      for (const attemptsLeft of [3, 2, 1, 0]) {
        const answer = await complete(shop, checkoutId, sandbox('decline'));
        expect(expectProblem(answer, 'payment-declined'), `${checkout}`).toMatchObject({ attemptsLeft });
      }
    }
    const key = { idempotencyKey: newKey() };
    for (let time = 0; time < 2; time += 1) {
      const barred = await checkOut(shop, cart.id, sandbox('ok'), key);
      const told = expectProblem(barred, 'too-many-payments');
      expect(told).toMatchObject({ attemptsLeft: 0, detail: expect.stringMatching(/in (?:5\d|60) minutes\.$/) });
      expect(Number(barred.headers['retry-after'])).toBeGreaterThan(2_900);
      expect(barred.headers).not.toHaveProperty('idempotency-replayed');
    }
    const opened = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expect(opened.attemptsLeft).toBe(0);
    expectProblem(await complete(shop, opened.id, sandbox('ok')), 'too-many-payments');
    expect(await readCheckout(shop, opened.id)).toMatchObject({ status: 'open' });
    const other = await fillCart(shop, { sku, quantity: 1 });
    expectStatus(await checkOut(shop, other.id, sandbox('ok')), 201);
  });

  it('takes one of two payments that come at once', async () => {
    const { cart } = await cartOfOne();
    const checkoutId = await decline(cart.id);
    const answers = await Promise.all(
      ['ok', 'duplicate_webhook', 'slow_5s'].map((token) => {
        const idempotencyKey = newKey();
        return untilFinal(() => complete(shop, checkoutId, sandbox(token), { idempotencyKey }));
      }),
    );
    const orders = answers.map((answer) => expectStatus(answer, 200).as(CheckoutView).order?.id);
    expect(new Set(orders).size).toBe(1);
    expect(await movementsOf(orderIdOfCheckout(checkoutId))).toMatchObject({ open: 0, moved: paidOnce });
  });
});

describe('the cart of a checkout whose payment was declined', () => {
  it('may be changed, which ends the checkout and frees its goods for a new one', async () => {
    const { sku, cart } = await cartOfOne(1);
    const checkoutId = await decline(cart.id);
    const changed = expectStatus(await changeNote(cart.id), 200).as(CartView);
    expect(changed).toMatchObject({ status: 'active', checkoutId: null, note: 'Ring twice' });
    expect(await readCheckout(shop, checkoutId)).toMatchObject({
      status: 'canceled',
      failure: { code: 'cart-changed' },
    });
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, available: 1 });
    expectProblem(await complete(shop, checkoutId, sandbox('ok')), 'checkout-state');
    const paid = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    expect(paid.id).not.toBe(checkoutId);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: 1 });
  });

  it('may be changed by whoever has seen its present version', async () => {
    const { cart } = await cartOfOne();
    await decline(cart.id);
    const frozen = await readCart(shop, cart.id);
    const headers = { 'if-match': `"${frozen.version}"` };
    expectProblem(await changeNote(cart.id, { headers: { 'if-match': `"${cart.version}"` } }), 'precondition-failed');
    expectStatus(await changeNote(cart.id, { headers }), 200);
  });

  it('stays in its checkout when a change changes nothing', async () => {
    const { cart } = await cartOfOne();
    const checkoutId = await decline(cart.id);
    const { email } = await readCart(shop, cart.id);
    const same = await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { email } });
    expect(expectStatus(same, 200).as(CartView)).toMatchObject({ status: 'frozen', checkoutId });
    expect(await readCheckout(shop, checkoutId)).toMatchObject({ status: 'open' });
  });

  it('cannot be changed while no payment was tried, nor while one is under way', async () => {
    const { cart } = await cartOfOne();
    const { id } = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expectProblem(await changeNote(cart.id), 'cart-frozen');
    const paying = complete(shop, id, sandbox('slow_5s'));
    await until(
      () => readCheckout(shop, id),
      ({ status }) => status === 'processing',
    );
    expectProblem(await changeNote(cart.id), 'cart-frozen');
    expectStatus(await paying, 200);
  });
});

describe('a payment page that was left', () => {
  async function leavePage() {
    const { sku, cart } = await cartOfOne(1);
    const answer = expectStatus(await checkOut(shop, cart.id, sandbox('requires_action')), 202);
    return { sku, cart, left: answer.as(CheckoutView) };
  }

  it('is opened again with the same card', async () => {
    const { left } = await leavePage();
    const again = expectStatus(await complete(shop, left.id, sandbox('requires_action')), 202).as(CheckoutView);
    expect(again.payment?.actionUrl).toBe(left.payment?.actionUrl);
    expect((await movementsOf(orderIdOfCheckout(left.id))).payments).toBe(1);
  });

  it.each([
    ['with its checkout', (id: string) => complete(shop, id, sandbox('ok'))],
    ['with its cart', (_id: string, cartId: string) => checkOut(shop, cartId, sandbox('ok'))],
  ])('is called off for another card that comes %s, and a late confirmation takes nothing', async (_, pay) => {
    const { cart, left } = await leavePage();
    const paid = expectStatus(await pay(left.id, cart.id), 200).as(CheckoutView);
    expect(paid).toMatchObject({ id: left.id, status: 'completed' });
    await press(left, 'pay');
    await pause(1000);
    expect(await movementsOf(orderOf(paid).id)).toEqual({ payments: 2, open: 0, moved: paidOnce });
  });

  it('that was confirmed after all pays, and the other card does not', async () => {
    const { left } = await leavePage();
    await Promise.all([press(left, 'pay'), complete(shop, left.id, sandbox('duplicate_webhook'))]);
    const done = await until(
      () => readCheckout(shop, left.id),
      ({ status }) => status !== 'processing',
    );
    expect(done.status).toBe('completed');
    expect(await movementsOf(orderOf(done).id)).toMatchObject({ open: 0, moved: paidOnce });
  });

  it('does not keep the cart from being changed', async () => {
    const { sku, cart, left } = await leavePage();
    expect(expectStatus(await changeNote(cart.id), 200).as(CartView).status).toBe('active');
    await press(left, 'pay');
    await pause(1000);
    expect(await movementsOf(orderIdOfCheckout(left.id))).toEqual({ payments: 1, open: 0, moved: [] });
    expect(await readCheckout(shop, left.id)).toMatchObject({ status: 'canceled' });
    expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: 1 });
  });
});

describe('a request that paid a checkout which another had begun', () => {
  it('pays nothing more when it is repeated after the cart was changed', async () => {
    const { cart } = await cartOfOne();
    const checkoutId = await decline(cart.id);
    const key = { idempotencyKey: newKey() };
    const waiting = await checkOut(shop, cart.id, sandbox('requires_action'), key);
    expect(expectStatus(waiting, 202).as(CheckoutView).id).toBe(checkoutId);
    expectStatus(await changeNote(cart.id), 200);
    const again = expectStatus(await checkOut(shop, cart.id, sandbox('requires_action'), key), 200).as(CheckoutView);
    expect(again).toMatchObject({ id: checkoutId, status: 'canceled' });
    expect((await readCart(shop, cart.id)).status).toBe('active');
  });
});
