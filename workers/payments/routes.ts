/** The HTTP side of payments: webhooks of providers, and what merchants may see and start. */
import * as operations from '../../shared/contracts/payments/http.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf } from '../../shared/http/conditional.ts';
import { once } from '../../shared/http/d1-idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../shared/http/pagination.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { armRelay, type PaymentsEnv, paymentsOf } from './context.ts';
import { readWebhook } from './providers/stripe-webhooks.ts';
import { factsOf, receiveProviderEvent } from './service/payments.ts';
import { reconcileStep } from './service/reconciliation.ts';
import { reportOf, summaryOf, viewOf } from './view.ts';

/** Far above any event of a payment. */
const webhookBytesMax = 256 * 1024;
const findingsShown = 100;

export function paymentsApp(): App<PaymentsEnv> {
  const app = createApp<PaymentsEnv>();
  serveWebhooks(app);
  serveReconciliation(app);

  serve(app, operations.listPayments, async ({ query, env, actor, c }) => {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 'payments', ['string']);
    if (query.cursor !== undefined && after === null) return invalidCursor(actor);
    const filter = { status: query.status ?? null, after: after?.[0] ?? null };
    const found = await paymentsOf(env).store.list(filter, query.limit + 1);
    const shown = found.slice(0, query.limit);
    const end = found.length > query.limit ? shown.at(-1) : undefined;
    const next = end === undefined ? null : encodeCursor('payments', [end.paymentKey]);
    return json({ items: shown.map(summaryOf), next }, 200, nextLink(c.req.url, next));
  });

  serve(app, operations.readPayment, async ({ params, env, actor }) => {
    const found = await paymentsOf(env).store.read(params.orderId);
    if (found === null) return refused({ code: 'not-found' }, actor);
    return json(viewOf(found.payment, found.entries), 200, { etag: etagOf(found.payment.version) });
  });

  return app;
}

function serveWebhooks(app: App<PaymentsEnv>): void {
  serve(app, operations.receivePaymentWebhook, async ({ params, env, actor, c }) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    const { store, webhookSourceOf, providerOf } = paymentsOf(env);
    const source = webhookSourceOf(params.provider);
    if (source === null) return refused({ code: 'not-found' }, actor);
    if (body.byteLength > webhookBytesMax) return refused({ code: 'content-too-large' }, actor);
    const event = await readWebhook(body, c.req.header('stripe-signature') ?? '', source);
    if (!event.ok) return refused(event.refusal, actor);
    const facts = await factsOf(event.value, (providerRef) => providerOf(params.provider).observe(providerRef));
    if (facts === null) return refused({ code: 'unavailable' }, actor);
    await receiveProviderEvent(facts, { store, armRelay: () => armRelay(env), now: Date.now() });
    return json({ received: true });
  });
}

/** Before the payments by order id: one of these addresses looks like an id. */
function serveReconciliation(app: App<PaymentsEnv>): void {
  const latest = async (env: PaymentsEnv) => {
    const found = await paymentsOf(env).reconciliation.runs.latest(findingsShown);
    return found === null ? null : json(reportOf(found.run, found.findings));
  };

  serve(app, operations.reconcilePayments, ({ env, actor, c }) => {
    const call = { request: c.req.raw, actor, bodyText: '', now: Date.now() };
    return once(databaseOf(env.DB), call, async () => {
      await reconcileStep(paymentsOf(env).reconciliation);
      return (await latest(env)) ?? refused({ code: 'not-found' }, actor);
    });
  });

  serve(
    app,
    operations.readReconciliation,
    async ({ env, actor }) => (await latest(env)) ?? refused({ code: 'not-found' }, actor),
  );
}
