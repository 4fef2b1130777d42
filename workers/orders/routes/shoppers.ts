/** What shoppers do with their orders over HTTP, and the policy that says what they may: parse, call, answer. */
import type { OrderView, ShopperOrderView } from '../../../shared/contracts/orders/orders-http.ts';
import * as policies from '../../../shared/contracts/orders/policy-http.ts';
import * as operations from '../../../shared/contracts/orders/shoppers-http.ts';
import { secretsOf } from '../../../shared/digest/shop-secrets.ts';
import { type App, type Call, json, refused, serve } from '../../../shared/http/app.ts';
import { problem } from '../../../shared/http/problem.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { noSuch } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { OrderStub, OrdersEnv } from '../context.ts';
import { shopperActor } from '../domain/order/deeds.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { cancelFault, optionsOf, returnFault } from '../domain/self-service.ts';
import type { OrderCommand } from '../service/order-commands.ts';
import { checkoutOfOrder } from '../service/orders.ts';
import type { CheckoutAnswer } from '../service/requests.ts';
import {
  linkMs,
  lookupWaitSeconds,
  openLink,
  ownOrder,
  policyIn,
  sendLink,
  setPolicy,
} from '../service/self-service.ts';
import { callFacts, privateHeaders, respond } from './answers.ts';

type OwnCall = Pick<
  Call<OrdersEnv, { readonly orderId: string }, { readonly access_token?: string | undefined }, unknown>,
  'params' | 'query' | 'env' | 'actor' | 'c' | 'idempotency'
>;

/** The access token of a request: of its header, or of its address. */
export function tokenOf({ query, c }: Pick<OwnCall, 'query' | 'c'>): string {
  return /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? query.access_token ?? '';
}

/** An order as its shopper sees it. */
export function forShopper({
  tags: _tags,
  metafields: _metafields,
  discountByHand: _given,
  ...order
}: OrderView): ShopperOrderView {
  return { ...order, lines: order.lines.map(({ priceByHand: _why, ...line }) => line) };
}

export function serveShoppers(app: App<OrdersEnv>): void {
  serve(app, operations.lookUpOrder, async ({ body, env, actor, c }) => {
    const shop = { db: databaseOf(env.DB), notifications: env.NOTIFICATIONS, now: Date.now() };
    const waitSeconds = await lookupWaitSeconds(shop, body);
    if (waitSeconds !== null)
      return problem('rate-limited', {
        detail: 'Orders of this e-mail address were asked for too often. Look into its mailbox, and ask again later.',
        requestId: actor.requestId,
        headers: { 'retry-after': String(waitSeconds) },
      });
    // After the answer, so that its time tells nothing either.
    c.executionCtx.waitUntil(sendLink(shop, body).catch((error: unknown) => reportDefect('no link was sent', error)));
    const message = 'If there is such an order, a link to it is on its way to its e-mail address.';
    return json({ message, expiresInSeconds: linkMs / secondMs }, 202, privateHeaders);
  });

  serve(app, operations.openOrder, async ({ body, env, actor }) => {
    const shop = { db: databaseOf(env.DB), now: Date.now() };
    const opened = await openLink(shop, { token: body.token, secrets: secretsOf(env) }, async (orderId) => {
      const found = checkoutOfOrder(env, orderId);
      return found === null ? null : found.stub.order(found.checkoutId);
    });
    if (opened === null) {
      const detail =
        'It was used, is more than half an hour old, or was sent to another address than the order has now. Ask for another one.';
      return problem('link-spent', { detail, requestId: actor.requestId });
    }
    const { order, ...access } = opened;
    return json({ ...access, number: order.number, order: forShopper(order) }, 200, privateHeaders);
  });

  serve(app, operations.readOrderOptions, (call) =>
    withOwn(call, async ({ order, policy }) => json(optionsOf(order, policy, Date.now()), 200, privateHeaders)),
  );

  serve(app, operations.cancelOwnOrder, (call) =>
    withOwn(call, async ({ order, policy, ask }) => {
      const fault = cancelFault(optionsOf(order, policy, Date.now()));
      return ask({ type: 'cancel', note: call.body.note ?? null }, fault);
    }),
  );

  serve(app, operations.returnOwnOrder, (call) =>
    withOwn(call, async ({ order, policy, ask }) => {
      const { note = null } = call.body;
      const lines = call.body.lines.map((line) => ({ ...line, reason: line.reason ?? null }));
      const fault = returnFault(optionsOf(order, policy, Date.now()), order, { lines });
      return ask({ type: 'request-return', lines, exchange: [], note, isApproved: false }, fault);
    }),
  );

  serve(app, operations.cancelOwnReturn, (call) =>
    withOwn(call, async ({ ask }) =>
      ask({ type: 'decide-return', returnId: call.params.returnId, action: 'cancel', note: null }, null),
    ),
  );

  serve(app, policies.readOrderPolicy, async ({ env }) => json(await policyIn(databaseOf(env.DB))));

  serve(app, policies.changeOrderPolicy, async ({ body, env, actor }) => {
    const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const by = { by: `${actor.kind}:${actor.id}`, now: Date.now() };
    return json(await setPolicy(databaseOf(env.DB), change, by));
  });
}

interface Own {
  readonly order: OrderView;
  readonly policy: policies.OrderPolicy;
  /** Puts a command to the order, unless the policy does not let its shopper. */
  ask(command: OrderCommand, fault: OrderRefusal | null): Promise<Response>;
}

/** Calls back with the order whose access token a request has; otherwise there is no such order. */
async function withOwn(call: OwnCall, answer: (own: Own) => Promise<Response>): Promise<Response> {
  const { params, env, actor } = call;
  const found = await ownOrder(env, params.orderId, tokenOf(call));
  if (found === null) return refused(noSuch('order'), actor);
  const policy = await policyIn(databaseOf(env.DB));
  return answer({ order: found.order, policy, ask: (command, fault) => ask(call, found, command, fault) });
}

/** A repetition under its key gets the first answer, also where what was asked for is not offered any more because it is done. */
async function ask(
  { actor, idempotency }: Pick<OwnCall, 'actor' | 'idempotency'>,
  { checkoutId, stub }: { readonly checkoutId: string; readonly stub: OrderStub },
  command: OrderCommand,
  fault: OrderRefusal | null,
): Promise<Response> {
  const request = { checkoutId, command, currencies: [], actor: shopperActor, ...callFacts(actor, idempotency) };
  return respond(shown(await stub.operate(fault === null ? request : { ...request, fault })));
}

/** What an operation answers to the merchant, as the shopper sees it. */
function shown(answer: CheckoutAnswer): CheckoutAnswer {
  if (answer.status >= 400) return answer;
  const order: OrderView = JSON.parse(answer.body);
  return { ...answer, body: JSON.stringify(forShopper(order)) };
}
