/**
 * Store credit over HTTP: it pays for carts of its customer after gift cards, is never spent beyond what there is, comes back
 * where it paid, and is nothing that anybody else can spend or learn of.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type CartView, explainCart } from '../../shared/contracts/cart/http.ts';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { createDraftOrder } from '../../shared/contracts/orders/drafts-http.ts';
import { StoreCreditView } from '../../shared/contracts/pricing/gift-cards-http.ts';
import { act, ask, readOrder } from './back-office.ts';
import { type Answer, expectProblem, expectStatus, inParallel, newKey, problemIn } from './client.ts';
import { changeCart, issueGiftCard, minorOf, money, payIn, putUpVariant, setCustomer, startCart } from './merchant.ts';
import { addressIn, checkOut, journeyOfFile, ledgerOf, orderOf, readCart, sandbox } from './shopping.ts';

const shop = journeyOfFile();
beforeAll(async () => {
  // From 50.00 on the standard way of sending costs nothing in Germany.
  await putUpVariant(shop, 'NINETY', { price: money(9000), prices: [money(9000, 'USD')] });
});

let customers = 0;
/** A customer with so much credit. */
async function customerWith(creditMinor: number): Promise<string> {
  customers += 1;
  const id = `cus_${customers}`;
  await payIn(shop, id, money(creditMinor));
  return id;
}

/** 90.00, sent for nothing. */
const guestCart = (country = 'DE') => startCart(shop, { country, lines: [{ sku: 'NINETY', quantity: 1 }] });
/** The same of a customer whose credit shall pay. */
async function cartOf(customerId: string, giftCards: string[] = []): Promise<CartView> {
  const { id } = await guestCart();
  await setCustomer(shop, id, { customerId });
  return changeCart(shop, id, { useStoreCredit: true, giftCards });
}

/** What a customer has, in minor units. */
async function levelsOf(customerId: string) {
  const answer = await shop.admin('GET', `/admin/v1/store-credits/${customerId}/EUR`);
  const { balance, held, available } = expectStatus(answer, 200).as(StoreCreditView);
  return { balance: balance.amount, held: held.amount, available: available.amount };
}
const all = (amount: number) => ({ balance: amount, held: 0, available: amount });

const bought = (answer: Answer): CheckoutView => expectStatus(answer, 201).as(CheckoutView);

describe('a cart whose customer has credit', () => {
  it('of less than it costs pays the rest by card, and a refund comes back to both', async () => {
    const customer = await customerWith(5000);
    const cart = await cartOf(customer);
    expect(cart.useStoreCredit).toBe(true);
    const totals = { total: 9000, giftCards: 0, storeCredit: 5000, due: 4000, tax: 1437 };
    expect(minorOf(cart.totals)).toMatchObject(totals);
    expect(await levelsOf(customer)).toEqual(all(5000));
    const explained = expectStatus(await shop.send('GET', `/v1/carts/${cart.id}/explain`), 200).as(explainCart.answer);
    expect(explained).toMatchObject({
      payments: [{ key: `credit:${customer}:EUR`, usedMinor: 5000 }],
      totals: { dueMinor: 4000 },
    });

    const checkout = bought(await checkOut(shop, cart.id, sandbox('ok')));
    expect(checkout.totals).toEqual(cart.totals);
    const { id } = orderOf(checkout);
    expect((await ledgerOf(shop, id)).totals.EUR).toMatchObject({ captured: 4000, refunded: 0 });
    expect(await levelsOf(customer)).toEqual(all(0));
    expect((await readOrder(shop, id)).totals).toEqual(cart.totals);

    const refunded = await act(shop, 201, id, '/refunds', { amount: money(4500) });
    expect(refunded.refunds[0]?.parts).toEqual([
      { to: 'payment', id: null, amount: money(4000) },
      { to: 'store-credit', id: null, amount: money(500) },
    ]);
    expect(await levelsOf(customer)).toEqual(all(500));
    expectProblem(await ask(shop, id, '/refunds', { amount: money(4501) }), 'refund-too-large');
    await act(shop, 201, id, '/refunds', { amount: money(4500) });
    expect(await levelsOf(customer)).toEqual(all(5000));
    expect((await ledgerOf(shop, id)).totals.EUR).toMatchObject({ captured: 4000, refunded: 4000 });
  });

  it('of more than it costs asks no provider for anything, and has all of it back after a cancellation', async () => {
    const customer = await customerWith(10_000);
    const cart = await cartOf(customer);
    expect(minorOf(cart.totals)).toMatchObject({ storeCredit: 9000, due: 0 });
    const order = orderOf(bought(await checkOut(shop, cart.id, sandbox('ok'))));
    expect(order.status).toBe('paid');
    expect((await ledgerOf(shop, order.id)).intents).toEqual([]);
    expect(await levelsOf(customer)).toEqual(all(1000));
    await act(shop, 200, order.id, '/cancel', {});
    expect(await levelsOf(customer)).toEqual(all(10_000));
  });

  it('uses it after gift cards, and gives it back before them', async () => {
    const customer = await customerWith(6000);
    const card = await issueGiftCard(shop, { amount: money(6000) });
    const cart = await cartOf(customer, [card.code]);
    expect(minorOf(cart.totals)).toMatchObject({ giftCards: 6000, storeCredit: 3000, due: 0 });
    const { id } = orderOf(bought(await checkOut(shop, cart.id, sandbox('ok'))));
    expect(await levelsOf(customer)).toEqual(all(3000));
    const { refunds } = await act(shop, 201, id, '/refunds', { amount: money(3500) });
    expect(refunds[0]?.parts).toEqual([
      { to: 'store-credit', id: null, amount: money(3000) },
      { to: 'gift-card', id: card.id, amount: money(500) },
    ]);
  });

  it('gives it up when it is asked to', async () => {
    const cart = await cartOf(await customerWith(5000));
    const without = await changeCart(shop, cart.id, { useStoreCredit: false });
    expect(without).toMatchObject({ useStoreCredit: false, totals: { storeCredit: money(0), due: money(9000) } });
  });

  it('is not paid by credit in another currency, nor by none', async () => {
    const customer = await customerWith(5000);
    const { id } = await guestCart('US');
    await setCustomer(shop, id, { customerId: customer });
    const cart = await changeCart(shop, id, { useStoreCredit: true });
    expect(cart.totals).toMatchObject({ storeCredit: money(0, 'USD'), due: cart.totals.total });
    expect(cart.rejectedStoreCredit).toMatchObject({ applicable: false, reason: 'spent' });
    bought(await checkOut(shop, id, sandbox('ok')));
    expect(await levelsOf(customer)).toEqual(all(5000));
  });

  it('may be a draft that a merchant completes', async () => {
    const customer = await customerWith(9500);
    const lines = [{ sku: 'NINETY', quantity: 1 }];
    const at = { country: 'DE', shippingAddress: addressIn('DE') };
    const json = { ...at, lines, customer: { customerId: customer }, useStoreCredit: true };
    const made = expectStatus(await shop.admin('POST', '/admin/v1/draft-orders', json), 201);
    const { id, cart } = made.as(createDraftOrder.answer);
    expect(cart.totals).toMatchObject({ storeCredit: money(9000), due: money(0) });
    const payment = { provider: 'manual' };
    expectStatus(await shop.admin('POST', `/admin/v1/draft-orders/${id}/complete`, { payment }), 201);
    expect(await levelsOf(customer)).toEqual(all(500));
  });
});

describe('one credit in two carts', () => {
  it('pays the first, and the second is told what is left to pay', async () => {
    const customer = await customerWith(10_000);
    const [first, second] = [await cartOf(customer), await cartOf(customer)];
    bought(await checkOut(shop, first.id, sandbox('ok')));
    const refused = expectProblem(await checkOut(shop, second.id, sandbox('ok')), 'store-credit-insufficient');
    expect(refused).toMatchObject({ available: 1000, due: money(8000) });
    expect(await levelsOf(customer)).toEqual(all(1000));
    const { totals } = await readCart(shop, second.id);
    expect(minorOf(totals)).toMatchObject({ storeCredit: 1000, due: 8000 });
    const json = { cartId: second.id, payment: sandbox('ok'), expectedDue: totals.due };
    expect(bought(await checkOut(shop, second.id, sandbox('ok'), { json })).totals).toEqual(totals);
    expect(await levelsOf(customer)).toEqual(all(0));
  });

  it('is never spent twice: what it paid and what the provider took make up all totals', async () => {
    for (let round = 0; round < 5; round += 1) {
      const customer = await customerWith(10_000);
      const carts = [await cartOf(customer), await cartOf(customer), await cartOf(customer)];
      const checkouts = await inParallel(carts, 3, async ({ id }) => {
        for (let tries = 0; tries < 10; tries += 1) {
          const { totals } = await readCart(shop, id);
          const json = { cartId: id, payment: sandbox('ok'), expectedTotal: totals.total, expectedDue: totals.due };
          const answer = await checkOut(shop, id, sandbox('ok'), { json });
          if (answer.status === 201) return bought(answer);
          expect(['store-credit-insufficient', 'price-changed']).toContain(problemIn(answer).code);
        }
        throw new Error(`The cart ${id} was never sold`);
      });
      const paid = checkouts.map(({ totals }) => totals.storeCredit.amount);
      expect(paid.toSorted((one, other) => one - other)).toEqual([0, 1000, 9000]);
      const captured = await inParallel(checkouts, 1, async (checkout) => {
        return (await ledgerOf(shop, orderOf(checkout).id)).totals.EUR?.captured ?? 0;
      });
      expect(captured).toEqual(checkouts.map(({ totals }) => totals.due.amount));
      expect(await levelsOf(customer)).toEqual(all(0));
    }
  });
});

describe('what a checkout held of a credit', () => {
  it('waits for another payment of the rest when one is declined', async () => {
    const customer = await customerWith(5000);
    const cart = await cartOf(customer);
    expectProblem(await checkOut(shop, cart.id, sandbox('decline')), 'payment-declined');
    expect(await levelsOf(customer)).toEqual({ balance: 5000, held: 5000, available: 0 });
    expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 200);
    expect(await levelsOf(customer)).toEqual(all(0));
  });

  it('cannot be taken out meanwhile, and comes back when the checkout is canceled', async () => {
    const customer = await customerWith(10_000);
    const open = bought(await checkOut(shop, (await cartOf(customer)).id, null));
    expect(await levelsOf(customer)).toEqual({ balance: 10_000, held: 9000, available: 1000 });
    const json = { customerId: customer, amount: money(-1001), reason: 'Mistake' };
    expectProblem(await shop.admin('POST', '/admin/v1/store-credits', json), 'store-credit-insufficient');
    const cancel = { json: {}, idempotencyKey: newKey() };
    expectStatus(await shop.send('POST', `/v1/checkouts/${open.id}/cancel`, cancel), 200);
    expect(await levelsOf(customer)).toEqual(all(10_000));
  });
});

describe('the credit of somebody else', () => {
  it('is nothing to a guest, who learns nothing of anybody', async () => {
    await customerWith(5000);
    const cart = await guestCart();
    const asked = await changeCart(shop, cart.id, { note: 'Also', useStoreCredit: true });
    expect(asked).toMatchObject({ note: 'Also', useStoreCredit: false, totals: cart.totals });
    expect(asked.rejectedStoreCredit).toEqual({
      applicable: false,
      reason: 'customer-needed',
      detail: 'Only a customer has store credit, and this cart has no customer.',
    });
    const useStoreCredit: unknown = 'cus_1';
    const named = await shop.send('PATCH', `/v1/carts/${cart.id}`, { json: { useStoreCredit } });
    expectProblem(named, 'invalid-input');
    const { rejectedStoreCredit, totals } = await readCart(shop, cart.id);
    expect({ rejectedStoreCredit, totals }).toEqual({
      rejectedStoreCredit: asked.rejectedStoreCredit,
      totals: asked.totals,
    });
    const without = await changeCart(shop, cart.id, { useStoreCredit: false });
    expect(without).toMatchObject({ useStoreCredit: false, rejectedStoreCredit: null });
    expectProblem(await shop.send('GET', '/admin/v1/store-credits/cus_1/EUR'), 'not-authenticated');
  });

  it('is not spent by a cart that has become theirs, or a guest’s, until it is asked for again', async () => {
    const [one, other] = [await customerWith(5000), await customerWith(3000)];
    const cart = await cartOf(one);
    const theirs = await setCustomer(shop, cart.id, { customerId: other });
    expect(theirs).toMatchObject({ useStoreCredit: false, totals: { storeCredit: money(0), due: money(9000) } });
    const asked = await changeCart(shop, cart.id, { useStoreCredit: true });
    expect(asked.totals.storeCredit).toEqual(money(3000));
    const nobody = await setCustomer(shop, cart.id, { customerId: null });
    expect(nobody).toMatchObject({ useStoreCredit: false, totals: { due: money(9000) } });
    bought(await checkOut(shop, cart.id, sandbox('ok')));
    expect([await levelsOf(one), await levelsOf(other)]).toEqual([all(5000), all(3000)]);
  });
});
