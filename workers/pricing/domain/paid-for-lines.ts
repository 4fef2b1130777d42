/**
 * What is paid for each line after discounts, before it is known what shipping costs: as if it cost nothing. Thresholds and the
 * proportions of lines need it before shipping has a price, and this answer does not change with that price.
 */
import type { QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import type { RoundingMode } from '../../../shared/values/money.ts';
import { applyPromotions } from './discounts.ts';
import type { UnitPrice } from './price-lists.ts';
import type { Promotion } from './promotion.ts';
import { remainingOf } from './remaining.ts';

/** In the order of the lines, with tax where the market's prices include it, also for a buyer who is exempt from tax. */
export function paidForLines(
  lines: readonly QuoteLine[],
  unitPrices: readonly UnitPrice[],
  promotions: readonly Promotion[],
  mode: RoundingMode,
): readonly number[] {
  const listed = lines.map(({ lineId, quantity }, index) => ({
    key: lineId,
    unitPriceMinor: unitPrices[index]?.unitPriceMinor ?? 0,
    quantity,
    taxRates: [],
    tags: [],
  }));
  const remaining = remainingOf({ lines: listed, shipping: [] });
  applyPromotions(remaining, promotions, [], mode);
  return remaining.lines.map(({ leftMinor }) => leftMinor);
}
