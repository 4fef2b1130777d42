/**
 * The payments that a checkout tries, one after the other. One that comes to nothing is not the end: the checkout keeps what it
 * holds and takes another, each under a key of its own, until so many were declined that it closes.
 */
import type { ProviderName } from '../../../../shared/contracts/payments/api.ts';
import { paymentKeyOf } from '../../../../shared/values/payment-key.ts';
import type { OrderRefusal } from '../refusal.ts';

/** How a shopper wishes to pay. */
export interface PaymentChoice {
  readonly provider: ProviderName;
  /** Sealed where it is kept: only the call of the provider opens it. */
  readonly token: string | null;
  /** The same for the same token, and tells nothing of it. */
  readonly mark: string | null;
  /** How the token of a request was marked under earlier secrets: only compared, never kept. */
  readonly formerMarks?: readonly string[];
  readonly returnUrl: string | null;
  /** The way to pay, of several through one provider. Absent: the first that is offered. */
  readonly methodId?: string;
  /** The merchant completes a draft, whatever shoppers are offered. */
  readonly isByMerchant?: true;
  /** Nobody has said how it is paid: it buys only where nothing is left to pay. */
  readonly isUnsaid?: true;
}

/** One try to pay. */
export interface Payment extends PaymentChoice {
  /** Names it at the payments Worker and the provider: no two tries share one. */
  readonly key: string;
  /** The idempotency key of the request that asked for it, which gets its outcome however often it comes. */
  readonly askedBy: string;
}

/** A payment that came to nothing, and of which the provider has nothing any more. */
export interface RefusedPayment extends Pick<Payment, 'key' | 'askedBy' | 'provider' | 'mark' | 'methodId'> {
  readonly failure: OrderRefusal;
  /** Whether a request was answered with the failure. */
  readonly isHeard: boolean;
}

/** A shopper mistypes once or twice, and has another card; who tries out stolen cards needs more. */
export const declinesMax = 5;
/** Of all checkouts of one cart within an hour. */
export const cartDeclinesMax = 10;
/** Also payment pages that were left, and failures of the provider, come to an end. */
const paymentsMax = 20;

/** The codes of payments that came to nothing. */
const paymentFailures: ReadonlySet<string> = new Set(['payment-declined', 'payment-failed', 'payment-left']);

export function isPaymentFailure({ code }: OrderRefusal): boolean {
  return paymentFailures.has(code);
}

/**
 * How many payments may still be declined, after those that were refused.
 * @param declinedBefore of the same cart, in checkouts of the hour before this one began
 */
export function attemptsLeftAfter(
  refused: readonly Pick<RefusedPayment, 'failure'>[],
  declinedBefore: number | undefined,
): number {
  const declines = refused.filter(({ failure }) => failure.code === 'payment-declined').length;
  const ofCart = cartDeclinesMax - (declinedBefore ?? 0);
  return Math.max(0, Math.min(declinesMax - declines, ofCart - declines, paymentsMax - refused.length));
}

/** The next payment of an order, after so many that were refused. */
export function paymentAfter(
  refused: readonly unknown[],
  { formerMarks: _, ...choice }: PaymentChoice,
  { orderId, askedBy }: { readonly orderId: string; readonly askedBy: string },
): Payment {
  return { ...choice, key: paymentKeyOf(orderId, refused.length + 1), askedBy };
}

/** Whether a request wishes to pay as something that is kept was paid. */
export function isSameMeans(
  kept: Pick<PaymentChoice, 'provider' | 'mark' | 'methodId'>,
  wish: Pick<PaymentChoice, 'provider' | 'mark' | 'methodId' | 'formerMarks'>,
): boolean {
  const isSameMark = kept.mark === wish.mark || (kept.mark !== null && wish.formerMarks?.includes(kept.mark) === true);
  return kept.provider === wish.provider && isSameMark && kept.methodId === wish.methodId;
}

export function refusedPayment(payment: Payment, failure: OrderRefusal, isHeard: boolean): RefusedPayment {
  const { key, askedBy, provider, mark, methodId } = payment;
  return { key, askedBy, provider, mark, ...(methodId === undefined ? {} : { methodId }), failure, isHeard };
}

/** The refused payment of a request: it gets that outcome, whatever others have tried since. */
export function ownRefusal(refused: readonly RefusedPayment[], askedBy: string): RefusedPayment | null {
  return refused.findLast((one) => one.askedBy === askedBy) ?? null;
}

/**
 * The refused payment whose outcome a request to pay is to be told, instead of paying once more: its own, or the last one where
 * nobody has heard of that yet and the means are the same, as when a browser comes back from a payment page.
 * @param hasJoined whether the request has waited for a payment by the same means
 */
export function refusalFor(
  refused: readonly RefusedPayment[],
  choice: PaymentChoice,
  { askedBy, hasJoined }: { readonly askedBy: string; readonly hasJoined: boolean },
): RefusedPayment | null {
  const own = ownRefusal(refused, askedBy);
  if (own !== null) return own;
  const last = refused.at(-1);
  return last !== undefined && isSameMeans(last, choice) && (hasJoined || !last.isHeard) ? last : null;
}
