/**
 * Draft orders over HTTP. A draft is a cart that a merchant fills through the cart's own public operations, and completing it
 * is a checkout: there is no second way to price or to buy.
 */

import type { DiscardRefusal } from '../../../shared/contracts/cart/api.ts';
import { addLinesByHand, setCartDiscount } from '../../../shared/contracts/cart/by-hand-http.ts';
import { setCartCustomer } from '../../../shared/contracts/cart/customers-http.ts';
import { type CartView, changeCart, createCart, getCart } from '../../../shared/contracts/cart/http.ts';
import * as operations from '../../../shared/contracts/orders/drafts-http.ts';
import { secretsOf } from '../../../shared/digest/shop-secrets.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { callOperation } from '../../../shared/http/call.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import type { FieldFault } from '../../../shared/http/problem.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import { handPriceOf } from '../../../shared/quoting/by-hand.ts';
import { money } from '../../../shared/values/money.ts';
import { unpack } from '../../../shared/values/packed.ts';
import { noSuch, type Refusal } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { OrdersEnv } from '../context.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import { noPaymentNeeded } from '../domain/checkout/payment-method.ts';
import type { PaymentChoice } from '../domain/checkout/payments.ts';
import { discountByHandView, priceByHandView } from '../domain/order/view.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { deleteDraft, draftsPage, knownDraft, rememberDraft } from '../service/drafts.ts';
import { checkoutOfOrder, newCheckout } from '../service/orders.ts';
import { sealed } from '../service/payment-token.ts';
import { callFacts, privateHeaders, respond } from './answers.ts';

async function draftView(env: OrdersEnv, cart: CartView): Promise<operations.DraftOrderView> {
  const snapshot = unpack(await env.CART.read(cart.id, Date.now()));
  const pricesByHand = (snapshot?.lines ?? []).flatMap(({ lineId, byHand }) => {
    const view = priceByHandView(byHand);
    return view === null ? [] : [{ lineId, ...view }];
  });
  const discountByHand = discountByHandView(snapshot?.discountByHand, cart.currency);
  return { id: cart.id, checkoutToken: cart.id, cart, pricesByHand, discountByHand };
}

/** A draft is made with lines; one that was thrown away is an empty cart. */
async function isGone(env: OrdersEnv, cartId: string): Promise<boolean> {
  return (unpack(await env.CART.read(cartId, Date.now()))?.lines.length ?? 0) === 0;
}

/** That the draft has become an order, which its cart may not have heard yet; null where its checkout is not over. */
async function soldDraft(env: OrdersEnv, { checkoutId }: DiscardRefusal): Promise<OrderRefusal | null> {
  const found = checkoutOfOrder(env, orderIdOf(checkoutId));
  const { order = null } = (await found?.stub.checkout(found.checkoutId)) ?? {};
  if (order === null) return null;
  const detail = `The draft has become order ${order.number} (${order.id}). Cancel that one instead.`;
  return { code: 'cart-completed', detail, checkoutId, orderId: order.id };
}

/** What was refused of a part of the draft, with its pointers as they lead into the body of the draft. */
function within<No extends Refusal>(base: string, refusal: No & { readonly errors?: unknown }): No {
  const { errors } = refusal;
  if (!Array.isArray(errors)) return refusal;
  const moved = errors.map((fault: FieldFault) => ({ ...fault, pointer: `${base}${fault.pointer}` }));
  return { ...refusal, errors: moved };
}

export function serveDraftOrders(app: App<OrdersEnv>): void {
  serve(app, operations.createDraftOrder, async ({ body, actor, env, c }) => {
    const {
      country,
      currency,
      lines,
      customer = { customerId: null },
      discount = { discount: null },
      ...details
    } = body;
    // Under the caller's own key, so that a retry meets the cart of the first try.
    const idempotencyKey = c.req.header('idempotency-key') ?? null;
    // Who may make a draft may say whose it is.
    const asking = { ...actor, scopes: [...actor.scopes, ...setCartCustomer.scopes] };
    const plain = lines.map(({ variantId, sku, quantity, attributes }) => ({ variantId, sku, quantity, attributes }));
    const isByHand = lines.some((line) => handPriceOf(line) !== null);
    const begin = { body: { country, currency, ...(isByHand ? {} : { lines: plain }) }, idempotencyKey };
    const made = await callOperation(env.CART, createCart, begin, asking);
    if (!made.ok) return refused(made.refusal, actor);
    const params = { cartId: made.value.value.id };
    if (isByHand) {
      const filled = await callOperation(env.CART, addLinesByHand, { params, body: { lines }, idempotencyKey }, asking);
      if (!filled.ok) return refused(filled.refusal, actor);
    }
    // Also without a discount, a customer or details: a key that comes again with others is refused by the cart as another request.
    const known = await callOperation(env.CART, setCartCustomer, { params, body: customer, idempotencyKey }, asking);
    if (!known.ok) return refused(within('/customer', known.refusal), actor);
    const given = await callOperation(env.CART, setCartDiscount, { params, body: discount, idempotencyKey }, asking);
    if (!given.ok) return refused(within('/discount', given.refusal), actor);
    const changed = await callOperation(env.CART, changeCart, { params, body: details, idempotencyKey }, asking);
    if (!changed.ok) return refused(changed.refusal, actor);
    const { value: cart, isReplayed } = changed.value;
    const headers = { ...privateHeaders, ...(isReplayed ? replayedHeader : {}) };
    const by = `${actor.kind}:${actor.id}`;
    // What a repeated request made may have been thrown away since.
    await rememberDraft(databaseOf(env.DB), cart, {
      by,
      now: Date.now(),
      isKnown: isReplayed && (await isGone(env, cart.id)),
    });
    return json(await draftView(env, cart), 201, headers);
  });

  serve(app, operations.listDraftOrders, (call) => {
    const { q, customer: email, status } = call.query;
    return answerPage(call, {
      name: 'drafts',
      key: ['number', 'string'],
      rowsAfter: (after, limit) => draftsPage(databaseOf(call.env.DB), { q, email, status, after, limit }),
      keyOf: ({ createdAt, id }) => [createdAt, id],
      view: ({ totalMinor, currency, createdAt, updatedAt, ...shown }): operations.DraftListItem => ({
        ...shown,
        status: shown.orderId === null ? 'open' : 'completed',
        total: money(totalMinor, currency),
        createdAt: toTimestamp(createdAt),
        updatedAt: toTimestamp(updatedAt),
      }),
    });
  });

  serve(app, operations.readDraftOrder, async ({ params, actor, env }) => {
    const db = databaseOf(env.DB);
    const draft = await knownDraft(db, params.draftId);
    if (draft === null) return refused(noSuch('draft order'), actor);
    const read = await callOperation(env.CART, getCart, { params: { cartId: draft.id }, idempotencyKey: null }, actor);
    if (!read.ok) return refused(read.refusal, actor);
    const { value: cart } = read.value;
    await rememberDraft(db, cart, { by: draft.createdBy, now: Date.now(), isKnown: true });
    return json(await draftView(env, cart), 200, privateHeaders);
  });

  serve(app, operations.deleteDraftOrder, async ({ params, actor, env }) => {
    const fault = await deleteDraft(databaseOf(env.DB), env.CART, params.draftId, Date.now());
    if (fault === null) return new Response(null, { status: 204 });
    return refused((await soldDraft(env, fault)) ?? fault, actor);
  });

  serve(app, operations.completeDraftOrder, async ({ params, body, actor, idempotency, env }) => {
    const cartId = params.draftId;
    const found = await newCheckout(env, cartId, idempotency.key);
    if (found === null) return refused(noSuch('draft order'), actor);
    const { checkoutId, stub } = found;
    const payment: PaymentChoice =
      body.payment === undefined
        ? { ...noPaymentNeeded, isUnsaid: true }
        : await sealed({ ...body.payment, isByMerchant: true }, orderIdOf(checkoutId), secretsOf(env));
    const wish = { cartId, checkoutId, payment, expectedTotal: null, expectedDue: null };
    return respond(await stub.start({ ...wish, ...callFacts(actor, idempotency) }));
  });
}
