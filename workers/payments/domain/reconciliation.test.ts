/** What a reconciliation makes of a ledger and a provider that do not say the same. */
import { describe, expect, test } from 'vitest';
import type { Movement } from './ledger.ts';
import { progressOf } from './ledger.ts';
import { ledgerOf, type Payment, type PaymentReport } from './payment.ts';
import { booksDiffer, differencesBetween, withUnmade } from './reconciliation.ts';
import { recordReport } from './reports.ts';
import { noteRequest, type PaymentRequest } from './requests.ts';

const hourMs = 3_600_000;
const authorized: PaymentReport = {
  ...{ paymentKey: 'ord_1', provider: 'sandbox', providerRef: 'pi_1', status: 'authorized', reason: null },
  ...{ amountMinor: 1999, currency: 'EUR', capturedMinor: 0, movements: [] },
};
const captured: PaymentReport = { ...authorized, status: 'captured', capturedMinor: 1999 };
const knownFrom = (report: PaymentReport): Payment => recordReport(null, report, 0).payment;

function asked(payment: Payment, kind: 'refund' | 'capture', amountMinor: number, now: number): Payment {
  const request: PaymentRequest = { provider: 'sandbox', kind, ref: 'k', amountMinor, currency: 'EUR', stepMinor: 1 };
  const noted = noteRequest(payment, request, now);
  if (!noted.ok) throw new Error(noted.refusal.code);
  return noted.value.payment;
}

describe('a request that the provider does not know', () => {
  test.each([
    ['refund', captured],
    ['capture', authorized],
  ] as const)('%s is given up after an hour, not before', (kind, report) => {
    const payment = asked(knownFrom(report), kind, 500, 10);
    const later = (now: number) => recordReport(payment, withUnmade(payment, report, now), now).payment;
    expect(progressOf(ledgerOf(later(hourMs)), kind, 'k')).toBe('pending');
    expect(progressOf(ledgerOf(later(hourMs + 11)), kind, 'k')).toBe('failed');
  });

  test('counts all the same when it is heard of in the end', () => {
    const payment = asked(knownFrom(captured), 'refund', 500, 10);
    const given = recordReport(payment, withUnmade(payment, captured, 2 * hourMs), 2 * hourMs).payment;
    const made: Movement = { type: 'refund', ref: 'k', amountMinor: 500, at: 1 };
    expect(recordReport(given, { ...captured, movements: [made] }, 3 * hourMs).payment.refundedMinor).toBe(500);
  });

  test('is not given up when it waits at the provider, or when the total tells of it', () => {
    const refund = asked(knownFrom(captured), 'refund', 500, 10);
    const waiting: Movement = { type: 'refundRequested', ref: 'k', amountMinor: 500, at: 20 };
    expect(withUnmade(refund, { ...captured, movements: [waiting] }, 2 * hourMs).movements).toEqual([waiting]);
    const capture = asked(knownFrom(authorized), 'capture', 500, 10);
    expect(withUnmade(capture, { ...authorized, capturedMinor: 500 }, 2 * hourMs).movements).toEqual([]);
  });
});

describe('a difference', () => {
  const refund: Movement = { type: 'refund', ref: 're_1', amountMinor: 300, at: 1 };
  const chargeback: Movement = { type: 'chargeback', ref: 'dp_1', amountMinor: 200, at: 1 };

  test.each<[string, PaymentReport, PaymentReport, object[]]>([
    ['none', captured, captured, []],
    ['a capture too many', captured, authorized, [{ kind: 'captured-differs', ledgerMinor: 1999, providerMinor: 0 }]],
    [
      'a refund and a chargeback too many',
      { ...captured, movements: [refund, chargeback] },
      captured,
      [
        { kind: 'refunded-differs', ledgerMinor: 300, providerMinor: 0 },
        { kind: 'charged-back-differs', ledgerMinor: 200, providerMinor: 0 },
      ],
    ],
    [
      'an authorization that was called off here only',
      { ...authorized, status: 'voided' },
      authorized,
      [{ kind: 'authorization-open', ledgerMinor: 0, providerMinor: 1999 }],
    ],
    [
      'money that is still held after a void',
      { ...captured, status: 'voided' },
      captured,
      [{ kind: 'void-incomplete', ledgerMinor: 0, providerMinor: 1999 }],
    ],
    [
      'another intent',
      captured,
      { ...captured, providerRef: 'pi_2' },
      [{ kind: 'another-payment', ledgerMinor: 1999, providerMinor: 1999 }],
    ],
  ])('is found: %s', (_, ours, theirs, findings) => {
    expect(differencesBetween(knownFrom(ours), theirs)).toEqual(findings);
  });

  test('between the ledger and its bookings is found too', () => {
    expect(booksDiffer(knownFrom(captured), 1999)).toEqual([]);
    expect(booksDiffer(knownFrom(captured), 1998)).toEqual([
      { kind: 'books-differ', ledgerMinor: 1999, providerMinor: 1998 },
    ]);
  });
});
