/** Checkouts and orders over HTTP: parse, call, answer. */

import { timingSafeEqual } from 'node:crypto';
import * as operations from '../../../shared/contracts/orders/checkouts-http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, createApp, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { idempotencyKeyOf } from '../../../shared/http/idempotency.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import { problem } from '../../../shared/http/problem.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { money } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { OrdersEnv } from '../context.ts';
import type { PaymentChoice } from '../domain/checkout/checkout.ts';
import { accessTokenOf } from '../service/access-token.ts';
import { checkoutOf, checkoutOfOrder, newCheckout, ordersPage } from '../service/orders.ts';
import type { OrderRow } from '../store.ts';
import { privateHeaders, respond } from './answers.ts';
import { serveDraftOrders } from './draft-orders.ts';
import { serveOrderLife } from './order-life.ts';

export const app: App<OrdersEnv> = createApp();

serveOrderLife(app);
serveDraftOrders(app);

serve(app, operations.startCheckout, async ({ body, actor, env, c }) => {
  // Whoever has the cart is the caller: a retry may come from another network.
  const idempotency = await idempotencyKeyOf(c.req.raw, { ...actor, id: body.cartId }, JSON.stringify(body), true);
  if (idempotency instanceof Response) return idempotency;
  if (idempotency === null) throw new Error('A required key is never absent');
  const barred = providerProblem(env, body.payment?.provider, actor);
  if (barred !== null) return barred;
  const found = await newCheckout(env, body.cartId, idempotency.key);
  if (found === null) return refused({ code: 'not-found' }, actor);
  const { checkoutId, stub } = found;
  const payment = body.payment === undefined ? null : choiceOf(body.payment);
  const { requestId, traceparent } = actor;
  const answer = await stub.start({
    cartId: body.cartId,
    checkoutId,
    payment,
    expectedTotal: body.expectedTotal ?? null,
    expectedDue: body.expectedDue ?? null,
    idempotency,
    requestId,
    traceparent,
  });
  return respond(answer);
});

serve(app, operations.completeCheckout, async ({ params, body, actor, env, c }) => {
  const idempotency = await idempotencyKeyOf(
    c.req.raw,
    { ...actor, id: params.checkoutId },
    JSON.stringify(body),
    true,
  );
  if (idempotency instanceof Response) return idempotency;
  if (idempotency === null) throw new Error('A required key is never absent');
  const barred = providerProblem(env, body.payment.provider, actor);
  if (barred !== null) return barred;
  const found = checkoutOf(env, params.checkoutId);
  if (found === null) return refused({ code: 'not-found' }, actor);
  const { checkoutId, stub } = found;
  const { requestId, traceparent } = actor;
  return respond(
    await stub.complete({ checkoutId, payment: choiceOf(body.payment), idempotency, requestId, traceparent }),
  );
});

serve(app, operations.cancelCheckout, async ({ params, body, actor, env, c }) => {
  const idempotency = await idempotencyKeyOf(
    c.req.raw,
    { ...actor, id: params.checkoutId },
    JSON.stringify(body),
    true,
  );
  if (idempotency instanceof Response) return idempotency;
  if (idempotency === null) throw new Error('A required key is never absent');
  const found = checkoutOf(env, params.checkoutId);
  if (found === null) return refused({ code: 'not-found' }, actor);
  const { checkoutId, stub } = found;
  const { requestId, traceparent } = actor;
  return respond(await stub.cancel({ checkoutId, idempotency, requestId, traceparent }));
});

serve(app, operations.getCheckout, async ({ params, actor, env }) => {
  const found = checkoutOf(env, params.checkoutId);
  const view = found === null ? null : await found.stub.checkout(found.checkoutId);
  if (view === null) return refused({ code: 'not-found' }, actor);
  return json(view, 200, { ...privateHeaders, etag: etagOf(view.version) });
});

/** Without the order's access token there is no such order: a guest learns nothing from guessing. */
serve(app, operations.getOrder, async ({ params, query, actor, env, c }) => {
  const bearer = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  const token = bearer ?? query.access_token ?? '';
  const found = checkoutOfOrder(env, params.orderId);
  if (found === null || !isSame(token, accessTokenOf(params.orderId, env.VITRINE_SECRET))) {
    return refused({ code: 'not-found' }, actor);
  }
  return answerOrder(await found.stub.order(found.checkoutId), actor, c.req.header('if-none-match'));
});

serve(app, operations.getOrderAsAdmin, async ({ params, actor, env, c }) => {
  const found = checkoutOfOrder(env, params.orderId);
  return answerOrder(
    found === null ? null : await found.stub.order(found.checkoutId),
    actor,
    c.req.header('if-none-match'),
  );
});

serve(app, operations.listOrders, async ({ query, actor, env, c }) => {
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, 'orders', ['number', 'string']);
  if (query.cursor !== undefined && after === null) return invalidCursor(actor);
  const last = after === null ? null : { placedAt: after[0], id: after[1] };
  const rows = await ordersPage(
    databaseOf(env.DB),
    {
      status: query.status,
      paymentStatus: query.paymentStatus,
      fulfillmentStatus: query.fulfillmentStatus,
      email: query.customer,
      customerId: query.customerId,
      after: last,
    },
    query.limit + 1,
  );
  const shown = rows.slice(0, query.limit);
  const end = shown.at(-1);
  const next = rows.length > query.limit && end !== undefined ? encodeCursor('orders', [end.placedAt, end.id]) : null;
  return json({ items: shown.map(itemOf), next }, 200, nextLink(c.req.url, next));
});

function answerOrder(view: operations.OrderView | null, actor: Actor, ifNoneMatch: string | undefined): Response {
  if (view === null) return refused({ code: 'not-found' }, actor);
  const headers = { ...privateHeaders, etag: etagOf(view.version) };
  return ifNoneMatchHits(ifNoneMatch, headers.etag)
    ? new Response(null, { status: 304, headers })
    : json(view, 200, headers);
}

function choiceOf(payment: {
  provider: PaymentChoice['provider'];
  token?: string | undefined;
  returnUrl?: string | undefined;
}): PaymentChoice {
  return { provider: payment.provider, token: payment.token ?? null, returnUrl: payment.returnUrl ?? null };
}

/** Providers that this deployment does not have are refused before anything is held. */
function providerProblem(
  env: OrdersEnv,
  provider: PaymentChoice['provider'] | undefined,
  actor: Actor,
): Response | null {
  const isThere =
    provider === undefined ||
    provider === 'manual' ||
    (provider === 'sandbox' ? env.VITRINE_ENV === 'development' : env.STRIPE_SECRET_KEY !== undefined);
  if (isThere) return null;
  const detail = `The payment provider "${provider}" is not set up here.`;
  return problem('unknown-provider', {
    detail,
    errors: [{ pointer: '/payment/provider', detail }],
    requestId: actor.requestId,
  });
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function itemOf(row: OrderRow): operations.OrderListItem {
  const {
    id,
    number,
    status,
    email,
    customerId,
    currency,
    totalMinor,
    capturedMinor,
    refundedMinor,
    paymentStatus,
    fulfillmentStatus,
    paymentProvider,
    quantity,
    checkoutId,
    placedAt,
  } = row;
  return {
    id,
    number,
    status,
    email,
    customerId,
    total: money(totalMinor, currency),
    captured: money(capturedMinor, currency),
    refunded: money(refundedMinor, currency),
    paymentStatus,
    fulfillmentStatus,
    paymentProvider,
    quantity,
    checkoutId,
    placedAt: toTimestamp(placedAt),
  };
}
