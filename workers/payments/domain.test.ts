/** The rules of a payment: it only moves forward, whatever the order of reports, and every cent of it is booked once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  paymentStatuses,
  recordReport,
  transitions,
} from './domain.ts';

const authorized: PaymentReport = {
  paymentKey: 'ord_1',
  provider: 'sandbox',
  providerRef: 'pi_1',
  status: 'authorized',
  reason: null,
  amountMinor: 1999,
  currency: 'EUR',
  capturedMinor: 0,
  refundedMinor: 0,
};
const captured: PaymentReport = { ...authorized, status: 'captured', capturedMinor: 1999 };
const refunded: PaymentReport = { ...captured, status: 'voided', refundedMinor: 1999 };
const declined: PaymentReport = { ...authorized, status: 'declined', reason: 'card_declined' };

function fold(...reports: PaymentReport[]) {
  let payment: Payment | null = null;
  const transactions = [];
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

describe('any reports in any order', () => {
  const report = fc
    .record({
      status: fc.constantFrom(...paymentStatuses),
      captured: fc.integer({ min: 0, max: 1999 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    .map(
      ({ status, captured: capturedMinor, part }): PaymentReport => ({
        ...authorized,
        status,
        capturedMinor,
        refundedMinor: Math.floor(capturedMinor * part),
      }),
    );

  test('never move a payment back, and leave books that add up to its totals', () => {
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 12 }), (reports) => {
        let payment: Payment | null = null;
        const balances = new Map<string, number>();
        const ids = new Set<string>();
        for (const one of reports) {
          const before: Payment | null = payment;
          const { payment: after, transactions } = recordReport(before, one, 0);
          if (before !== null && after.status !== before.status) {
            expect(transitions[before.status] as readonly PaymentStatus[]).toContain(after.status);
          }
          for (const { id, entries } of transactions) {
            expect(ids.has(id)).toBe(false);
            ids.add(id);
            expect(entries.reduce((sum, entry) => sum + entry.amountMinor, 0)).toBe(0);
            for (const { account, amountMinor } of entries)
              balances.set(account, (balances.get(account) ?? 0) + amountMinor);
          }
          payment = after;
          expect(balances.get('provider-receivable:sandbox') ?? 0).toBe(after.capturedMinor - after.refundedMinor);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
