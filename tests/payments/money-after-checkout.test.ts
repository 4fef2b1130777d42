/**
 * Captures in parts, refunds, disputes and the reconciliation, through the real SDK and the sandbox: whatever happens at which
 * side, and however the news of it travels, both ledgers agree to the cent and nothing is given back twice.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReconciliationReport } from '../../shared/contracts/payments/http.ts';
import { money } from '../../shared/values/money.ts';
import { order, paymentOf, payments, sandboxBooks, seen, server, soon, startWorkers } from './workers.ts';

beforeAll(startWorkers);
afterAll(() => server.close());

/** A captured payment of 1000 and some cents. */
async function paid(provider: 'sandbox' | 'manual' = 'sandbox', token = 'ok') {
  const request = order(provider === 'manual' ? null : token, provider);
  await payments.authorize(request);
  expect(await payments.capture(request.capture)).toMatchObject({ status: 'captured' });
  return {
    ...request,
    refund: (refundKey: string, amountMinor: number) =>
      payments.refund({ ...request.reference, currency: 'EUR', refundKey, amountMinor }),
  };
}

async function cause(orderId: string, kind: string, amount?: number): Promise<void> {
  const answer = await server.fetch('/sandbox/incidents', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ orderId, kind, ...(amount === undefined ? {} : { amount }) }),
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
}

/** Every booking adds up to zero, and what the provider owes is what its own ledger says that it holds. */
async function expectLevelBooks(orderId: string): Promise<void> {
  const { ledger } = await paymentOf(orderId);
  const byTransaction = new Map<string, number>();
  for (const { transactionId, amount } of ledger) {
    byTransaction.set(transactionId, (byTransaction.get(transactionId) ?? 0) + amount.amount);
  }
  expect([...byTransaction.values()].filter((sum) => sum !== 0)).toEqual([]);
  const owed = ledger.filter(({ account }) => account.startsWith('provider-receivable:'));
  const { intents } = await sandboxBooks(orderId);
  const held = intents.reduce(
    (sum, { amountCaptured, amountRefunded, amountDisputed }) => sum + amountCaptured - amountRefunded - amountDisputed,
    0,
  );
  expect(owed.reduce((sum, { amount }) => sum + amount.amount, 0)).toBe(held);
}

async function lastNews(orderId: string) {
  return (await seen()).events.filter(({ subject }) => subject === orderId).at(-1)?.data;
}

async function reconcile(): Promise<ReconciliationReport> {
  const ask = { method: 'POST', headers: { 'idempotency-key': crypto.randomUUID() } };
  return ReconciliationReport.parse(await (await server.fetch('/admin/v1/payments/reconciliation', ask)).json());
}

describe('captures in parts', () => {
  const part = (request: ReturnType<typeof order>, captureKey: string, amountMinor: number, isFinal = false) =>
    payments.capture({ ...request.capture, captureKey, amountMinor, isFinal, authorizedMinor: request.amountMinor });

  test.each(['sandbox', 'manual'] as const)('take no more than was authorized, once per key (%s)', async (provider) => {
    const request = order(provider === 'manual' ? null : 'ok', provider);
    await payments.authorize(request);
    expect(await part(request, 'one', 600)).toEqual({ status: 'captured', amountMinor: 600 });
    expect(await part(request, 'one', 600)).toEqual({ status: 'captured', amountMinor: 600 });
    expect(await part(request, 'one', 601)).toMatchObject({ status: 'declined', reason: 'reference-conflict' });
    const restMinor = request.amountMinor - 600;
    expect(await part(request, 'two', restMinor + 1)).toEqual({
      ...{ status: 'declined', reason: 'exceeds-open-authorization', maxMinor: restMinor },
    });
    expect(await payments.lookup(request.reference)).toMatchObject({ status: 'authorized' });
    expect(await part(request, 'three', restMinor)).toEqual({ status: 'captured', amountMinor: restMinor });
    expect(await payments.balances(request.paymentKey)).toMatchObject({
      ...{ capturedMinor: request.amountMinor, openAuthorizationMinor: 0, heldMinor: request.amountMinor },
    });
    expect((await paymentOf(request.paymentKey)).status).toBe('captured');
    if (provider === 'sandbox') await expectLevelBooks(request.paymentKey);
  });

  test('let go of what the last one leaves', async () => {
    const request = order('ok');
    await payments.authorize(request);
    await part(request, 'one', 300);
    expect(await part(request, 'two', 300, true)).toEqual({ status: 'captured', amountMinor: 300 });
    expect(await payments.balances(request.paymentKey)).toMatchObject({
      ...{ capturedMinor: 600, openAuthorizationMinor: 0, voidedMinor: request.amountMinor - 600 },
    });
    expect((await sandboxBooks(request.paymentKey)).totals.EUR).toMatchObject({ authorizedOpen: 0, captured: 600 });
  });

  test.each(['sandbox', 'manual'] as const)('let go of the rest when nobody needs it (%s)', async (provider) => {
    const request = order(provider === 'manual' ? null : 'ok', provider);
    await payments.authorize(request);
    await part(request, 'one', 400);
    for (const _again of [1, 2]) expect(await payments.letGo(request.reference)).toEqual({ status: 'released' });
    expect(await payments.balances(request.paymentKey)).toMatchObject({
      ...{ capturedMinor: 400, heldMinor: 400, openAuthorizationMinor: 0, voidedMinor: request.amountMinor - 400 },
    });
    expect((await paymentOf(request.paymentKey)).status).toBe('captured');
    expect(await part(request, 'two', 1)).toMatchObject({ status: 'declined' });
    if (provider === 'manual') return;
    expect((await sandboxBooks(request.paymentKey)).totals.EUR).toEqual({
      ...{ authorizedOpen: 0, captured: 400, refunded: 0 },
    });
    await expectLevelBooks(request.paymentKey);
  });

  test('let go of all where nothing was captured', async () => {
    const request = order('ok');
    await payments.authorize(request);
    expect(await payments.letGo(request.reference)).toEqual({ status: 'released' });
    expect(await payments.lookup(request.reference)).toEqual({ status: 'voided' });
    expect((await sandboxBooks(request.paymentKey)).totals.EUR).toMatchObject({ authorizedOpen: 0, captured: 0 });
  });

  test('are given back, and the rest let go, when the payment is called off', async () => {
    const request = order('ok');
    await payments.authorize(request);
    await part(request, 'one', 400);
    expect(await payments.void(request.reference)).toEqual({ status: 'voided' });
    expect((await sandboxBooks(request.paymentKey)).totals.EUR).toEqual({
      ...{ authorizedOpen: 0, captured: 400, refunded: 400 },
    });
    await expectLevelBooks(request.paymentKey);
  });
});

describe('refunds', () => {
  test.each(['sandbox', 'manual'] as const)(
    'of which eight are asked for at once share what there is (%s)',
    async (provider) => {
      const payment = await paid(provider);
      const outcomes = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((number) => payment.refund(`r${number}`, 300)));
      const refunded = outcomes.filter(({ status }) => status === 'refunded');
      expect(refunded).toHaveLength(3);
      expect(outcomes.filter(({ status }) => status === 'declined')).toHaveLength(5);
      expect(await payment.refund('rest', 1000)).toEqual({
        ...{ status: 'declined', reason: 'exceeds-held', maxMinor: payment.amountMinor - 900 },
      });
      expect(await payments.balances(payment.paymentKey)).toMatchObject({ refundedMinor: 900 });
      if (provider === 'sandbox') await expectLevelBooks(payment.paymentKey);
    },
  );

  test('under one key are made once, however many ask at once', async () => {
    const payment = await paid();
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => payment.refund('again', 250)));
    for (const { status } of outcomes) expect(['refunded', 'unknown']).toContain(status);
    expect(await payment.refund('again', 250)).toEqual({ status: 'refunded', amountMinor: 250, refundedMinor: 250 });
    const { entries } = await sandboxBooks(payment.paymentKey);
    expect(entries.filter(({ kind }) => kind === 'refund').map(({ amount }) => amount)).toEqual([250]);
  });

  test('that are made at the provider are booked and told, and leave less to give back', async () => {
    const payment = await paid();
    await payment.refund('ours', 200);
    await cause(payment.paymentKey, 'refund', 300);
    await expect.poll(async () => (await payments.balances(payment.paymentKey))?.refundedMinor, soon).toBe(500);
    await expect
      .poll(() => lastNews(payment.paymentKey), soon)
      .toMatchObject({ status: 'captured', captured: money(payment.amountMinor, 'EUR'), refunded: money(500, 'EUR') });
    expect(await payment.refund('more', payment.amountMinor)).toMatchObject({ maxMinor: payment.amountMinor - 500 });
    await expectLevelBooks(payment.paymentKey);
  });

  test.each([
    ['refund-paid', 600, 'refunded'],
    ['refund-failed', 0, 'declined'],
  ] as const)('that wait are settled by %s, and told', async (incident, refundedMinor, status) => {
    const payment = await paid('sandbox', 'refund_pending');
    expect(await payment.refund('r', 600)).toEqual({ status: 'pending' });
    expect(await payment.refund('r', 600)).toEqual({ status: 'pending' });
    expect(await payments.balances(payment.paymentKey)).toMatchObject({
      ...{ refundedMinor: 0, heldMinor: payment.amountMinor - 600, pendingMinor: { refund: 600 } },
    });
    await cause(payment.paymentKey, incident);
    await expect
      .poll(() => lastNews(payment.paymentKey), soon)
      .toMatchObject({
        refunded: money(refundedMinor, 'EUR'),
        pendingRefund: money(0, 'EUR'),
        captured: money(payment.amountMinor, 'EUR'),
      });
    expect(await payment.refund('r', 600)).toMatchObject({ status });
    await expectLevelBooks(payment.paymentKey);
  });

  test('that come back at once are declined, and can be tried again under another key', async () => {
    const payment = await paid('sandbox', 'refund_fail');
    expect(await payment.refund('r', 600)).toEqual({
      ...{ status: 'declined', reason: 'refund-failed', maxMinor: payment.amountMinor },
    });
    expect(await payment.refund('s', 600)).toMatchObject({ status: 'declined', maxMinor: payment.amountMinor });
  });

  test('that fail after they were made can be made again under another key', async () => {
    const payment = await paid();
    expect(await payment.refund('first', payment.amountMinor)).toMatchObject({ status: 'refunded' });
    await cause(payment.paymentKey, 'refund-failed');
    await expect.poll(() => lastNews(payment.paymentKey), soon).toMatchObject({ refunded: money(0, 'EUR') });
    expect(await payment.refund('first', payment.amountMinor)).toMatchObject({ status: 'declined' });
    expect(await payment.refund('second', payment.amountMinor)).toMatchObject({ status: 'refunded' });
    await expectLevelBooks(payment.paymentKey);
  });
});

describe('a dispute', () => {
  test('takes money out of the books until it is won, and cannot be refunded meanwhile', async () => {
    const payment = await paid();
    await cause(payment.paymentKey, 'dispute', 700);
    await expect.poll(() => lastNews(payment.paymentKey), soon).toMatchObject({ chargedBack: money(700, 'EUR') });
    expect(await payment.refund('r', 500)).toMatchObject({ status: 'declined', maxMinor: payment.amountMinor - 700 });
    await expectLevelBooks(payment.paymentKey);
    await cause(payment.paymentKey, 'dispute-review');
    await cause(payment.paymentKey, 'dispute-won');
    await expect.poll(() => lastNews(payment.paymentKey), soon).toMatchObject({ chargedBack: money(0, 'EUR') });
    expect(await payments.balances(payment.paymentKey)).toMatchObject({
      disputes: [{ status: 'won', amountMinor: 700, funds: 'reinstated' }],
    });
    expect(await payment.refund('s', payment.amountMinor)).toMatchObject({ status: 'refunded' });
    await expectLevelBooks(payment.paymentKey);
  });

  test('that is lost keeps its money away for good', async () => {
    const payment = await paid();
    await cause(payment.paymentKey, 'dispute', 700);
    await cause(payment.paymentKey, 'dispute-lost');
    await expect
      .poll(() => lastNews(payment.paymentKey), soon)
      .toMatchObject({ chargedBack: money(700, 'EUR'), lost: money(700, 'EUR') });
    expect(await payments.balances(payment.paymentKey)).toMatchObject({ disputes: [{ status: 'lost' }] });
    expect(await payment.refund('r', payment.amountMinor - 699)).toMatchObject({ status: 'declined' });
    await expectLevelBooks(payment.paymentKey);
  });
});

describe('the reconciliation', () => {
  test('finds what no webhook told, tells it, and has nothing to say when asked again', async () => {
    for (let steps = 0; steps < 50 && (await reconcile()).finishedAt === null; steps += 1);
    const payment = await paid();
    await server.fetch('/down');
    await cause(payment.paymentKey, 'refund', 120);
    await cause(payment.paymentKey, 'dispute', 80);
    expect(await payments.balances(payment.paymentKey)).toMatchObject({ refundedMinor: 0, chargedBackMinor: 0 });
    expect(await reconcile()).toMatchObject({ repaired: 1, findings: [] });
    await server.fetch('/up');
    expect(await payments.balances(payment.paymentKey)).toMatchObject({ refundedMinor: 120, chargedBackMinor: 80 });
    await expect
      .poll(() => lastNews(payment.paymentKey), soon)
      .toMatchObject({ refunded: money(120, 'EUR'), chargedBack: money(80, 'EUR') });
    await expectLevelBooks(payment.paymentKey);

    let last = await reconcile();
    for (let steps = 0; steps < 50 && last.finishedAt === null; steps += 1) last = await reconcile();
    const report = await server.fetch('/admin/v1/payments/reconciliation');
    expect(ReconciliationReport.parse(await report.json())).toEqual(last);
    expect(last.findings).toEqual([]);
  });

  test('answers a repeated key as the first time', async () => {
    const ask = () =>
      server.fetch('/admin/v1/payments/reconciliation', { method: 'POST', headers: { 'idempotency-key': 'k' } });
    const first = await (await ask()).text();
    const again = await ask();
    expect([await again.text(), again.headers.get('idempotency-replayed')]).toEqual([first, 'true']);
  });
});

test('a merchant pages through the payments, newest first', async () => {
  const read = async (query: string) => JSON.parse(await (await server.fetch(`/admin/v1/payments?${query}`)).text());
  const keys: string[] = [];
  let page = await read('limit=4&status=captured');
  for (let pages = 0; pages < 20; pages += 1) {
    keys.push(...page.items.map(({ orderId }: { orderId: string }) => orderId));
    if (page.next === null) break;
    page = await read(`limit=4&status=captured&cursor=${page.next}`);
  }
  expect(keys.length).toBeGreaterThan(6);
  expect(keys).toEqual([...new Set(keys)].sort().reverse());
});
