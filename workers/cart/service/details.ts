/**
 * What a shopper sets beside the lines, checked before it is kept: gift cards, credit and codes must exist and be theirs, and the
 * cart must still have a price. A code that only waits for something, such as a larger cart, is kept and shown as waiting.
 */

import type { CartDetails, CartGiftCard, CartStoreCredit } from '../../../shared/contracts/cart/api.ts';
import type { DetailsInput } from '../../../shared/contracts/cart/http.ts';
import {
  type GiftCardFinding,
  giftCardBalance,
  storeCreditBalance,
  usableMinorOf,
} from '../../../shared/contracts/pricing/allowances.ts';
import type {
  CartQuestion,
  CartQuote,
  PricingRefusal,
  Quote,
  RejectedCode,
} from '../../../shared/contracts/pricing/api.ts';
import type { FieldFault } from '../../../shared/http/problem.ts';
import { askQuote, priceableOf } from '../../../shared/quoting/priceable.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { CartEnv } from '../context.ts';
import type { StartedCart } from '../domain/cart.ts';

export type DetailsRefusal =
  | {
      readonly code: 'code-unknown' | 'code-not-started' | 'code-expired' | 'code-used-up' | 'code-not-for-customer';
      readonly detail: string;
      readonly discountCode: string;
      readonly from?: string;
      readonly until?: string;
      readonly available?: number;
      readonly errors: readonly FieldFault[];
    }
  | {
      readonly code: 'gift-card-unusable';
      readonly detail: string;
      readonly reason: Exclude<GiftCardFinding['status'], 'usable'>;
      readonly errors: readonly FieldFault[];
    }
  | { readonly code: 'customer-needed'; readonly detail: string; readonly errors: readonly FieldFault[] };

/** Prices a cart for an answer. One that is being bought, or was, keeps the prices of the moment at which it was frozen. */
export function priced(
  { PRICING }: Pick<CartEnv, 'PRICING'>,
  cart: StartedCart,
  now: number,
): Promise<Result<CartQuote, PricingRefusal>> {
  return askQuote(PRICING, questionOf(cart, now));
}

/** How pricing is asked for an answer about a cart. */
export function questionOf(cart: StartedCart, now: number): CartQuestion {
  const isActive = cart.status === 'active';
  return { cart: priceableOf(cart), now, seenAt: isActive ? null : cart.updatedAt, needsGiftOffers: isActive };
}

/** The details that an input means, or why the cart cannot have them. */
export async function detailsOf(
  env: Pick<CartEnv, 'PRICING'>,
  cart: StartedCart,
  input: DetailsInput,
  now: number,
): Promise<Result<Partial<CartDetails>, PricingRefusal | DetailsRefusal>> {
  const { giftCards, useStoreCredit, ...others } = input;
  const cards = giftCards === undefined ? null : await cardsOf(env, cart, giftCards, now);
  if (cards?.ok === false) return cards;
  const credit = useStoreCredit === undefined ? null : await creditOf(env, cart, useStoreCredit, now);
  if (credit?.ok === false) return credit;
  const details: Partial<CartDetails> = {
    ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined)),
    ...(cards === null ? {} : { giftCards: cards.value }),
    ...(credit === null ? {} : { storeCredit: credit.value }),
  };
  const refusal = await refusalOf(env, cart, details, now);
  return refusal === null ? accept(details) : refuse(refusal);
}

/** The credit of whom the merchant's system says the shopper is; a guest has none, and learns of nobody's. */
async function creditOf(
  { PRICING }: Pick<CartEnv, 'PRICING'>,
  { customer, currency }: StartedCart,
  isUsed: boolean,
  now: number,
): Promise<Result<CartStoreCredit | null, DetailsRefusal>> {
  if (!isUsed) return accept(null);
  if (customer === null) {
    const detail = 'Only a customer has store credit, and this cart is of nobody in particular.';
    return refuse({ code: 'customer-needed', detail, errors: [{ pointer: '/useStoreCredit', detail }] });
  }
  const [levels] = await PRICING.balances([storeCreditBalance(customer.id, currency)], now);
  return accept({ customerId: customer.id, balanceMinor: usableMinorOf(levels, now) });
}

/** The cards behind the codes; the id of a card that the cart has already stands for that card, as it is now. */
async function cardsOf(
  { PRICING }: Pick<CartEnv, 'PRICING'>,
  { giftCards: held, currency }: StartedCart,
  inputs: readonly string[],
  now: number,
): Promise<Result<CartGiftCard[], DetailsRefusal>> {
  const known = held.filter(({ cardId }) => inputs.includes(cardId));
  const codes = inputs.filter((input) => !known.some(({ cardId }) => cardId === input));
  const [findings, balances] = await Promise.all([
    codes.length === 0 ? [] : PRICING.findGiftCards({ codes, currency, now }),
    balancesOf(PRICING, known, now),
  ]);
  const found = new Map(codes.map((code, index) => [code, findings[index]]));
  const cards = new Map<string, CartGiftCard>();
  for (const [index, input] of inputs.entries()) {
    const finding = found.get(input);
    if (finding !== undefined && finding.status !== 'usable') return refuse(unusable(finding.status, index));
    const card = finding ?? balances.find(({ cardId }) => cardId === input);
    if (card === undefined) continue;
    const { cardId, last4, balanceMinor } = card;
    cards.set(cardId, { cardId, last4, balanceMinor });
  }
  return accept([...cards.values()]);
}

async function balancesOf(
  pricing: CartEnv['PRICING'],
  cards: readonly CartGiftCard[],
  now: number,
): Promise<CartGiftCard[]> {
  if (cards.length === 0) return [];
  const levels = await pricing.balances(
    cards.map(({ cardId }) => giftCardBalance(cardId)),
    now,
  );
  return cards.map((card, index) => ({ ...card, balanceMinor: usableMinorOf(levels[index], now) }));
}

const whyUnusable: Readonly<Record<Exclude<GiftCardFinding['status'], 'usable'>, string>> = {
  unknown: 'There is no such gift card.',
  expired: 'The gift card is not valid any more.',
  disabled: 'The gift card was blocked.',
  'wrong-currency': 'The gift card is in another currency than the cart.',
};

function unusable(reason: keyof typeof whyUnusable, index: number): DetailsRefusal {
  const detail = whyUnusable[reason];
  return { code: 'gift-card-unusable', detail, reason, errors: [{ pointer: `/giftCards/${index}`, detail }] };
}

/** Why the cart could not be priced with these details, or which of the codes is refused. */
async function refusalOf(
  { PRICING }: Pick<CartEnv, 'PRICING'>,
  cart: StartedCart,
  details: Partial<CartDetails>,
  now: number,
): Promise<PricingRefusal | DetailsRefusal | null> {
  const { shippingAddress, shippingOptionId, discountCodes } = details;
  if (shippingAddress === undefined && shippingOptionId === undefined && discountCodes === undefined) return null;
  const changed = { ...cart, ...details };
  const isOptionWanted = shippingOptionId !== undefined;
  const quoted = await askQuote(PRICING, { cart: priceableOf(changed), now, seenAt: null, isOptionWanted });
  if (!quoted.ok) return quoted.refusal;
  return discountCodes === undefined ? null : refusedCode(discountCodes, quoted.value.quote);
}

function refusedCode(codes: readonly string[], { rejectedCodes }: Quote): DetailsRefusal | null {
  for (const rejected of rejectedCodes) {
    const known = refusalsOfCodes[rejected.reason];
    if (known === undefined) continue;
    const { from, until, available } = rejected;
    return {
      code: known.code,
      detail: known.detail,
      discountCode: rejected.code,
      ...(from === undefined ? {} : { from: toTimestamp(from) }),
      ...(until === undefined ? {} : { until: toTimestamp(until) }),
      ...(available === undefined ? {} : { available }),
      errors: [{ pointer: `/discountCodes/${codes.indexOf(rejected.code)}`, detail: known.detail }],
    };
  }
  return null;
}

const refusalsOfCodes: Readonly<
  Partial<
    Record<RejectedCode['reason'], { readonly code: Extract<DetailsRefusal['code'], `code-${string}`>; detail: string }>
  >
> = {
  unknown: { code: 'code-unknown', detail: 'There is no such code.' },
  'not-started': { code: 'code-not-started', detail: 'The code is not valid yet.' },
  expired: { code: 'code-expired', detail: 'The code is not valid any more.' },
  'used-up': { code: 'code-used-up', detail: 'The code has been used up.' },
  'not-for-customer': { code: 'code-not-for-customer', detail: 'The code is not for this customer.' },
};
