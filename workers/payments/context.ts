/**
 * What the payments Worker is given, and which providers follow from it: `manual` always, `sandbox` in development, and
 * `stripe` where a key for it is configured.
 */

import type { PaymentsApi, RefundsApi } from '../../shared/contracts/payments/api.ts';
import type { ReachEnv } from '../../shared/messaging/reach.ts';
import { absentProvider } from './providers/absent.ts';
import { manualProvider } from './providers/manual.ts';
import type { PaymentProvider } from './providers/provider.ts';
import { stripeProvider } from './providers/stripe.ts';
import { stripeClient } from './providers/stripe-client.ts';
import { isoUnits, stripeUnits } from './providers/stripe-units.ts';
import type { WebhookSource } from './providers/stripe-webhooks.ts';
import { paymentsApi } from './service/api.ts';
import type { EventPorts } from './service/payments.ts';
import type { ReconciliationContext } from './service/reconciliation.ts';
import { applyProviderEvent, paymentBookOf } from './store/payments.ts';

export interface PaymentsEnv extends ReachEnv<'payments'> {
  readonly OUTBOX_RELAY: { getByName(name: string): { arm(): Promise<void> } };
  /** Absent in production. */
  readonly SANDBOX?: { fetch(request: Request): Promise<Response> };
  readonly SANDBOX_SECRET_KEY?: string;
  readonly SANDBOX_WEBHOOK_SECRET?: string;
  readonly STRIPE_SECRET_KEY?: string;
  readonly STRIPE_WEBHOOK_SECRET?: string;
  /** `on` where the account may capture an authorization several times. */
  readonly STRIPE_MULTICAPTURE?: string;
  readonly VITRINE_ENV?: string;
  readonly VITRINE_PUBLIC_URL: string;
}

interface PaymentsContext extends ReconciliationContext, EventPorts {
  readonly api: PaymentsApi & RefundsApi;
  /** How webhooks of a provider are checked; null for a provider that this deployment does not have. */
  webhookSourceOf(provider: string): WebhookSource | null;
}

/** Made once per isolate: setting up the SDK costs more than a request. */
const contexts = new WeakMap<PaymentsEnv, PaymentsContext>();

export function contextOf(env: PaymentsEnv): PaymentsContext {
  const context = contexts.get(env) ?? makeContext(env);
  contexts.set(env, context);
  return context;
}

function makeContext(env: PaymentsEnv): PaymentsContext {
  const book = paymentBookOf(env.DB);
  const sources = [sandboxOf(env), stripeOf(env)].filter((source) => source !== null);
  const providers = new Map<string, PaymentProvider>([
    ['manual', manualProvider(book)],
    ...sources.map((source): [string, PaymentProvider] => [source.provider, stripeProvider(source, book)]),
  ]);
  const absent = absentProvider(book);
  const providerOf = (name: string): PaymentProvider => providers.get(name) ?? absent;
  return {
    db: env.DB,
    api: paymentsApi(providerOf, book),
    observable: sources.map(({ provider }) => provider),
    observe: (provider, providerRef) => providerOf(provider).observe(providerRef),
    applyEvent: (...event) => applyProviderEvent(env.DB, ...event),
    armRelay: () => env.OUTBOX_RELAY.getByName('relay').arm(),
    newRunId: () => crypto.randomUUID(),
    now: Date.now,
    webhookSourceOf: (provider) =>
      sources.find((source) => source.provider === provider && source.secret !== '') ?? null,
  };
}

function sandboxOf(env: PaymentsEnv) {
  const { SANDBOX: sandbox, SANDBOX_SECRET_KEY: secretKey = '' } = env;
  if (env.VITRINE_ENV !== 'development' || sandbox === undefined || secretKey === '') return null;
  const client = stripeClient({
    secretKey,
    host: 'sandbox.internal',
    fetch: (input, init) => sandbox.fetch(new Request(input, init)),
  });
  return {
    provider: 'sandbox' as const,
    client,
    units: isoUnits,
    returnUrl: null,
    hasMulticapture: true,
    secret: env.SANDBOX_WEBHOOK_SECRET ?? '',
  };
}

function stripeOf(env: PaymentsEnv) {
  const { STRIPE_SECRET_KEY: secretKey = '', STRIPE_WEBHOOK_SECRET: secret = '' } = env;
  if (secretKey === '') return null;
  // A card that asks for a redirect needs an address to come back to, also when the caller named none.
  return {
    provider: 'stripe' as const,
    client: stripeClient({ secretKey }),
    units: stripeUnits,
    returnUrl: env.VITRINE_PUBLIC_URL,
    hasMulticapture: env.STRIPE_MULTICAPTURE === 'on',
    secret,
  };
}
