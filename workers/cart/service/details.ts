/**
 * What a shopper sets beside the lines, looked up before it is kept: gift cards and credit must exist and be theirs. Whatever is given as
 * a code is answered by itself, so that a mistyped one spoils nothing else: a discount code is kept whatever it is, and pricing says
 * whether it takes something off; of a gift card that cannot pay, the cart keeps why, and never the code.
 */

import type {
  CartDetails,
  CartGiftCard,
  CartStoreCredit,
  RejectedGiftCard,
} from '../../../shared/contracts/cart/api.ts';
import type { DetailsInput } from '../../../shared/contracts/cart/http.ts';
import {
  type AllowancesApi,
  type GiftCardFinding,
  type GiftCardsApi,
  giftCardBalance,
  storeCreditBalance,
  usableMinorOf,
} from '../../../shared/contracts/pricing/allowances.ts';
import type { PricingApi, PricingRefusal, Quote } from '../../../shared/contracts/pricing/api.ts';
import { accept, type Result } from '../../../shared/values/result.ts';
import { normalizedCardCode, normalizedCode } from '../../../shared/values/typed-codes.ts';
import type { CartOrigin, StartedCart } from '../domain/cart.ts';
import type { Beginning, CartCommand } from '../domain/decide.ts';
import type { CartWish } from './cart-object.ts';
import { heard } from './cart-text.ts';
import type { PresentCart } from './carts.ts';

type DetailPorts = Pick<AllowancesApi, 'balances'> & Pick<GiftCardsApi, 'findGiftCards'> & Pick<PricingApi, 'market'>;
type BalancePorts = Omit<DetailPorts, 'market'>;

type Moved = Pick<CartOrigin, 'country' | 'currency'>;

/** What a wish means for a cart, or why it cannot be. Only gift cards, credit and another market must be asked for. */
export async function commandOf(
  pricing: DetailPorts,
  found: PresentCart | null,
  wish: CartWish,
  at: Beginning & { readonly now: number },
): Promise<Result<CartCommand, PricingRefusal>> {
  if (wish.type !== 'change-details') return accept({ ...wish, ...at });
  const { country, currency, ...input } = wish.input;
  const cart = found?.cart ?? null;
  const market = cart === null ? accept(null) : await marketOf(pricing, cart, { country, currency });
  if (!market.ok) return market;
  const details = await detailsOf(pricing, cart, input, at.now, market.value);
  const moved = market.value === null ? {} : { market: market.value };
  return accept({ type: wish.type, details, ...moved, ...at });
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

/** The details that an input means. */
export async function detailsOf(
  pricing: BalancePorts,
  before: StartedCart | null,
  input: Omit<DetailsInput, 'country' | 'currency'>,
  now: number,
  market: Moved | null = null,
): Promise<Partial<CartDetails>> {
  const isOtherMoney = before !== null && market !== null && market.currency !== before.currency;
  // Cards of another currency pay nothing, and the credit is another one.
  const cart = isOtherMoney ? { ...before, currency: market.currency, giftCards: [], rejectedGiftCards: [] } : before;
  const {
    discountCodes,
    giftCards,
    useStoreCredit = isOtherMoney && before.storeCredit !== null ? true : undefined,
    ...others
  } = input;
  const details = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
  const codes = discountCodes === undefined ? {} : { discountCodes: typedOnce(discountCodes, normalizedCode) };
  // A cart that does not exist is refused by its own rules later.
  if (cart === null) return { ...details, ...codes };
  return {
    ...details,
    ...codes,
    ...(giftCards === undefined ? {} : await cardsOf(pricing, cart, typedOnce(giftCards, normalizedCardCode), now)),
    ...(useStoreCredit === undefined ? {} : await creditOf(pricing, cart, useStoreCredit, now)),
  };
}

/** Without those that were typed before them, in another case or with other spaces. */
function typedOnce(codes: readonly string[], formOf: (code: string) => string): string[] {
  const first = new Map<string, string>();
  for (const code of codes) if (!first.has(formOf(code))) first.set(formOf(code), code);
  return [...first.values()];
}

/** The store credit of the cart's customer. A guest has none, and no balance is read. */
async function creditOf(
  pricing: BalancePorts,
  { customer, currency, rejectedStoreCredit = null }: StartedCart,
  isUsed: boolean,
  now: number,
): Promise<Pick<CartDetails, 'storeCredit' | 'rejectedStoreCredit'>> {
  if (isUsed && customer === null) return { storeCredit: null, rejectedStoreCredit: 'customer-needed' };
  const former = rejectedStoreCredit === null ? {} : { rejectedStoreCredit: null };
  if (!isUsed || customer === null) return { storeCredit: null, ...former };
  const [levels] = await heard(pricing.balances([storeCreditBalance(customer.id, currency)], now));
  const storeCredit: CartStoreCredit = { customerId: customer.id, balanceMinor: usableMinorOf(levels, now) };
  return { storeCredit, ...former };
}

/**
 * The cards that the codes name, and why the other codes name none. An input may also be the id of a card that is in the cart: its
 * balance is read again.
 */
async function cardsOf(
  pricing: BalancePorts,
  { giftCards: held, rejectedGiftCards: former = [], currency }: StartedCart,
  inputs: readonly string[],
  now: number,
): Promise<Pick<CartDetails, 'giftCards' | 'rejectedGiftCards'>> {
  const known = held.filter(({ cardId }) => inputs.includes(cardId));
  const codes = inputs.filter((input) => input !== '' && !known.some(({ cardId }) => cardId === input));
  const [findings, balances] = await Promise.all([
    codes.length === 0 ? [] : heard(pricing.findGiftCards({ codes, currency, now })),
    balancesOf(pricing, known, now),
  ]);
  const found = new Map(codes.map((code, index) => [code, findings[index]]));
  const cards = new Map<string, CartGiftCard>();
  const rejected: RejectedGiftCard[] = [];
  for (const input of inputs) {
    const card = cardOf(found.get(input)) ?? balances.find(({ cardId }) => cardId === input);
    if (card !== undefined) cards.set(card.cardId, card);
    else rejected.push(rejectedOf(input, found.get(input)));
  }
  const isAnyRejected = rejected.length + former.length > 0;
  return { giftCards: [...cards.values()], ...(isAnyRejected ? { rejectedGiftCards: rejected } : {}) };
}

function cardOf(finding: GiftCardFinding | undefined): CartGiftCard | undefined {
  if (finding?.status !== 'usable') return undefined;
  const { cardId, last4, balanceMinor } = finding;
  return { cardId, last4, balanceMinor };
}

function rejectedOf(input: string, finding: GiftCardFinding | undefined): RejectedGiftCard {
  const reason = finding === undefined || finding.status === 'usable' ? 'unknown' : finding.status;
  return { last4: normalizedCardCode(input).slice(-4), reason };
}

async function balancesOf(pricing: BalancePorts, cards: readonly CartGiftCard[], now: number): Promise<CartGiftCard[]> {
  if (cards.length === 0) return [];
  const names = cards.map(({ cardId }) => giftCardBalance(cardId));
  const levels = await heard(pricing.balances(names, now));
  return cards.map((card, index) => ({ ...card, balanceMinor: usableMinorOf(levels[index], now) }));
}

/** How many of the codes that a wish gives are none at all. Each is a guess, and counted as one. */
export function wrongCodesIn(
  wish: CartWish,
  { rejectedGiftCards = [] }: Pick<StartedCart, 'rejectedGiftCards'>,
  { rejectedCodes }: Pick<Quote, 'rejectedCodes'>,
): number {
  if (wish.type !== 'change-details') return 0;
  const { discountCodes, giftCards } = wish.input;
  const given = [
    ...(discountCodes === undefined ? [] : rejectedCodes),
    ...(giftCards === undefined ? [] : rejectedGiftCards),
  ];
  return given.filter(({ reason }) => reason === 'unknown').length;
}
