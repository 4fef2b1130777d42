/**
 * One payment intent of the sandbox: what it is, what can happen to it, and how each event changes it. The assertions stop
 * a history that no provider could have, such as a capture beyond the authorization.
 */
import type { SandboxIntent } from '../../../shared/contracts/sandbox/http.ts';
import { assert, unreachable } from '../../../shared/values/result.ts';

/** A request to be paid, and how far it got. Amounts are minor units, the currency is upper case. */
export interface Intent {
  readonly id: string;
  /** From `metadata[orderId]`. */
  readonly orderId: string | null;
  /** The shop's key of the payment, from `metadata[paymentKey]`; the order's id where it is absent. */
  readonly paymentKey?: string;
  readonly status: SandboxIntent['status'];
  readonly amountMinor: number;
  readonly currency: string;
  readonly capturedMinor: number;
  /** Less refunds that failed. */
  readonly refundedMinor: number;
  readonly refunds: readonly Refund[];
  readonly disputes: readonly Dispute[];
  readonly paymentMethod: string | null;
  readonly returnUrl: string | null;
  /** Why the last attempt to authorize failed; null after a better one. */
  readonly lastError: SandboxError | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** An error as Stripe writes it. @see https://docs.stripe.com/api/errors */
export interface SandboxError {
  readonly type: 'card_error' | 'invalid_request_error' | 'idempotency_error' | 'api_error';
  readonly code: string | null;
  readonly declineCode: string | null;
  readonly message: string;
  readonly param: string | null;
}

export interface Refund {
  readonly id: string;
  readonly intentId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: 'succeeded' | 'pending' | 'failed';
  /** The shop's key of the refund, from `metadata[refundKey]`; null for one that was made by hand. */
  readonly refundKey: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** The payer's bank took money back and asks why it should not. */
export interface Dispute {
  readonly id: string;
  readonly intentId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost';
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** What of a capture can still be refunded. */
export function heldOf({ capturedMinor, refundedMinor, disputes }: Intent): number {
  const disputedMinor = disputes
    .filter(({ status }) => status !== 'won')
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  return capturedMinor - refundedMinor - disputedMinor;
}

/** What of an authorization can still be captured. */
export function openOf({ status, amountMinor, capturedMinor }: Intent): number {
  return status === 'requires_capture' ? amountMinor - capturedMinor : 0;
}

/** `intent` is as it stands after the command; beside an error it shows what the error is about. */
export interface SandboxAnswer {
  readonly status: 200 | 400 | 402 | 404 | 500;
  readonly intent: Intent | null;
  readonly refund: Refund | null;
  readonly error: SandboxError | null;
  /** How long the answer is to be held back, in milliseconds. */
  readonly holdMs: number;
  /** Whether the webhooks of this command are to be delivered before the answer. */
  readonly isWebhookFirst: boolean;
}

export interface KeyedAnswer {
  readonly fingerprint: string;
  readonly answer: SandboxAnswer;
}

/** What can happen to an intent. */
export type IntentEvent =
  | { readonly type: 'intent-created'; readonly intent: Intent }
  | {
      readonly type: 'action-required';
      readonly intentId: string;
      readonly token: string;
      readonly returnUrl: string | null;
    }
  | { readonly type: 'authorized'; readonly intentId: string; readonly token: string; readonly amountMinor: number }
  | { readonly type: 'declined'; readonly intentId: string; readonly token: string; readonly error: SandboxError }
  /** The last capture releases what it leaves. */
  | { readonly type: 'captured'; readonly intentId: string; readonly amountMinor: number; readonly isFinal: boolean }
  /** `amountMinor` is the authorization that ended; zero when there was none. */
  | { readonly type: 'canceled'; readonly intentId: string; readonly amountMinor: number }
  | { readonly type: 'refunded'; readonly intentId: string; readonly refund: Refund };

export type SandboxEvent =
  | IntentEvent
  | { readonly type: 'answered'; readonly key: string; readonly keyed: KeyedAnswer };

/** The intent after one event. Throws when the event cannot have happened to it. */
export function evolveIntent(
  intent: Intent | undefined,
  event: Exclude<IntentEvent, { readonly type: 'intent-created' }>,
): Intent {
  assert(intent !== undefined, `the event ${event.type} has an intent`);
  switch (event.type) {
    case 'action-required':
      return {
        ...intent,
        status: 'requires_action',
        paymentMethod: event.token,
        returnUrl: event.returnUrl,
        lastError: null,
      };
    case 'authorized':
      return { ...intent, status: 'requires_capture', paymentMethod: event.token, lastError: null };
    case 'declined':
      return { ...intent, status: 'requires_payment_method', paymentMethod: event.token, lastError: event.error };
    case 'captured':
      assert(event.amountMinor <= openOf(intent), 'captures stay within the authorization');
      return {
        ...intent,
        status: event.isFinal ? 'succeeded' : intent.status,
        capturedMinor: intent.capturedMinor + event.amountMinor,
      };
    case 'canceled':
      assert(intent.status !== 'succeeded', 'a captured intent is not canceled');
      // What was captured of it stays captured.
      return { ...intent, status: intent.capturedMinor > 0 ? 'succeeded' : 'canceled' };
    case 'refunded':
      assert(event.refund.amountMinor <= heldOf(intent), 'refunds stay within the capture');
      return {
        ...intent,
        // What waits to be paid out is gone already.
        refundedMinor: intent.refundedMinor + (event.refund.status === 'failed' ? 0 : event.refund.amountMinor),
        refunds: [...intent.refunds, event.refund],
      };
    default:
      return unreachable(event);
  }
}
