/**
 * What discounts of a fixed amount have given already when the rest of an order is priced by itself: units that went back keep
 * their share of it, and so does shipping, so an order is never given such an amount twice. Only where units are exchanged, what
 * comes in their place takes over their share: an exchange for goods of the same price costs nothing.
 */
import type { GivenDiscount } from '../../../../shared/contracts/pricing/api.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import type { LineUnits, Parted, PartedUnits, RefundedLine } from './operation.ts';
import { unitsOfLine } from './order.ts';
import { type Charged, offLines, partedUnits, scaled } from './parted.ts';

/** By promotion, in the prices that were charged. `exchanged`: units among `gone` that others now take the place of. */
export function givenApart(
  order: Charged,
  gone: readonly RefundedLine[],
  exchanged: readonly LineUnits[] = [],
): GivenDiscount[] {
  const shares = gone.flatMap((away) => partedUnits(order, away).flatMap(sharesOf));
  return less(summed([...ofShipping(order), ...shares]), handedOver(order, gone, exchanged));
}

/** Shares of units that went back which what came in their place has taken over, now and before. */
export function handedOver(
  order: Charged,
  gone: readonly RefundedLine[],
  exchanged: readonly LineUnits[],
): NonNullable<Parted['handedOver']> {
  const now = gone.flatMap((away) => {
    const quantity = Math.min(away.quantity, unitsOfLine(away.lineId, exchanged));
    const shares = quantity === 0 ? [] : partedUnits(order, away).flatMap(sharesOf);
    return shares.map(({ promotionId, amountMinor, leftMinor }) => ({
      promotionId,
      amountMinor: scaled(amountMinor, quantity, away.quantity),
      leftMinor: scaled(leftMinor, quantity, away.quantity),
    }));
  });
  return summed([...(order.parted?.handedOver ?? []), ...now]);
}

/** What each promotion took off some units, and what it left of them for those after it. */
function sharesOf({ grossMinor, taxMinor, includesTax, discounts }: PartedUnits): GivenDiscount[] {
  const totalMinor = includesTax ? grossMinor : grossMinor - taxMinor;
  return discounts.map(({ promotionId, amountMinor }, index) => {
    const later = discounts.slice(index + 1).map((one) => one.amountMinor);
    return { promotionId, amountMinor, leftMinor: totalMinor + sumOf(later) };
  });
}

/** Shipping stays as it was charged beside what is priced. */
function ofShipping({ quote: { discounts, lines } }: Charged): GivenDiscount[] {
  return discounts.map(({ promotionId, amountMinor }) => {
    return { promotionId, amountMinor: amountMinor - offLines(lines, promotionId), leftMinor: 0 };
  });
}

function summed(shares: readonly GivenDiscount[]): GivenDiscount[] {
  return [...new Set(shares.map(({ promotionId }) => promotionId))].flatMap((promotionId) => {
    const own = shares.filter((one) => one.promotionId === promotionId);
    const amountMinor = sumOf(own.map((one) => one.amountMinor));
    const leftMinor = sumOf(own.map((one) => one.leftMinor));
    return amountMinor === 0 && leftMinor === 0 ? [] : [{ promotionId, amountMinor, leftMinor }];
  });
}

function less(given: readonly GivenDiscount[], handed: readonly GivenDiscount[]): GivenDiscount[] {
  return given.flatMap(({ promotionId, ...one }) => {
    const away = handed.find((other) => other.promotionId === promotionId) ?? { amountMinor: 0, leftMinor: 0 };
    const amountMinor = Math.max(0, one.amountMinor - away.amountMinor);
    const leftMinor = Math.max(0, one.leftMinor - away.leftMinor);
    return amountMinor === 0 && leftMinor === 0 ? [] : [{ promotionId, amountMinor, leftMinor }];
  });
}
