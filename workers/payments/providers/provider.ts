/**
 * The one interface of all payment providers, and the book that they share. A provider never decides what to do next: it
 * carries out each request once per key and reports what it knows. What it does not know is `unknown`, never a guess.
 */
import type {
  CaptureRequest,
  PaymentReference,
  PaymentsApi,
  ReleaseOutcome,
} from '../../../shared/contracts/payments/api.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Result } from '../../../shared/values/result.ts';
import type { Payment, PaymentReport } from '../domain/payment.ts';
import type { NotedRequest, PaymentRequest, RequestRefusal } from '../domain/requests.ts';

export interface PaymentProvider extends PaymentsApi {
  /** The provider takes multiples of this only, in minor units. */
  stepMinorOf(currency: Currency): number;
  /** Makes an authorization known of which the book has no trace, before a part of it is captured. */
  recallAuthorization(request: CaptureRequest): Promise<void>;
  /** Carries out a capture that the book has noted. */
  capturePart(order: CaptureOrder): Promise<ProviderAnswer>;
  /** Drops what is left of an authorization, and keeps what was captured. */
  letGo(reference: PaymentReference): Promise<ReleaseOutcome>;
  /** Carries out a refund that the book has noted. A repeated order first asks whether it was carried out. */
  refund(order: RefundOrder): Promise<ProviderAnswer>;
  /** Asks for all that the provider knows of one of its payments. */
  observe(providerRef: string): Promise<Observation>;
}

interface Order {
  readonly payment: Payment;
  readonly amountMinor: number;
  readonly currency: Currency;
  readonly now: number;
}

export interface CaptureOrder extends Order {
  readonly captureKey: string;
  readonly isFinal: boolean;
}

export interface RefundOrder extends Order {
  readonly refundKey: string;
  readonly isRepeat: boolean;
}

/** `refused`: it did not happen, and never will under this key. `unknown`: it may have happened. */
export type ProviderAnswer =
  | { readonly kind: 'reported'; readonly report: PaymentReport }
  | { readonly kind: 'refused' | 'unknown'; readonly reason: string };

/** `absent`: the provider knows no such payment. `foreign`: it is none of ours. */
export type Observation =
  | { readonly kind: 'known'; readonly report: PaymentReport }
  | { readonly kind: 'absent' | 'foreign' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The payments as the shop keeps them. Every method is one round trip unless it says otherwise. */
export interface PaymentBook {
  find(paymentKey: string): Promise<Payment | null>;
  /** Writes the payment that a report describes, with its bookings, unless the key is known; answers what is known then. */
  open(report: PaymentReport, now: number): Promise<Payment>;
  /** Closes a key: writes a tombstone unless the key is known; answers what is known then. */
  close(paymentKey: string, provider: string, now: number): Promise<Payment>;
  /** Folds a report into `known`. Reads and retries when another writer was faster. */
  record(known: Payment, report: PaymentReport, now: number): Promise<Payment>;
}

/** The book of requests: what is noted here is reserved against all requests at the same time. */
export interface RequestBook extends Pick<PaymentBook, 'find' | 'record'> {
  /** Notes a request, unless the ledger refuses it. Reads and retries when another writer was faster. */
  note(paymentKey: string, request: PaymentRequest, now: number): Promise<Result<NotedRequest, RequestRefusal>>;
}
