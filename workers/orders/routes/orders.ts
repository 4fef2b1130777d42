/** Orders over HTTP, for shoppers who read one and for merchants who list them: parse, call, answer. */
import { timingSafeEqual } from 'node:crypto';
import * as operations from '../../../shared/contracts/orders/checkouts-http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { decodeCursor, encodeCursor, invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { money } from '../../../shared/values/money.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { OrdersEnv } from '../context.ts';
import { accessTokenOf } from '../service/access-token.ts';
import { checkoutOfOrder, ordersPage } from '../service/orders.ts';
import type { OrderRow } from '../store.ts';
import { privateHeaders } from './answers.ts';

export function serveOrders(app: App<OrdersEnv>): void {
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
}

function answerOrder(view: operations.OrderView | null, actor: Actor, ifNoneMatch: string | undefined): Response {
  if (view === null) return refused({ code: 'not-found' }, actor);
  const headers = { ...privateHeaders, etag: etagOf(view.version) };
  return ifNoneMatchHits(ifNoneMatch, headers.etag)
    ? new Response(null, { status: 304, headers })
    : json(view, 200, headers);
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
