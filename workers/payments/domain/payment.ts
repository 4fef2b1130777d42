/**
 * What the shop believes about a payment. Its status only ever moves forward, and every cent is a movement of its ledger,
 * which alone says what was captured, refunded and charged back, and what may still be asked for.
 */
import type { PaymentOutcome } from '../../../shared/contracts/payments/api.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { bookingsBetween, type LedgerTransaction } from './bookings.ts';
import { balancesOf, type Ledger, type Movement } from './ledger.ts';

export const paymentStatuses = ['created', 'requires_action', 'declined', 'authorized', 'captured', 'voided'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** Where a payment may go. What is not listed would be a step back: such a report is late. */
export const transitions = {
  created: ['requires_action', 'declined', 'authorized', 'captured', 'voided'],
  requires_action: ['declined', 'authorized', 'captured', 'voided'],
  // The shopper may try another card within the same intent.
  declined: ['authorized', 'captured', 'voided'],
  // Captures that leave a rest of the authorization open do not move it.
  authorized: ['captured', 'voided'],
  // It was called off, and all of it given back. A refund of a payment that stands does not move it.
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
  /** Balances of the movements, kept beside them to be searched and shown. */
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly chargedBackMinor: number;
  readonly movements: readonly Movement[];
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
  readonly version: number;
}

/** What a provider says about a payment. It is all that the provider knows, so a repetition changes nothing. */
export interface PaymentReport extends Pick<Payment, 'paymentKey' | 'provider' | 'providerRef' | 'status' | 'reason'> {
  readonly amountMinor: number;
  readonly currency: Currency;
  /** In all so far: providers count captures, they do not name them. */
  readonly capturedMinor: number;
  /** What has a name of its own: refunds and chargebacks. */
  readonly movements: readonly Movement[];
}

/** References that no caller can choose, because none of theirs begins with the tilde. */
export const ownRefs = {
  authorization: '~authorization',
  /** The refund of a payment that is called off. */
  void: '~void',
} as const;

/** A payment of which nothing is known but its key. */
export function blankPayment(paymentKey: string, provider: string, now: number): Payment {
  return {
    ...{ paymentKey, provider, providerRef: null, status: 'created', reason: null, amountMinor: null, currency: null },
    ...{ capturedMinor: 0, refundedMinor: 0, chargedBackMinor: 0, movements: [], updatedAt: now, version: 1 },
  };
}

/** @param stepMinor what the provider takes multiples of */
export function ledgerOf({ currency, movements }: Payment, stepMinor = 1): Ledger {
  return { currency: currency ?? '', stepMinor, movements };
}

export interface Recorded {
  readonly payment: Payment;
  readonly transactions: readonly LedgerTransaction[];
  /** `moved` changed something, `restated` repeats what is known, `late` is out of date, `foreign` is about another payment. */
  readonly news: 'moved' | 'restated' | 'late' | 'foreign';
}

/** A change of a payment with its bookings. */
export function changed(before: Payment | null, after: Payment, now: number): Recorded {
  const payment = { ...after, updatedAt: now, version: (before?.version ?? 0) + 1 };
  const { paymentKey, provider, currency } = payment;
  const transactions =
    currency === null
      ? []
      : bookingsBetween(
          { paymentKey, provider, currency },
          before === null ? null : ledgerOf(before),
          ledgerOf(payment),
        );
  return { payment, transactions, news: 'moved' };
}

/** A payment whose ledger has these movements. */
export function withMovements(payment: Payment, movements: readonly Movement[]): Payment {
  const { capturedMinor, refundedMinor, chargedBackMinor } = balancesOf(ledgerOf({ ...payment, movements }));
  return { ...payment, movements, capturedMinor, refundedMinor, chargedBackMinor };
}

/** The outcome of a payment as the book knows it. `requires_action` is `absent` here: only the provider can name its page. */
export function outcomeOf(payment: Payment | null): PaymentOutcome {
  switch (payment?.status) {
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
