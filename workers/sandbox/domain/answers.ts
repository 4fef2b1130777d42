/** How operations of the sandbox end: with success, with a failure that is remembered, or with an invalid request. */
import type { Intent, SandboxAnswer, SandboxError, SandboxEvent } from './intent.ts';

export interface Execution {
  readonly events: readonly SandboxEvent[];
  readonly answer: SandboxAnswer;
  /** The request failed before it was carried out, so its idempotency key stays free. */
  readonly isInvalid: boolean;
}

type Pace = Pick<SandboxAnswer, 'holdMs' | 'isWebhookFirst'>;
const atOnce: Pace = { holdMs: 0, isWebhookFirst: false };

type ErrorFacts = Pick<SandboxError, 'type' | 'message'> & Partial<SandboxError>;

export const cardDeclined = wholeError({
  type: 'card_error',
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
});

export const authenticationFailed = wholeError({
  type: 'card_error',
  code: 'payment_intent_authentication_failure',
  message: 'The shopper declined on the payment page.',
});

export function succeeded(intent: Intent, events: readonly SandboxEvent[], pace: Pace = atOnce): Execution {
  return { events, answer: { status: 200, intent, refund: null, error: null, ...pace }, isInvalid: false };
}

export function failed(
  status: 400 | 402 | 500,
  error: ErrorFacts,
  intent: Intent | null,
  events: readonly SandboxEvent[] = [],
  pace: Pace = atOnce,
): Execution {
  return { events, answer: { status, intent, refund: null, error: wholeError(error), ...pace }, isInvalid: false };
}

/** A parameter that cannot be meant. */
export function invalid(param: string, code: string, message: string, status: 400 | 404 = 400): Execution {
  const error = wholeError({ type: 'invalid_request_error', code, message, param });
  return { events: [], answer: { status, intent: null, refund: null, error, ...atOnce }, isInvalid: true };
}

export function unexpectedState(intent: Intent, verb: string): Execution {
  const message = `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`;
  return failed(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message }, intent);
}

function wholeError(error: ErrorFacts): SandboxError {
  return { code: null, declineCode: null, param: null, ...error };
}
