/**
 * Every way a payment can go at a provider that one can crash, each checked against three witnesses: the order, the stock and
 * the provider's own ledger. Nobody pays for nothing, nothing is taken twice, and no authorization is left open.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckoutView } from '../../shared/contracts/orders/checkouts-http.ts';
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import { PaymentView } from '../../shared/contracts/payments/http.ts';
import { type Answer, expectProblem, expectStatus, newKey, problemIn } from './client.ts';
import { startCart } from './merchant.ts';
import {
  checkOut,
  complete,
  fillCart,
  type Journey,
  ledgerOf,
  listEvents,
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

/** The standard rates of the two markets, which a total has on top of its lines. */
const shippingMinor = { EUR: 490, USD: 590 };

/** Puts up goods of which one costs `totalMinor` with shipping. */
async function goods(shop: Journey, sku: string, stock: number, totalMinor: number, currency: 'EUR' | 'USD' = 'EUR') {
  await putUp(shop, { sku, stock, priceMinor: totalMinor - shippingMinor[currency], currency });
}

/** What the provider says of one order: how often and how much it captured, and what it still has authorized. */
async function moneyOf(shop: Journey, orderId: string) {
  const { intents, entries } = await ledgerOf(shop, orderId);
  const captures = entries.filter(({ kind }) => kind === 'capture');
  return {
    captures: captures.length,
    captured: captures.reduce((sum, { amount }) => sum + amount, 0),
    open: intents.filter(({ status }) => status === 'requires_capture' || status === 'requires_action').length,
    refunded: intents.reduce((sum, { amountRefunded }) => sum + amountRefunded, 0),
  };
}
const paidOnce = (captured: number) => ({ captures: 1, captured, open: 0, refunded: 0 });
const nothingTaken = { captures: 0, captured: 0, open: 0, refunded: 0 };

/** Presses a button of the provider's page. */
async function press(shop: Journey, checkout: CheckoutView, choice: 'pay' | 'decline'): Promise<void> {
  const url = new URL(checkout.payment?.actionUrl ?? '');
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expectStatus(await shop.send('POST', url.pathname, { raw: `choice=${choice}`, headers }), 200, 303);
}

async function checkoutIdOf(shop: Journey, cartId: string, answer: Answer): Promise<string> {
  const { checkoutId } = problemIn(answer);
  if (typeof checkoutId === 'string') return checkoutId;
  throw new Error(`The refusal of ${cartId} names no checkout: ${answer.text} ${shop.shop.log().slice(-500)}`);
}

describe('at the sandbox', () => {
  let shop: Journey;
  beforeAll(async () => {
    shop = await startJourney();
  });
  afterAll(() => shop.end());

  it.concurrent.each(['ok', 'duplicate_webhook', 'webhook_first', 'slow_5s', 'timeout_after_authorize'])(
    'the token %s ends in one paid order',
    async (token) => {
      const sku = `PAID-${token}`;
      await goods(shop, sku, 3, 2500);
      const cart = await fillCart(shop, { sku, quantity: 1 });
      const answer = expectStatus(await checkOut(shop, cart.id, sandbox(token)), 201).as(CheckoutView);
      expect(answer).toMatchObject({ status: 'completed', payment: { provider: 'sandbox', status: 'captured' } });
      const { id } = orderOf(answer);
      expect(await moneyOf(shop, id)).toEqual(paidOnce(2500));
      expect(await stockOf(shop, sku)).toMatchObject({ onHand: 3, held: 0, committed: 1, available: 2 });
      await pause(1500); // Late and doubled webhooks find nothing left to do.
      const order = expectStatus(await shop.admin('GET', `/admin/v1/orders/${id}`), 200).as(OrderView);
      expect(order).toMatchObject({ status: 'paid', payment: { captured: { amount: 2500 } } });
      expect(await moneyOf(shop, id)).toEqual(paidOnce(2500));
      const payment = expectStatus(await shop.admin('GET', `/admin/v1/payments/${id}`), 200).as(PaymentView);
      expect(payment).toMatchObject({ status: 'captured', captured: { amount: 2500, currency: 'EUR' } });
      expect(payment.ledger.map(({ amount }) => amount.amount).sort((a, b) => a - b)).toEqual([-2500, 2500]);
      expect(await readCheckout(shop, answer.id)).toMatchObject({ status: 'completed' });
    },
  );

  it('a capture that is declined gives everything back, and the cart is bought anew', async () => {
    const sku = 'FAILED-CAPTURE';
    await goods(shop, sku, 3, 2500);
    const cart = await fillCart(shop, { sku, quantity: 2 });
    const idempotencyKey = newKey();
    const answer = await checkOut(shop, cart.id, sandbox('capture_fail'), { idempotencyKey });
    expect(expectProblem(answer, 'payment-declined')).toMatchObject({ attemptsLeft: 0 });
    const checkoutId = await checkoutIdOf(shop, cart.id, answer);
    const failure = { code: 'payment-declined' };
    expect(await readCheckout(shop, checkoutId)).toMatchObject({ status: 'failed', failure });
    expect(await moneyOf(shop, orderIdOfCheckout(checkoutId))).toEqual(nothingTaken);
    expect(await stockOf(shop, sku)).toMatchObject({ onHand: 3, held: 0, committed: 0, available: 3 });
    expect(await readCart(shop, cart.id)).toMatchObject({ status: 'active', checkoutId: null });

    const repeated = await checkOut(shop, cart.id, sandbox('capture_fail'), { idempotencyKey });
    expect(repeated.text).toBe(answer.text);
    const second = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    expect(second.id).not.toBe(checkoutId);
    expect((await moneyOf(shop, orderOf(second).id)).captures).toBe(1);
    expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: 2, available: 1 });
  });

  it('an order whose capture failed is shown to the merchant as canceled', async () => {
    await goods(shop, 'CANCELED', 3, 2500);
    const cart = await fillCart(shop, { sku: 'CANCELED', quantity: 1 });
    const checkoutId = await checkoutIdOf(shop, cart.id, await checkOut(shop, cart.id, sandbox('capture_fail')));
    const id = orderIdOfCheckout(checkoutId);
    const order = expectStatus(await shop.admin('GET', `/admin/v1/orders/${id}`), 200).as(OrderView);
    expect(order).toMatchObject({ status: 'canceled', payment: { captured: { amount: 0 } }, paidAt: null });
    const types = await until(
      async () => (await listEvents(shop, 'orders.order-canceled.v1')).map(({ subject }) => subject),
      (subjects) => subjects.includes(id),
    );
    expect(types.filter((subject) => subject === id)).toHaveLength(1);
  });

  it('a payer who has to confirm is waited for, and the webhook completes the order', async () => {
    await goods(shop, 'CONFIRM', 3, 2500);
    const cart = await fillCart(shop, { sku: 'CONFIRM', quantity: 1 });
    const idempotencyKey = newKey();
    const start = () => checkOut(shop, cart.id, sandbox('requires_action'), { idempotencyKey });
    const waiting = expectStatus(await start(), 202).as(CheckoutView);
    expect(waiting).toMatchObject({ status: 'processing', order: null, payment: { status: 'requires_action' } });
    expect(await stockOf(shop, 'CONFIRM')).toMatchObject({ held: 1, committed: 0 });
    await press(shop, waiting, 'pay');
    const done = await until(
      () => readCheckout(shop, waiting.id),
      ({ status }) => status !== 'processing',
    );
    expect(done.status).toBe('completed');
    expect(await moneyOf(shop, orderOf(done).id)).toEqual(paidOnce(2500));
    expect(await stockOf(shop, 'CONFIRM')).toMatchObject({ held: 0, committed: 1, available: 2 });
    const first = expectStatus(await start(), 200);
    await until(
      () => readCart(shop, cart.id),
      ({ status }) => status === 'completed',
    );
    expect((await start()).text).toBe(first.text);
  });

  it('a payer who declines on the page is told so once, and may pay otherwise', async () => {
    await goods(shop, 'REFUSE', 3, 2500);
    const cart = await fillCart(shop, { sku: 'REFUSE', quantity: 1 });
    const idempotencyKey = newKey();
    const start = () => checkOut(shop, cart.id, sandbox('requires_action'), { idempotencyKey });
    const waiting = expectStatus(await start(), 202).as(CheckoutView);
    await press(shop, waiting, 'decline');
    const ended = await until(
      () => readCheckout(shop, waiting.id),
      ({ status }) => status !== 'processing',
    );
    const declined = { status: 'declined', actionUrl: null };
    const failure = { code: 'payment-declined' };
    expect(ended).toMatchObject({ status: 'open', order: null, payment: declined, failure, attemptsLeft: 4 });
    expect(await moneyOf(shop, orderIdOfCheckout(waiting.id))).toEqual(nothingTaken);
    expect(await stockOf(shop, 'REFUSE')).toMatchObject({ held: 1, committed: 0, available: 2 });
    // The browser comes back from the page, and says again what it was sent there with.
    const back = await complete(shop, waiting.id, sandbox('requires_action'));
    expect(expectProblem(back, 'payment-declined')).toMatchObject({ attemptsLeft: 4, checkoutId: waiting.id });
    const [first, second] = [await start(), await start()];
    expectProblem(first, 'payment-declined');
    expect({ status: second.status, text: second.text }).toEqual({ status: first.status, text: first.text });
    const paid = expectStatus(await complete(shop, waiting.id, sandbox('ok')), 200).as(CheckoutView);
    expect(await moneyOf(shop, orderOf(paid).id)).toEqual(paidOnce(2500));
  });

  it('a checkout that waits for its payer can be canceled, and a late confirmation takes nothing', async () => {
    await goods(shop, 'LEFT', 3, 2500);
    const cart = await fillCart(shop, { sku: 'LEFT', quantity: 1 });
    const waiting = expectStatus(await checkOut(shop, cart.id, sandbox('requires_action')), 202).as(CheckoutView);
    const path = `/v1/checkouts/${waiting.id}/cancel`;
    const canceled = await shop.send('POST', path, { idempotencyKey: newKey(), json: {} });
    expect(expectStatus(canceled, 200).as(CheckoutView).status).toBe('canceled');
    await press(shop, waiting, 'pay');
    await pause(1000);
    expect(await moneyOf(shop, orderIdOfCheckout(waiting.id))).toEqual(nothingTaken);
    expect(await stockOf(shop, 'LEFT')).toMatchObject({ held: 0, committed: 0, available: 3 });
  });

  it('a provider that is not set up here is refused before anything is held', async () => {
    await goods(shop, 'STRIPE', 3, 2500);
    const cart = await fillCart(shop, { sku: 'STRIPE', quantity: 1 });
    const json = { cartId: cart.id, payment: { provider: 'stripe', token: 'pm_card_visa' } };
    const answer = await shop.send('POST', '/v1/checkouts', { idempotencyKey: newKey(), json });
    expect(expectProblem(answer, 'unknown-provider').errors).toMatchObject([{ pointer: '/payment/provider' }]);
    expect((await readCart(shop, cart.id)).status).toBe('active');
    expect(await stockOf(shop, 'STRIPE')).toMatchObject({ held: 0 });
  });

  describe('many at once', () => {
    /** Buys one each, all at the same instant, at the sandbox. */
    async function rush(sku: string, buyers: number): Promise<Answer[]> {
      const carts = await Promise.all(Array.from({ length: buyers }, () => fillCart(shop, { sku, quantity: 1 })));
      return Promise.all(carts.map((cart) => checkOut(shop, cart.id, sandbox('ok'))));
    }

    async function expectSold(sku: string, answers: readonly Answer[], sold: number, totalMinor: number) {
      const placed = answers.filter(({ status }) => status === 201).map((answer) => orderOf(answer.as(CheckoutView)));
      expect(placed).toHaveLength(sold);
      for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 'insufficient-stock');
      expect(await stockOf(shop, sku)).toMatchObject({ held: 0, committed: sold, available: 0 });
      const money = await Promise.all(placed.map(({ id }) => moneyOf(shop, id)));
      expect(money).toEqual(placed.map(() => paidOnce(totalMinor)));
    }

    it('the last unit goes to one of two', async () => {
      await goods(shop, 'LAST', 1, 2500);
      await expectSold('LAST', await rush('LAST', 2), 1, 2500);
    });

    it('ten units go to ten of a hundred', async () => {
      await goods(shop, 'TEN', 10, 1200);
      const before = (await ledgerOf(shop)).totals.EUR?.captured ?? 0;
      await expectSold('TEN', await rush('TEN', 100), 10, 1200);
      const { captured, authorizedOpen } = (await ledgerOf(shop)).totals.EUR ?? {};
      expect({ captured, authorizedOpen }).toEqual({ captured: before + 12_000, authorizedOpen: 0 });
    });

    it('what another shopper holds cannot be bought', async () => {
      await goods(shop, 'HELD', 20, 2000);
      const attempt = async (quantity: number, payment: ReturnType<typeof sandbox> | null) =>
        checkOut(shop, (await fillCart(shop, { sku: 'HELD', quantity })).id, payment);
      expectStatus(await attempt(5, null), 201);
      expectProblem(await attempt(20, sandbox('ok')), 'insufficient-stock');
      expectStatus(await attempt(15, sandbox('ok')), 201);
      expect(await stockOf(shop, 'HELD')).toMatchObject({ held: 5, committed: 15, available: 0 });
    });

    it('browser and webhook that finish together find the same order', async () => {
      await goods(shop, 'BOTH', 9, 4999, 'USD');
      for (let round = 0; round < 3; round += 1) {
        const cart = await startCart(shop, { country: 'US', lines: [{ sku: 'BOTH', quantity: 1 }] });
        const waiting = expectStatus(await checkOut(shop, cart.id, sandbox('requires_action')), 202).as(CheckoutView);
        const finish = () => complete(shop, waiting.id, sandbox('requires_action'));
        const [, ...answers] = await Promise.all([press(shop, waiting, 'pay'), finish(), finish()]);
        for (const answer of answers) expectStatus(answer, 200, 202);
        const done = await until(
          () => readCheckout(shop, waiting.id),
          ({ status }) => status !== 'processing',
        );
        const { id } = orderOf(done);
        const again = await Promise.all([finish(), finish()]);
        expect(again.map((answer) => expectStatus(answer, 200).as(CheckoutView).order?.id)).toEqual([id, id]);
        expect(await moneyOf(shop, id)).toEqual(paidOnce(4999));
      }
      expect(await stockOf(shop, 'BOTH')).toMatchObject({ held: 0, committed: 3, available: 6 });
    });

    it('one key fifty times captures once', async () => {
      await goods(shop, 'FIFTY', 60, 3000);
      const cart = await fillCart(shop, { sku: 'FIFTY', quantity: 1 });
      const idempotencyKey = newKey();
      const start = () => checkOut(shop, cart.id, sandbox('ok'), { idempotencyKey });
      const answers = await Promise.all(Array.from({ length: 50 }, () => untilFinal(start)));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      const { id } = orderOf(expectStatus(answers[0] as Answer, 201).as(CheckoutView));
      expect(await moneyOf(shop, id)).toEqual(paidOnce(3000));
      expect(await stockOf(shop, 'FIFTY')).toMatchObject({ held: 0, committed: 1 });
    });
  });
});

describe.concurrent('when the time to pay is over', () => {
  /** Long enough for what is done while the goods are held, also on a busy machine. */
  const holdSeconds = 12;
  /** The end of a hold is seen so soon. */
  const visibleMs = 5_000;
  let shop: Journey;
  beforeAll(async () => {
    shop = await startJourney({ holdSeconds });
  });
  afterAll(() => shop.end());

  /** Waits for the end of a checkout, which is not late: a machine on which a mere look takes its time may take more of it. */
  async function end(checkoutId: string): Promise<CheckoutView> {
    let slowestLookMs = 0;
    const look = async () => {
      const lookedAt = performance.now();
      const checkout = await readCheckout(shop, checkoutId);
      slowestLookMs = Math.max(slowestLookMs, performance.now() - lookedAt);
      return checkout;
    };
    const ended = await until(look, ({ status }) => status !== 'open' && status !== 'processing');
    const lateMs = Date.now() - Date.parse(ended.expiresAt);
    if (ended.status === 'expired') expect(lateMs).toBeLessThan(visibleMs + 20 * slowestLookMs);
    return ended;
  }

  it('an open checkout expires and gives goods and cart back', async () => {
    await goods(shop, 'OPEN', 3, 2500);
    const cart = await fillCart(shop, { sku: 'OPEN', quantity: 2 });
    const open = expectStatus(await checkOut(shop, cart.id, null), 201).as(CheckoutView);
    expect((await stockOf(shop, 'OPEN')).held).toBe(2);
    expect(await end(open.id)).toMatchObject({ status: 'expired', failure: { code: 'checkout-expired' } });
    expect(await stockOf(shop, 'OPEN')).toMatchObject({ held: 0, committed: 0, available: 3 });
    expect(await readCart(shop, cart.id)).toMatchObject({ status: 'active', checkoutId: null });
    expectProblem(await complete(shop, open.id, sandbox('ok')), 'checkout-state');
    expect((await ledgerOf(shop, orderIdOfCheckout(open.id))).intents).toEqual([]);
    expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201);
  });

  it('a checkout whose payment was declined expires with its holds, and the cart is bought anew where goods are left', async () => {
    await goods(shop, 'SECOND', 1, 2500);
    const cart = await fillCart(shop, { sku: 'SECOND', quantity: 1 });
    const checkoutId = await checkoutIdOf(shop, cart.id, await checkOut(shop, cart.id, sandbox('decline')));
    expect((await stockOf(shop, 'SECOND')).held).toBe(1);
    expect(await end(checkoutId)).toMatchObject({ status: 'expired', failure: { code: 'checkout-expired' } });
    expect(await stockOf(shop, 'SECOND')).toMatchObject({ held: 0, available: 1 });
    expectProblem(await complete(shop, checkoutId, sandbox('ok')), 'checkout-state');
    const anew = expectStatus(await checkOut(shop, cart.id, sandbox('ok')), 201).as(CheckoutView);
    expect(anew.id).not.toBe(checkoutId);
    const late = await fillCart(shop, { sku: 'SECOND', quantity: 1 });
    expect(expectProblem(await checkOut(shop, late.id, sandbox('ok')), 'insufficient-stock')).toMatchObject({
      sku: 'SECOND',
      available: 0,
    });
  });

  it('a payment that nobody confirmed is withdrawn, and a later confirmation takes nothing', async () => {
    await goods(shop, 'SILENT', 3, 2500);
    const cart = await fillCart(shop, { sku: 'SILENT', quantity: 1 });
    const waiting = expectStatus(await checkOut(shop, cart.id, sandbox('requires_action')), 202).as(CheckoutView);
    expect(await end(waiting.id)).toMatchObject({ status: 'expired', order: null });
    await press(shop, waiting, 'pay');
    await pause(1000);
    expect(await moneyOf(shop, orderIdOfCheckout(waiting.id))).toEqual(nothingTaken);
    expect(await stockOf(shop, 'SILENT')).toMatchObject({ held: 0, committed: 0, available: 3 });
    expect((await readCart(shop, cart.id)).status).toBe('active');
  });

  it('a confirmation at the last moment is either an order or nothing', async () => {
    // So early that it becomes an order, though news of payments goes out every two seconds only, to a little too late.
    const leadsMs = [
      10_000,
      9_000,
      8_000,
      7_000,
      6_000,
      ...Array.from({ length: 12 }, (_, index) => 2_200 - index * 240),
    ];
    const stock = leadsMs.length;
    await goods(shop, 'MOMENT', stock, 2500);
    const ended = await Promise.all(
      leadsMs.map(async (leadMs, index) => {
        // Checkouts that all begin at once could all miss the one moment that counts.
        await pause((index % 4) * 500);
        const cart = await fillCart(shop, { sku: 'MOMENT', quantity: 1 });
        const waiting = expectStatus(await checkOut(shop, cart.id, sandbox('requires_action')), 202).as(CheckoutView);
        await pause(Date.parse(waiting.expiresAt) - leadMs - Date.now());
        await press(shop, waiting, 'pay');
        return end(waiting.id);
      }),
    );
    await pause(1000);
    const paid = ended.filter(({ status }) => status === 'completed');
    expect(paid.length).toBeGreaterThan(0);
    for (const checkout of ended) {
      const money = await moneyOf(shop, orderIdOfCheckout(checkout.id));
      expect(money).toEqual(checkout.status === 'completed' ? paidOnce(2500) : nothingTaken);
    }
    const { length } = paid;
    expect(await stockOf(shop, 'MOMENT')).toMatchObject({ held: 0, committed: length, available: stock - length });
  });
});
