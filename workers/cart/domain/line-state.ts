/** What a line of a cart says of its variant: how many are left, how many it may have, and why it cannot be bought as it is. */
import type { CartLine } from '../../../shared/contracts/cart/api.ts';
import type { VariantStanding } from '../../../shared/contracts/catalog/api.ts';
import { lineQuantityMax } from '../../../shared/values/quantity.ts';

/** More are not counted out to a shopper. */
const availableShownMax = 100;

export type LineObstacle = 'not-sold' | 'not-sold-in-currency' | 'sold-out' | 'not-enough-left';

export interface LineState {
  /** Up to `availableShownMax`; null where nothing limits it, or it is not known. */
  readonly available: number | null;
  /** The most that the line may be changed to, with what other lines have of the variant. */
  readonly maxQuantity: number;
  readonly obstacle: LineObstacle | null;
}

interface Known {
  readonly currency: string;
  /** By variant; absent where it is not known, null where there is no such variant any more. */
  readonly standings: ReadonlyMap<string, VariantStanding | null>;
  /** What the market lets an order have of a variant; absent where it sets no limit. */
  readonly quantityMaxOf: (lineId: string) => number | undefined;
}

/** In the order of the lines. */
export function lineStates(
  lines: readonly CartLine[],
  { currency, standings, quantityMaxOf }: Known,
): readonly LineState[] {
  const totals = new Map<string, number>();
  for (const { variant, quantity } of lines)
    totals.set(variant.variantId, (totals.get(variant.variantId) ?? 0) + quantity);
  return lines.map(({ lineId, quantity, variant: { variantId } }) => {
    const total = totals.get(variantId) ?? quantity;
    const others = total - quantity;
    const allowed = Math.min(lineQuantityMax, (quantityMaxOf(lineId) ?? Number.POSITIVE_INFINITY) - others);
    const standing = standings.get(variantId);
    if (standing === undefined) return { available: null, maxQuantity: Math.max(0, allowed), obstacle: null };
    if (standing === null || !standing.isSold) return { available: 0, maxQuantity: 0, obstacle: 'not-sold' };
    if (!standing.currencies.includes(currency))
      return { available: 0, maxQuantity: 0, obstacle: 'not-sold-in-currency' };
    const { available, sellable } = standing;
    return {
      available: sellable > available ? null : Math.min(availableShownMax, available),
      maxQuantity: Math.max(0, Math.min(allowed, sellable - others)),
      obstacle: sellable <= 0 ? 'sold-out' : total > sellable ? 'not-enough-left' : null,
    };
  });
}
