/**
 * The payments Worker and the sandbox as they are deployed, with their real wrangler files and databases and the real SDK
 * between them: every token does what it says, webhooks arrive, and both ledgers agree to the cent.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { order, paymentOf, payments, sandboxBooks, seen, server, soon, startWorkers, webhooksOf } from './workers.ts';

beforeAll(startWorkers);
afterAll(() => server.close());

describe('a token', () => {
  test.concurrent.for([
    ['ok', 'authorized', 'captured'],
    ['slow_5s', 'authorized', 'captured'],
    ['duplicate_webhook', 'authorized', 'captured'],
    ['webhook_first', 'authorized', 'captured'],
    ['timeout_after_authorize', 'unknown', 'captured'],
    ['capture_fail', 'authorized', 'declined'],
    ['timeout_before_authorize', 'unknown', 'declined'],
    ['decline', 'declined', 'declined'],
  ] as const)('%s is first %s and then %s, and both ledgers agree', async ([token, authorized, captured]) => {
    const request = order(token);
    expect(await payments.authorize(request)).toMatchObject({ status: authorized });
    if (token !== 'timeout_before_authorize' && token !== 'decline') {
      expect(await payments.lookup(request.reference)).toEqual({
        status: 'authorized',
        amountMinor: request.amountMinor,
      });
    }
    expect(await payments.capture(request.capture)).toMatchObject({ status: captured });
    const taken = captured === 'captured' ? request.amountMinor : 0;
    const { totals } = await sandboxBooks(request.paymentKey);
    expect(totals.EUR?.captured).toBe(taken);
    if (taken === 0) expect(await payments.void(request.reference)).toEqual({ status: 'voided' });
    expect((await sandboxBooks(request.paymentKey)).totals.EUR).toEqual({
      authorizedOpen: 0,
      captured: taken,
      refunded: 0,
    });

    const { ledger, ...payment } = await paymentOf(request.paymentKey);
    expect(payment).toMatchObject({
      status: taken > 0 ? 'captured' : 'voided',
      captured: { amount: taken, currency: 'EUR' },
    });
    expect(ledger.map(({ amount }) => amount.amount)).toEqual(taken > 0 ? [taken, -taken] : []);
  });

  test('that is unknown is declined with a list of those that are known', async () => {
    expect(await payments.authorize(order('tok_visa'))).toMatchObject({
      status: 'declined',
      reason: expect.stringContaining('webhook_first'),
    });
  });
});

describe('a payment page', () => {
  test.for([
    ['pay', 'authorized', 'succeeded'],
    ['decline', 'declined', 'failed'],
  ] as const)(
    'with the button %s leaves the payment %s and tells the shop',
    async ([choice, status, redirectStatus]) => {
      const request = order('requires_action');
      const outcome = await payments.authorize(request);
      expect(outcome).toMatchObject({ status: 'requires_action' });
      const { pathname } = new URL(outcome.status === 'requires_action' ? outcome.url : '');
      const page = await server.fetch(pathname);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('value="pay"');
      const answer = await server.fetch(pathname, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `choice=${choice}`,
        redirect: 'manual',
      });
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toContain(`redirect_status=${redirectStatus}`);
      await expect.poll(async () => (await paymentOf(request.paymentKey)).status, soon).toBe(status);
      await expect
        .poll(
          async () =>
            (await seen()).events
              .filter((event) => event.subject === request.paymentKey)
              .map(({ data }) => data.status),
          soon,
        )
        .toContain(status);
      expect(await payments.lookup(request.reference)).toMatchObject({ status });
      expect(await payments.void(request.reference)).toEqual({ status: 'voided' });
    },
  );
});

describe('webhooks', () => {
  test('come before the answer of a confirmation with webhook_first', async () => {
    const request = order('webhook_first');
    await payments.authorize(request);
    const answeredAt = Date.now();
    const [first] = await webhooksOf(request.paymentKey, 'payment_intent.amount_capturable_updated');
    expect(first?.status).toBe(200);
    expect(first?.at).toBeLessThanOrEqual(answeredAt);
  });

  test('come twice with duplicate_webhook, and have their effect once', async () => {
    const request = order('duplicate_webhook');
    await payments.authorize(request);
    await payments.capture(request.capture);
    await expect
      .poll(async () => (await webhooksOf(request.paymentKey, 'payment_intent.succeeded')).length, soon)
      .toBe(2);
    const { ledger } = await paymentOf(request.paymentKey);
    expect(ledger).toHaveLength(2);
    const ids = (await webhooksOf(request.paymentKey, 'payment_intent.succeeded')).map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(1);
  });

  test('make a payment known that the shop had no row of', async () => {
    const body = new URLSearchParams({
      amount: '777',
      currency: 'eur',
      capture_method: 'manual',
      'metadata[orderId]': 'ord_elsewhere',
    });
    const sandbox = server.getWorker('vitrine-sandbox');
    const headers = { authorization: 'Bearer sk_test_1', 'content-type': 'application/x-www-form-urlencoded' };
    const created = await sandbox.fetch('http://sandbox/v1/payment_intents', {
      method: 'POST',
      headers,
      body: body.toString(),
    });
    const { id } = JSON.parse(await created.text()) as { id: string };
    await sandbox.fetch(`http://sandbox/v1/payment_intents/${id}/confirm`, {
      method: 'POST',
      headers,
      body: 'payment_method=ok',
    });
    await expect.poll(async () => (await server.fetch('/admin/v1/payments/ord_elsewhere')).status, soon).toBe(200);
    expect(await paymentOf('ord_elsewhere')).toMatchObject({
      status: 'authorized',
      providerReference: id,
      amount: { amount: 777 },
    });
  });

  test('are tried again until the shop takes them', async () => {
    const request = order('ok');
    await server.fetch('/down');
    await payments.authorize(request);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await webhooksOf(request.paymentKey, 'payment_intent.amount_capturable_updated')).toEqual([]);
    await server.fetch('/up');
    await expect
      .poll(
        async () =>
          (await webhooksOf(request.paymentKey, 'payment_intent.amount_capturable_updated')).map(
            ({ status }) => status,
          ),
        soon,
      )
      .toEqual([200]);
  });

  test.each([
    ['without a signature', {}],
    ['with a foreign signature', { 'stripe-signature': `t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}` }],
  ])('are refused %s', async (_, headers) => {
    const answer = await server.fetch('/v1/webhooks/payments/sandbox', {
      method: 'POST',
      headers,
      body: '{"id":"evt_1"}',
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid-webhook' });
  });

  test.each(['stripe', 'paypal'])('of a provider that is not configured find nothing (%s)', async (provider) => {
    expect((await server.fetch(`/v1/webhooks/payments/${provider}`, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  test('close their outbox rows when the subscribers have handled the events', async () => {
    const open = async () => JSON.parse(await (await server.fetch('/outbox')).text());
    await expect.poll(open, soon).toEqual([]);
    expect((await seen()).events.length).toBeGreaterThan(0);
  });
});

describe('many reports about one payment at once', () => {
  test('are booked once', async () => {
    const request = order('duplicate_webhook');
    await payments.authorize(request);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => payments.capture(request.capture)));
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'captured', amountMinor: request.amountMinor })));
    expect((await paymentOf(request.paymentKey)).ledger).toHaveLength(2);
    const voided = await Promise.all(Array.from({ length: 8 }, () => payments.void(request.reference)));
    expect(voided).toEqual(voided.map(() => ({ status: 'voided' })));
    const { totals, entries } = await sandboxBooks(request.paymentKey);
    expect(totals.EUR).toEqual({ authorizedOpen: 0, captured: request.amountMinor, refunded: request.amountMinor });
    expect(entries.map(({ kind }) => kind)).toEqual(['authorize', 'capture', 'refund']);
    expect((await paymentOf(request.paymentKey)).ledger.reduce((sum, { amount }) => sum + amount.amount, 0)).toBe(0);
    expect((await paymentOf(request.paymentKey)).ledger).toHaveLength(4);
  });
});

describe('manual payment', () => {
  test('is captured and booked once, whoever calls how often', async () => {
    const request = order(null, 'manual');
    expect(await payments.authorize(request)).toEqual({ status: 'authorized', amountMinor: request.amountMinor });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => payments.capture(request.capture)));
    expect(outcomes).toEqual(outcomes.map(() => ({ status: 'captured', amountMinor: request.amountMinor })));
    expect((await paymentOf(request.paymentKey)).ledger).toHaveLength(2);
    expect(await payments.void(request.reference)).toEqual({ status: 'voided' });
    expect(await payments.capture(request.capture)).toMatchObject({ status: 'declined' });
    expect((await paymentOf(request.paymentKey)).ledger).toHaveLength(4);
  });

  test('is barred by a void that came first', async () => {
    const request = order(null, 'manual');
    expect(await payments.void(request.reference)).toEqual({ status: 'voided' });
    expect(await payments.capture(request.capture)).toEqual({ status: 'declined', reason: 'payment_voided' });
    expect((await paymentOf(request.paymentKey)).ledger).toEqual([]);
  });
});

describe('the sandbox', () => {
  test('shows its ledger to people', async () => {
    const page = await server.fetch('/sandbox', { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('Sandbox ledger');
  });

  test('is shut to who has no key', async () => {
    const answer = await server
      .getWorker('vitrine-sandbox')
      .fetch('http://sandbox/v1/payment_intents', { method: 'POST', body: 'amount=1' });
    expect(answer.status).toBe(401);
  });
});
