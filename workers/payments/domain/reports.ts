/**
 * How reports change a payment. They come as answers, as webhooks, late, twice and in any order; each holds all that its sender
 * knows, so what is known already changes nothing, and what contradicts it is left out.
 */
import { balancesOf, type Ledger, type Movement, pendingRequests, report as reported } from './ledger.ts';
import {
  blankPayment,
  changed,
  ledgerOf,
  ownRefs,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  type Recorded,
  transitions,
  withMovements,
} from './payment.ts';

/** Folds a report into what is known. */
export function recordReport(known: Payment | null, report: PaymentReport, now: number): Recorded {
  if (known !== null && isForeign(known, report)) return { payment: known, transactions: [], news: 'foreign' };
  const before = known ?? blankPayment(report.paymentKey, report.provider, now);
  const isForward = known === null || (transitions[known.status] as readonly PaymentStatus[]).includes(report.status);
  const after: Payment = {
    ...before,
    providerRef: before.providerRef ?? report.providerRef,
    status: isForward ? report.status : before.status,
    reason: isForward ? report.reason : before.reason,
    amountMinor: before.amountMinor ?? report.amountMinor,
    currency: before.currency ?? report.currency,
  };
  const payment = withMovements(after, movementsAfter(after, report, now));
  if (known !== null && isSame(known, payment)) {
    return { payment: known, transactions: [], news: known.status === report.status ? 'restated' : 'late' };
  }
  return changed(known, payment, now);
}

/** What we know ourselves, with movements that we learned of, as a report. */
export function restate(payment: Payment, movements: readonly Movement[], status = payment.status): PaymentReport {
  const { amountMinor, currency } = payment;
  if (amountMinor === null || currency === null) throw new Error('A payment with movements has an amount');
  return { ...payment, amountMinor, currency, status, movements };
}

/** The movements that a report leaves. One that contradicts what is known is left out: the reconciliation finds it. */
function movementsAfter(payment: Payment, report: PaymentReport, now: number): readonly Movement[] {
  let ledger = ledgerOf(payment);
  const note = (movement: Movement): void => {
    const noted = reported(ledger, movement, report.currency);
    if (noted.ok) ledger = noted.value;
  };
  const wasAuthorized = report.status === 'authorized' || report.status === 'captured' || report.capturedMinor > 0;
  if (wasAuthorized && !ledger.movements.some(({ type }) => type === 'authorize')) {
    note({ type: 'authorize', ref: ownRefs.authorization, amountMinor: report.amountMinor, at: now });
  }
  for (const movement of report.movements) note(movement);
  for (const movement of capturesUpTo(ledger, report.capturedMinor, now)) note(movement);
  const { openAuthorizationMinor: restMinor, voidedMinor } = balancesOf(ledger);
  // The last capture, or a void, ends what is left of the authorization.
  if ((report.status === 'captured' || report.status === 'voided') && restMinor > 0) {
    note({ type: 'void', ref: `~rest/${voidedMinor + restMinor}`, amountMinor: restMinor, at: now });
  }
  return ledger.movements;
}

/** The captures that explain a total: the requested ones that are still pending, then one without a reference of its own. */
function capturesUpTo(ledger: Ledger, totalMinor: number, now: number): readonly Movement[] {
  let newMinor = totalMinor - balancesOf(ledger).capturedMinor;
  const captures: Movement[] = [];
  for (const pending of pendingRequests(ledger, 'capture')) {
    const amountMinor = Math.min(newMinor, pending.amountMinor);
    if (amountMinor <= 0) return captures;
    captures.push({ type: 'capture', ref: pending.ref, amountMinor, at: now });
    newMinor -= amountMinor;
  }
  if (newMinor > 0) captures.push({ type: 'capture', ref: `~total/${totalMinor}`, amountMinor: newMinor, at: now });
  return captures;
}

/** Another provider, or another intent of the same one: not the payment that this key stands for. */
function isForeign(known: Payment, report: PaymentReport): boolean {
  if (known.provider !== report.provider) return true;
  if (known.currency !== null && known.currency !== report.currency) return true;
  return known.providerRef !== null && report.providerRef !== null && known.providerRef !== report.providerRef;
}

/** Movements are only ever added. */
function isSame(before: Payment, after: Payment): boolean {
  return (
    before.status === after.status &&
    before.providerRef === after.providerRef &&
    before.amountMinor === after.amountMinor &&
    before.movements.length === after.movements.length
  );
}
