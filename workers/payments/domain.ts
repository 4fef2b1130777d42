/**
 * What the shop believes about a payment, and how reports change it. Reports come as answers, as webhooks, late, twice and in
 * any order; a payment only ever moves forward, and its totals only grow. Money that moved becomes double-entry
 * transactions; an authorization is not money.
 */
import type { PaymentOutcome } from '../../shared/contracts/payments.ts';
import type { Currency } from '../../shared/values/money.ts';
import { assert } from '../../shared/values/result.ts';

export const paymentStatuses = ['created', 'requires_action', 'declined', 'authorized', 'captured', 'voided'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** Where a payment may go. What is not listed would be a step back: such a report is late. */
export const transitions = {
  created: ['requires_action', 'declined', 'authorized', 'captured', 'voided'],
  requires_action: ['declined', 'authorized', 'captured', 'voided'],
  // The shopper may try another card within the same intent.
  declined: ['authorized', 'captured', 'voided'],
  authorized: ['captured', 'voided'],
  // All of it was refunded.
  captured: ['voided'],
  voided: [],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>;

export interface Payment {
  readonly paymentKey: string;
  readonly provider: string;
  /** The provider's id of it; null for `manual`, and for a payment that was voided before it was made. */
  readonly providerRef: string | null;
  readonly status: PaymentStatus;
  /** Why it was declined. */
  readonly reason: string | null;
  /** Null as long as only a void is known of it. */
  readonly amountMinor: number | null;
  readonly currency: Currency | null;
  /** Totals so far. */
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly version: number;
}

/** What somebody who should know says about a payment. Totals, not differences, so that a repetition says nothing new. */
export interface PaymentReport {
  readonly paymentKey: string;
  readonly provider: string;
  readonly providerRef: string | null;
  readonly status: PaymentStatus;
  readonly reason: string | null;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
}

/** A booking: its entries add up to zero. Debits are positive. */
export interface LedgerTransaction {
  readonly id: string;
  readonly currency: Currency;
  readonly entries: readonly { readonly account: string; readonly amountMinor: number }[];
}

export interface Recorded {
  readonly payment: Payment;
  readonly transactions: readonly LedgerTransaction[];
  /** `moved` changed something, `restated` repeats what is known, `late` says what was true once, `foreign` is about another payment. */
  readonly news: 'moved' | 'restated' | 'late' | 'foreign';
}

/** Folds a report into what is known. */
export function recordReport(known: Payment | null, report: PaymentReport, now: number): Recorded {
  if (known === null) {
    const { capturedMinor, refundedMinor, ...facts } = report;
    const payment: Payment = { ...facts, ...totalsAfter(0, 0, report), updatedAt: now, version: 1 };
    return { payment, transactions: transactionsOf(null, payment), news: 'moved' };
  }
  if (isForeign(known, report)) return { payment: known, transactions: [], news: 'foreign' };
  const isForward = (transitions[known.status] as readonly PaymentStatus[]).includes(report.status);
  const after: Payment = {
    ...known,
    providerRef: known.providerRef ?? report.providerRef,
    status: isForward ? report.status : known.status,
    reason: isForward ? report.reason : known.reason,
    amountMinor: known.amountMinor ?? report.amountMinor,
    currency: known.currency ?? report.currency,
    ...totalsAfter(known.capturedMinor, known.refundedMinor, report),
  };
  if (isSame(known, after)) {
    return { payment: known, transactions: [], news: known.status === report.status ? 'restated' : 'late' };
  }
  const payment = { ...after, updatedAt: now, version: known.version + 1 };
  return { payment, transactions: transactionsOf(known, payment), news: 'moved' };
}

/** Another provider, or another intent of the same one: not the payment that this key stands for. */
function isForeign(known: Payment, report: PaymentReport): boolean {
  if (known.provider !== report.provider) return true;
  if (known.currency !== null && known.currency !== report.currency) return true;
  return known.providerRef !== null && report.providerRef !== null && known.providerRef !== report.providerRef;
}

function isSame(before: Payment, after: Payment): boolean {
  return (
    before.status === after.status &&
    before.providerRef === after.providerRef &&
    before.amountMinor === after.amountMinor &&
    before.capturedMinor === after.capturedMinor &&
    before.refundedMinor === after.refundedMinor
  );
}

function totalsAfter(capturedMinor: number, refundedMinor: number, report: PaymentReport) {
  const captured = Math.max(capturedMinor, report.capturedMinor);
  const refunded = Math.max(refundedMinor, report.refundedMinor);
  assert(refunded <= captured, 'no more is refunded than was captured');
  return { capturedMinor: captured, refundedMinor: refunded };
}

/** The bookings that lead from one state of a payment to the next. */
function transactionsOf(before: Payment | null, after: Payment): LedgerTransaction[] {
  const { paymentKey, provider, currency } = after;
  const captured = after.capturedMinor - (before?.capturedMinor ?? 0);
  const refunded = after.refundedMinor - (before?.refundedMinor ?? 0);
  const transactions: LedgerTransaction[] = [];
  if (captured > 0) {
    assert(currency !== null, 'captured money has a currency');
    transactions.push(
      captureTransaction({ paymentKey, provider, currency, amountMinor: captured, totalMinor: after.capturedMinor }),
    );
  }
  if (refunded > 0) {
    assert(currency !== null, 'refunded money has a currency');
    const id = `${paymentKey}/refund/${after.refundedMinor}`;
    transactions.push({ id, currency, entries: entriesOf(provider, -refunded) });
  }
  return transactions;
}

/** The booking of a capture: the provider owes us money, and sales are to be cleared. */
export function captureTransaction(capture: {
  readonly paymentKey: string;
  readonly provider: string;
  readonly currency: Currency;
  readonly amountMinor: number;
  /** What is captured in all, this booking included. */
  readonly totalMinor: number;
}): LedgerTransaction {
  const id = `${capture.paymentKey}/capture/${capture.totalMinor}`;
  return { id, currency: capture.currency, entries: entriesOf(capture.provider, capture.amountMinor) };
}

function entriesOf(provider: string, amountMinor: number) {
  return [
    { account: `provider-receivable:${provider}`, amountMinor },
    { account: 'sales-clearing', amountMinor: -amountMinor },
  ];
}

/** What a payment in this state means to who asks for it. `requires_action` needs a page that only the provider can name. */
export function outcomeOf(payment: Payment): PaymentOutcome {
  switch (payment.status) {
    case 'authorized':
      return { status: 'authorized', amountMinor: payment.amountMinor ?? 0 };
    case 'captured':
      return { status: 'captured', amountMinor: payment.capturedMinor };
    case 'declined':
      return { status: 'declined', reason: payment.reason ?? 'declined' };
    case 'voided':
      return { status: 'voided' };
    default:
      return { status: 'absent' };
  }
}
