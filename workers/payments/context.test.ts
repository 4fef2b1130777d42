/** Which providers a deployment has follows from its bindings; without the sandbox's there is no sandbox. */
import { describe, expect, it } from 'vitest';
import { contextOf, type PaymentsEnv } from './context.ts';

/** No case here gets as far as a database, a queue or a neighbour. */
function envWith(settings: Partial<PaymentsEnv>): PaymentsEnv {
  const bindings: Pick<PaymentsEnv, 'VITRINE_PUBLIC_URL'> = { VITRINE_PUBLIC_URL: 'http://shop.test' };
  return Object.assign(Object.create(null), bindings, settings);
}

const sandboxKeys = { SANDBOX_SECRET_KEY: 'sk_test_1', SANDBOX_WEBHOOK_SECRET: 'whsec_1' };
const sandbox = { fetch: async () => new Response(null, { status: 500 }) };

const attempt = {
  paymentKey: 'ord_1',
  provider: 'sandbox',
  now: 0,
  amountMinor: 1999,
  currency: 'EUR',
  token: 'ok',
  returnUrl: null,
} as const;

describe('the sandbox provider', () => {
  it('is there in development, with its Worker and its key', () => {
    const context = contextOf(envWith({ VITRINE_ENV: 'development', SANDBOX: sandbox, ...sandboxKeys }));
    expect(context.observable).toEqual(['sandbox']);
    expect(context.webhookSourceOf('sandbox')).not.toBeNull();
  });

  it.each<[string, Partial<PaymentsEnv>]>([
    ['its Worker is not bound', { VITRINE_ENV: 'development', ...sandboxKeys }],
    ['the environment is not named', { SANDBOX: sandbox, ...sandboxKeys }],
    ['nothing of it is there', {}],
  ])('takes no payment, no webhook and no reconciliation where %s', async (_, settings) => {
    const context = contextOf(envWith(settings));
    expect(context.observable).toEqual([]);
    expect(context.webhookSourceOf('sandbox')).toBeNull();
    expect(await context.api.authorize(attempt)).toEqual({ status: 'declined', reason: 'unknown-provider' });
  });

  it('leaves Stripe alone', () => {
    const context = contextOf(envWith({ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_WEBHOOK_SECRET: 'whsec_1' }));
    expect(context.observable).toEqual(['stripe']);
  });
});
