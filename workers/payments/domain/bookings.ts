/**
 * Money that moved, as double-entry bookings. Debits are positive, and the entries of one booking add up to zero. A booking
 * is named by the total that it reaches, so no total is ever booked twice. An authorization is not money.
 */
import type { Currency } from '../../../shared/values/money.ts';
import { type Ledger, lostTurnoverOf, type MovementKind, turnoverOf } from './ledger.ts';

/** A booking: its entries add up to zero. */
export interface LedgerTransaction {
  readonly id: string;
  readonly currency: Currency;
  readonly entries: readonly { readonly account: string; readonly amountMinor: number }[];
}

interface Owner {
  readonly paymentKey: string;
  readonly provider: string;
  readonly currency: Currency;
}

/**
 * What is booked, and which account takes from which: the provider owes us what it captured for our sales, and keeps what a
 * bank took back. That is a loss once the dispute is lost.
 */
function bookedKindsOf(provider: string) {
  const receivable = `provider-receivable:${provider}`;
  return [
    { kind: 'capture', name: 'capture', debit: receivable, credit: 'sales-clearing' },
    { kind: 'refund', name: 'refund', debit: 'sales-clearing', credit: receivable },
    { kind: 'refundReversed', name: 'refund-reversal', debit: receivable, credit: 'sales-clearing' },
    { kind: 'chargeback', name: 'chargeback', debit: 'chargebacks', credit: receivable },
    { kind: 'disputeLost', name: 'dispute-lost', debit: 'dispute-losses', credit: 'chargebacks' },
  ] as const;
}

const bookableOf = (ledger: Ledger, kind: MovementKind) =>
  kind === 'disputeLost' ? lostTurnoverOf(ledger) : turnoverOf(ledger, kind);

/** The bookings that lead from one state of a ledger to the next. What was undone is booked back, never erased. */
export function bookingsBetween(owner: Owner, before: Ledger | null, after: Ledger): readonly LedgerTransaction[] {
  return bookedKindsOf(owner.provider).flatMap(({ kind, name, debit, credit }) => {
    const { doneMinor, undoneMinor } = before === null ? { doneMinor: 0, undoneMinor: 0 } : bookableOf(before, kind);
    const now = bookableOf(after, kind);
    return [
      ...booking(owner, `${name}/${now.doneMinor}`, debit, credit, now.doneMinor - doneMinor),
      ...booking(owner, `${name}-undone/${now.undoneMinor}`, credit, debit, now.undoneMinor - undoneMinor),
    ];
  });
}

function booking(
  { paymentKey, currency }: Owner,
  name: string,
  debit: string,
  credit: string,
  amountMinor: number,
): readonly LedgerTransaction[] {
  if (amountMinor === 0) return [];
  const entries = [
    { account: debit, amountMinor },
    { account: credit, amountMinor: -amountMinor },
  ];
  return [{ id: `${paymentKey}/${name}`, currency, entries }];
}
