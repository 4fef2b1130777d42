/** The HTTP side of payments: webhooks of providers, and the merchant's view of one payment. */
import { type PaymentView, readPayment, receivePaymentWebhook } from '../../shared/contracts/payments-http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf } from '../../shared/http/conditional.ts';
import { money } from '../../shared/values/money.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import type { Payment } from './domain.ts';
import { type PaymentsEnv, paymentsOf } from './environment.ts';
import { readWebhook } from './providers/stripe-webhooks.ts';
import { receiveProviderEvent } from './service.ts';
import type { LedgerEntry } from './store.ts';

/** Far above any event of a payment. */
const webhookBytesMax = 256 * 1024;

export function paymentsApp(): App<PaymentsEnv> {
  const app = createApp<PaymentsEnv>();

  serve(app, receivePaymentWebhook, async ({ params, env, actor, c }) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const { store, webhookSourceOf } = paymentsOf(env);
    const source = webhookSourceOf(params.provider);
    if (source === null) return refused({ code: 'not-found' }, actor);
    if (body.byteLength > webhookBytesMax) return refused({ code: 'content-too-large' }, actor);
    const event = await readWebhook(body, c.req.header('stripe-signature') ?? '', source);
    if (!event.ok) return refused(event.refusal, actor);
    const armRelay = () => env.OUTBOX_RELAY.getByName('relay').arm();
    await receiveProviderEvent(event.value, { store, armRelay, now: Date.now() });
    return json({ received: true });
  });

  serve(app, readPayment, async ({ params, env, actor }) => {
    const found = await paymentsOf(env).store.read(params.orderId);
    if (found === null) return refused({ code: 'not-found' }, actor);
    return json(viewOf(found.payment, found.entries), 200, { etag: etagOf(found.payment.version) });
  });

  return app;
}

function viewOf(payment: Payment, entries: readonly LedgerEntry[]): PaymentView {
  const { currency } = payment;
  const amountOf = (amountMinor: number | null) =>
    currency === null || amountMinor === null ? null : money(amountMinor, currency);
  return {
    orderId: payment.paymentKey,
    provider: payment.provider,
    providerReference: payment.providerRef,
    status: payment.status,
    reason: payment.reason,
    amount: amountOf(payment.amountMinor),
    captured: amountOf(payment.capturedMinor),
    refunded: amountOf(payment.refundedMinor),
    updatedAt: toTimestamp(payment.updatedAt),
    version: payment.version,
    ledger: entries.map((entry) => ({
      transactionId: entry.transactionId,
      account: entry.account,
      amount: money(entry.amountMinor, entry.currency),
      recordedAt: toTimestamp(entry.recordedAt),
    })),
  };
}
