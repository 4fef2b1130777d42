/** The book of payments in memory, for tests of providers without a database. It folds reports and requests by the same rules. */
import type { Result } from '../../shared/values/result.ts';
import type { LedgerTransaction } from '../../workers/payments/domain/bookings.ts';
import {
  blankPayment,
  type Payment,
  type PaymentReport,
  type Recorded,
} from '../../workers/payments/domain/payment.ts';
import { recordReport } from '../../workers/payments/domain/reports.ts';
import {
  type NotedRequest,
  noteRequest,
  type PaymentRequest,
  type RequestRefusal,
} from '../../workers/payments/domain/requests.ts';
import type { PaymentBook, RequestBook } from '../../workers/payments/providers/provider.ts';

export class MemoryBook implements PaymentBook, RequestBook {
  readonly payments = new Map<string, Payment>();
  readonly transactions: LedgerTransaction[] = [];

  async find(paymentKey: string): Promise<Payment | null> {
    return this.payments.get(paymentKey) ?? null;
  }

  async open(report: PaymentReport, now: number): Promise<Payment> {
    return this.#keep(recordReport(null, report, now));
  }

  async close(paymentKey: string, provider: string, now: number): Promise<Payment> {
    const payment: Payment = { ...blankPayment(paymentKey, provider, now), status: 'voided' };
    return this.#keep({ payment, transactions: [], news: 'moved' });
  }

  async record(known: Payment, report: PaymentReport, now: number): Promise<Payment> {
    return this.#write(recordReport(this.payments.get(report.paymentKey) ?? known, report, now));
  }

  async note(paymentKey: string, request: PaymentRequest, now: number): Promise<Result<NotedRequest, RequestRefusal>> {
    const noted = noteRequest(this.payments.get(paymentKey) ?? null, request, now);
    if (noted.ok && noted.value.recorded !== null) this.#write(noted.value.recorded);
    return noted;
  }

  #write({ payment, transactions }: Recorded): Payment {
    this.transactions.push(...transactions);
    this.payments.set(payment.paymentKey, payment);
    return payment;
  }

  #keep(recorded: Recorded): Payment {
    return this.payments.get(recorded.payment.paymentKey) ?? this.#write(recorded);
  }
}
