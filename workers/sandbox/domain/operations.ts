/** What each operation of the sandbox does to an intent. As at Stripe, the status of the intent decides what is possible. */
import { unreachable } from '../../../shared/values/result.ts';
import {
  authenticationFailed,
  cardDeclined,
  type Execution,
  failed,
  invalid,
  succeeded,
  unexpectedState,
} from './answers.ts';
import { heldOf, type Intent, openOf, type Refund, type SandboxEvent } from './intent.ts';
import { behaviourOf, isSandboxToken, tokenList } from './tokens.ts';

export function create(
  facts: Pick<Intent, 'id' | 'orderId' | 'paymentKey' | 'amountMinor' | 'currency' | 'createdAt'>,
): Execution {
  if (facts.amountMinor < 1) {
    return invalid('amount', 'parameter_invalid_integer', 'This value must be greater than or equal to 1.');
  }
  const untouched = { capturedMinor: 0, refundedMinor: 0, refunds: [], disputes: [], paymentMethod: null };
  const intent: Intent = {
    ...facts,
    ...untouched,
    returnUrl: null,
    lastError: null,
    status: 'requires_payment_method',
  };
  return succeeded(intent, [{ type: 'intent-created', intent }]);
}

export function confirm(intent: Intent, token: string | null, returnUrl: string | null): Execution {
  if (token === null || !isSandboxToken(token)) {
    const fault = token === null ? 'A payment method is needed to confirm.' : 'No such PaymentMethod.';
    return invalid('payment_method', 'resource_missing', `${fault} The sandbox takes: ${tokenList}.`);
  }
  if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_action') {
    return unexpectedState(intent, 'confirm');
  }
  const { confirm: effect, holdMs, isWebhookFirst } = behaviourOf(token);
  const pace = { holdMs, isWebhookFirst };
  switch (effect) {
    case 'authorize':
      return succeeded(intent, [authorizationOf(intent, token)], pace);
    case 'require-action':
      return succeeded(intent, [{ type: 'action-required', intentId: intent.id, token, returnUrl }], pace);
    case 'decline':
      return failed(402, cardDeclined, intent, [{ type: 'declined', intentId: intent.id, token, error: cardDeclined }]);
    case 'break': {
      const message = 'The sandbox broke down before it authorized, as the token asks.';
      return failed(500, { type: 'api_error', message }, null, [], pace);
    }
    default:
      return unreachable(effect);
  }
}

export function cancel(intent: Intent): Execution {
  if (intent.status === 'succeeded' || intent.status === 'canceled') return unexpectedState(intent, 'cancel');
  return succeeded(intent, [cancellationOf(intent)]);
}

/** Null captures all that is open; what the final capture leaves is released. */
export function capture(intent: Intent, wantedMinor: number | null, isFinal: boolean): Execution {
  if (intent.status !== 'requires_capture') return unexpectedState(intent, 'capture');
  const openMinor = openOf(intent);
  const amountMinor = wantedMinor ?? openMinor;
  if (amountMinor < 1 || amountMinor > openMinor) {
    return invalid('amount_to_capture', 'amount_too_large', `Capture between 1 and ${openMinor}.`);
  }
  if (behaviourOf(intent.paymentMethod).capture === 'decline') {
    return failed(402, cardDeclined, intent, [cancellationOf(intent)]);
  }
  return succeeded(intent, [
    { type: 'captured', intentId: intent.id, amountMinor, isFinal: isFinal || amountMinor === openMinor },
  ]);
}

/** A null amount refunds all that is left of the capture. */
export function refund(
  intent: Intent,
  wantedMinor: number | null,
  facts: Pick<Refund, 'id' | 'refundKey' | 'createdAt'>,
): Execution {
  const type = 'invalid_request_error';
  if (intent.capturedMinor === 0) {
    return failed(400, { type, code: 'charge_not_captured', message: 'Nothing was captured.' }, intent);
  }
  const leftMinor = heldOf(intent);
  if (leftMinor <= 0) {
    return failed(400, { type, code: 'charge_already_refunded', message: 'All of it was refunded before.' }, intent);
  }
  const amountMinor = wantedMinor ?? leftMinor;
  if (amountMinor < 1 || amountMinor > leftMinor) {
    return invalid('amount', 'amount_too_large', `Refund between 1 and ${leftMinor}.`);
  }
  const { refund: status } = behaviourOf(intent.paymentMethod);
  const made: Refund = { ...facts, intentId: intent.id, amountMinor, currency: intent.currency, status };
  const done = succeeded(intent, [{ type: 'refunded', intentId: intent.id, refund: made }]);
  return { ...done, answer: { ...done.answer, refund: made } };
}

/** A second press of a button, or one after a cancellation, finds the matter settled. */
export function answerPage(intent: Intent, choice: 'pay' | 'decline'): Execution {
  if (intent.status !== 'requires_action' || intent.paymentMethod === null) return succeeded(intent, []);
  const token = intent.paymentMethod;
  if (choice === 'pay') return succeeded(intent, [authorizationOf(intent, token)]);
  return succeeded(intent, [{ type: 'declined', intentId: intent.id, token, error: authenticationFailed }]);
}

function authorizationOf(intent: Intent, token: string): SandboxEvent {
  return { type: 'authorized', intentId: intent.id, token, amountMinor: intent.amountMinor };
}

/** Its amount is the authorization that ends. */
function cancellationOf(intent: Intent): SandboxEvent {
  return { type: 'canceled', intentId: intent.id, amountMinor: openOf(intent) };
}
