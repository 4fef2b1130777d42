/** The HTTP side of payments: webhooks of providers, and what merchants may see and start. */
import * as operations from '../../shared/contracts/payments/http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf } from '../../shared/http/conditional.ts';
import { serveOnce } from '../../shared/http/d1-idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../shared/http/pagination.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
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
  if (source === null) return refused({ code: 'not-found' }, actor);
  if (body.byteLength > webhookBytesMax) return refused({ code: 'content-too-large' }, actor);
  const event = await readWebhook(body, c.req.header('stripe-signature') ?? '', source);
  if (!event.ok) return refused(event.refusal, actor);
  const observe = (providerRef: string) => context.providerOf(params.provider).observe(providerRef);
  const facts = await factsOf(event.value, observe);
  if (facts === null) return refused({ code: 'unavailable' }, actor);
  await receiveProviderEvent(facts, context);
  return json({ received: true });
});

const latest = async (env: PaymentsEnv) => {
  const found = await latestReconciliation(contextOf(env), findingsShown);
  return found === null ? null : json(reportOf(found.run, found.findings));
};

const answersOf = (env: PaymentsEnv) => ({ db: databaseOf(env.DB) });

// Before the payments by order id: the address of a reconciliation looks like an id.
serveOnce(app, operations.reconcilePayments, answersOf, async ({ env, actor }) => {
  await reconcileStep(contextOf(env));
  return (await latest(env)) ?? refused({ code: 'not-found' }, actor);
});

serve(
  app,
  operations.readReconciliation,
  async ({ env, actor }) => (await latest(env)) ?? refused({ code: 'not-found' }, actor),
);

serve(app, operations.listPayments, async ({ query, env, actor, c }) => {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 'payments', ['string']);
  if (query.cursor !== undefined && after === null) return invalidCursor(actor);
  const filter = { status: query.status ?? null, after: after?.[0] ?? null };
  const found = await paymentsPage(contextOf(env), filter, query.limit + 1);
  const shown = found.slice(0, query.limit);
  const end = found.length > query.limit ? shown.at(-1) : undefined;
  const next = end === undefined ? null : encodeCursor('payments', [end.paymentKey]);
  return json({ items: shown.map(summaryOf), next }, 200, nextLink(c.req.url, next));
});

serve(app, operations.readPayment, async ({ params, env, actor }) => {
  const found = await showPayment(contextOf(env), params.orderId);
  if (found === null) return refused({ code: 'not-found' }, actor);
  return json(viewOf(found.payment, found.entries), 200, { etag: etagOf(found.payment.version) });
});
