/**
 * What a request needs before a cart's object is asked: where the object is, which market a new cart is in, and what the catalogue
 * says of the variants. Markets and variants come from a short memory.
 */

import type { CartLine, CartSnapshot, FreezeRefusal } from '../../../shared/contracts/cart/api.ts';
import type { CustomGoodsInput, HandLineInput } from '../../../shared/contracts/cart/by-hand-http.ts';
import type { LineInput } from '../../../shared/contracts/cart/http.ts';
import type { MarketChoice, MarketWish, PricingRefusal } from '../../../shared/contracts/pricing/api.ts';
import { secretsOf } from '../../../shared/digest/shop-secrets.ts';
import type { FieldFault } from '../../../shared/http/problem.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { currenciesOf, customVariant, goodsOf, handPriceOf } from '../../../shared/quoting/by-hand.ts';
import { megabyte } from '../../../shared/values/bounded-map.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import { makeId } from '../../../shared/values/ids.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { unpack } from '../../../shared/values/packed.ts';
import {
  isRegion,
  locationHintOf,
  objectNameOf,
  type Place,
  regionDefault,
  shardsPerRegion,
} from '../../../shared/values/placement.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { Background } from '../../../shared/values/revised-memory.ts';
import { ShortCache } from '../../../shared/values/short-cache.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { CartEnv } from '../context.ts';
import { baseOf, type CartOrigin, cartAt, evolveCart, type StartedCart } from '../domain/cart.ts';
import type { CartCommand, CartCommandRefusal } from '../domain/decide.ts';
import { makeCartId, type ReadCartId, readCartId, readOwnCartId } from './cart-id.ts';
import type { CartStub, StoredCart } from './cart-object.ts';
import { marketsMemory } from './sales.ts';
import { standingMemory } from './standings.ts';
import { variantMemory, variantsOf } from './variants.ts';

interface UnknownVariant {
  readonly code: 'unknown-variant';
  readonly errors: readonly FieldFault[];
}

interface WrongCurrency {
  readonly code: 'wrong-currency';
  readonly currency: Currency;
  readonly errors: readonly FieldFault[];
}

interface Known {
  readonly now: number;
  readonly background: Background;
}

export const noCart = { code: 'not-found', detail: 'There is no such cart; it may have expired.' } as const;

/** A cart in the form in which it is read, started or not. */
export interface PresentCart {
  readonly cartId: string;
  readonly cart: StartedCart;
  readonly version: number;
}

/** An edit of a market reaches an isolate that the router did not notify at most this late; a checkout asks pricing itself. */
const rememberMs = 30 * secondMs;
const marketCache = new ShortCache<MarketChoice>({ ttlMs: rememberMs, bytesMax: megabyte });

/** The merchant has edited something: clears the memories, also for answers that are on their way. */
export function forgetMerchant(): void {
  variantMemory.clear();
  marketCache.clear();
  standingMemory.clear();
  marketsMemory.clear();
}

export function stubOf(env: Pick<CartEnv, 'CARTS'>, place: Place): CartStub {
  return env.CARTS.getByName(objectNameOf(place), { locationHint: locationHintOf(place) });
}

/** Where a new cart lives: near the shopper, and with an idempotency key always at the same object. */
export function placeOf(region: string, random: Uint8Array, idempotency: IdempotencyKey | null): Place {
  const number = idempotency === null ? (random[10] ?? 0) : Number.parseInt(idempotency.key.slice(0, 8), 16);
  return { region: isRegion(region) ? region : regionDefault, shard: number % shardsPerRegion };
}

async function marketOf(env: CartEnv, wish: MarketWish, now: number): Promise<Result<MarketChoice, PricingRefusal>> {
  const key = `${wish.country}/${wish.currency}`;
  const known = marketCache.get(key, now);
  if (known !== undefined) return accept(known);
  const { generation } = marketCache;
  const found = await env.PRICING.market(wish);
  if (found.ok && generation === marketCache.generation) marketCache.set(key, found.value, now);
  return found;
}

/** The market that a new cart names; without a country the one of the shopper's, as far as we sell there. */
export async function marketOfNewCart(
  env: CartEnv,
  named: { readonly country?: string | undefined; readonly currency?: string | undefined },
  shopperCountry: string | null,
  now: number,
): Promise<Result<MarketChoice, PricingRefusal>> {
  const currency = named.currency ?? null;
  if (named.country !== undefined) return marketOf(env, { country: named.country, currency }, now);
  // A currency that is named says more about the wish than the place where the shopper happens to be.
  const guessed = await marketOf(env, { country: currency === null ? shopperCountry : null, currency }, now);
  return guessed.ok ? guessed : marketOf(env, { country: null, currency }, now);
}

/** How work that may end after the answer is kept alive, and where its failures go. */
export const backgroundOf = (later: Background['later']): Background => ({ later, report: reportDefect });

/** The variants that lines name, in their order; a line that names none is refused with its pointer. */
export async function newLines(
  env: CartEnv,
  inputs: readonly LineInput[],
  pointerOf: (index: number) => string,
  { now, background }: { readonly now: number; readonly background: Background },
): Promise<Result<CartLine[], UnknownVariant>> {
  const found = await variantsOf(env.CATALOG, inputs, now, background);
  const missing = inputs.flatMap((input, index) => {
    if (found[index] !== undefined) return [];
    const field = input.sku === undefined ? 'variantId' : 'sku';
    return [
      { pointer: `${pointerOf(index)}/${field}`, detail: `There is no variant "${input.sku ?? input.variantId}".` },
    ];
  });
  if (missing.length > 0) return refuse({ code: 'unknown-variant', errors: missing });
  const lines = inputs.flatMap(({ quantity, attributes }, index): CartLine[] => {
    const variant = found[index];
    const lineId = makeId('line', { now, random: crypto.getRandomValues(new Uint8Array(10)) });
    return variant === undefined ? [] : [{ lineId, variant, quantity, attributes: attributes ?? {} }];
  });
  return accept(lines);
}

/** Lines that a merchant adds: of the catalogue or not, each with its price by hand where it has one. */
export async function handLines(
  env: CartEnv,
  inputs: readonly HandLineInput[],
  { currency, actor, now, background }: { readonly currency: Currency; readonly actor: string } & Known,
): Promise<Result<CartLine[], UnknownVariant | WrongCurrency>> {
  for (const [index, input] of inputs.entries()) {
    const others = currenciesOf(input, `/lines/${index}`).filter((sent) => sent.currency !== currency);
    if (others.length === 0) continue;
    const detail = `The cart is in ${currency}.`;
    return refuse({ code: 'wrong-currency', currency, errors: others.map(({ pointer }) => ({ pointer, detail })) });
  }
  const named = inputs.flatMap((input, index) => (input.custom === undefined ? [{ input, index }] : []));
  const wanted = named.map(({ input }) => input);
  const found = await newLines(env, wanted, (at) => `/lines/${named[at]?.index}`, { now, background });
  if (!found.ok) return found;
  const ofCatalog = [...found.value];
  return accept(
    inputs.flatMap((input): CartLine[] => {
      const line = input.custom === undefined ? ofCatalog.shift() : customLine(input, input.custom, now);
      const price = handPriceOf(input);
      if (line === undefined) return [];
      return price === null ? [line] : [{ ...line, byHand: { price, reason: input.reason ?? '', actor, at: now } }];
    }),
  );
}

function customLine({ quantity, attributes }: HandLineInput, goods: CustomGoodsInput, now: number): CartLine {
  const lineId = makeId('line', { now, random: crypto.getRandomValues(new Uint8Array(10)) });
  const variant = customVariant(lineId, goodsOf(goods));
  return { lineId, variant, quantity, attributes: attributes ?? {} };
}

/** A cart id that was read, with the object that holds the cart. */
export interface LocatedCart extends ReadCartId {
  readonly cartId: string;
  readonly stub: CartStub;
}

export function locate(env: CartEnv, cartId: string): LocatedCart | null {
  const read = readCartId(cartId, secretsOf(env));
  return read === null ? null : { ...read, cartId, stub: stubOf(env, read.place) };
}

/** The same for an id that a checkout or a draft has kept, whatever became of the secret that it was sealed with. */
export function locateOwn(env: Pick<CartEnv, 'CARTS'>, cartId: string): LocatedCart | null {
  const read = readOwnCartId(cartId);
  return read === null ? null : { ...read, cartId, stub: stubOf(env, read.place) };
}

export function locateNew(env: CartEnv, place: Place, origin: CartOrigin, random: Uint8Array): LocatedCart {
  const cartId = makeCartId(place, origin, { now: origin.createdAt, random }, secretsOf(env));
  return { cartId, place, origin, stub: stubOf(env, place) };
}

/** A cart as it is now. One that nothing was put into yet exists by its id alone, until it would have expired. */
export function present(
  located: Pick<LocatedCart, 'cartId' | 'origin'>,
  { cart, version }: StoredCart,
  ttlMs: number,
  now: number,
): PresentCart | null {
  if (cart.status !== 'empty') return { cartId: located.cartId, cart: cartAt(cart, now), version };
  if (located.origin.createdAt + ttlMs <= now) return null;
  const fresh = evolveCart(cart, { type: 'cart-started', origin: located.origin, at: located.origin.createdAt });
  return fresh.status === 'empty' ? null : { cartId: located.cartId, cart: fresh, version };
}

/** Freezes a cart for a checkout and reads it in the same call. */
export async function freezeCart(
  located: LocatedCart,
  command: Extract<CartCommand, { type: 'freeze' }>,
  ttlMs: number,
): Promise<Result<CartSnapshot, FreezeRefusal>> {
  const { cartId } = located;
  const answer = unpack(await located.stub.execute(cartId, command));
  return freezeAnswerOf(present(located, answer, ttlMs, command.now), answer.refusal);
}

/** What a freeze answers: the cart, or why it was refused. `found` is the cart as it is after the attempt. */
export function freezeAnswerOf(
  found: PresentCart | null,
  refusal: CartCommandRefusal | null,
): Result<CartSnapshot, FreezeRefusal> {
  switch (refusal?.code) {
    case undefined:
      return found === null ? refuse(noCart) : accept(snapshotOf(found));
    case 'not-found':
      return refuse(found === null ? refusal : { code: 'cart-empty' });
    case 'cart-changed':
    case 'cart-frozen':
    case 'cart-completed':
      return refuse(refusal);
    default:
      throw new Error(`A freeze cannot be refused with ${refusal?.code}`);
  }
}

export function snapshotOf({ cartId, cart, version }: PresentCart): CartSnapshot {
  const { createdAt: _createdAt, ...shown } = baseOf(cart);
  const checkoutId = cart.status === 'active' ? null : cart.checkoutId;
  return { cartId, version, status: cart.status, checkoutId, ...shown };
}
