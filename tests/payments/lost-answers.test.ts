/**
 * Refunds and captures in parts at a provider whose answers are lost: what is unknown stays reserved, and asking again with
 * the same key finds out or carries it out, never both.
 */
import { describe, expect, test } from 'vitest';
import { recordReport } from '../../workers/payments/domain/reports.ts';
import { capture, nothing, reference, request, shop } from './shop.ts';

async function paidShop() {
  const world = shop();
  await world.provider.authorize(request('ok'));
  await world.provider.capture(capture);
  return {
    ...world,
    refund: (refundKey: string, amountMinor: number) => world.money.refund({ ...capture, refundKey, amountMinor }),
  };
}

async function authorizedShop() {
  const world = shop();
  await world.provider.authorize(request('ok'));
  return {
    ...world,
    part: (captureKey: string, amountMinor: number) => world.money.capture({ ...capture, captureKey, amountMinor }),
  };
}

describe('a refund', () => {
  test.each(['lost', 'answer-lost'] as const)(
    'is made once when it was %s, and stays reserved until then',
    async (fault) => {
      const { refund, faults, totals, money } = await paidShop();
      faults.set('refunds', fault);
      expect(await refund('r', 1500)).toMatchObject({ status: 'unknown' });
      expect(await money.balances('ord_1')).toMatchObject({ heldMinor: 499, pendingMinor: { refund: 1500 } });
      expect(await refund('s', 500)).toEqual({ status: 'declined', reason: 'exceeds-held', maxMinor: 499 });
      expect(await refund('r', 1500)).toEqual({ status: 'refunded', amountMinor: 1500, refundedMinor: 1500 });
      expect(totals()).toEqual({ ...nothing, captured: 1999, refunded: 1500 });
    },
  );

  test('whose answer was lost is found by its key when the provider has forgotten the request', async () => {
    const { refund, faults, totals, forgetAnswers, book } = await paidShop();
    faults.set('refunds', 'answer-lost');
    await refund('r', 900);
    forgetAnswers();
    expect(await refund('r', 900)).toEqual({ status: 'refunded', amountMinor: 900, refundedMinor: 900 });
    expect(totals()).toEqual({ ...nothing, captured: 1999, refunded: 900 });
    expect(book.transactions.map(({ id }) => id)).toEqual(['ord_1/capture/1999', 'ord_1/refund/900']);
  });

  test('is not made while nobody can say whether it was', async () => {
    const { refund, faults, totals } = await paidShop();
    faults.set('refunds', 'lost');
    await refund('r', 900);
    faults.set('list /v1/refunds', 'lost');
    expect(await refund('r', 900)).toMatchObject({ status: 'unknown' });
    expect(totals()).toEqual({ ...nothing, captured: 1999 });
  });

  test('that a webhook told of before its answer is not asked for again', async () => {
    const { refund, faults, provider, book, before } = await paidShop();
    faults.set('refunds', 'answer-lost');
    await refund('r', 700);
    const known = await book.find('ord_1');
    const seen = await provider.observe(known?.providerRef ?? '');
    if (known === null || seen.kind !== 'known') throw new Error('The provider knows the payment');
    await book.record(known, seen.report, 5);
    before.set('refunds', () => Promise.reject(new Error('The provider was asked again')));
    expect(await refund('r', 700)).toEqual({ status: 'refunded', amountMinor: 700, refundedMinor: 700 });
    // The same news once more, and late.
    const after = await book.find('ord_1');
    expect(recordReport(after, seen.report, 6).news).toBe('restated');
  });

  test('that the provider refuses frees what it reserved, and is never made under its key', async () => {
    const { refund, provider, totals, book } = await paidShop();
    const { providerRef } = (await book.find('ord_1')) ?? {};
    // Somebody gave most of it back at the provider, and no webhook came.
    const payment = await book.find('ord_1');
    if (payment === null || providerRef == null) throw new Error('The payment is there');
    const order = {
      payment,
      refundKey: 'elsewhere',
      amountMinor: 1900,
      currency: 'EUR',
      isRepeat: false,
      now: 1,
    } as const;
    await provider.refund(order);
    expect(await refund('r', 500)).toMatchObject({ status: 'declined', maxMinor: 99 });
    expect(await refund('r', 500)).toMatchObject({ status: 'declined' });
    expect(await refund('s', 99)).toMatchObject({ status: 'refunded', refundedMinor: 1999 });
    expect(totals()).toEqual({ ...nothing, captured: 1999, refunded: 1999 });
  });

  test.each(['', '~void', 'a b', `k${'x'.repeat(100)}`])('is declined under the key "%s"', async (key) => {
    const { refund } = await paidShop();
    expect(await refund(key, 1)).toEqual({ status: 'declined', reason: 'invalid-key', maxMinor: 0 });
  });

  test('of a payment that nobody knows is declined', async () => {
    const { money } = shop();
    expect(await money.refund({ ...capture, refundKey: 'r' })).toEqual({
      ...{ status: 'declined', reason: 'payment-absent', maxMinor: 0 },
    });
  });
});

describe('a part of a capture', () => {
  test.each(['lost', 'answer-lost'] as const)('is taken once when it was %s', async (fault) => {
    const { part, faults, totals } = await authorizedShop();
    faults.set('capture', fault);
    expect(await part('one', 700)).toMatchObject({ status: 'unknown' });
    expect(await part('two', 100)).toEqual({ status: 'unknown', reason: 'capture-running' });
    expect(await part('one', 700)).toEqual({ status: 'captured', amountMinor: 700 });
    expect(await part('two', 100)).toEqual({ status: 'captured', amountMinor: 100 });
    expect(totals()).toEqual({ ...nothing, authorizedOpen: 1199, captured: 800 });
  });

  test('is not followed by a capture of the rest that takes more than there is', async () => {
    const { part, provider, totals } = await authorizedShop();
    await part('one', 700);
    expect(await provider.capture(capture)).toMatchObject({ status: 'declined', reason: 'exceeds-open-authorization' });
    expect(await provider.capture({ ...capture, amountMinor: 1299 })).toEqual({
      status: 'captured',
      amountMinor: 1999,
    });
    expect(totals()).toEqual({ ...nothing, captured: 1999 });
  });

  test('that was declined while nobody heard of it ends when it is asked for again', async () => {
    const { money, provider, faults, book } = shop();
    await provider.authorize(request('capture_fail'));
    const part = () => money.capture({ ...capture, captureKey: 'one', amountMinor: 5 });
    faults.set('capture', 'answer-lost');
    expect(await part()).toMatchObject({ status: 'unknown' });
    // A webhook tells that the provider let the authorization go: nothing is open any more beside this capture.
    const known = await book.find('ord_1');
    const seen = await provider.observe(known?.providerRef ?? '');
    if (known === null || seen.kind !== 'known') throw new Error('The provider knows the payment');
    await book.record(known, seen.report, 5);
    expect(await part()).toMatchObject({ status: 'declined' });
  });

  test('that fails leaves nothing reserved', async () => {
    const { money, provider } = shop();
    await provider.authorize(request('capture_fail'));
    const part = () => money.capture({ ...capture, captureKey: 'one', amountMinor: 5 });
    expect(await part()).toEqual({ status: 'declined', reason: 'generic_decline', maxMinor: 0 });
    expect(await part()).toMatchObject({ status: 'declined', maxMinor: 0 });
    expect(await money.balances('ord_1')).toMatchObject({ capturedMinor: 0, pendingMinor: { capture: 0 } });
    expect(await provider.lookup(reference)).toEqual({ status: 'voided' });
  });
});
