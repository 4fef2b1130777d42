/** Carts over HTTP: parse, call, answer. */
import { cartTtlMs } from '../../durable-objects/cart/object.ts';
import * as operations from '../../shared/contracts/cart-http.ts';
import type { Actor } from '../../shared/http/actor.ts';
import { type App, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf, ifMatchVersion, ifNoneMatchHits } from '../../shared/http/conditional.ts';
import { type IdempotencyKey, idempotencyKeyOf, replayedHeader } from '../../shared/http/idempotency.ts';
import { money } from '../../shared/values/money.ts';
import type { Result } from '../../shared/values/result.ts';
import type { CartCommand, CartDetails } from './domain.ts';
import type { CartEnv } from './env.ts';
import {
  type Address,
  addressOf,
  type CartRefusal,
  change,
  checkDetails,
  marketOf,
  newAddress,
  newLines,
  type PresentCart,
  placeOf,
  present,
  priced,
  type Replay,
} from './service.ts';
import { viewOf } from './view.ts';

export const app: App<CartEnv> = createApp();

/** What a change needs beside its command. */
interface Request {
  readonly env: CartEnv;
  readonly actor: Actor;
  readonly idempotency: IdempotencyKey | null;
  readonly now: number;
}

const noCart = { code: 'not-found', detail: 'There is no such cart; it may have expired.' } as const;
const notFound = (actor: Actor) => refused(noCart, actor);

serve(app, operations.createCart, async ({ body, actor, env, c }) => {
  const now = Date.now();
  const idempotency = await idempotencyKeyOf(c.req.raw, actor, JSON.stringify(body), false);
  if (idempotency instanceof Response) return idempotency;
  const market = await marketOf(
    env,
    { country: body.country ?? (body.currency === undefined ? actor.country : null), currency: body.currency ?? null },
    now,
  );
  const fallback =
    market.ok || body.country !== undefined
      ? market
      : await marketOf(env, { country: null, currency: body.currency ?? null }, now);
  if (!fallback.ok) return refused(fallback.refusal, actor);
  const random = crypto.getRandomValues(new Uint8Array(16));
  const { country, currency } = fallback.value;
  const place = placeOf(actor.region, random, idempotency);
  const address = await newAddress(env, place, { country, currency, createdAt: now }, random);
  const inputs = body.lines ?? [];
  const request = { env, actor, idempotency, now };
  if (inputs.length === 0 && idempotency === null) return created(await answerNew(address, request), address);
  const lines = await newLines(env, inputs, (index) => `/lines/${index}`, now);
  if (!lines.ok) return refused(lines.refusal, actor);
  return created(
    await answerChange(
      address,
      { type: 'add-lines', lines: lines.value, ...beginningOf(address, env), now },
      undefined,
      request,
      201,
    ),
    address,
  );
});

/** An empty cart costs no commit: it is what its id says. */
async function answerNew(address: Address, request: Request): Promise<Response> {
  const found = present(address, { cart: { status: 'empty' }, version: 0 }, ttlOf(request.env), request.now);
  return found === null ? notFound(request.actor) : answer(found, request, 201);
}

function created(response: Response, address: Address): Response {
  if (response.status === 201 && !response.headers.has('idempotency-replayed'))
    response.headers.set('location', `/v1/carts/${address.cartId}`);
  return response;
}

serve(app, operations.getCart, async ({ params, actor, env, c }) => {
  const now = Date.now();
  const found = await find(env, params.cartId, now);
  if (found === null) return notFound(actor);
  const etag = etagOf(found.version);
  if (ifNoneMatchHits(c.req.header('if-none-match'), etag))
    return new Response(null, { status: 304, headers: { etag } });
  return answer(found, { env, actor, idempotency: null, now }, 200);
});

serve(app, operations.listShippingOptions, async ({ params, actor, env }) => {
  const found = await find(env, params.cartId, Date.now());
  if (found === null) return notFound(actor);
  const quote = await priced(env, found.cart);
  if (!quote.ok) return refused(quote.refusal, actor);
  const { shippingOptions, currency } = quote.value;
  return json({
    items: shippingOptions.map(({ id, name, priceMinor }) => ({ id, name, price: money(priceMinor, currency) })),
    next: null,
  });
});

serve(app, operations.addLine, async ({ params, body, actor, env, c }) => {
  const now = Date.now();
  const [address, idempotency, lines] = await Promise.all([
    addressOf(env, params.cartId),
    idempotencyKeyOf(c.req.raw, actor, JSON.stringify(body), false),
    newLines(env, [body], () => '', now),
  ]);
  if (address === null) return notFound(actor);
  if (idempotency instanceof Response) return idempotency;
  if (!lines.ok) return refused(lines.refusal, actor);
  const command: CartCommand = { type: 'add-lines', lines: lines.value, ...beginningOf(address, env), now };
  return answerChange(address, command, c.req.header('if-match'), { env, actor, idempotency, now }, 201);
});

serve(app, operations.changeLine, async ({ params, body, actor, env, c }) => {
  const now = Date.now();
  const address = await addressOf(env, params.cartId);
  if (address === null) return notFound(actor);
  const idempotency = await idempotencyKeyOf(c.req.raw, actor, JSON.stringify(body), false);
  if (idempotency instanceof Response) return idempotency;
  const { lineId } = params;
  const command: CartCommand =
    body.quantity === 0
      ? { type: 'remove-line', lineId, now }
      : { type: 'change-line', lineId, quantity: body.quantity, now };
  return answerChange(address, command, c.req.header('if-match'), { env, actor, idempotency, now }, 200);
});

serve(app, operations.removeLine, async ({ params, actor, env, c }) => {
  const now = Date.now();
  const address = await addressOf(env, params.cartId);
  if (address === null) return notFound(actor);
  const command: CartCommand = { type: 'remove-line', lineId: params.lineId, now };
  return answerChange(address, command, c.req.header('if-match'), { env, actor, idempotency: null, now }, 200);
});

serve(app, operations.changeCart, async ({ params, body, actor, env, c }) => {
  const now = Date.now();
  const address = await addressOf(env, params.cartId);
  const idempotency = await idempotencyKeyOf(c.req.raw, actor, JSON.stringify(body), false);
  if (idempotency instanceof Response) return idempotency;
  const found = address === null ? null : await find(env, params.cartId, now);
  if (address === null || found === null) return notFound(actor);
  const details: Partial<CartDetails> = Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== undefined),
  );
  const refusal = await checkDetails(env, found.cart, details);
  if (refusal !== null) return refused(refusal, actor);
  const command: CartCommand = { type: 'change-details', details, ...beginningOf(address, env), now };
  return answerChange(address, command, c.req.header('if-match'), { env, actor, idempotency, now }, 200);
});

const ttlOf = (env: CartEnv) => cartTtlMs(env.VITRINE_CART_DAYS);

/** What the first change of a cart starts it with, and until when it may come. */
function beginningOf({ origin }: Address, env: CartEnv) {
  return { origin, emptyUntil: origin.createdAt + ttlOf(env) };
}

async function find(env: CartEnv, cartId: string, now: number): Promise<PresentCart | null> {
  const address = await addressOf(env, cartId);
  return address === null ? null : present(address, await address.stub.read(cartId), ttlOf(env), now);
}

async function answerChange(
  address: Address,
  command: CartCommand,
  ifMatch: string | undefined,
  request: Request,
  status: 200 | 201,
): Promise<Response> {
  const { idempotency, env, actor, now } = request;
  const compared = ifMatchVersion(ifMatch);
  const ifVersion = compared === null ? null : Number(compared);
  const changed: Result<PresentCart | Replay, CartRefusal> = await change(address, command, {
    ifVersion,
    idempotency,
    ttlMs: ttlOf(env),
  });
  if (!changed.ok) return refused(changed.refusal, actor);
  if ('replay' in changed.value) {
    const { body, status: before } = changed.value.replay;
    return new Response(body, { status: before, headers: { 'content-type': 'application/json', ...replayedHeader } });
  }
  const response = await answer(changed.value, request, status);
  if (idempotency !== null && response.ok)
    await address.stub.keepAnswer(idempotency, response.status, await response.clone().text(), now);
  return response;
}

async function answer(found: PresentCart, { env, actor, now }: Request, status: 200 | 201): Promise<Response> {
  const quote = await priced(env, found.cart);
  if (!quote.ok) return refused(quote.refusal, actor);
  return json(viewOf(found, quote.value, ttlOf(env), now), status, {
    etag: etagOf(found.version),
    'cache-control': 'private, no-store',
  });
}
