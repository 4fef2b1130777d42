/** The book of payments in memory, for tests of providers without a database. It folds reports by the same rules. */
import {
  captureTransaction,
  type LedgerTransaction,
  type Payment,
  type PaymentReport,
  recordReport,
} from '../../workers/payments/domain.ts';
import type { PaymentBook } from '../../workers/payments/providers/provider.ts';

export class MemoryBook implements PaymentBook {
  readonly payments = new Map<string, Payment>();
  readonly transactions: LedgerTransaction[] = [];

  async find(paymentKey: string): Promise<Payment | null> {
    return this.payments.get(paymentKey) ?? null;
  }

  async open(report: PaymentReport, now: number): Promise<Payment> {
    return this.#keep(recordReport(null, report, now).payment);
  }

  async close(paymentKey: string, provider: string, now: number): Promise<Payment> {
    const nothing = {
      providerRef: null,
      reason: null,
      amountMinor: null,
      currency: null,
      capturedMinor: 0,
      refundedMinor: 0,
    };
    return this.#keep({ paymentKey, provider, ...nothing, status: 'voided', updatedAt: now, version: 1 });
  }

  async record(known: Payment, report: PaymentReport, now: number): Promise<Payment> {
    const { payment, transactions } = recordReport(this.payments.get(report.paymentKey) ?? known, report, now);
    this.transactions.push(...transactions);
    this.payments.set(payment.paymentKey, payment);
    return payment;
  }

  async captureDirectly(capture: Parameters<PaymentBook['captureDirectly']>[0]): Promise<Payment> {
    const { now: updatedAt, ...facts } = capture;
    const nothing = { providerRef: null, reason: null, refundedMinor: 0 };
    const isNew = !this.payments.has(facts.paymentKey);
    const transaction = captureTransaction({ ...facts, totalMinor: facts.amountMinor });
    if (isNew) this.transactions.push(transaction);
    return this.#keep({
      ...facts,
      ...nothing,
      status: 'captured',
      capturedMinor: facts.amountMinor,
      updatedAt,
      version: 1,
    });
  }

  #keep(payment: Payment): Payment {
    const known = this.payments.get(payment.paymentKey) ?? payment;
    this.payments.set(payment.paymentKey, known);
    return known;
  }
}
