/** How payments and reconciliations are shown to merchants. */
import type { PaymentSummary, PaymentView, ReconciliationReport } from '../../shared/contracts/payments/http.ts';
import { Currency, money } from '../../shared/values/money.ts';
import { orderIdOfPayment } from '../../shared/values/payment-key.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { disputesOf } from './domain/disputes.ts';
import { balancesOf } from './domain/ledger.ts';
import { ledgerOf, type Payment } from './domain/payment.ts';
import type { LedgerEntry } from './store/payments.ts';
import type { FoundRow, Run } from './store/reconciliation.ts';

export function summaryOf(payment: Payment): PaymentSummary {
  const balances = balancesOf(ledgerOf(payment));
  const amountOf = amountIn(payment.currency);
  return {
    ...idsOf(payment.paymentKey),
    provider: payment.provider,
    providerReference: payment.providerRef,
    status: payment.status,
    reason: payment.reason,
    amount: amountOf(payment.amountMinor),
    captured: amountOf(balances.capturedMinor),
    refunded: amountOf(balances.refundedMinor),
    chargedBack: amountOf(balances.chargedBackMinor),
    lost: amountOf(balances.lostMinor),
    openAuthorization: amountOf(balances.openAuthorizationMinor),
    held: amountOf(balances.heldMinor),
    pendingCapture: amountOf(balances.pendingMinor.capture),
    pendingRefund: amountOf(balances.pendingMinor.refund),
    updatedAt: toTimestamp(payment.updatedAt),
    version: payment.version,
  };
}

function idsOf(paymentKey: string) {
  return { id: paymentKey, orderId: orderIdOfPayment(paymentKey) };
}

function amountIn(currency: Currency | null) {
  return (amountMinor: number | null) =>
    currency === null || amountMinor === null ? null : money(amountMinor, currency);
}

export function viewOf(payment: Payment, entries: readonly LedgerEntry[]): PaymentView {
  const { currency } = payment;
  return {
    ...summaryOf(payment),
    disputes:
      currency === null
        ? []
        : disputesOf(ledgerOf(payment)).map(({ ref, amountMinor, ...dispute }) => ({
            reference: ref,
            amount: money(amountMinor, currency),
            ...dispute,
          })),
    movements:
      currency === null
        ? []
        : payment.movements.map(({ type, ref, amountMinor }) => ({
            type,
            reference: ref,
            amount: money(amountMinor, currency),
          })),
    ledger: entries.map((entry) => ({
      transactionId: entry.transactionId,
      account: entry.account,
      amount: money(entry.amountMinor, entry.currency),
      recordedAt: toTimestamp(entry.recordedAt),
    })),
  };
}

export function reportOf(run: Run, findings: readonly FoundRow[]): ReconciliationReport {
  return {
    id: run.runId,
    startedAt: toTimestamp(run.startedAt),
    finishedAt: run.finishedAt === null ? null : toTimestamp(run.finishedAt),
    checked: run.checked,
    repaired: run.repaired,
    findings: findings.map(({ paymentKey, kind, ledgerMinor, providerMinor, currency, foundAt }) => {
      const amountOf = amountIn(currency === null ? null : Currency.parse(currency));
      const [inLedger, atProvider] = [amountOf(ledgerMinor), amountOf(providerMinor)];
      const { id: paymentId, orderId } = idsOf(paymentKey);
      return { paymentId, orderId, kind, inLedger, atProvider, foundAt: toTimestamp(foundAt) };
    }),
  };
}
