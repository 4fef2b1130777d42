/**
 * The payments Worker and the sandbox as they are deployed, with their real wrangler files, databases and objects, for the
 * tests beside this file: what the orders Worker may call, and what three witnesses say afterwards.
 */
import path from 'node:path';
import { createTestHarness } from 'wrangler';
import type { PaymentOutcome, PaymentsApi, RefundsApi } from '../../shared/contracts/payments/api.ts';
import { PaymentView } from '../../shared/contracts/payments/http.ts';
import { SandboxLedgerView } from '../../shared/contracts/sandbox/http.ts';
import { patience } from '../../shared/testing/patience.ts';
import type { Currency } from '../../shared/values/money.ts';

const root = path.resolve(import.meta.dirname, '../..');
const vars = {
  VITRINE_ENV: 'development',
  VITRINE_PROVIDERS: 'sandbox',
  VITRINE_PUBLIC_URL: 'http://shop.test',
  SANDBOX_SECRET_KEY: 'sk_test_1',
  SANDBOX_WEBHOOK_SECRET: 'whsec_1',
};
const neighbours = { ORDERS: 'neighbours', NOTIFICATIONS: 'neighbours' };
export const server = createTestHarness({
  root,
  workers: [
    {
      config: {
        name: 'neighbours',
        main: 'tests/payments/neighbours.ts',
        compatibility_date: '2026-11-01',
        d1_databases: [{ binding: 'DB', database_name: 'vitrine-payments', database_id: 'vitrine-payments' }],
        services: [
          { binding: 'PAYMENTS', service: 'vitrine-payments' },
          { binding: 'SANDBOX', service: 'vitrine-sandbox' },
        ],
        queues: {
          consumers: ['orders', 'notifications'].map((name) => ({
            queue: `vitrine-${name}-inbox`,
            max_batch_timeout: 1,
          })),
        },
      },
    },
    { configPath: 'workers/payments/wrangler.toml', vars, bindingOverrides: neighbours },
    {
      configPath: 'workers/sandbox/wrangler.toml',
      vars,
      bindingOverrides: { ROUTER: 'neighbours', NOTIFICATIONS: 'neighbours' },
    },
  ],
});

async function call<Outcome = PaymentOutcome>(
  method: keyof PaymentsApi | keyof RefundsApi,
  argument: unknown,
): Promise<Outcome> {
  return JSON.parse(
    await (await server.fetch(`/rpc/${method}`, { method: 'POST', body: JSON.stringify(argument) })).text(),
  );
}
export const payments: PaymentsApi & RefundsApi = {
  authorize: (request) => call('authorize', request),
  lookup: (reference) => call('lookup', reference),
  capture: (request) => call('capture', request),
  void: (reference) => call('void', reference),
  letGo: (reference) => call('letGo', reference),
  refund: (request) => call('refund', request),
  balances: (paymentKey) => call('balances', paymentKey),
};
let orders = 0;

/** Starts both Workers with an empty database. */
export async function startWorkers(): Promise<void> {
  await server.listen();
  await server.getWorker('vitrine-payments').applyD1Migrations('DB');
}

export function order(token: string | null, provider: 'sandbox' | 'manual' = 'sandbox') {
  orders += 1;
  const reference = { paymentKey: `ord_${orders}`, provider, now: Date.now() };
  const amount = { amountMinor: 1000 + orders, currency: 'EUR' as Currency };
  return {
    ...reference,
    ...amount,
    token,
    returnUrl: 'http://shop.test/thanks',
    reference,
    capture: { ...reference, ...amount },
  };
}

export async function sandboxBooks(orderId: string): Promise<SandboxLedgerView> {
  return SandboxLedgerView.parse(await (await server.fetch(`/sandbox/ledger?orderId=${orderId}`)).json());
}

export async function paymentOf(orderId: string): Promise<PaymentView> {
  return PaymentView.parse(await (await server.fetch(`/admin/v1/payments/${orderId}`)).json());
}

interface Webhook {
  readonly at: number;
  readonly status: number;
  readonly body: {
    readonly id: string;
    readonly type: string;
    readonly data: { readonly object: { readonly metadata: { readonly orderId: string } } };
  };
}
interface Seen {
  readonly webhooks: readonly Webhook[];
  readonly events: readonly {
    readonly id: string;
    readonly subject: string;
    readonly data: {
      readonly status: string;
      readonly capturedMinor?: number;
      readonly refundedMinor?: number;
      readonly chargedBackMinor?: number;
      readonly lostMinor?: number;
      readonly pendingRefundMinor?: number;
    };
  }[];
}

export async function seen(): Promise<Seen> {
  return JSON.parse(await (await server.fetch('/seen')).text());
}

export async function webhooksOf(orderId: string, type: string): Promise<readonly Webhook[]> {
  return (await seen()).webhooks.filter(
    ({ body }) => body.type === type && body.data.object.metadata.orderId === orderId,
  );
}

/** A webhook is delivered within a second or two. */
export const soon = patience;
