/** What the orders Worker may ask payments. Every call is keyed by the order, so repeating one never pays twice. */
import type { Currency } from '../values/money.ts';

export const providerNames = ['manual', 'sandbox', 'stripe'] as const;
export type ProviderName = (typeof providerNames)[number];

export interface AuthorizeRequest {
  /** The order id. All attempts to pay one order share it. */
  readonly paymentKey: string;
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
 * What is known of a payment. `unknown` means that the provider did not answer in time: ask again with `lookup`, never
 * authorize anew. `absent` means that the provider knows no such payment.
 */
export type PaymentOutcome =
  | { readonly status: 'authorized'; readonly amountMinor: number }
  | { readonly status: 'captured'; readonly amountMinor: number }
  | { readonly status: 'requires_action'; readonly url: string }
  | { readonly status: 'declined'; readonly reason: string }
  | { readonly status: 'voided' }
  | { readonly status: 'absent' }
  | { readonly status: 'unknown'; readonly reason: string };

export interface PaymentReference {
  readonly paymentKey: string;
  readonly provider: ProviderName;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface PaymentsApi {
  authorize(request: AuthorizeRequest): Promise<PaymentOutcome>;
  /** Asks the provider what it knows under this key. */
  lookup(reference: PaymentReference): Promise<PaymentOutcome>;
  /** Takes the authorized money, once. Answers `captured`, `declined` (it will never be captured) or `unknown`. */
  capture(
    reference: PaymentReference & { readonly amountMinor: number; readonly currency: Currency },
  ): Promise<PaymentOutcome>;
  /** Drops the authorization, or refunds what was captured, and bars one that has yet to arrive. Answers `voided` or `unknown`. */
  void(reference: PaymentReference): Promise<PaymentOutcome>;
}
