/** What a line of a cart says of its variant: how many are left, how many it may have, and why it cannot be bought as it is. */
import type { CartLine } from '../../../shared/contracts/cart/api.ts';
import type { StockNeed, VariantStanding } from '../../../shared/contracts/catalog/api.ts';
import { lineQuantityMax, timesIn } from '../../../shared/values/quantity.ts';

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
  const claims = claimsOn(lines, (variantId) => unitsOf(standings.get(variantId), currency));
  return lines.map(({ lineId, quantity, byHand, variant: { variantId } }, index) => {
    const orderMax = quantityMaxOf(lineId) ?? Number.POSITIVE_INFINITY;
    const lineMax = byHand === undefined ? lineQuantityMax : quantity;
    const allowed = Math.min(lineMax, roomOf(claims.of(variantId, index, quantity), orderMax));
    const standing = standings.get(variantId);
    if (standing === undefined) return { available: null, maxQuantity: allowed, obstacle: null };
    if (standing === null || !standing.isSold) return { available: 0, maxQuantity: 0, obstacle: 'not-sold' };
    if (!standing.currencies.includes(currency))
      return { available: 0, maxQuantity: 0, obstacle: 'not-sold-in-currency' };
    const { available, sellable, units } = standing;
    const stock = units.map((unit) => {
      const claim = claims.of(unit.stockUnitId, index, quantity * unit.quantity);
      const isShort = claim.earlier + claim.own > unit.sellable;
      return { isShort, room: timesIn(roomOf(claim, unit.sellable), unit.quantity) };
    });
    const isShort = sellable > 0 && stock.some((unit) => unit.isShort);
    return {
      available: sellable > available ? null : Math.min(availableShownMax, available),
      maxQuantity: Math.min(allowed, ...stock.map(({ room }) => room)),
      obstacle: sellable <= 0 ? 'sold-out' : isShort ? 'not-enough-left' : null,
      ...(isShort && orderMax < sellable ? { orderMax } : {}),
    };
  });
}

/** What lines of a cart want of one thing. */
interface Claim {
  /** Lines before this one. */
  readonly earlier: number;
  readonly own: number;
  /** All other lines. */
  readonly others: number;
}

/** Later lines may have what the lines up to this one leave. */
function roomOf({ earlier, own, others }: Claim, limit: number): number {
  return Math.max(0, limit - Math.max(earlier, Math.min(others, limit - own)));
}

/** What the lines want of each variant, and of each stock unit: a bundle and what it is made of want the same goods. */
function claimsOn(lines: readonly CartLine[], unitsOfVariant: (variantId: string) => readonly StockNeed[]) {
  const totals = new Map<string, number>();
  const earlier = lines.map(({ variant: { variantId }, quantity }) => {
    const units = unitsOfVariant(variantId).map((unit) => [unit.stockUnitId, quantity * unit.quantity] as const);
    const wanted = new Map([[variantId, quantity], ...units]);
    const before = new Map([...wanted.keys()].map((name) => [name, totals.get(name) ?? 0]));
    for (const [name, count] of wanted) totals.set(name, (before.get(name) ?? 0) + count);
    return before;
  });
  return {
    of: (name: string, index: number, own: number): Claim => ({
      earlier: earlier[index]?.get(name) ?? 0,
      own,
      others: (totals.get(name) ?? own) - own,
    }),
  };
}

/** A line of which nothing can be bought takes nothing away from the others. */
function unitsOf(standing: VariantStanding | null | undefined, currency: string): VariantStanding['units'] {
  const isBuyable = standing?.isSold === true && standing.currencies.includes(currency) && standing.sellable > 0;
  return isBuyable ? standing.units : [];
}
