/**
 * What a reconciliation makes of our ledger and the provider's report side by side: requests of ours that never arrived,
 * and differences that no report explains. What a report does explain is repaired by recording it.
 */
import type { ReconciliationReport } from '../../../shared/contracts/payments/http.ts';
import { balancesOf, type Movement, pendingRequests, type RequestKind } from './ledger.ts';
import { ledgerOf, type Payment, type PaymentReport } from './payment.ts';
import { recordReport } from './reports.ts';

/** Longer than any call to a provider is under way. */
const unansweredMs = 60 * 60 * 1000;
/** A request that was never carried out moved nothing, so its failure undoes no success that is reported later. */
export const neverMadeAt = 0;

/** A provider's report with the failure of every request of ours that it should know by now and does not. */
export function withUnmade(payment: Payment, report: PaymentReport, now: number): PaymentReport {
  const ledger = ledgerOf(payment);
  const seen = new Set(report.movements.map(({ ref }) => ref));
  const overdue = (kind: RequestKind) => pendingRequests(ledger, kind).filter(({ at }) => at < now - unansweredMs);
  const refunds = overdue('refund').filter(({ ref }) => !seen.has(ref));
  // A total that is higher than ours contains the capture whose answer is missing.
  const captures = report.capturedMinor > payment.capturedMinor ? [] : overdue('capture');
  const unmade = (type: 'refundFailed' | 'captureFailed', requests: readonly Movement[]) =>
    requests.map((request) => ({ ...request, type, at: neverMadeAt }));
  const movements = [...report.movements, ...unmade('refundFailed', refunds), ...unmade('captureFailed', captures)];
  return { ...report, movements };
}

export type FindingKind = ReconciliationReport['findings'][number]['kind'];

export interface Finding {
  readonly kind: FindingKind;
  readonly ledgerMinor: number | null;
  readonly providerMinor: number | null;
}

/** What still differs after the report was recorded. */
export function differencesBetween(payment: Payment, report: PaymentReport): readonly Finding[] {
  if (payment.providerRef !== report.providerRef || payment.currency !== report.currency) {
    return [{ kind: 'another-payment', ledgerMinor: payment.amountMinor, providerMinor: report.amountMinor }];
  }
  const ours = balancesOf(ledgerOf(payment));
  const theirs = balancesOf(ledgerOf(recordReport(null, report, 0).payment));
  const difference = (kind: FindingKind, ledgerMinor: number, providerMinor: number): readonly Finding[] =>
    ledgerMinor === providerMinor ? [] : [{ kind, ledgerMinor, providerMinor }];
  return [
    // A payment that was called off holds neither an authorization nor money, wherever one looks.
    ...(payment.status === 'voided' ? difference('authorization-open', 0, theirs.openAuthorizationMinor) : []),
    ...(payment.status === 'voided' ? difference('void-incomplete', 0, theirs.heldMinor) : []),
    ...difference('captured-differs', ours.capturedMinor, theirs.capturedMinor),
    ...difference('refunded-differs', ours.refundedMinor, theirs.refundedMinor),
    ...difference('charged-back-differs', ours.chargedBackMinor, theirs.chargedBackMinor),
  ];
}

/** Whether the bookings of a payment agree with its ledger. @param bookedMinor the balance of what its provider owes */
export function booksDiffer(payment: Payment, bookedMinor: number): readonly Finding[] {
  const ledgerMinor = payment.capturedMinor - payment.refundedMinor - payment.chargedBackMinor;
  return ledgerMinor === bookedMinor ? [] : [{ kind: 'books-differ', ledgerMinor, providerMinor: bookedMinor }];
}
