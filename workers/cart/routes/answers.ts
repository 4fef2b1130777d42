/**
 * How requests about carts are answered: with the cart, priced, under its version; and under an idempotency key always with the
 * first answer.
 */

import type { CartView } from '../../../shared/contracts/cart/http.ts';
import type { Actor } from '../../../shared/http/actor.ts';
import { refused } from '../../../shared/http/app.ts';
import { etagOfText } from '../../../shared/http/conditional.ts';
import { replayedHeader } from '../../../shared/http/idempotency.ts';
import { type IdempotencyKey, isFinalStatus } from '../../../shared/values/idempotency.ts';
import { unpack } from '../../../shared/values/packed.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { CartEnv } from '../context.ts';
import { cartTtlMs } from '../domain/lifetime.ts';
import type { CartStub, Recalled } from '../service/cart-object.ts';
import { type CartRefusal, change, locate, type PresentCart, present } from '../service/carts.ts';
import { priced } from '../service/details.ts';
import { mayBeSold } from '../service/variants.ts';
import { viewOf } from '../view.ts';

/** Who asks for what kind of answer, beside the command. */
export interface Asked {
  readonly env: CartEnv;
  readonly actor: Actor;
  readonly idempotency: IdempotencyKey | null;
  readonly now: number;
  readonly success: Success;
}

export interface Success {
  readonly status: 200 | 201;
  /** The answer says where the new cart is. */
  readonly isNewCart: boolean;
}

export type Outcome = Result<PresentCart, CartRefusal>;

export const privately = 'private, no-store';

export const noCart = { code: 'not-found', detail: 'There is no such cart; it may have expired.' } as const;

export const ttlOf = (env: CartEnv) => cartTtlMs(env.VITRINE_CART_DAYS);

export async function find(env: CartEnv, cartId: string, now: number): Promise<PresentCart | null> {
  const located = locate(env, cartId);
  return located === null ? null : present(located, unpack(await located.stub.read(cartId)), ttlOf(env), now);
}

export const orNoCart = (found: PresentCart | null): Outcome => (found === null ? refuse(noCart) : accept(found));

/** Runs a request once per key: what is kept is answered before anything is checked, and what is final is kept. */
export async function once(stub: CartStub, asked: Asked, run: () => Promise<Outcome>): Promise<Response> {
  const { env, actor, idempotency, now } = asked;
  if (idempotency === null) return respond(await run(), asked);
  const recalled = await stub.recall(idempotency, now);
  if (recalled?.kind === 'refused') return refused(recalled.refusal, actor);
  if (recalled?.kind === 'answered') return replayOf(recalled, asked);
  // The change is there but its answer was lost in a crash: the cart as it is now is the best answer there is.
  const outcome = recalled === null ? await run() : orNoCart(await find(env, recalled.cartId, now));
  const response = await respond(outcome, asked);
  if (isFinalStatus(response.status))
    await stub.keepAnswer(idempotency, response.status, await response.clone().text(), now);
  return response;
}

function replayOf({ status, body }: Extract<Recalled, { kind: 'answered' }>, asked: Asked): Response {
  if (status >= 400) {
    const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...replayedHeader };
    return new Response(body, { status, headers });
  }
  const cart: CartView = JSON.parse(body);
  const headers = { 'content-type': 'application/json', ...headersOf(cart, body, asked.success), ...replayedHeader };
  return new Response(body, { status, headers });
}

export async function respond(outcome: Outcome, { env, actor, now, success }: Asked): Promise<Response> {
  if (!outcome.ok) return refused(outcome.refusal, actor);
  const quoted = await priced(env, outcome.value.cart, now);
  if (!quoted.ok) return refused(quoted.refusal, actor);
  const { quote, usedUp } = quoted.value;
  const { currency, offeredGifts = [] } = quote;
  const gifts = offeredGifts.filter(({ variantId }) => mayBeSold(variantId, currency, now));
  const view = viewOf(await shownWithout(usedUp, outcome.value, { env, now }), quote, gifts, ttlOf(env));
  const text = JSON.stringify(view);
  const headers = { 'content-type': 'application/json', ...headersOf(view, text, success) };
  return new Response(text, { status: success.status, headers });
}

/**
 * The cart remembers which promotions its shopper was shown the total without, because they are used up: a checkout then
 * knows that nobody is charged what they have not seen. It is written only where that changes, which is seldom.
 */
async function shownWithout(
  usedUp: readonly string[],
  shown: PresentCart,
  { env, now }: Pick<Asked, 'env' | 'now'>,
): Promise<PresentCart> {
  const { cart, cartId, version } = shown;
  const isKnown = usedUp.length === cart.usedUp.length && usedUp.every((allowance) => cart.usedUp.includes(allowance));
  if (isKnown || cart.status !== 'active') return shown;
  const located = locate(env, cartId);
  if (located === null) return shown;
  const options = { ifVersion: version, idempotency: null, ttlMs: ttlOf(env) };
  const told = await change(located, { type: 'reprice', variants: [], usedUp, now }, options);
  // Another change came in between: its own answer tells.
  return told.ok ? told.value : shown;
}

function headersOf({ id, version }: CartView, text: string, { isNewCart }: Success): Record<string, string> {
  return {
    etag: etagOfText(version, text),
    'cache-control': privately,
    ...(isNewCart ? { location: `/v1/carts/${id}` } : {}),
  };
}
