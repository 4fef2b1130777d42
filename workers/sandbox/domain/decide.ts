/**
 * The rules of the sandbox provider as a pure state machine: `decideSandbox` answers a command with facts and an answer,
 * `evolveSandbox` folds the facts. It behaves as Stripe does in the few operations that the shop calls, idempotency keys
 * included. The ledger object runs it over SQLite; tests and the simulation run it over memory.
 */
import type { SandboxLedgerView } from '../../../shared/contracts/sandbox/http.ts';
import { assert, unreachable } from '../../../shared/values/result.ts';
import { type Execution, failed, invalid, succeeded } from './answers.ts';
import {
  type Dispute,
  evolveIntent,
  type Intent,
  type KeyedAnswer,
  openOf,
  type Refund,
  type SandboxAnswer,
  type SandboxError,
  type SandboxEvent,
} from './intent.ts';
import * as operations from './operations.ts';

export type { Dispute, Intent, KeyedAnswer, Refund, SandboxAnswer, SandboxError, SandboxEvent };

/** All of it, or at least the intent and the keyed answer that a command names. */
export interface SandboxState {
  readonly intents: ReadonlyMap<string, Intent>;
  readonly answers: ReadonlyMap<string, KeyedAnswer>;
}

export const emptySandbox: SandboxState = { intents: new Map(), answers: new Map() };

/** A client's key and the fingerprint of what it asked for: operation, address and parameters. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

export type SandboxCommand = { readonly idempotency: Idempotency | null; readonly now: number } & (
  | {
      readonly type: 'create';
      /** A fresh id, used when the command makes an intent. */
      readonly intentId: string;
      readonly orderId: string | null;
      readonly paymentKey?: string;
      readonly amountMinor: number;
      readonly currency: string;
    }
  | { readonly type: 'retrieve'; readonly intentId: string }
  | {
      readonly type: 'confirm';
      readonly intentId: string;
      readonly token: string | null;
      readonly returnUrl: string | null;
    }
  | { readonly type: 'cancel'; readonly intentId: string }
  /** Null captures all that is open. */
  | {
      readonly type: 'capture';
      readonly intentId: string;
      readonly amountMinor: number | null;
      readonly isFinal: boolean;
    }
  /** Null refunds all that is left of the capture. */
  | {
      readonly type: 'refund';
      readonly intentId: string;
      readonly refundId: string;
      readonly refundKey: string | null;
      readonly amountMinor: number | null;
    }
  /** The shopper presses a button on the payment page. */
  | { readonly type: 'answer-page'; readonly intentId: string; readonly choice: 'pay' | 'decline' }
);

/**
 * Decides one command. An idempotency key that was seen before brings back its first answer and changes nothing; with
 * other parameters it is an error. As at Stripe, requests that fail validation leave no trace under their key.
 *
 * @see https://docs.stripe.com/api/idempotent_requests
 */
export function decideSandbox(state: SandboxState, command: SandboxCommand): Omit<Execution, 'isInvalid'> {
  const { idempotency } = command;
  const earlier = idempotency === null ? undefined : state.answers.get(idempotency.key);
  if (idempotency !== null && earlier !== undefined) {
    return { events: [], answer: earlier.fingerprint === idempotency.fingerprint ? earlier.answer : keyReused };
  }
  const { events, answer: before, isInvalid } = execute(state, command);
  const answer = before.intent === null ? before : { ...before, intent: intentAfter(state, events, before.intent.id) };
  if (idempotency === null || isInvalid) return { events, answer };
  // Only the first answer is held back: it is the client that is late then, not the replay.
  const keyed = { fingerprint: idempotency.fingerprint, answer: { ...answer, holdMs: 0, isWebhookFirst: false } };
  return { events: [...events, { type: 'answered', key: idempotency.key, keyed }], answer };
}

const keyReused = failed(
  400,
  {
    type: 'idempotency_error',
    message: 'Keys for idempotent requests can only be used with the same parameters they were first used with.',
  },
  null,
).answer;

function execute(state: SandboxState, command: SandboxCommand): Execution {
  if (command.type === 'create') {
    const { intentId: id, orderId, paymentKey, amountMinor, currency, now: createdAt } = command;
    const named = paymentKey === undefined ? { orderId } : { orderId, paymentKey };
    return operations.create({ id, ...named, amountMinor, currency, createdAt });
  }
  const intent = state.intents.get(command.intentId);
  if (intent === undefined) {
    return invalid('intent', 'resource_missing', `No such payment_intent: '${command.intentId}'`, 404);
  }
  switch (command.type) {
    case 'retrieve':
      return succeeded(intent, []);
    case 'confirm':
      return operations.confirm(intent, command.token, command.returnUrl);
    case 'cancel':
      return operations.cancel(intent);
    case 'capture':
      return operations.capture(intent, command.amountMinor, command.isFinal);
    case 'refund': {
      const { refundId: id, refundKey, amountMinor, now: createdAt } = command;
      return operations.refund(intent, amountMinor, { id, refundKey, createdAt });
    }
    case 'answer-page':
      return operations.answerPage(intent, command.choice);
    default:
      return unreachable(command);
  }
}

export function evolveSandbox(state: SandboxState, event: SandboxEvent): SandboxState {
  if (event.type === 'answered') return { ...state, answers: new Map(state.answers).set(event.key, event.keyed) };
  const intent =
    event.type === 'intent-created' ? event.intent : evolveIntent(state.intents.get(event.intentId), event);
  return { ...state, intents: new Map(state.intents).set(intent.id, intent) };
}

function intentAfter(state: SandboxState, events: readonly SandboxEvent[], intentId: string): Intent {
  const intent = events.reduce(evolveSandbox, state).intents.get(intentId);
  assert(intent !== undefined, 'an answer shows an intent that exists');
  return intent;
}

/** Adds intents up per currency: open authorizations, all captures and all refunds. */
export function totalsOf(intents: Iterable<Intent>): SandboxLedgerView['totals'] {
  const totals: SandboxLedgerView['totals'] = {};
  for (const intent of intents) {
    const before = totals[intent.currency] ?? { authorizedOpen: 0, captured: 0, refunded: 0 };
    totals[intent.currency] = {
      authorizedOpen: before.authorizedOpen + openOf(intent),
      captured: before.captured + intent.capturedMinor,
      refunded: before.refunded + intent.refundedMinor,
    };
  }
  return totals;
}

/** What a row of the ledger says: for every intent, authorize = capture + cancel + what is still open. */
export type LedgerRow = {
  /** `refund-reversal` and `dispute-reversal` give money back to the shop. */
  readonly kind: SandboxLedgerView['entries'][number]['kind'];
  readonly amountMinor: number;
};

/** A row of the ledger, as written. */
export type LedgerEntry = LedgerRow & {
  readonly sequence: number;
  readonly intentId: string;
  readonly orderId: string | null;
  readonly currency: string;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export interface Books {
  readonly intents: readonly Intent[];
  readonly entries: readonly LedgerEntry[];
}

/** What an event adds to the ledger; `intent` is as the event left it. */
export function ledgerRowsOf(event: SandboxEvent, intent: Intent): readonly LedgerRow[] {
  switch (event.type) {
    case 'authorized':
      return [{ kind: 'authorize', amountMinor: event.amountMinor }];
    case 'canceled':
      return [{ kind: 'cancel', amountMinor: event.amountMinor }];
    case 'refunded':
      return event.refund.status === 'failed' ? [] : [{ kind: 'refund', amountMinor: event.refund.amountMinor }];
    case 'captured': {
      const releasedMinor = event.isFinal ? intent.amountMinor - intent.capturedMinor : 0;
      const rest: readonly LedgerRow[] = releasedMinor > 0 ? [{ kind: 'cancel', amountMinor: releasedMinor }] : [];
      return [{ kind: 'capture', amountMinor: event.amountMinor }, ...rest];
    }
    default:
      return [];
  }
}
