/**
 * The one interface of all payment providers, and the book that they share. A provider never decides what to do next: it
 * does what it is told, once per key, and says what it knows. What it does not know is `unknown`, never a guess.
 */
import type { PaymentsApi } from '../../../shared/contracts/payments.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Payment, PaymentReport } from '../domain.ts';

export type PaymentProvider = PaymentsApi;

/** A capture that needs no provider's word. */
export interface DirectCapture {
  readonly paymentKey: string;
  readonly provider: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly now: number;
}

/** The payments as the shop keeps them. Every method is one round trip unless it says otherwise. */
export interface PaymentBook {
  find(paymentKey: string): Promise<Payment | null>;
  /** Writes the payment that a report describes unless the key is known; answers what is known then. */
  open(report: PaymentReport, now: number): Promise<Payment>;
  /** Closes a key: writes a tombstone unless the key is known; answers what is known then. */
  close(paymentKey: string, provider: string, now: number): Promise<Payment>;
  /** Folds a report into `known`. Reads and tries again when somebody else was faster. */
  record(known: Payment, report: PaymentReport, now: number): Promise<Payment>;
  /** Writes payment and booking in one commit unless the key is known; answers what is known then. */
  captureDirectly(capture: DirectCapture): Promise<Payment>;
}
