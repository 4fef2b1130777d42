/** The HTTP side of payments: webhooks of providers, and what merchants may see and start. */

import * as operations from '../../shared/contracts/payments/http.ts';
import type { Actor } from '../../shared/http/actor.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf } from '../../shared/http/conditional.ts';
import { serveOnce } from '../../shared/http/d1-idempotency.ts';
import { answerPage } from '../../shared/http/page.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { noSuch } from '../../shared/values/result.ts';
import { contextOf, type PaymentsEnv } from './context.ts';
import { readWebhook } from './providers/stripe-webhooks.ts';
import { factsOf, paymentsPage, receiveProviderEvent, showPayment } from './service/payments.ts';
import { latestReconciliation, reconcileStep } from './service/reconciliation.ts';
import { reportOf, summaryOf, viewOf } from './view.ts';

/** Far above any event of a payment. */
const webhookBytesMax = 256 * 1024;
const findingsShown = 100;

export const app: App<PaymentsEnv> = createApp();

serve(app, operations.receivePaymentWebhook, async ({ params, env, actor, c }) => {
  const body = new Uint8Array(await c.req.arrayBuffer());
  const context = contextOf(env);
  const source = context.webhookSourceOf(params.provider);
  if (source === null) return refused(noSuch('payment provider'), actor);
  if (body.byteLength > webhookBytesMax) return refused({ code: 'content-too-large' }, actor);
  const event = await readWebhook(body, c.req.header('stripe-signature') ?? '', source);
  if (!event.ok) return refused(event.refusal, actor);
  const facts = await factsOf(event.value, (providerRef) => context.observe(params.provider, providerRef));
  if (facts === null) return refused({ code: 'unavailable' }, actor);
  await receiveProviderEvent(facts, context);
  return json({ received: true });
});

const noReport = { code: 'not-found', detail: 'Nothing has been compared yet, so there is no report.' } as const;

async function newestReport({ env, actor }: { readonly env: PaymentsEnv; readonly actor: Actor }) {
  const found = await latestReconciliation(contextOf(env), findingsShown);
  return found === null ? refused(noReport, actor) : json(reportOf(found.run, found.findings));
}

const answersOf = (env: PaymentsEnv) => ({ db: databaseOf(env.DB) });

// Before the payments by order id: the address of a reconciliation looks like an id.
serveOnce(app, operations.reconcilePayments, answersOf, async (call) => {
  await reconcileStep(contextOf(call.env));
  return newestReport(call);
});

serve(app, operations.readReconciliation, newestReport);

serve(app, operations.listPayments, (call) =>
  answerPage(call, {
    name: 'payments',
    key: ['string'],
    rowsAfter: (after, limit) =>
      paymentsPage(contextOf(call.env), { status: call.query.status ?? null, after: after?.[0] ?? null }, limit),
    keyOf: ({ paymentKey }) => [paymentKey],
    view: summaryOf,
  }),
);

serve(app, operations.readPayment, async ({ params, env, actor }) => {
  const found = await showPayment(contextOf(env), params.paymentId);
  if (found === null) return refused(noSuch('payment'), actor);
  return json(viewOf(found.payment, found.entries), 200, { etag: etagOf(found.payment.version) });
});
