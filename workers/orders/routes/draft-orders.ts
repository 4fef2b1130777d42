/**
 * Draft orders over HTTP. A draft is a cart that a merchant fills through the cart's own public operations, and completing it
 * is a checkout: there is no second way to price or to buy.
 */
import { setCartCustomer } from '../../../shared/contracts/cart/customers-http.ts';
import { changeCart, createCart } from '../../../shared/contracts/cart/http.ts';
import * as operations from '../../../shared/contracts/orders/drafts-http.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { callOperation } from '../../../shared/http/call.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import type { OrdersEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import { newCheckout } from '../service/orders.ts';
import { sealed } from '../service/payment-token.ts';
import { callFacts, privateHeaders, respond } from './answers.ts';

export function serveDraftOrders(app: App<OrdersEnv>): void {
  serve(app, operations.createDraftOrder, async ({ body, actor, env, c }) => {
    const { country, currency, lines, customer = { customerId: null }, ...details } = body;
    // Under the caller's own key, so that a retry meets the cart of the first try.
    const idempotencyKey = c.req.header('idempotency-key') ?? null;
    // Who may make a draft may say whose it is.
    const asking = { ...actor, scopes: [...actor.scopes, ...setCartCustomer.scopes] };
    const begin = { body: { country, currency, lines }, idempotencyKey };
    const made = await callOperation(env.CART, createCart, begin, asking);
    if (!made.ok) return refused(made.refusal, actor);
    const params = { cartId: made.value.value.id };
    // Also without a customer or details: a key that comes again with others is refused by the cart as another request.
    const known = await callOperation(env.CART, setCartCustomer, { params, body: customer, idempotencyKey }, asking);
    if (!known.ok) return refused(known.refusal, actor);
    const changed = await callOperation(env.CART, changeCart, { params, body: details, idempotencyKey }, asking);
    if (!changed.ok) return refused(changed.refusal, actor);
    const { value: cart, isReplayed } = changed.value;
    const headers = { ...privateHeaders, ...(isReplayed ? replayedHeader : {}) };
    return json({ id: cart.id, checkoutToken: cart.id, cart }, 201, headers);
  });

  serve(app, operations.completeDraftOrder, async ({ params, body, actor, idempotency, env }) => {
    const cartId = params.draftId;
    const found = await newCheckout(env, cartId, idempotency.key);
    if (found === null) return refused({ code: 'not-found' }, actor);
    const { checkoutId, stub } = found;
    const payment = await sealed(body.payment, orderIdOf(checkoutId), env.VITRINE_SECRET);
    const wish = { cartId, checkoutId, payment, expectedTotal: null, expectedDue: null };
    return respond(await stub.start({ ...wish, ...callFacts(actor, idempotency) }));
  });
}
