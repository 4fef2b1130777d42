/** Carts over HTTP: parse, ask the cart's object once, answer. And the countries that carts may go to. */

import { addLinesByHand, setCartDiscount } from '../../shared/contracts/cart/by-hand-http.ts';
import { getCountry, listCountries } from '../../shared/contracts/cart/countries-http.ts';
import { type CartCustomerInput, setCartCustomer } from '../../shared/contracts/cart/customers-http.ts';
import * as operations from '../../shared/contracts/cart/http.ts';
import type { Actor } from '../../shared/http/actor.ts';
import { type App, type Call, createApp, json, refused, serve } from '../../shared/http/app.ts';
import { etagOf, etagOfText, ifMatchVersion, ifNoneMatchHits } from '../../shared/http/conditional.ts';
import { wrongCodesHeader } from '../../shared/http/door.ts';
import { replayedHeader } from '../../shared/http/idempotency.ts';
import { problem } from '../../shared/http/problem.ts';
import { currenciesOfDiscount, discountByHandOf } from '../../shared/quoting/by-hand.ts';
import type { Customer } from '../../shared/values/customer.ts';
import { fnv1a } from '../../shared/values/hash.ts';
import { pack, unpack } from '../../shared/values/packed.ts';
import type { Refusal } from '../../shared/values/result.ts';
import { noSuch } from '../../shared/values/result.ts';
import type { CartEnv } from './context.ts';
import type { CartAsked, CartText, CartWish, LinePlace } from './service/cart-object.ts';
import { emptyCartText, explain } from './service/cart-text.ts';
import {
  backgroundOf,
  handLines,
  type LocatedCart,
  locate,
  locateNew,
  marketOfNewCart,
  newLines,
  noCart,
  placeOf,
  stubOf,
} from './service/carts.ts';
import { listCountries as allCountries, languageOf, showCountry } from './service/countries.ts';
import { salesNow } from './service/sales.ts';

export const app: App<CartEnv> = createApp();

const privately = 'private, no-store';

type AnyCall = Pick<Call<CartEnv, unknown, unknown, unknown>, 'actor' | 'idempotency' | 'env' | 'c'>;

const notFound = (actor: Actor) => refused(noCart, actor);
const backgroundIn = ({ c }: AnyCall) => backgroundOf((work) => c.executionCtx.waitUntil(work));

serve(app, operations.createCart, async (call) => {
  const { body, actor, idempotency, env } = call;
  const now = Date.now();
  const random = crypto.getRandomValues(new Uint8Array(16));
  const place = placeOf(actor.region, random, idempotency);
  const market = await marketOfNewCart(env, body, actor.country, now);
  if (!market.ok) return refusedEarly(call, market.refusal, { stub: stubOf(env, place), now, isNewCart: true });
  const { country, currency } = market.value;
  const located = locateNew(env, place, { country, currency, createdAt: now }, random);
  const asked = askedOf(located, actor, now);
  const inputs = body.lines ?? [];
  // An empty cart costs no commit: it is what its id says.
  if (inputs.length === 0 && idempotency === null)
    return answerOf(await emptyCartText(env, asked, backgroundIn(call)), { isNewCart: true });
  const lines = await newLines(env, inputs, (index) => `/lines/${index}`, { now, background: backgroundIn(call) });
  if (!lines.ok) return refusedEarly(call, lines.refusal, { stub: located.stub, now, isNewCart: true });
  const wish: CartWish = { type: 'add-lines', lines: lines.value, places: placesOf(inputs) };
  const write = { ...asked, wish, ifVersion: null, idempotency, isNew: true, status: 201 as const };
  return answerOf(await located.stub.write(pack(write)), { isNewCart: true });
});

serve(app, operations.getCart, async ({ params, actor, env, c }) => {
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  const response = answerOf(await located.stub.show(askedOf(located, actor, Date.now())));
  const etag = response.headers.get('etag');
  return etag !== null && ifNoneMatchHits(c.req.header('if-none-match'), etag)
    ? new Response(null, { status: 304, headers: { etag, 'cache-control': privately } })
    : response;
});

serve(app, operations.listPaymentMethods, async ({ params, actor, env }) => {
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  return answerOf(await located.stub.paymentMethods(askedOf(located, actor, Date.now())));
});

serve(app, operations.listShippingOptions, async ({ params, actor, env }) => {
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  return answerOf(await located.stub.shippingOptions(askedOf(located, actor, Date.now())));
});

serve(app, operations.explainCart, async ({ params, actor, env }) => {
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  const explained = await explain(env, located, unpack(await located.stub.read(params.cartId)), Date.now());
  return explained.ok ? json(explained.value, 200, { 'cache-control': privately }) : refused(explained.refusal, actor);
});

serve(app, operations.addLine, (call) =>
  write(call, 201, async (now) => {
    const lines = await newLines(call.env, [call.body], () => '', { now, background: backgroundIn(call) });
    const places = [{ pointer: '', field: fieldOf(call.body) }];
    return lines.ok ? { type: 'add-lines', lines: lines.value, places } : lines.refusal;
  }),
);

serve(app, addLinesByHand, (call) => {
  const { kind, id } = call.actor;
  return write(call, 201, async (now) => {
    const located = locate(call.env, call.params.cartId);
    if (located === null) return noCart;
    const { currency } = located.origin;
    const known = { currency, actor: `${kind}:${id}`, now, background: backgroundIn(call) };
    const lines = await handLines(call.env, call.body.lines, known);
    return lines.ok ? { type: 'add-lines', lines: lines.value, places: placesOf(call.body.lines) } : lines.refusal;
  });
});

serve(app, setCartDiscount, (call) => {
  const { actor, body } = call;
  const { kind, id } = actor;
  return write(call, 200, (at) => ({
    type: 'set-discount',
    discount: discountByHandOf(body, { actor: `${kind}:${id}`, at }),
    currencies: currenciesOfDiscount(body.discount, '/discount').map(({ currency }) => currency),
  }));
});

serve(app, operations.changeLine, (call) => {
  const { lineId } = call.params;
  const { quantity, attributes } = call.body;
  if (quantity === 0) return write(call, 200, () => ({ type: 'remove-line', lineId }));
  const change = {
    ...(quantity === undefined ? {} : { quantity }),
    ...(attributes === undefined ? {} : { attributes }),
  };
  return write(call, 200, () => ({ type: 'change-line', lineId, ...change }));
});

serve(app, operations.removeLine, (call) =>
  write(call, 200, () => ({ type: 'remove-line', lineId: call.params.lineId })),
);

serve(app, operations.changeCart, (call) => write(call, 200, () => ({ type: 'change-details', input: call.body })));

serve(app, setCartCustomer, (call) => {
  const { kind, id } = call.actor;
  return write(call, 200, () => ({ type: 'set-customer', customer: customerOf(call.body), actor: `${kind}:${id}` }));
});

const unknownSales = 'Where the shop sells is not known for a moment. The countries without `sold` are.';

serve(app, listCountries, async ({ query, actor, env, c }) => {
  const language = languageOf(query.language, c.req.header('accept-language'));
  const { saleIn, isOfNow, isKnown } = await salesNow(env.PRICING, Date.now());
  if (query.sold !== undefined && !isKnown) return unavailable(unknownSales, actor.requestId);
  const all = allCountries(language, saleIn);
  const items = query.sold === undefined ? all : all.filter(({ isSold }) => `${isSold}` === query.sold);
  return publicly(c.req.header('if-none-match'), { items, next: null }, { language, isCached: isOfNow });
});

serve(app, getCountry, async ({ params, query, actor, env, c }) => {
  const language = languageOf(query.language, c.req.header('accept-language'));
  const { saleIn, isOfNow } = await salesNow(env.PRICING, Date.now());
  const country = showCountry(params.code.toUpperCase(), language, saleIn);
  if (country === null) return refused(noSuch('country'), actor);
  return publicly(c.req.header('if-none-match'), country, { language, isCached: isOfNow });
});

function unavailable(detail: string, requestId: string): Response {
  return problem('unavailable', { detail, requestId, headers: { 'retry-after': '5' } });
}

/** What is the same for everybody who reads that language, until the merchant sells elsewhere. What is not sure is in no cache. */
function publicly(
  ifNoneMatch: string | undefined,
  answer: object,
  { language, isCached }: { readonly language: string; readonly isCached: boolean },
): Response {
  const text = JSON.stringify(answer);
  const etag = etagOf(fnv1a(text).toString(36));
  const headers = {
    etag,
    'cache-control': isCached ? 'public, max-age=60' : 'no-store',
    vary: 'accept-language',
    'content-language': language,
  };
  if (ifNoneMatchHits(ifNoneMatch, etag)) return new Response(null, { status: 304, headers });
  return new Response(text, { headers: { ...headers, 'content-type': 'application/json' } });
}

function customerOf({ customerId: id, groups, isTaxExempt }: CartCustomerInput): Customer | null {
  return id === null ? null : { id, groups: [...new Set(groups)], isTaxExempt };
}

function placesOf(inputs: readonly NamedLine[]): LinePlace[] {
  return inputs.map((input, index) => ({ pointer: `/lines/${index}`, field: fieldOf(input) }));
}

function fieldOf({ sku, variantId }: NamedLine): LinePlace['field'] {
  if (sku !== undefined) return 'sku';
  return variantId === undefined ? 'custom' : 'variantId';
}

interface NamedLine {
  readonly sku?: string | undefined;
  readonly variantId?: string | undefined;
}

/** Changes a cart that exists, once per key. */
async function write(
  call: AnyCall & { readonly params: { readonly cartId: string } },
  status: 200 | 201,
  wishOf: (now: number) => CartWish | Refusal | Promise<CartWish | Refusal>,
): Promise<Response> {
  const { params, actor, idempotency, env, c } = call;
  const now = Date.now();
  const located = locate(env, params.cartId);
  if (located === null) return notFound(actor);
  const wish = await wishOf(now);
  if (!('type' in wish)) return refusedEarly(call, wish, { stub: located.stub, now, isNewCart: false });
  const ifVersion = versionIn(c.req.header('if-match'));
  const write = { ...askedOf(located, actor, now), wish, ifVersion, idempotency, isNew: false, status };
  return answerOf(await located.stub.write(pack(write)));
}

/** Answers what is refused before the cart is asked. Its object knows whether the key has an answer already. */
async function refusedEarly(
  { actor, idempotency }: AnyCall,
  refusal: Refusal,
  { stub, now, isNewCart }: Pick<LocatedCart, 'stub'> & { readonly now: number; readonly isNewCart: boolean },
): Promise<Response> {
  if (idempotency === null) return refused(refusal, actor);
  return answerOf(await stub.refuse({ refusal, idempotency, requestId: actor.requestId, now }), { isNewCart });
}

function askedOf({ cartId, origin }: LocatedCart, { requestId }: Actor, now: number): CartAsked {
  return { cartId, origin, requestId, now };
}

/** An edit is about the cart, not about its prices: of the version that is named, only the part before the dot counts. */
function versionIn(ifMatch: string | undefined): number | null {
  const compared = ifMatchVersion(ifMatch);
  if (compared === null) return null;
  const version = Number(compared.split('.')[0]);
  // The command travels as JSON, where NaN would become null: an edit without a guard. No cart has a version below zero.
  return Number.isInteger(version) ? version : -1;
}

/** How an answer leaves: the text that the cart's object made, under its version. `isNewCart`: it says where the cart is. */
function answerOf({ status, body, shown, isReplay, wrongCodes = 0 }: CartText, { isNewCart = false } = {}): Response {
  const replayed = isReplay ? replayedHeader : {};
  if (status >= 400) {
    const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...replayed };
    return new Response(body, { status, headers });
  }
  const headers = {
    'content-type': 'application/json',
    ...(shown === null ? {} : { etag: etagOfText(shown.version, body), 'cache-control': privately }),
    ...(wrongCodes === 0 ? {} : { [wrongCodesHeader]: `${wrongCodes}` }),
    ...(shown === null || !isNewCart ? {} : { location: `/v1/carts/${shown.cartId}` }),
    ...replayed,
  };
  return new Response(body, { status, headers });
}
