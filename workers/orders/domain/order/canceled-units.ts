/**
 * What a refund of lines, and the cancellation of an order, mean for units that are still to ship: they never will, and their
 * stock can be sold again. Nobody gets goods for which the money went back, so no more units are refunded than have left or are
 * canceled.
 */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import type { CanceledUnits, LineUnits, Refund } from './operation.ts';
import { canceledUnitsOf, type Order, refundedUnitsOf, shippedOf, unitsOfLine, unshippedOf } from './order.ts';
import { unknownLine } from './refusals.ts';

export interface RefundLine extends LineUnits {
  /** How many of these units will not ship any more. Absent: as many as have not shipped. */
  readonly cancelQuantity?: number | undefined;
}

type Units = Omit<CanceledUnits, 'refundId'>;

/**
 * All that is still to ship, as the cancellation of the order takes it out. Its money may come back to the shop only later (a
 * dispute is won, a refund fails after all): then these are the units that a refund pays for.
 */
export function unitsOfCancellation(order: Order): CanceledUnits[] {
  return order.lines.flatMap((line) => {
    const { lineId } = line;
    const quantity = unshippedOf(order, line);
    return quantity === 0 ? [] : [{ refundId: null, lineId, quantity }];
  });
}

/** The units that the refund of some lines cancels. */
export function cancelUnits(order: Order, lines: readonly RefundLine[]): Result<readonly Units[], OrderRefusal> {
  const canceled: Units[] = [];
  for (const { lineId, quantity: refunding, cancelQuantity } of lines) {
    const line = order.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse<OrderRefusal>(unknownLine(lineId));
    const max = Math.min(refunding, unshippedOf(order, line));
    const gone = shippedOf(order, lineId) + canceledUnitsOf(order, lineId);
    const min = Math.max(0, refunding - Math.max(0, gone - refundedUnitsOf(order, lineId)));
    const quantity = cancelQuantity ?? max;
    if (quantity > max) {
      const left = max === 1 ? '1 of these units' : `${max} of these units`;
      const detail =
        max <= 0
          ? `None of these units of ${line.variant.sku} is still to ship.`
          : `Only ${left} of ${line.variant.sku} ${max === 1 ? 'is' : 'are'} still to ship.`;
      return refuse<OrderRefusal>({ code: 'more-than-unshipped', detail, lineId, max });
    }
    if (quantity < min) {
      const detail = `At least ${min} of these units of ${line.variant.sku} are still to ship, and must be canceled.`;
      return refuse<OrderRefusal>({ code: 'units-to-ship', detail, lineId, min });
    }
    if (quantity > 0) canceled.push({ lineId, quantity });
  }
  return accept(canceled);
}

/**
 * Canceled units with those that a new refund pays for again: what it refunds beyond the units that it cancels itself goes
 * first to units whose own refund has failed, or that were canceled with the order. A return refunds what has shipped alone.
 */
export function refundedAgain({ refunds, canceledUnits }: Order, refund: Refund): readonly CanceledUnits[] {
  if (refund.returnId !== null) return canceledUnits;
  const own = canceledUnits.filter(({ refundId }) => refundId === refund.id);
  const left = new Map(
    refund.lines.map(({ lineId, quantity }) => [lineId, quantity - unitsOfLine(lineId, own)] as const),
  );
  return canceledUnits.flatMap((units): CanceledUnits[] => {
    const { lineId, quantity, refundedAgainBy } = units;
    const paidBy = refundedAgainBy ?? units.refundId;
    const again = Math.min(left.get(lineId) ?? 0, quantity);
    if (again <= 0 || paidBy === refund.id || refunds.some(({ id }) => id === paidBy)) return [units];
    left.set(lineId, (left.get(lineId) ?? 0) - again);
    const rest = quantity === again ? [] : [{ ...units, quantity: quantity - again }];
    return [{ ...units, quantity: again, refundedAgainBy: refund.id }, ...rest];
  });
}
