/**
 * What a shopper sets beside the lines, checked before it is kept: gift cards and credit must exist and be theirs. A discount code is
 * kept whatever it is: the answer says of each whether it takes something off, and why not, so that a mistyped one spoils nothing else.
 */

import type { CartDetails, CartGiftCard, CartStoreCredit } from '../../../shared/contracts/cart/api.ts';
import type { DetailsInput } from '../../../shared/contracts/cart/http.ts';
import {
  type AllowancesApi,
  type GiftCardFinding,
  type GiftCardsApi,
  giftCardBalance,
  storeCreditBalance,
  usableMinorOf,
} from '../../../shared/contracts/pricing/allowances.ts';
import type { PricingApi, PricingRefusal } from '../../../shared/contracts/pricing/api.ts';
import type { FieldFault } from '../../../shared/http/problem.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { CartOrigin, StartedCart } from '../domain/cart.ts';
import type { Beginning, CartCommand } from '../domain/decide.ts';
import type { CartWish } from './cart-object.ts';
import { heard } from './cart-text.ts';
import type { PresentCart } from './carts.ts';

type DetailPorts = Pick<AllowancesApi, 'balances'> & Pick<GiftCardsApi, 'findGiftCards'> & Pick<PricingApi, 'market'>;
type BalancePorts = Omit<DetailPorts, 'market'>;

type Moved = Pick<CartOrigin, 'country' | 'currency'>;

type DetailsRefusal = { readonly detail: string; readonly errors: readonly FieldFault[] } & (
  | { readonly code: 'gift-card-unusable'; readonly reason: Exclude<GiftCardFinding['status'], 'usable'> }
  | { readonly code: 'customer-needed' }
);

/** What a wish means for a cart, or why it cannot be. Only gift cards, credit and another market must be asked for. */
export async function commandOf(
  pricing: DetailPorts,
  found: PresentCart | null,
  wish: CartWish,
  at: Beginning & { readonly now: number },
): Promise<Result<CartCommand, DetailsRefusal | PricingRefusal>> {
  if (wish.type !== 'change-details') return accept({ ...wish, ...at });
  const { country, currency, ...input } = wish.input;
  const cart = found?.cart ?? null;
  const market = cart === null ? accept(null) : await marketOf(pricing, cart, { country, currency });
  if (!market.ok) return market;
  const details = await detailsOf(pricing, cart, input, at.now, market.value);
  if (!details.ok) return details;
  const moved = market.value === null ? {} : { market: market.value };
  return accept({ type: wish.type, details: details.value, ...moved, ...at });
}

/** Where the cart moves to. A currency that was not named stays as long as the country is sold to in it. */
async function marketOf(
  pricing: Pick<DetailPorts, 'market'>,
  cart: StartedCart,
  wish: Pick<DetailsInput, 'country' | 'currency'>,
): Promise<Result<Moved | null, PricingRefusal>> {
  if (wish.country === undefined && wish.currency === undefined) return accept(null);
  const country = wish.country ?? cart.country;
  const asked = await heard(pricing.market({ country, currency: wish.currency ?? cart.currency }));
  const isFree = !asked.ok && asked.refusal.code === 'currency-not-in-market' && wish.currency === undefined;
  const found = isFree ? await heard(pricing.market({ country, currency: null })) : asked;
  return found.ok ? accept({ country, currency: found.value.currency }) : found;
}

/** The details that an input means, or why the cart cannot have them. */
export async function detailsOf(
  pricing: BalancePorts,
  before: StartedCart | null,
  input: Omit<DetailsInput, 'country' | 'currency'>,
  now: number,
  market: Moved | null = null,
): Promise<Result<Partial<CartDetails>, DetailsRefusal>> {
  const isOtherMoney = before !== null && market !== null && market.currency !== before.currency;
  // Cards of another currency pay nothing, and the credit is another one.
  const cart = isOtherMoney ? { ...before, currency: market.currency, giftCards: [] } : before;
  const {
    giftCards,
    useStoreCredit = isOtherMoney && before.storeCredit !== null ? true : undefined,
    ...others
  } = input;
  const details = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  // A cart that does not exist is refused by its own rules later.
  if (cart === null || (giftCards === undefined && useStoreCredit === undefined)) return accept(details);
  const cards = giftCards === undefined ? null : await cardsOf(pricing, cart, giftCards, now);
  if (cards?.ok === false) return cards;
  const credit = useStoreCredit === undefined ? null : await creditOf(pricing, cart, useStoreCredit, now);
  if (credit?.ok === false) return credit;
  return accept({
    ...details,
    ...(cards === null ? {} : { giftCards: cards.value }),
    ...(credit === null ? {} : { storeCredit: credit.value }),
  });
}

/** The store credit of the cart's customer. A guest is refused before any balance is read. */
async function creditOf(
  pricing: BalancePorts,
  { customer, currency }: StartedCart,
  isUsed: boolean,
  now: number,
): Promise<Result<CartStoreCredit | null, DetailsRefusal>> {
  if (!isUsed) return accept(null);
  if (customer === null) {
    const detail = 'Only a customer has store credit, and this cart has no customer.';
    return refuse({ code: 'customer-needed', detail, errors: [{ pointer: '/useStoreCredit', detail }] });
  }
  const [levels] = await heard(pricing.balances([storeCreditBalance(customer.id, currency)], now));
  return accept({ customerId: customer.id, balanceMinor: usableMinorOf(levels, now) });
}

/** The cards that the codes name. An input may also be the id of a card that is in the cart: its balance is read again. */
async function cardsOf(
  pricing: BalancePorts,
  { giftCards: held, currency }: StartedCart,
  inputs: readonly string[],
  now: number,
): Promise<Result<CartGiftCard[], DetailsRefusal>> {
  const known = held.filter(({ cardId }) => inputs.includes(cardId));
  const codes = inputs.filter((input) => !known.some(({ cardId }) => cardId === input));
  const [findings, balances] = await Promise.all([
    codes.length === 0 ? [] : heard(pricing.findGiftCards({ codes, currency, now })),
    balancesOf(pricing, known, now),
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

async function balancesOf(pricing: BalancePorts, cards: readonly CartGiftCard[], now: number): Promise<CartGiftCard[]> {
  if (cards.length === 0) return [];
  const names = cards.map(({ cardId }) => giftCardBalance(cardId));
  const levels = await heard(pricing.balances(names, now));
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
