/**
 * Gifts that a shopper may take: units that would be free if the cart had them. Which promotions would give some was decided
 * when each had its turn; here it is said of what and how much. Taken all together they are all free, unless the added units
 * themselves change what another promotion does.
 */
import type { OfferedGift } from '../../../shared/contracts/pricing/api.ts';
import { wantsOf } from './allowance/wants.ts';
import { amountIn } from './offers.ts';
import type { Reckoning } from './reckoning.ts';

export function offeredGifts({
  eligible,
  priced,
  customer,
  chosen: { currency },
}: Pick<Reckoning, 'eligible' | 'priced' | 'customer' | 'chosen'>): readonly OfferedGift[] {
  const open = new Set(priced.openGifts);
  const applied = new Set(priced.appliedPromotions);
  const offeredOf = new Map<string, number>();
  return eligible.running.flatMap(({ setting, engine, unique }): OfferedGift[] => {
    if (!open.has(setting.id) || setting.offer.kind !== 'gift-item' || engine.kind !== 'freeUnits') return [];
    const isApplied = applied.has(setting.id);
    // If the budget did not reach for more units, the shopper would lose those that are free already.
    if (isApplied && amountIn(setting.limits.budgets, currency) !== null) return [];
    const { variantId } = setting.offer;
    // Two gifts of one variant make the same units free.
    const quantity = engine.lacking - (offeredOf.get(variantId) ?? 0);
    if (quantity <= 0) return [];
    offeredOf.set(variantId, engine.lacking);
    const allowances = isApplied ? [] : wantsOf(setting, { currency, customer }, 1, unique);
    return [{ promotionId: setting.id, title: setting.title, variantId, quantity, allowances }];
  });
}
