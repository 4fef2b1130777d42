/**
 * One payment intent of the sandbox: what it is, what can happen to it, and how each event changes it. The assertions stop
 * a history that no provider could have, such as a second capture.
 */
import { assert, unreachable } from '../../../shared/values/result.ts';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** A request to be paid, and how far it got. Amounts are minor units, the currency is upper case. */
export interface Intent {
  readonly id: string;
  /** The shop's key of the payment, from `metadata[orderId]`. */
  readonly orderId: string | null;
  readonly status: IntentStatus;
  readonly amountMinor: number;
  readonly currency: string;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
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

export type SandboxEvent =
  | { readonly type: 'intent-created'; readonly intent: Intent }
  | {
      readonly type: 'action-required';
      readonly intentId: string;
      readonly token: string;
      readonly returnUrl: string | null;
    }
  | { readonly type: 'authorized'; readonly intentId: string; readonly token: string; readonly amountMinor: number }
  | { readonly type: 'declined'; readonly intentId: string; readonly token: string; readonly error: SandboxError }
  | { readonly type: 'captured'; readonly intentId: string; readonly amountMinor: number }
  /** `amountMinor` is the authorization that ended; zero when there was none. */
  | { readonly type: 'canceled'; readonly intentId: string; readonly amountMinor: number }
  | { readonly type: 'refunded'; readonly intentId: string; readonly refund: Refund }
  | { readonly type: 'answered'; readonly key: string; readonly keyed: KeyedAnswer };

/** The intent after one event. Throws when the event cannot have happened to it. */
export function evolveIntent(
  intent: Intent | undefined,
  event: Exclude<SandboxEvent, { readonly type: 'answered' | 'intent-created' }>,
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
      assert(
        intent.capturedMinor === 0 && event.amountMinor <= intent.amountMinor,
        'an intent is captured once, within its amount',
      );
      return { ...intent, status: 'succeeded', capturedMinor: event.amountMinor };
    case 'canceled':
      assert(intent.capturedMinor === 0, 'a captured intent is not canceled');
      return { ...intent, status: 'canceled' };
    case 'refunded':
      assert(
        intent.refundedMinor + event.refund.amountMinor <= intent.capturedMinor,
        'refunds stay within the capture',
      );
      return { ...intent, refundedMinor: intent.refundedMinor + event.refund.amountMinor };
    default:
      return unreachable(event);
  }
}
