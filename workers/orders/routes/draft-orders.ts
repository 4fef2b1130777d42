/**
 * Draft orders over HTTP. A draft is a cart that a merchant fills through the cart's own public operations, and completing it
 * is a checkout: there is no second way to price or to buy.
 */
import { CartView } from '../../../shared/contracts/cart/http.ts';
import * as operations from '../../../shared/contracts/orders/drafts-http.ts';
import { type Actor, actorHeader } from '../../../shared/http/actor.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import type { OrdersEnv } from '../context.ts';
import { newCheckout } from '../service/orders.ts';
import { privateHeaders, respond } from './answers.ts';

interface Asking {
  readonly env: OrdersEnv;
  readonly actor: Actor;
  readonly request: Request;
}

/** Asks the cart Worker under the caller's own key, so that a retry meets the cart of the first try. */
function askCart({ env, actor, request }: Asking, method: 'POST' | 'PUT' | 'PATCH', path: string, body: object) {
  const key = request.headers.get('idempotency-key');
  const headers = {
    'content-type': 'application/json',
    [actorHeader]: JSON.stringify(actor),
    ...(key === null ? {} : { 'idempotency-key': key }),
  };
  return env.CART.fetch(new Request(`http://cart${path}`, { method, headers, body: JSON.stringify(body) }));
}

/** Without a key of the caller each try is a new one. */
function tryOf(): IdempotencyKey {
  const key = `draft:${crypto.randomUUID()}`;
  return { key, fingerprint: key };
}

export function serveDraftOrders(app: App<OrdersEnv>): void {
  serve(app, operations.createDraftOrder, async ({ body, actor, env, c }) => {
    const asking = { env, actor, request: c.req.raw };
    const { country, currency, lines, customer = { customerId: null }, ...details } = body;
    const made = await askCart(asking, 'POST', '/v1/carts', { country, currency, lines });
    if (!made.ok) return made;
    const begun = CartView.parse(await made.json());
    // Also without a customer or details: a key that comes again with others is told by the cart to be another request.
    const known = await askCart(asking, 'PUT', `/admin/v1/carts/${begun.id}/customer`, customer);
    if (!known.ok) return known;
    const changed = await askCart(asking, 'PATCH', `/v1/carts/${begun.id}`, details);
    if (!changed.ok) return changed;
    const cart = CartView.parse(await changed.json());
    const replayed = changed.headers.has('idempotency-replayed') ? replayedHeader : {};
    return json({ id: cart.id, checkoutToken: cart.id, cart }, 201, { ...privateHeaders, ...replayed });
  });

  serve(app, operations.completeDraftOrder, async ({ params, body, actor, idempotency, env }) => {
    const cartId = params.draftId;
    const asked = idempotency ?? tryOf();
    const found = await newCheckout(env, cartId, asked.key);
    if (found === null) return refused({ code: 'not-found' }, actor);
    const payment = { provider: body.payment.provider, token: null, returnUrl: null };
    const { requestId, traceparent } = actor;
    const { checkoutId } = found;
    return respond(
      await found.stub.start({
        cartId,
        checkoutId,
        payment,
        expectedTotal: null,
        idempotency: asked,
        requestId,
        traceparent,
      }),
    );
  });
}
