/**
 * A cart as it is answered: priced, as text. A Cart object makes most of these answers; the Worker makes the one of a new cart that
 * holds nothing, which no object has to know.
 */

import type { CatalogApi } from '../../../shared/contracts/catalog/api.ts';
import type {
  CartQuestion,
  CartQuote,
  OfferedGift,
  PricingApi,
  PricingRefusal,
} from '../../../shared/contracts/pricing/api.ts';
import type { CartExplanation } from '../../../shared/contracts/pricing/explanation.ts';
import { problemCodeOf, problemDocument } from '../../../shared/http/problem.ts';
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { isCustom } from '../../../shared/quoting/by-hand.ts';
import { askQuote, priceableOf } from '../../../shared/quoting/priceable.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import type { Background } from '../../../shared/values/revised-memory.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { CartEnv } from '../context.ts';
import { emptyCart, type StartedCart } from '../domain/cart.ts';
import { cartTtlMs } from '../domain/lifetime.ts';
import { type LineState, lineStates } from '../domain/line-state.ts';
import { type ShownCart, viewOf } from '../view.ts';
import type { CartAsked, CartText, StoredCart } from './cart-object.ts';
import { noCart, type PresentCart, present } from './carts.ts';
import { type StandingMemory, type Standings, standingMemory } from './standings.ts';
import { variantsOf } from './variants.ts';

export interface TextPorts {
  readonly pricing: Pick<PricingApi, 'quoteCart'>;
  readonly catalog: Pick<CatalogApi, 'variants' | 'variantRevision' | 'standings'>;
  readonly standings: StandingMemory;
  readonly background: Background;
  /** How long a cart is kept after its last change. */
  readonly ttlMs: number;
}

/** Pricing does not answer. Nothing was changed, so the client may simply try again. */
export class PricingSilent extends Error {}

/** Longer than pricing ever needs, and about as long as a shopper waits. */
const pricingDeadlineMs = 5 * secondMs;

/** What pricing answers, or `PricingSilent`. */
export async function heard<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await withDeadline(question, pricingDeadlineMs);
  } catch (error) {
    throw new PricingSilent(error instanceof Error ? error.message : String(error));
  }
}

export interface PricedCart extends CartQuote {
  /** Those that can be sold. */
  readonly gifts: readonly OfferedGift[];
  readonly lineStates: readonly LineState[];
}

/** How pricing is asked about a cart. One that is being bought, or was, keeps the prices of the moment at which it was frozen. */
export function questionOf(cart: StartedCart, now: number): CartQuestion {
  const isActive = cart.status === 'active';
  return { cart: priceableOf(cart), now, seenAt: isActive ? null : cart.updatedAt, needsGiftOffers: isActive };
}

export async function price(
  ports: TextPorts,
  cart: StartedCart,
  now: number,
  { isOptionWanted }: { readonly isOptionWanted: boolean },
): Promise<Result<PricedCart, PricingRefusal>> {
  const [quoted, standings] = await Promise.all([
    heard(askQuote(ports.pricing, { ...questionOf(cart, now), isOptionWanted })),
    standingsOf(ports, cart, now),
  ]);
  if (!quoted.ok) return quoted;
  const { quote } = quoted.value;
  const { offeredGifts = [] } = quote;
  const gifts = offeredGifts.length === 0 ? offeredGifts : await sellable(ports, offeredGifts, cart.currency, now);
  const maxima = new Map(quote.lines.map(({ lineId, quantityMax }) => [lineId, quantityMax]));
  const quantityMaxOf = (lineId: string) => maxima.get(lineId);
  return accept({
    ...quoted.value,
    gifts,
    lineStates: lineStates(cart.lines, { currency: cart.currency, standings, quantityMaxOf }),
  });
}

/** A cart that is being bought, or was, holds its goods already: nothing is said of what is left for others. */
async function standingsOf(
  { catalog, standings, background }: TextPorts,
  cart: StartedCart,
  now: number,
): Promise<Standings> {
  if (cart.status !== 'active' || cart.lines.length === 0) return new Map();
  const variantIds = cart.lines.flatMap(({ variant }) => (isCustom(variant) ? [] : variant.variantId));
  return standings.of(catalog, variantIds, now, background);
}

/** A gift that is not sold, or not in the currency, is not offered. While the catalogue does not answer, it is. */
async function sellable(
  { catalog, background }: TextPorts,
  gifts: readonly OfferedGift[],
  currency: Currency,
  now: number,
): Promise<readonly OfferedGift[]> {
  try {
    const variants = await variantsOf(catalog, gifts, now, background);
    return gifts.filter((_gift, index) => {
      const variant = variants[index];
      return variant?.isSold === true && variant.prices.some((price) => price.currency === currency);
    });
  } catch (error) {
    background.report('nobody says whether offered gifts are sold; they are offered', error);
    return gifts;
  }
}

export function textOf(found: PresentCart, shown: ShownCart, ttlMs: number, status: number): CartText {
  const body = JSON.stringify(viewOf(found, shown, ttlMs));
  return { status, body, shown: { cartId: found.cartId, version: found.version }, isReplay: false };
}

export function problemText<No extends Refusal>(refusal: No, requestId: string): CartText {
  const { code, ...facts } = refusal;
  return { ...problemDocument(problemCodeOf({ code }), { ...facts, requestId }), shown: null, isReplay: false };
}

/** A new cart that holds nothing. */
export async function emptyCartText(env: CartEnv, asked: CartAsked, background: Background): Promise<CartText> {
  const ttlMs = cartTtlMs(env.VITRINE_CART_DAYS);
  const found = present(asked, { cart: emptyCart, version: 0 }, ttlMs, asked.now);
  if (found === null) return problemText(noCart, asked.requestId);
  const ports = { pricing: env.PRICING, catalog: env.CATALOG, standings: standingMemory, background, ttlMs };
  const priced = await price(ports, found.cart, asked.now, { isOptionWanted: false });
  return priced.ok ? textOf(found, priced.value, ttlMs, 201) : problemText(priced.refusal, asked.requestId);
}

/** The cause of every cent of a cart. */
export async function explain(
  env: CartEnv,
  located: Pick<CartAsked, 'cartId' | 'origin'>,
  stored: StoredCart,
  now: number,
): Promise<Result<CartExplanation, PricingRefusal | typeof noCart>> {
  const found = present(located, stored, cartTtlMs(env.VITRINE_CART_DAYS), now);
  return found === null ? refuse(noCart) : env.PRICING.explainCart(questionOf(found.cart, now));
}
