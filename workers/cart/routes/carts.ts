/** Carts over HTTP: parse, call, answer. */
import { type CartCustomerInput, setCartCustomer } from '../../../shared/contracts/cart/customers-http.ts';
import * as operations from '../../../shared/contracts/cart/http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { type App, type Call, createApp, json, refused, serve } from '../../../shared/http/app.ts';
import { ifMatchVersion, ifNoneMatchHits } from '../../../shared/http/conditional.ts';
import type { Customer } from '../../../shared/values/customer.ts';
import { money } from '../../../shared/values/money.ts';
import { accept, refuse } from '../../../shared/values/result.ts';
import type { CartEnv } from '../context.ts';
import type { CartCommand } from '../domain/decide.ts';
import {
  change,
  type LocatedCart,
  locate,
  locateNew,
  marketOf,
  marketOfNewCart,
  newLines,
  placeOf,
  present,
  stubOf,
} from '../service/carts.ts';
import { detailsOf, priced, questionOf } from '../service/details.ts';
import { find, noCart, type Outcome, once, orNoCart, privately, respond, type Success, ttlOf } from './answers.ts';

export const app: App<CartEnv> = createApp();

const cartMade: Success = { status: 201, isNewCart: true };
const lineMade: Success = { status: 201, isNewCart: false };
const cartShown: Success = { status: 200, isNewCart: false };

const notFound = (actor: Actor) => refused(noCart, actor);

serve(app, operations.createCart, async ({ body, actor, idempotency, env, c }) => {
  const now = Date.now();
  const random = crypto.getRandomValues(new Uint8Array(16));
  const place = placeOf(actor.region, random, idempotency);
  return once(stubOf(env, place), { env, actor, idempotency, now, success: cartMade }, async () => {
    const market = await marketOfNewCart(env, body, actor.country, now);
    if (!market.ok) return market;
    const { country, currency } = market.value;
    const located = locateNew(env, place, { country, currency, createdAt: now }, random);
    const inputs = body.lines ?? [];
    // An empty cart costs no commit: it is what its id says.
    if (inputs.length === 0 && idempotency === null)
      return orNoCart(present(located, { cart: { status: 'empty' }, version: 0 }, ttlOf(env), now));
    const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    const lines = await newLines(env, inputs, (index) => `/lines/${index}`, { now, later });
    if (!lines.ok) return lines;
    const command: CartCommand = { type: 'add-lines', lines: lines.value, ...beginningOf(located, env), now };
    return change(located, command, { ifVersion: null, idempotency, ttlMs: ttlOf(env) });
  });
});

serve(app, operations.getCart, async ({ params, actor, env, c }) => {
  const now = Date.now();
  const found = await find(env, params.cartId, now);
  if (found === null) return notFound(actor);
  const response = await respond(accept(found), { env, actor, idempotency: null, now, success: cartShown });
  const etag = response.headers.get('etag');
  return etag !== null && ifNoneMatchHits(c.req.header('if-none-match'), etag)
    ? new Response(null, { status: 304, headers: { etag, 'cache-control': privately } })
    : response;
});

serve(app, operations.listShippingOptions, async ({ params, actor, env }) => {
  const now = Date.now();
  const found = await find(env, params.cartId, now);
  if (found === null) return notFound(actor);
  const quote = await priced(env, found.cart, now);
  if (!quote.ok) return refused(quote.refusal, actor);
  const { shippingOptions, currency } = quote.value.quote;
  return json({
    items: shippingOptions.map(({ id, name, priceMinor, isPickup = false }) => ({
      id,
      name,
      price: money(priceMinor, currency),
      isPickup,
    })),
    next: null,
  });
});

serve(app, operations.explainCart, async ({ params, actor, env }) => {
  const now = Date.now();
  const found = await find(env, params.cartId, now);
  if (found === null) return notFound(actor);
  const explained = await env.PRICING.explainCart(questionOf(found.cart, now));
  return explained.ok ? json(explained.value, 200, { 'cache-control': privately }) : refused(explained.refusal, actor);
});

serve(app, operations.addLine, (call) =>
  write(call, lineMade, async ({ located, now, commit }) => {
    const { body, env, c } = call;
    const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
    const lines = await newLines(env, [body], () => '', { now, later });
    if (!lines.ok) return lines;
    return commit({ type: 'add-lines', lines: lines.value, ...beginningOf(located, env), now });
  }),
);

serve(app, operations.changeLine, (call) =>
  write(call, cartShown, async ({ now, commit }) => {
    const { lineId } = call.params;
    const { quantity } = call.body;
    return commit(
      quantity === 0 ? { type: 'remove-line', lineId, now } : { type: 'change-line', lineId, quantity, now },
    );
  }),
);

serve(app, operations.removeLine, async ({ params, actor, env, c }) => {
  const now = Date.now();
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  const command: CartCommand = { type: 'remove-line', lineId: params.lineId, now };
  const options = { ...guardOf(c.req.header('if-match')), idempotency: null, ttlMs: ttlOf(env) };
  const changed = (await unpriceable(env, located, command)) ?? (await change(located, command, options));
  return respond(changed, { env, actor, idempotency: null, now, success: cartShown });
});

serve(app, operations.changeCart, (call) =>
  write(call, cartShown, async ({ located, now, commit }) => {
    const { params, body, env } = call;
    const found = await find(env, params.cartId, now);
    if (found === null) return refuse(noCart);
    const details = await detailsOf(env, found.cart, body, now);
    if (!details.ok) return details;
    return commit({ type: 'change-details', details: details.value, ...beginningOf(located, env), now });
  }),
);

serve(app, setCartCustomer, (call) =>
  write(call, cartShown, async ({ located, now, commit }) => {
    const { body, actor, env } = call;
    const customer = customerOf(body);
    const by = `${actor.kind}:${actor.id}`;
    return commit({ type: 'set-customer', customer, actor: by, ...beginningOf(located, env), now });
  }),
);

function customerOf({ customerId: id, groups, isTaxExempt }: CartCustomerInput): Customer | null {
  return id === null ? null : { id, groups: [...new Set(groups)], isTaxExempt };
}

/** A cart that is being changed. */
interface Writing {
  readonly located: LocatedCart;
  readonly now: number;
  readonly commit: (command: CartCommand) => Promise<Outcome>;
}

/** Changes a cart that exists, once per key. */
async function write(
  { params, actor, idempotency, env, c }: Call<CartEnv, { readonly cartId: string }, unknown, unknown>,
  success: Success,
  run: (writing: Writing) => Promise<Outcome>,
): Promise<Response> {
  const now = Date.now();
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  const options = { ...guardOf(c.req.header('if-match')), idempotency, ttlMs: ttlOf(env) };
  const commit = async (command: CartCommand) =>
    (await unpriceable(env, located, command)) ?? change(located, command, options);
  return once(located.stub, { env, actor, idempotency, now, success }, () => run({ located, now, commit }));
}

/**
 * A cart whose market sells in its currency no more cannot be priced, and what cannot be answered is not done. Whether the
 * market sells is remembered; only where it does not is the cart itself asked about, which may be on its way elsewhere.
 */
async function unpriceable(env: CartEnv, located: LocatedCart, command: CartCommand): Promise<Outcome | null> {
  const { now } = command;
  // Where it goes was priced with the other details.
  const isMoving = command.type === 'change-details' && command.details.shippingAddress !== undefined;
  if (isMoving || (await marketOf(env, located.origin, now)).ok) return null;
  const found = await find(env, located.cartId, now);
  const quoted = found === null ? null : await priced(env, found.cart, now);
  return quoted === null || quoted.ok ? null : refuse(quoted.refusal);
}

/** What the first change of a cart starts it with, and until when it may come. */
function beginningOf({ origin }: LocatedCart, env: CartEnv) {
  return { origin, emptyUntil: origin.createdAt + ttlOf(env) };
}

function guardOf(ifMatch: string | undefined): { readonly ifVersion: number | null } {
  const compared = ifMatchVersion(ifMatch);
  // An edit is about the cart, not about its prices: only the version before the dot counts.
  return { ifVersion: compared === null ? null : Number(compared.split('.')[0]) };
}
