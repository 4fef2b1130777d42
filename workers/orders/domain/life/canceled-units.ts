/**
 * What a refund of lines means for units that are still to ship: they never will, and their stock can be sold again. Nobody
 * gets goods for which the money went back, so no more units are refunded than have left or are canceled.
 */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { Failure } from '../order.ts';
import { unknownLine } from './faults.ts';
import { canceledUnitsOf, type Life, refundedUnitsOf, shippedOf, unshippedOf } from './life.ts';
import type { CanceledUnits } from './operation.ts';

export interface RefundLine {
  readonly lineId: string;
  readonly quantity: number;
  /** How many of these units will not ship any more. Absent: as many as have not shipped. */
  readonly cancelQuantity?: number | undefined;
}

type Units = Omit<CanceledUnits, 'refundId'>;

/** The units that the refund of some lines cancels. */
export function cancelUnits(life: Life, lines: readonly RefundLine[]): Result<readonly Units[], Failure> {
  const canceled: Units[] = [];
  for (const { lineId, quantity: refunding, cancelQuantity } of lines) {
    const line = life.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse<Failure>(unknownLine(lineId));
    const max = Math.min(refunding, unshippedOf(life, line));
    const gone = shippedOf(life, lineId) + canceledUnitsOf(life, lineId);
    const min = Math.max(0, refunding - Math.max(0, gone - refundedUnitsOf(life, lineId)));
    const quantity = cancelQuantity ?? max;
    if (quantity > max) {
      const detail = `Only ${max} of these units of ${line.variant.sku} are still to ship.`;
      return refuse<Failure>({ code: 'more-than-unshipped', detail, lineId, max });
    }
    if (quantity < min) {
      const detail = `At least ${min} of these units of ${line.variant.sku} are still to ship, and must be canceled.`;
      return refuse<Failure>({ code: 'units-to-ship', detail, lineId, min });
    }
    if (quantity > 0) canceled.push({ lineId, quantity });
  }
  return accept(canceled);
}
