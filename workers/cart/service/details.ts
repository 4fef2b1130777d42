/**
 * What a shopper sets beside the lines, checked before it is kept: gift cards, credit and codes must exist and be theirs. A code that
 * only waits for something, such as a larger cart, is kept and shown as waiting.
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
import type { Quote, RejectedCode } from '../../../shared/contracts/pricing/api.ts';
import type { FieldFault } from '../../../shared/http/problem.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import type { StartedCart } from '../domain/cart.ts';
import type { Beginning, CartCommand } from '../domain/decide.ts';
import type { CartWish } from './cart-object.ts';
import { heard } from './cart-text.ts';
import type { PresentCart } from './carts.ts';

type BalancePorts = Pick<AllowancesApi, 'balances'> & Pick<GiftCardsApi, 'findGiftCards'>;

type DetailsRefusal = { readonly detail: string; readonly errors: readonly FieldFault[] } & (
  | {
      readonly code: 'code-unknown' | 'code-not-started' | 'code-expired' | 'code-used-up' | 'code-not-for-customer';
      readonly discountCode: string;
      readonly from?: string;
      readonly until?: string;
      readonly available?: number;
    }
  | { readonly code: 'gift-card-unusable'; readonly reason: Exclude<GiftCardFinding['status'], 'usable'> }
  | { readonly code: 'customer-needed' }
);

/** What a wish means for a cart, or why it cannot be. Only gift cards and credit must be asked for. */
export async function commandOf(
  pricing: BalancePorts,
  found: PresentCart | null,
  wish: CartWish,
  at: Beginning & { readonly now: number },
): Promise<Result<CartCommand, DetailsRefusal>> {
  if (wish.type !== 'change-details') return accept({ ...wish, ...at });
  const details = await detailsOf(pricing, found?.cart ?? null, wish.input, at.now);
  return details.ok ? accept({ type: wish.type, details: details.value, ...at }) : details;
}

/** The details that an input means, or why the cart cannot have them. */
export async function detailsOf(
  pricing: BalancePorts,
  cart: StartedCart | null,
  input: DetailsInput,
  now: number,
): Promise<Result<Partial<CartDetails>, DetailsRefusal>> {
  const { giftCards, useStoreCredit, ...others } = input;
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

/** Which of the codes that a wish gives is refused. One that only waits for something, such as a larger cart, is kept. */
export function refusedCodeOf(wish: CartWish, quote: Quote): DetailsRefusal | null {
  const codes = wish.type === 'change-details' ? wish.input.discountCodes : undefined;
  if (codes === undefined) return null;
  for (const rejected of quote.rejectedCodes) {
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
