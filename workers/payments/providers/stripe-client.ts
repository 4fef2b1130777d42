/**
 * The official Stripe SDK, set up for Workers, and what its errors mean here. The SDK never retries: the saga that called
 * decides, because only it knows whether the money is still wanted.
 */
import Stripe from 'stripe';
import type * as z from 'zod';
import { StripeIntent } from './stripe-intent.ts';
import type { AmountUnits } from './stripe-units.ts';

/** How long a provider may take. The checkout waits for it. */
export const providerTimeoutMs = 6_000;

interface StripeAccess {
  readonly secretKey: string;
  /** How to reach it; the network by default. */
  readonly fetch?: typeof fetch;
  readonly host?: string;
}

/** The account at the provider that payments go through. */
export interface StripeAccount {
  readonly provider: 'sandbox' | 'stripe';
  readonly client: Stripe;
  readonly units: AmountUnits;
  /** Where the provider's page sends the shopper when the caller names no address; null lets the provider choose. */
  readonly returnUrl: string | null;
  /** Whether the account may capture one authorization several times. */
  readonly hasMulticapture?: boolean;
}

export function stripeClient({ secretKey, fetch: reach, host }: StripeAccess): Stripe {
  return new Stripe(secretKey, {
    httpClient: Stripe.createFetchHttpClient(reach ?? ((input, init) => fetch(input, init))),
    timeout: providerTimeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    ...(host === undefined ? {} : { host, protocol: 'http' as const, port: 80 }),
  });
}

/**
 * `unknown`: it may have happened. `broken`: the provider answered that it failed itself, so it may have happened too.
 * `refused`: it did not happen, and why. `barred`: our key is not accepted, so nothing is known of the payment itself.
 * `reused`: the idempotency key stands for something else.
 */
export type StripeFailure =
  | { readonly kind: 'unknown' | 'broken' | 'barred' | 'reused'; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly code: string | null;
      readonly intent: StripeIntent | null;
    };

type Attempted<Value> = { readonly ok: true; readonly value: Value } | ({ readonly ok: false } & StripeFailure);
export type Attempt = { readonly ok: true; readonly intent: StripeIntent } | ({ readonly ok: false } & StripeFailure);

/** Makes one call and reads its answer. Throws only on a defect of ours. */
export async function attemptOf<Schema extends z.ZodType>(
  schema: Schema,
  call: () => Promise<unknown>,
): Promise<Attempted<z.infer<Schema>>> {
  try {
    const answer = schema.safeParse(await call());
    if (answer.success) return { ok: true, value: answer.data };
    return { ok: false, kind: 'unknown', reason: 'The provider answered something that cannot be read.' };
  } catch (error) {
    return { ok: false, ...failureOf(error) };
  }
}

/** Makes one call that answers an intent. */
export async function attempt(call: () => Promise<unknown>): Promise<Attempt> {
  const attempted = await attemptOf(StripeIntent, call);
  return attempted.ok ? { ok: true, intent: attempted.value } : attempted;
}

/** A provider that does not know a means of payment quotes its name. What it says is shown and kept, so the name is taken out. */
export function withoutToken(answer: Attempt, token: string | null): Attempt {
  if (answer.ok || token === null) return answer;
  const reason = ["'", '"', '`'].reduce((text, quote) => text.replaceAll(quote + token + quote, '…'), answer.reason);
  return { ...answer, reason };
}

/**
 * Makes a call under an idempotency key, and once more when the provider answers that it failed: an answer that it keeps under
 * the key stays `broken`, while a failure that has passed gives way to what was asked for.
 *
 * @see https://docs.stripe.com/api/idempotent_requests
 */
export async function attemptTwice(call: () => Promise<unknown>): Promise<Attempt> {
  const first = await attempt(call);
  return !first.ok && first.kind === 'broken' ? attempt(call) : first;
}

/** What an error of the SDK says about the payment. */
function failureOf(error: unknown): StripeFailure {
  const { errors } = Stripe;
  if (!(error instanceof errors.StripeError)) throw error;
  const reason = error.message;
  const { statusCode } = error;
  // Another request with the same key is still running: it may do what this one asked for.
  if (statusCode === 409) return { kind: 'unknown', reason };
  if (statusCode !== undefined && statusCode >= 500) return { kind: 'broken', reason };
  if (error instanceof errors.StripeIdempotencyError) return { kind: 'reused', reason };
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return { kind: 'barred', reason };
  }
  if (error instanceof errors.StripeCardError || error instanceof errors.StripeInvalidRequestError) {
    const intent = StripeIntent.safeParse(error.payment_intent);
    const decline = error.decline_code || error.code;
    return {
      kind: 'refused',
      reason: error instanceof errors.StripeCardError && decline !== undefined ? decline : reason,
      code: error.code ?? null,
      intent: intent.success ? intent.data : null,
    };
  }
  // Connection errors, time-outs and rate limits: it may have happened or not.
  return { kind: 'unknown', reason };
}
