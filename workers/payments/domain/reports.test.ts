/** The rules of a payment: it only moves forward, whatever the order of reports, and every cent of it is booked once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerTransaction } from './bookings.ts';
import { balancesOf, type Movement } from './ledger.ts';
import {
  ledgerOf,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  transitions,
} from './payment.ts';
import { recordReport } from './reports.ts';
import { noteRequest } from './requests.ts';

const authorized: PaymentReport = {
  paymentKey: 'ord_1',
  provider: 'sandbox',
  providerRef: 'pi_1',
  status: 'authorized',
  reason: null,
  amountMinor: 1999,
  currency: 'EUR',
  capturedMinor: 0,
  movements: [],
};
const captured: PaymentReport = { ...authorized, status: 'captured', capturedMinor: 1999 };
const givenBack: Movement = { type: 'refund', ref: 're_1', amountMinor: 1999, at: 5 };
const refunded: PaymentReport = { ...captured, status: 'voided', movements: [givenBack] };
const declined: PaymentReport = { ...authorized, status: 'declined', reason: 'card_declined' };

function fold(...reports: PaymentReport[]) {
  let payment: Payment | null = null;
  const transactions: LedgerTransaction[] = [];
  let news: string | null = null;
  for (const [index, report] of reports.entries()) {
    const recorded = recordReport(payment, report, index);
    payment = recorded.payment;
    news = recorded.news;
    transactions.push(...recorded.transactions);
  }
  if (payment === null) throw new Error('No report was given');
  return { payment, transactions, news };
}

describe('a payment that nobody knew', () => {
  test('begins with its first report', () => {
    const { payment, transactions, news } = fold(authorized);
    expect(payment).toMatchObject({ status: 'authorized', version: 1, capturedMinor: 0 });
    expect(transactions).toEqual([]);
    expect(news).toBe('moved');
  });

  test('books capture and refund when the refund is heard of first', () => {
    const { payment, transactions } = fold(refunded);
    expect(payment.status).toBe('voided');
    expect(transactions.map(({ id }) => id)).toEqual(['ord_1/capture/1999', 'ord_1/refund/1999']);
  });
});

describe('an authorized payment', () => {
  test('books a capture once, however often it is reported', () => {
    const { payment, transactions, news } = fold(authorized, captured, captured);
    expect(payment).toMatchObject({ status: 'captured', version: 2, capturedMinor: 1999 });
    expect(transactions).toEqual([
      {
        id: 'ord_1/capture/1999',
        currency: 'EUR',
        entries: [
          { account: 'provider-receivable:sandbox', amountMinor: 1999 },
          { account: 'sales-clearing', amountMinor: -1999 },
        ],
      },
    ]);
    expect(news).toBe('restated');
  });

  test('is not declined by a report of an earlier attempt', () => {
    const { payment, news } = fold(authorized, declined);
    expect(payment.status).toBe('authorized');
    expect(news).toBe('late');
  });
});

describe('a declined payment', () => {
  test('is authorized when another card works', () => {
    expect(fold(declined, authorized).payment).toMatchObject({ status: 'authorized', reason: null });
  });
});

describe('a voided payment', () => {
  test('stays voided when its capture is reported late, and books nothing twice', () => {
    const { payment, transactions, news } = fold(captured, refunded, captured);
    expect(payment.status).toBe('voided');
    expect(transactions).toHaveLength(2);
    expect(news).toBe('late');
  });
});

describe('a report that is about something else', () => {
  test.each([
    ['another intent', { ...captured, providerRef: 'pi_2' }],
    ['another provider', { ...captured, provider: 'stripe' }],
    ['another currency', { ...captured, currency: 'USD' as const }],
  ])('is not taken when it names %s', (_, report) => {
    const { payment, news } = fold(authorized, report);
    expect(payment.status).toBe('authorized');
    expect(news).toBe('foreign');
  });
});

describe('a request of ours', () => {
  const ask = { provider: 'sandbox', currency: 'EUR', stepMinor: 1 } as const;
  const refund = (ref: string, amountMinor: number) => ({ ...ask, kind: 'refund', ref, amountMinor }) as const;
  const capture = (ref: string, amountMinor: number) => ({ ...ask, kind: 'capture', ref, amountMinor }) as const;

  test('reserves what it asks for, so that a second one gets the rest at most', () => {
    const { payment } = fold(captured);
    const first = noteRequest(payment, refund('r', 1500), 3);
    if (!first.ok) throw new Error(first.refusal.code);
    expect(first.value).toMatchObject({ progress: 'pending', payment: { version: 2 } });
    expect(noteRequest(first.value.payment, refund('s', 500), 4)).toEqual({
      ok: false,
      refusal: { code: 'exceeds-held', maxMinor: 499 },
    });
    expect(noteRequest(first.value.payment, refund('r', 1500), 4)).toMatchObject({
      ok: true,
      value: { progress: 'pending', recorded: null },
    });
  });

  test('for a part of the authorization waits until the one before it has ended', () => {
    const { payment } = fold(authorized);
    const first = noteRequest(payment, capture('one', 500), 3);
    if (!first.ok) throw new Error(first.refusal.code);
    expect(noteRequest(first.value.payment, capture('two', 500), 4)).toMatchObject({
      refusal: { code: 'capture-running' },
    });
    const { payment: after } = recordReport(first.value.payment, { ...authorized, capturedMinor: 500 }, 5);
    expect(noteRequest(after, capture('one', 500), 6)).toMatchObject({ value: { progress: 'done' } });
    expect(noteRequest(after, capture('two', 1500), 6)).toMatchObject({
      refusal: { code: 'exceeds-open-authorization', maxMinor: 1499 },
    });
  });

  test.each([
    ['a payment that nobody knows', null],
    ['another provider', { ...fold(captured).payment, provider: 'stripe' }],
  ])('finds nothing to move at %s', (_, payment) => {
    expect(noteRequest(payment, refund('r', 1), 1)).toMatchObject({ refusal: { code: 'payment-absent' } });
  });
});

describe('the last capture', () => {
  test('lets go of what it leaves', () => {
    const { payment } = fold(authorized, { ...captured, capturedMinor: 1200 });
    expect(balancesOf(ledgerOf(payment))).toMatchObject({
      openAuthorizationMinor: 0,
      voidedMinor: 799,
      heldMinor: 1200,
    });
  });
});

describe('any reports in any order', () => {
  const report = fc
    .record({ status: fc.constantFrom(...paymentStatuses), captured: fc.integer({ min: 0, max: 1999 }) })
    .map(({ status, captured: capturedMinor }): PaymentReport => ({ ...authorized, status, capturedMinor }));

  test('never move a payment back, and leave books that add up to its totals', () => {
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 12 }), (reports) => {
        let payment: Payment | null = null;
        for (const one of reports) {
          const before: Payment | null = payment;
          payment = recordReport(before, one, 0).payment;
          if (before === null || payment.status === before.status) continue;
          expect(transitions[before.status] as readonly PaymentStatus[]).toContain(payment.status);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  /** What happens at the provider, step by step: every step is told by a snapshot of all that happened so far. */
  const step = fc.record({
    does: fc.constantFrom('capture', 'refund', 'refund-fails', 'dispute', 'dispute-won', 'dispute-lost'),
    part: fc.integer({ min: 1, max: 1000 }),
  });
  const history = fc.array(step, { minLength: 1, maxLength: 10 }).map((steps) => {
    const snapshots: PaymentReport[] = [authorized];
    for (const [index, { does, part }] of steps.entries()) {
      const last = snapshots.at(-1) ?? authorized;
      const facts = { amountMinor: part, at: index };
      const undone = (type: 'refund' | 'chargeback') =>
        last.movements
          .filter((one) => one.type === type)
          .slice(0, 1)
          .map((one) => ({ ...one, type: `${type}Failed` as const, at: one.at + 1 }));
      const movements = {
        capture: [],
        refund: [{ type: 'refund' as const, ref: `re_${index}`, ...facts }],
        dispute: [{ type: 'chargeback' as const, ref: `dp_${index}`, ...facts }],
        'refund-fails': undone('refund'),
        'dispute-won': undone('chargeback'),
        'dispute-lost': last.movements
          .filter((one) => one.type === 'chargeback')
          .slice(0, 1)
          .map((one) => ({ ...one, type: 'disputeLost' as const })),
      }[does];
      const capturedMinor = Math.min(last.capturedMinor + (does === 'capture' ? part : 0), 1999);
      snapshots.push({ ...last, capturedMinor, movements: [...last.movements, ...movements] });
    }
    return snapshots;
  });

  test('end in the same balances and the same books as the newest alone', () => {
    const shuffled = history.chain((snapshots) =>
      fc.tuple(
        fc.constant(snapshots),
        fc.array(fc.constantFrom(...snapshots), { maxLength: 12 }),
        fc.array(fc.constantFrom(...snapshots), { maxLength: 4 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([snapshots, before, after]) => {
        const newest = snapshots.at(-1) ?? authorized;
        const direct = fold(newest);
        const { payment, transactions } = fold(...before, newest, ...after);
        expect(balancesOf(ledgerOf(payment))).toEqual(balancesOf(ledgerOf(direct.payment)));
        expect(accountsOf(transactions)).toEqual(accountsOf(direct.transactions));
        expect(new Set(transactions.map(({ id }) => id)).size).toBe(transactions.length);
        const { capturedMinor, refundedMinor, chargedBackMinor } = payment;
        expect(accountsOf(transactions)['provider-receivable:sandbox'] ?? 0).toBe(
          capturedMinor - refundedMinor - chargedBackMinor,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The balance of every account that is not level. Every booking must add up to zero. */
function accountsOf(transactions: ReturnType<typeof recordReport>['transactions']): Record<string, number> {
  const balances = new Map<string, number>();
  for (const { entries } of transactions) {
    expect(entries.reduce((sum, entry) => sum + entry.amountMinor, 0)).toBe(0);
    for (const { account, amountMinor } of entries) balances.set(account, (balances.get(account) ?? 0) + amountMinor);
  }
  return Object.fromEntries([...balances].filter(([, balance]) => balance !== 0).sort());
}
