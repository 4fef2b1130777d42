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
  /** What the market lets an order have of the variant, where that is what limits the line and not the stock. */
  readonly orderMax?: number;
}

interface Known {
  readonly currency: string;
  /** By variant; absent where it is not known, null where there is no such variant any more. */
  readonly standings: ReadonlyMap<string, VariantStanding | null>;
  /** What the market lets an order have of a variant; absent where it sets no limit. */
  readonly quantityMaxOf: (lineId: string) => number | undefined;
}

/** In the order of the lines: earlier ones keep what there is, and only those that find too little are told so. */
export function lineStates(
  lines: readonly CartLine[],
  { currency, standings, quantityMaxOf }: Known,
): readonly LineState[] {
  const totals = new Map<string, number>();
  const before = lines.map(({ variant: { variantId }, quantity }) => {
    const earlier = totals.get(variantId) ?? 0;
    totals.set(variantId, earlier + quantity);
    return earlier;
  });
  return lines.map(({ lineId, quantity, variant: { variantId } }, index) => {
    const earlier = before[index] ?? 0;
    const others = (totals.get(variantId) ?? quantity) - quantity;
    const orderMax = quantityMaxOf(lineId) ?? Number.POSITIVE_INFINITY;
    // Later lines may have what the lines up to this one leave.
    const roomOf = (limit: number) => Math.max(0, limit - Math.max(earlier, Math.min(others, limit - quantity)));
    const allowed = Math.min(lineQuantityMax, roomOf(orderMax));
    const standing = standings.get(variantId);
    if (standing === undefined) return { available: null, maxQuantity: allowed, obstacle: null };
    if (standing === null || !standing.isSold) return { available: 0, maxQuantity: 0, obstacle: 'not-sold' };
    if (!standing.currencies.includes(currency))
      return { available: 0, maxQuantity: 0, obstacle: 'not-sold-in-currency' };
    const { available, sellable } = standing;
    const isShort = sellable > 0 && earlier + quantity > sellable;
    return {
      available: sellable > available ? null : Math.min(availableShownMax, available),
      maxQuantity: Math.min(allowed, roomOf(sellable)),
      obstacle: sellable <= 0 ? 'sold-out' : isShort ? 'not-enough-left' : null,
      ...(isShort && orderMax < sellable ? { orderMax } : {}),
    };
  });
}
