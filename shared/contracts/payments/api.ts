/**
 * What the orders Worker may ask payments. Every call is keyed by the payment, and by a key of the caller where one order has
 * several captures or refunds, so repeating a call never moves money twice.
 */
import type { Currency } from '../../values/money.ts';
import type { PaymentDispute } from './disputes.ts';

export const providerNames = ['manual', 'sandbox', 'stripe'] as const;
export type ProviderName = (typeof providerNames)[number];

export interface AuthorizeRequest {
  /** Names one try to pay. The first of an order has the order's id, others that and what follows a dot. */
  readonly paymentKey: string;
  /** What people look for at the provider; the payment key where it is absent. */
  readonly orderId?: string;
  readonly provider: ProviderName;
  /** The provider's name for the means of payment. */
  readonly token: string | null;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** Where a provider's page sends the shopper back to. */
  readonly returnUrl: string | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * What is known of a payment. `unknown` means that the provider did not answer in time: ask with `lookup`. `absent` answers a
 * lookup when the provider has seen no attempt to pay: authorize again under the same key. As the answer to an authorization it
 * means that the provider answered under this key that it failed, and took nothing.
 */
export type PaymentOutcome =
  | { readonly status: 'authorized'; readonly amountMinor: number }
  | { readonly status: 'captured'; readonly amountMinor: number }
  | { readonly status: 'requires_action'; readonly url: string }
  | {
      readonly status: 'declined';
      readonly reason: string;
      /** The most that can still be captured; 0 once nothing can. Absent: it is not known. */
      readonly maxMinor?: number;
    }
  | { readonly status: 'voided' }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown'; readonly reason: string };

export interface PaymentReference {
  readonly paymentKey: string;
  readonly provider: ProviderName;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The keys of captures and refunds: what a caller may choose. */
export const movementKeyPattern = /^[A-Za-z0-9][\w./:-]{0,99}$/;

export interface CaptureRequest extends PaymentReference {
  readonly amountMinor: number;
  readonly currency: Currency;
  /** Names one of several captures of a payment. Without it the capture is the last one: what it leaves is let go. */
  readonly captureKey?: string;
  /** With a key: what was authorized in all, for `manual`, which keeps no trace of an authorization. */
  readonly authorizedMinor?: number;
  /** With a key: whether what it leaves of the authorization is let go. A capture of all that is open always is the last. */
  readonly isFinal?: boolean;
}

/** What the checkout asks for. */
export interface PaymentsApi {
  authorize(request: AuthorizeRequest): Promise<PaymentOutcome>;
  /** Asks the provider what it knows under this key. */
  lookup(reference: PaymentReference): Promise<PaymentOutcome>;
  /**
   * Takes authorized money, once per key and never beyond what is authorized. Answers `captured` (with what this key took, or
   * without a key the total), `declined` (it will never be captured) or `unknown`: ask again with the same key.
   */
  capture(request: CaptureRequest): Promise<PaymentOutcome>;
  /** Drops the authorization, or refunds what was captured, and bars one that has yet to arrive. Answers `voided` or `unknown`. */
  void(reference: PaymentReference): Promise<PaymentOutcome>;
}

export interface RefundRequest extends PaymentReference {
  /** Names one refund of a payment. The same key never refunds twice, and never another amount. */
  readonly refundKey: string;
  readonly amountMinor: number;
  readonly currency: Currency;
}

/**
 * `pending`: the provider took it and has yet to pay it out; an event reports the end. `declined`: nothing is given back
 * under this key, now or later. `unknown`: the money stays reserved; ask again with the same key, never with another.
 */
export type RefundOutcome =
  | { readonly status: 'refunded'; readonly amountMinor: number; readonly refundedMinor: number }
  | { readonly status: 'pending' }
  | {
      readonly status: 'declined';
      readonly reason: string;
      /** The most that can be refunded now. */
      readonly maxMinor: number;
    }
  | { readonly status: 'unknown'; readonly reason: string };

/** A refund as the ledger of the payment has it. */
export interface KnownRefund {
  /** The key of the order's refund; for one that was made at the provider, the provider's id of it. */
  readonly ref: string;
  readonly amountMinor: number;
  /** Milliseconds since 1970, as the provider says. */
  readonly at: number;
}

/** What the movements of a payment add up to, in minor units. */
export interface PaymentBalances {
  readonly currency: Currency;
  readonly openAuthorizationMinor: number;
  readonly capturedMinor: number;
  /** Less refunds that came back. */
  readonly refundedMinor: number;
  /** Less disputes that were won. */
  readonly chargedBackMinor: number;
  /** Of these: lost for good. */
  readonly lostMinor: number;
  readonly disputes: readonly PaymentDispute[];
  /** Those that are paid or pending and were not reversed, made by the shop or at the provider. */
  readonly refunds: readonly KnownRefund[];
  readonly voidedMinor: number;
  /** What can still be refunded: captured, less refunded, pending refunds and charged back. */
  readonly heldMinor: number;
  readonly pendingMinor: Readonly<Record<'authorize' | 'capture' | 'refund' | 'void', number>>;
}

/** `released`: no authorization is left. `unknown`: ask again. */
export type ReleaseOutcome = { readonly status: 'released' } | { readonly status: 'unknown'; readonly reason: string };

/** What an order asks for after its checkout. */
export interface RefundsApi {
  /** Gives captured money back, once per refund key. Parallel refunds together never exceed what is held. */
  refund(request: RefundRequest): Promise<RefundOutcome>;
  /** Drops what is left of an authorization. What was captured of it stays. Works whether or not anything is left. */
  letGo(reference: PaymentReference): Promise<ReleaseOutcome>;
  /** Null when no money is known of under this key. */
  balances(paymentKey: string): Promise<PaymentBalances | null>;
}
