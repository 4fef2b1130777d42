/** A payment as a row: its columns, and the movements of its ledger as one JSON list that is written with it under one version. */
import { type Movement, pendingRequests } from '../domain/ledger.ts';
import { ledgerOf, type Payment } from '../domain/payment.ts';

/** A row as `paymentColumns` reads it. */
export type PaymentRow = Omit<Payment, 'movements'> & { readonly movements: string };

export const paymentColumns = `payment_key as paymentKey, provider, provider_ref as providerRef, status, reason,
  amount_minor as amountMinor, currency, captured_minor as capturedMinor, refunded_minor as refundedMinor,
  charged_back_minor as chargedBackMinor, movements, updated_at as updatedAt, version`;

export const insertPayment = `insert into payments (payment_key, provider, provider_ref, status, reason, amount_minor, currency,
  captured_minor, refunded_minor, charged_back_minor, movements, has_pending, updated_at, version, change_id)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The columns of `insertPayment`, but for its last. */
export function boundOf(payment: Payment): unknown[] {
  const { paymentKey, provider, providerRef, status, reason, amountMinor, currency } = payment;
  const { capturedMinor, refundedMinor, chargedBackMinor, movements, updatedAt, version } = payment;
  return [
    ...[paymentKey, provider, providerRef, status, reason, amountMinor, currency],
    ...[capturedMinor, refundedMinor, chargedBackMinor, JSON.stringify(movements), Number(isPending(payment))],
    ...[updatedAt, version],
  ];
}

function isPending(payment: Payment): boolean {
  const ledger = ledgerOf(payment);
  return pendingRequests(ledger, 'capture').length > 0 || pendingRequests(ledger, 'refund').length > 0;
}

export function paymentOf(row: PaymentRow): Payment {
  // Written by `boundOf` only.
  return { ...row, movements: JSON.parse(row.movements) as Movement[] };
}

/** The rows of one statement of a batch, which the column lists of this folder describe. */
export function rowsOf<Row = unknown>(result: D1Result | undefined): Row[] {
  return (result?.results ?? []) as Row[];
}
