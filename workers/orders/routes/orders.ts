/** Orders over HTTP, for shoppers who read one and for merchants who list them: parse, call, answer. */

import type * as z from 'zod';
import * as lists from '../../../shared/contracts/orders/order-lists-http.ts';
import * as operations from '../../../shared/contracts/orders/orders-http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { etagOf, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { regionsWithin } from '../../../shared/values/countries.ts';
import { money } from '../../../shared/values/money.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { OrdersEnv } from '../context.ts';
import { checkoutOfOrder, ordersPage, sortKeyIn } from '../service/orders.ts';
import { ownOrder } from '../service/self-service.ts';
import type { OrderFilter } from '../store/order-filters.ts';
import type { OrderListQuery } from '../store/order-lists.ts';
import type { OrderRow } from '../store/orders.ts';
import { privateHeaders } from './answers.ts';
import { forShopper, tokenOf } from './shoppers.ts';

export function serveOrders(app: App<OrdersEnv>): void {
  /** Without the order's access token there is no such order: a guest learns nothing from guessing. */
  serve(app, operations.getOrder, async ({ params, query, actor, env, c }) => {
    const found = await ownOrder(env, params.orderId, tokenOf({ query, c }));
    return answerOrder(found === null ? null : forShopper(found.order), actor, c.req.header('if-none-match'));
  });

  serve(app, operations.getOrderAsAdmin, async ({ params, actor, env, c }) => {
    const found = checkoutOfOrder(env, params.orderId);
    const view = found === null ? null : await found.stub.order(found.checkoutId);
    return answerOrder(view, actor, c.req.header('if-none-match'));
  });

  serve(app, lists.listOrders, (call) => {
    const { sort } = call.query;
    const filter = filterOf(call.query);
    const list = {
      name: `orders by ${sort}`,
      rowsAfter: (after: OrderListQuery['after'], limit: number) =>
        ordersPage(databaseOf(call.env.DB), { filter, sort, after, limit }),
      view: itemOf,
    };
    return sort.endsWith('number')
      ? answerPage(call, { ...list, key: ['string', 'string'], keyOf: (row) => [row.number, row.id] })
      : answerPage(call, {
          ...list,
          key: ['number', 'string'],
          keyOf: (row) => [Number(sortKeyIn(sort, row)), row.id],
        });
  });
}

/** What a query chooses orders by. */
export function filterOf(query: z.infer<typeof lists.OrderFilterQuery>): OrderFilter {
  const { outstanding, customer: email, tag, region, ...others } = query;
  const tags = tag === undefined ? [] : [tag].flat();
  const { country = '' } = others;
  const regions = region === undefined ? undefined : regionsWithin(country, region);
  return { ...others, email, tags, regions, isOutstanding: outstanding !== undefined };
}

function answerOrder(
  view: operations.ShopperOrderView | operations.OrderView | null,
  actor: Actor,
  ifNoneMatch: string | undefined,
): Response {
  if (view === null) return refused(noSuch('order'), actor);
  const headers = { ...privateHeaders, etag: etagOf(view.version) };
  return ifNoneMatchHits(ifNoneMatch, headers.etag)
    ? new Response(null, { status: 304, headers })
    : json(view, 200, headers);
}

function itemOf(row: OrderRow): lists.OrderListItem {
  const {
    currency,
    totalMinor,
    capturedMinor,
    refundedMinor,
    outstandingMinor,
    placedAt,
    updatedAt,
    customer: _,
    emailKey: _emailKey,
    sequence: _sequence,
    ...shown
  } = row;
  return {
    ...shown,
    tags: [...shown.tags],
    total: money(totalMinor, currency),
    captured: money(capturedMinor, currency),
    refunded: money(refundedMinor, currency),
    outstanding: money(outstandingMinor, currency),
    placedAt: toTimestamp(placedAt),
    updatedAt: toTimestamp(updatedAt),
  };
}
