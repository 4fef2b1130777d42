/**
 * What is paid for each line after discounts, and how many of its units are gifts, before it is known what shipping costs: as if
 * it cost nothing. Thresholds and the proportions of lines need it before shipping has a price, and this answer does not change
 * with that price.
 */
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { RoundingMode } from '../../../shared/values/money.ts';
import { applyPromotions } from './discounts.ts';
import type { UnitPrice } from './price-lists.ts';
import type { Promotion } from './promotion.ts';
import { remainingOf } from './remaining.ts';

export interface PaidForLine {
  /** With tax where the market's prices include it, also for a buyer who is exempt from tax. */
  readonly paidMinor: number;
  /** Units that gifts make free. Two gifts of one variant make the same units free. */
  readonly giftQuantity: number;
}

/** In the order of the lines. */
export function paidForLines(
  lines: readonly QuoteLine[],
  unitPrices: readonly UnitPrice[],
  promotions: readonly Promotion[],
  mode: RoundingMode,
): readonly PaidForLine[] {
  const listed = lines.map(({ lineId, quantity }, index) => ({
    key: lineId,
    unitPriceMinor: unitPrices[index]?.unitPriceMinor ?? 0,
    quantity,
    taxRates: [],
    tags: [],
  }));
  const remaining = remainingOf({ lines: listed, shipping: [] });
  const { discounts } = applyPromotions(remaining, promotions, [], mode);
  const given = new Set(discounts.map(({ promotionKey }) => promotionKey));
  const gifts = promotions.flatMap((one) => (one.kind === 'freeUnits' && given.has(one.key) ? [one.units] : []));
  return remaining.lines.map(({ key, leftMinor }) => {
    const quantities = gifts.map((units) => units.find((unit) => unit.key === key)?.quantity ?? 0);
    return { paidMinor: leftMinor, giftQuantity: Math.max(0, ...quantities) };
  });
}
