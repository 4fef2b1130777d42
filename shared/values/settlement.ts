/**
 * What a change of a paid order is worth: the balance after an edit, and the money of units that come back. A paid line is
 * split over its units by largest remainder and units come back from the last to the first, so all refunds of a line add up
 * to exactly what was paid for it.
 */
import { allocate } from './allocation.ts';
import { sumOf } from './money.ts';
import { accept, type Result, refuse } from './result.ts';

/** What is still to be paid (positive balance) or given back (negative balance), in minor units. */
interface Settlement {
  readonly balanceMinor: number;
  readonly refundMinor: number;
  readonly additionalPaymentMinor: number;
}

export function settle(totalMinor: number, paidMinor: number): Settlement {
  const balanceMinor = totalMinor - paidMinor;
  return {
    balanceMinor,
    refundMinor: Math.max(0, -balanceMinor),
    additionalPaymentMinor: Math.max(0, balanceMinor),
  };
}

/** A line as it was paid, after its discounts. */
export interface PaidLine {
  readonly grossMinor: number;
  readonly taxMinor: number;
  readonly quantity: number;
}

interface UnitsRefund {
  readonly grossMinor: number;
  readonly taxMinor: number;
  readonly netMinor: number;
}

interface MoreThanBought {
  readonly code: 'more-than-bought';
  readonly maxQuantity: number;
}

/** The money of the next `quantity` units that come back, after `returnedQuantity` have come back before. */
export function refundUnits(
  line: PaidLine,
  returnedQuantity: number,
  quantity: number,
): Result<UnitsRefund, MoreThanBought> {
  const maxQuantity = line.quantity - returnedQuantity;
  if (quantity > maxQuantity) return refuse({ code: 'more-than-bought', maxQuantity });
  const weights = Array.from({ length: line.quantity }, () => 1);
  const returned = (amount: number): number =>
    sumOf(allocate(amount, weights).slice(maxQuantity - quantity, maxQuantity));
  const grossMinor = returned(line.grossMinor);
  const taxMinor = returned(line.taxMinor);
  return accept({ grossMinor, taxMinor, netMinor: grossMinor - taxMinor });
}
