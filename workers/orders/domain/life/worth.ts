/**
 * What units and the shipping of an order were paid with: discounts and tax as they were given. A line is split over its
 * units by largest remainder and units count from the last to the first, so all parts add up to what the line costs.
 */
import type { Quote } from '../../../../shared/contracts/pricing.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { type PaidLine, refundUnits } from '../../../../shared/values/settlement.ts';
import type { Failure } from '../order.ts';
import { totalOf } from './balances.ts';
import { unknownLine } from './faults.ts';
import { type Life, refundedUnitsOf } from './life.ts';
import type { RefundedLine } from './operation.ts';

/** A line as it is paid: with its tax, whichever way its market states prices. */
export function paidLineOf({ lines, quote }: Pick<Life, 'lines' | 'quote'>, lineId: string): PaidLine | null {
  const line = lines.find((one) => one.lineId === lineId);
  const quoted = quote.lines.find((one) => one.lineId === lineId);
  if (line === undefined || quoted === undefined) return null;
  const { totalMinor, taxMinor } = quoted;
  return { grossMinor: grossOf(quote, totalMinor, taxMinor), taxMinor, quantity: line.quantity };
}

function grossOf({ pricesIncludeTax }: Quote, totalMinor: number, taxMinor: number): number {
  return pricesIncludeTax ? totalMinor : totalMinor + taxMinor;
}

/** Shipping with its tax: what the lines leave of the total. */
export function paidShippingMinorOf(quote: Quote): number {
  return quote.totalMinor - sumOf(quote.lines.map(({ totalMinor, taxMinor }) => grossOf(quote, totalMinor, taxMinor)));
}

/** What some units of a line cost; 0 for a line that is not there. */
export function lineCreditOf(life: Life, lineId: string, quantity: number): number {
  const paid = paidLineOf(life, lineId);
  const units = paid === null ? null : refundUnits(paid, 0, quantity);
  return units?.ok === true ? units.value.grossMinor : 0;
}

/** What units of lines are worth that were not given back before. Refused beyond what was bought. */
export function creditLines(
  life: Life,
  lines: readonly { readonly lineId: string; readonly quantity: number }[],
): Result<RefundedLine[], Failure> {
  const credited: RefundedLine[] = [];
  for (const { lineId, quantity } of lines) {
    const paid = paidLineOf(life, lineId);
    if (paid === null) return refuse<Failure>(unknownLine(lineId));
    const units = refundUnits(paid, refundedUnitsOf(life, lineId), quantity);
    if (!units.ok) {
      const { maxQuantity: max } = units.refusal;
      const detail = `Only ${max} units of the line have not been refunded yet.`;
      return refuse<Failure>({ code: 'more-than-ordered', detail, lineId, max });
    }
    const { grossMinor, taxMinor } = units.value;
    credited.push({ lineId, quantity, grossMinor, taxMinor });
  }
  return accept(credited);
}

/** What is left of the shipping after earlier refunds of it. */
export function refundableShippingMinorOf(life: Life): number {
  return paidShippingMinorOf(life.quote) - totalOf(life.refunds, 'shippingMinor');
}
