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

type BookedKind = Extract<MovementKind, 'capture' | 'refund' | 'refundReversed' | 'chargeback' | 'disputeLost'>;

/**
 * Which account takes from which: the provider owes us what it captured for our sales, and keeps what a bank took back. That is
 * a loss once the dispute is lost.
 */
const accounts = {
  capture: (provider) => [`provider-receivable:${provider}`, 'sales-clearing'],
  refund: (provider) => ['sales-clearing', `provider-receivable:${provider}`],
  refundReversed: (provider) => [`provider-receivable:${provider}`, 'sales-clearing'],
  chargeback: (provider) => ['chargebacks', `provider-receivable:${provider}`],
  disputeLost: () => ['dispute-losses', 'chargebacks'],
} as const satisfies Record<BookedKind, (provider: string) => readonly [debit: string, credit: string]>;

const names = {
  capture: 'capture',
  refund: 'refund',
  refundReversed: 'refund-reversal',
  chargeback: 'chargeback',
  disputeLost: 'dispute-lost',
} as const satisfies Record<BookedKind, string>;

const bookedKinds = ['capture', 'refund', 'refundReversed', 'chargeback', 'disputeLost'] as const;

const bookableOf = (ledger: Ledger, kind: BookedKind) =>
  kind === 'disputeLost' ? lostTurnoverOf(ledger) : turnoverOf(ledger, kind);

/** The bookings that lead from one state of a ledger to the next. What was undone is booked back, never erased. */
export function bookingsBetween(owner: Owner, before: Ledger | null, after: Ledger): readonly LedgerTransaction[] {
  return bookedKinds.flatMap((kind) => {
    const { doneMinor, undoneMinor } = before === null ? { doneMinor: 0, undoneMinor: 0 } : bookableOf(before, kind);
    const now = bookableOf(after, kind);
    const [debit, credit] = accounts[kind](owner.provider);
    return [
      ...booking(owner, `${names[kind]}/${now.doneMinor}`, debit, credit, now.doneMinor - doneMinor),
      ...booking(owner, `${names[kind]}-undone/${now.undoneMinor}`, credit, debit, now.undoneMinor - undoneMinor),
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
