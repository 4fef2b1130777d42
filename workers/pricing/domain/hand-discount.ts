/**
 * A discount that a merchant has given to one cart by hand: the engine takes it like a promotion that acts last, on what all others
 * have left of the goods. Gift cards are money, and shipping is not goods: it takes nothing off either.
 */
import { handDiscountId } from '../../../shared/quoting/by-hand.ts';
import type { Discount } from './cart.ts';
import { everything, type ItemIndex } from './items.ts';
import type { Promotion } from './promotion.ts';
import type { QuoteRequest } from './request.ts';

/** What shoppers read. Why it was given stays with the merchant. */
export const handDiscountTitle = 'Discount';

const always = { code: null, minSubtotalMinor: null, minLineQuantity: null, containsKey: null };

/** None where nothing was given. `goods` knows the lines that promotions may touch. */
export function handPromotion({ handDiscount }: Pick<QuoteRequest, 'handDiscount'>, goods: ItemIndex): Promotion[] {
  if (handDiscount === undefined) return [];
  const { keys } = goods(everything);
  const given = { key: handDiscountId, conditions: always, isByHand: true, scope: 'lines', keys } as const;
  return handDiscount.kind === 'off'
    ? [{ ...given, kind: 'fixedOffOrder', amountMinor: handDiscount.amountMinor }]
    : [{ ...given, kind: 'percentOffOrder', rate: handDiscount.rate }];
}

/** What it took off; null where that is nothing. */
export function handDiscountIn(discounts: readonly Discount[]): Discount | null {
  return discounts.find(({ promotionKey }) => promotionKey === handDiscountId) ?? null;
}
