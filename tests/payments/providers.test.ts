/**
 * Every provider against a provider that behaves: the real SDK talks to the sandbox's own rules in memory, and calls can be
 * lost on the way there or on the way back.
 */
import { describe, expect, test } from 'vitest';
import { absentProvider } from '../../workers/payments/providers/absent.ts';
import { manualProvider } from '../../workers/payments/providers/manual.ts';
import { stripeUnits } from '../../workers/payments/providers/stripe-units.ts';
import { MemoryBook } from './memory-book.ts';
import { capture, nothing, reference, request, shop } from './shop.ts';

describe('a payment that goes well', () => {
  test('is authorized, captured once and refunded once, and every cent is booked', async () => {
    const { provider, book, totals } = shop();
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'authorized', amountMinor: 1999 });
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'authorized', amountMinor: 1999 });
    expect(await provider.lookup(reference)).toEqual({ status: 'authorized', amountMinor: 1999 });
    expect(await provider.capture(capture)).toEqual({ status: 'captured', amountMinor: 1999 });
    expect(await provider.capture(capture)).toEqual({ status: 'captured', amountMinor: 1999 });
    expect(totals()).toEqual({ ...nothing, captured: 1999 });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(await provider.lookup(reference)).toEqual({ status: 'voided' });
    expect(totals()).toEqual({ ...nothing, captured: 1999, refunded: 1999 });
    expect(book.transactions.map(({ id }) => id)).toEqual(['ord_1/capture/1999', 'ord_1/refund/1999']);
  });
});

describe('a payment that is refused', () => {
  test('is declined with the reason of the bank', async () => {
    const { provider } = shop();
    expect(await provider.authorize(request('decline'))).toEqual({ status: 'declined', reason: 'generic_decline' });
    expect(await provider.lookup(reference)).toEqual({ status: 'declined', reason: 'generic_decline' });
  });

  test.each(['tok_visa', null])('is declined with all tokens named when the token is %s', async (token) => {
    const { provider } = shop();
    const outcome = await provider.authorize(request(token));
    expect(outcome).toMatchObject({ status: 'declined', reason: expect.stringContaining('requires_action') });
    // The reason is shown, and kept with the answer.
    expect(JSON.stringify(outcome)).not.toContain('tok_visa');
  });

  test('keeps its refusal when another token is tried under the same key', async () => {
    const { provider, totals } = shop();
    await provider.authorize(request('decline'));
    expect(await provider.authorize(request('ok'))).toMatchObject({ status: 'declined' });
    expect(totals()).toEqual(nothing);
  });

  test('is never captured when the capture fails', async () => {
    const { provider, totals } = shop();
    await provider.authorize(request('capture_fail'));
    expect(await provider.capture(capture)).toEqual({ status: 'declined', reason: 'generic_decline' });
    expect(await provider.capture(capture)).toMatchObject({ status: 'declined' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(totals()).toEqual(nothing);
  });

  test('sends the shopper to the page of the provider', async () => {
    const { provider, intents } = shop();
    const outcome = await provider.authorize(request('requires_action'));
    const url = `http://shop.test/sandbox/pay/${intents()[0]?.id}`;
    expect(outcome).toEqual({ status: 'requires_action', url });
    expect(await provider.lookup(reference)).toEqual({ status: 'requires_action', url });
  });
});

describe('a provider that fails for a moment', () => {
  test.each(['create', 'confirm'])('is asked once more, and authorizes (%s)', async (step) => {
    const { provider, faults, intents, totals } = shop();
    faults.set(step, 'broken');
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'authorized', amountMinor: 1999 });
    expect(intents()).toHaveLength(1);
    expect(totals()).toEqual({ ...nothing, authorizedOpen: 1999 });
  });

  test.each(['create', 'confirm'])(
    'leaves open what it is still busy with, and has not declined it (%s)',
    async (step) => {
      const { provider, faults } = shop();
      faults.set(step, 'in-use');
      expect(await provider.authorize(request('ok'))).toMatchObject({ status: 'unknown' });
      expect(await provider.authorize(request('ok'))).toEqual({ status: 'authorized', amountMinor: 1999 });
    },
  );
});

describe('a call whose answer is lost', () => {
  test.each(['timeout_after_authorize', 'ok'])(
    'is unknown, and a lookup finds the authorization (%s)',
    async (token) => {
      const { provider, faults } = shop();
      if (token === 'ok') faults.set('confirm', 'answer-lost');
      expect(await provider.authorize(request(token))).toMatchObject({ status: 'unknown' });
      expect(await provider.lookup(reference)).toEqual({ status: 'authorized', amountMinor: 1999 });
    },
  );

  test('is unknown, and a lookup finds nothing when nothing was authorized', async () => {
    const { provider } = shop();
    expect(await provider.authorize(request('timeout_before_authorize'))).toMatchObject({ status: 'unknown' });
    expect(await provider.lookup(reference)).toEqual({ status: 'absent' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
  });

  test.each(['create', 'confirm'])('is made under the same key when the provider never saw it (%s)', async (step) => {
    const { provider, faults, intents, totals } = shop();
    faults.set(step, 'lost');
    expect(await provider.authorize(request('ok'))).toMatchObject({ status: 'unknown' });
    expect(await provider.lookup(reference)).toEqual({ status: 'absent' });
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'authorized', amountMinor: 1999 });
    expect(intents()).toHaveLength(1);
    expect(totals()).toEqual({ ...nothing, authorizedOpen: 1999 });
  });

  test('is absent for good when the provider keeps its own failure under the key', async () => {
    const { provider, totals } = shop();
    await provider.authorize(request('timeout_before_authorize'));
    expect(await provider.authorize(request('timeout_before_authorize'))).toEqual({ status: 'absent' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(await provider.authorize(request('timeout_before_authorize'))).toEqual({ status: 'voided' });
    expect(totals()).toEqual(nothing);
  });

  test.each(['lost', 'answer-lost'] as const)(
    'finds the first intent again after a create that was %s',
    async (fault) => {
      const { provider, faults, intents, totals } = shop();
      faults.set('create', fault);
      expect(await provider.authorize(request('ok'))).toMatchObject({ status: 'unknown' });
      expect(await provider.lookup(reference)).toEqual({ status: 'absent' });
      expect(await provider.authorize(request('ok'))).toEqual({ status: 'authorized', amountMinor: 1999 });
      expect(intents()).toHaveLength(1);
      expect(totals()).toEqual({ ...nothing, authorizedOpen: 1999 });
    },
  );

  test.each(['lost', 'answer-lost'] as const)('captures once when the capture was %s', async (fault) => {
    const { provider, faults, totals } = shop();
    await provider.authorize(request('ok'));
    faults.set('capture', fault);
    expect(await provider.capture(capture)).toMatchObject({ status: 'unknown' });
    expect(await provider.capture(capture)).toEqual({ status: 'captured', amountMinor: 1999 });
    expect(totals()).toEqual({ ...nothing, captured: 1999 });
  });

  test.each(['lost', 'answer-lost'] as const)('voids once when the cancellation was %s', async (fault) => {
    const { provider, faults, totals } = shop();
    await provider.authorize(request('ok'));
    faults.set('cancel', fault);
    expect(await provider.void(reference)).toMatchObject({ status: 'unknown' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(totals()).toEqual(nothing);
  });

  test.each(['lost', 'answer-lost'] as const)('refunds once when the refund was %s', async (fault) => {
    const { provider, faults, totals } = shop();
    await provider.authorize(request('ok'));
    await provider.capture(capture);
    faults.set('refunds', fault);
    expect(await provider.void(reference)).toMatchObject({ status: 'unknown' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(totals()).toEqual({ ...nothing, captured: 1999, refunded: 1999 });
  });
});

describe('a void that comes first', () => {
  test('bars an authorization that has not begun', async () => {
    const { provider, totals } = shop();
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'voided' });
    expect(await provider.capture(capture)).toMatchObject({ status: 'declined' });
    expect(totals()).toEqual(nothing);
  });

  test.each(['create', 'confirm'])('bars an authorization that is under way at its %s', async (step) => {
    const { provider, before, totals, intents } = shop();
    before.set(step, async () => {
      before.delete(step);
      expect(await provider.void(reference)).toEqual({ status: 'voided' });
    });
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'voided' });
    expect(intents().map(({ status }) => status)).toEqual(['canceled']);
    expect(totals()).toEqual(nothing);
  });

  test('refunds when it overtakes the answer of a capture', async () => {
    const { provider, faults, totals, book } = shop();
    await provider.authorize(request('ok'));
    faults.set('capture', 'answer-lost');
    await provider.capture(capture);
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
    expect(totals()).toEqual({ ...nothing, captured: 1999, refunded: 1999 });
    expect(book.transactions.map(({ id }) => id)).toEqual(['ord_1/capture/1999', 'ord_1/refund/1999']);
  });
});

describe('manual payment', () => {
  const manual = { ...capture, provider: 'manual' } as const;

  test('authorizes without leaving a trace and captures once', async () => {
    const book = new MemoryBook();
    const provider = manualProvider(book);
    expect(await provider.authorize({ ...request(null), provider: 'manual' })).toEqual({
      status: 'authorized',
      amountMinor: 1999,
    });
    expect(book.payments.size).toBe(0);
    expect(await provider.capture(manual)).toEqual({ status: 'captured', amountMinor: 1999 });
    expect(await provider.capture(manual)).toEqual({ status: 'captured', amountMinor: 1999 });
    expect(await provider.lookup(manual)).toEqual({ status: 'captured', amountMinor: 1999 });
    expect(book.transactions).toHaveLength(1);
  });

  test('is not captured after its void', async () => {
    const provider = manualProvider(new MemoryBook());
    expect(await provider.void(manual)).toEqual({ status: 'voided' });
    expect(await provider.capture(manual)).toEqual({ status: 'declined', reason: 'payment_voided' });
  });

  test('books the money back when it is voided after its capture', async () => {
    const book = new MemoryBook();
    const provider = manualProvider(book);
    await provider.capture(manual);
    expect(await provider.void(manual)).toEqual({ status: 'voided' });
    expect(await provider.void(manual)).toEqual({ status: 'voided' });
    expect(book.transactions.map(({ id }) => id)).toEqual(['ord_1/capture/1999', 'ord_1/refund/1999']);
  });
});

describe('a provider that is not configured', () => {
  test('takes nothing, and voids what never was', async () => {
    const provider = absentProvider(new MemoryBook());
    expect(await provider.authorize(request('ok'))).toEqual({ status: 'declined', reason: 'unknown-provider' });
    expect(await provider.void(reference)).toEqual({ status: 'voided' });
  });
});

describe('the units of Stripe', () => {
  test.each([
    ['KWD', 10],
    ['EUR', 1],
    ['ISK', 1],
  ] as const)('take %s in steps of %i', (currency, step) => {
    expect(stripeUnits.stepMinorOf(currency)).toBe(step);
  });

  test.each([
    ['EUR', 1999, 1999],
    ['JPY', 500, 500],
    ['ISK', 500, 50_000],
  ] as const)('count %s as Stripe does', (currency, minor, counted) => {
    expect(stripeUnits.toProvider(minor, currency)).toBe(counted);
    expect(stripeUnits.fromProvider(counted, currency)).toBe(minor);
  });
});
