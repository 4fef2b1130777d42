/**
 * Reads what the Stripe SDK sends: method, path and a form-encoded body become one command of the sandbox. What the sandbox
 * does not know is refused by name, so that a shop which calls more of Stripe than the sandbox plays learns it at once.
 */
import { amountMax, Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { SandboxCommand } from './decide.ts';
import type { SandboxError } from './intent.ts';

export interface StripeRequest {
  readonly method: string;
  readonly path: string;
  /** The form-encoded body, or the query of a GET. */
  readonly form: string;
  readonly idempotencyKey: string | null;
  readonly now: number;
  /** Sixteen or more random characters, for the id of what the request may make. */
  readonly freshTail: string;
}

interface ReadRequest {
  readonly command: SandboxCommand;
  readonly expand: readonly string[];
  /** Which list of the intent is answered instead of it. */
  readonly list: 'refunds' | 'disputes' | null;
}

interface UnreadableRequest {
  readonly code: 'unreadable-request';
  readonly status: 400 | 404;
  readonly error: SandboxError;
}

type Fields = ReadonlyMap<string, string>;

/** The parameters that each operation takes. The ignored ones describe what the sandbox does anyway. */
const parameters = {
  create: [
    ...['amount', 'currency', 'metadata[orderId]', 'metadata[paymentKey]', 'capture_method'],
    'allowed_payment_method_types[0]',
    'payment_method_options[card][request_multicapture]',
  ],
  retrieve: [],
  confirm: ['payment_method', 'return_url'],
  cancel: ['cancellation_reason'],
  capture: ['amount_to_capture', 'final_capture'],
  refund: ['payment_intent', 'amount', 'reason', 'metadata[orderId]', 'metadata[refundKey]'],
  refunds: ['payment_intent', 'limit'],
  disputes: ['payment_intent', 'limit'],
} as const satisfies Record<string, readonly string[]>;
type Verb = keyof typeof parameters;

export function readStripeRequest(request: StripeRequest): Result<ReadRequest, UnreadableRequest> {
  const target = targetOf(request.method, request.path);
  if (target === null)
    return unreadable(
      404,
      null,
      `Unrecognized request URL (${request.method}: ${request.path}). The sandbox plays payment intents, refunds and lists of disputes only.`,
    );
  const { verb, intentId } = target;
  const { fields, expand } = readForm(request.form);
  for (const name of fields.keys()) {
    if (!parameters[verb].some((known) => known === name))
      return unreadable(400, name, `Received unknown parameter: ${name}`);
  }
  const fingerprint = `${request.method} ${request.path}\n${[...fields]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')}`;
  const idempotency =
    request.idempotencyKey === null || request.method === 'GET' ? null : { key: request.idempotencyKey, fingerprint };
  const command = commandOf(verb, intentId, fields, { idempotency, now: request.now }, request.freshTail);
  const list = verb === 'refunds' || verb === 'disputes' ? verb : null;
  return command.ok ? accept({ command: command.value, expand, list }) : command;
}

function targetOf(method: string, path: string): { readonly verb: Verb; readonly intentId: string } | null {
  if (method === 'POST' && path === '/v1/payment_intents') return { verb: 'create', intentId: '' };
  if (method === 'POST' && path === '/v1/refunds') return { verb: 'refund', intentId: '' };
  if (method === 'GET' && path === '/v1/refunds') return { verb: 'refunds', intentId: '' };
  if (method === 'GET' && path === '/v1/disputes') return { verb: 'disputes', intentId: '' };
  const match = /^\/v1\/payment_intents\/([\w-]{1,100})(?:\/(confirm|cancel|capture))?$/.exec(path);
  const intentId = match?.[1];
  if (intentId === undefined) return null;
  const verb = match?.[2];
  if (verb === undefined) return method === 'GET' ? { verb: 'retrieve', intentId } : null;
  if (method !== 'POST') return null;
  return verb === 'confirm' || verb === 'cancel' || verb === 'capture' ? { verb, intentId } : null;
}

function readForm(form: string): { readonly fields: Fields; readonly expand: readonly string[] } {
  const fields = new Map<string, string>();
  const expand: string[] = [];
  for (const [name, value] of new URLSearchParams(form)) {
    if (/^expand\[\d*\]$/.test(name)) expand.push(value);
    else fields.set(name, value);
  }
  return { fields, expand };
}

function commandOf(
  verb: Verb,
  intentId: string,
  fields: Fields,
  common: Pick<SandboxCommand, 'idempotency' | 'now'>,
  freshTail: string,
): Result<SandboxCommand, UnreadableRequest> {
  const amountMinor = wholeNumber(fields.get(verb === 'capture' ? 'amount_to_capture' : 'amount'));
  if (Number.isNaN(amountMinor)) return unreadable(400, 'amount', 'Invalid integer.');
  switch (verb) {
    case 'create': {
      const currency = Currency.safeParse(fields.get('currency')?.toUpperCase());
      if (!currency.success) return unreadable(400, 'currency', `Invalid currency: ${fields.get('currency') ?? ''}`);
      if (amountMinor === null) return unreadable(400, 'amount', 'Missing required param: amount.');
      const captureMethod = fields.get('capture_method');
      if (captureMethod !== 'manual')
        return unreadable(400, 'capture_method', 'The sandbox captures manually only: capture_method=manual.');
      const orderId = fields.get('metadata[orderId]') ?? null;
      const paymentKey = fields.get('metadata[paymentKey]');
      return accept({
        type: 'create',
        ...common,
        intentId: `pi_${freshTail}`,
        orderId,
        ...(paymentKey === undefined ? {} : { paymentKey }),
        amountMinor,
        currency: currency.data,
      });
    }
    case 'confirm': {
      const returnUrl = fields.get('return_url') ?? null;
      if (returnUrl !== null && !/^https?:\/\//i.test(returnUrl))
        return unreadable(400, 'return_url', 'Not a valid URL.');
      return accept({ type: 'confirm', ...common, intentId, token: fields.get('payment_method') ?? null, returnUrl });
    }
    case 'refund':
    case 'refunds':
    case 'disputes': {
      const about = fields.get('payment_intent');
      if (about === undefined) return unreadable(400, 'payment_intent', 'Missing required param: payment_intent.');
      if (verb !== 'refund') return accept({ type: 'retrieve', ...common, intentId: about });
      const refundKey = fields.get('metadata[refundKey]') ?? null;
      const refundId = `re_${freshTail}`;
      return accept({ type: 'refund', ...common, intentId: about, refundId, refundKey, amountMinor });
    }
    case 'capture': {
      const isFinal = fields.get('final_capture') !== 'false';
      return accept({ type: 'capture', ...common, intentId, amountMinor, isFinal });
    }
    default:
      return accept({ type: verb, ...common, intentId });
  }
}

/** Null when absent, NaN when it is no whole number. */
function wholeNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,13}$/.test(text)) return Number.NaN;
  const value = Number(text);
  return value <= amountMax ? value : Number.NaN;
}

function unreadable(
  status: 400 | 404,
  param: string | null,
  message: string,
): { readonly ok: false; readonly refusal: UnreadableRequest } {
  const error: SandboxError = { type: 'invalid_request_error', code: null, declineCode: null, message, param };
  return refuse({ code: 'unreadable-request', status, error });
}
