/** What pays for a cart before any provider does: gift cards, then store credit, all of them balances of one kind or the other. */

import type { CartGiftCard, CartSnapshot } from '../contracts/cart/api.ts';
import { type AllowancesApi, giftCardBalance, storeCreditBalance } from '../contracts/pricing/allowances.ts';

/** Something that pays for a cart before any provider does: a gift card, or the store credit of its customer. */
export interface CartBalance {
  /** Of the allowance that it lies in. */
  readonly name: string;
  /** Null for store credit. */
  readonly card: CartGiftCard | null;
  /** What the shopper last saw was left of it. */
  readonly seenMinor: number;
}

/** In the order in which they pay. */
export function balancesOfCart({
  giftCards,
  storeCredit,
  currency,
}: Pick<CartSnapshot, 'giftCards' | 'storeCredit' | 'currency'>): CartBalance[] {
  const cards = giftCards.map((card) => ({
    name: giftCardBalance(card.cardId),
    card,
    seenMinor: card.balanceMinor,
  }));
  if (storeCredit === null) return cards;
  const { customerId, balanceMinor: seenMinor } = storeCredit;
  return [...cards, { name: storeCreditBalance(customerId, currency), card: null, seenMinor }];
}

/** What each balance can still pay: nothing, once it is blocked or over. A checkout then refuses it by name. */
export async function usableBalances(
  pricing: Pick<AllowancesApi, 'balances'>,
  names: readonly string[],
  now: number,
): Promise<{ readonly key: string; readonly balanceMinor: number }[]> {
  if (names.length === 0) return [];
  const levels = await pricing.balances(names, now);
  return names.map((key, index) => {
    const level = levels[index];
    const isUsable = level && !level.isDisabled && (level.expiresAt === null || level.expiresAt > now);
    return { key, balanceMinor: isUsable ? Math.max(0, level.available ?? 0) : 0 };
  });
}
