/**
 * What units and the shipping of an order were paid with: discounts and tax as they were given. A line is split over its
 * units by largest remainder and units count from the last to the first, so all parts add up to what the line costs.
 */
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { type PaidLine, refundUnits } from '../../../../shared/values/settlement.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, orderStateOf, totalOf } from './balances.ts';
import type { LineUnits, PartedUnits, RefundedLine } from './operation.ts';
import { type Order, unitsIn, unitsOfLine } from './order.ts';
import { tooMuchMoney, unknownLine } from './refusals.ts';
import { orderTable, transition } from './states.ts';

/** A line as it is paid: with its tax, whichever way its market states prices. */
function paidLineOf({ lines, quote }: Pick<Order, 'lines' | 'quote'>, lineId: string): PaidLine | null {
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
export function lineCreditOf(order: Order, lineId: string, quantity: number): number {
  const paid = paidLineOf(order, lineId);
  const units = paid === null ? null : refundUnits(paid, 0, quantity);
  return units?.ok === true ? units.value.grossMinor : 0;
}

/** What a line costs without the units that were refunded, at what was credited for those. */
function restOf(order: Order, lineId: string): PaidLine | null {
  const paid = paidLineOf(order, lineId);
  if (paid === null) return null;
  return withoutPart(paid, creditedOf(order, lineId));
}

function withoutPart(whole: PaidLine, part: PaidLine): PaidLine {
  return {
    grossMinor: Math.max(0, whole.grossMinor - part.grossMinor),
    taxMinor: Math.max(0, whole.taxMinor - part.taxMinor),
    quantity: whole.quantity - part.quantity,
  };
}

function creditedOf({ refunds }: Order, lineId: string): PaidLine {
  return sumOfUnits(refunds.flatMap(({ lines }) => lines.filter((line) => line.lineId === lineId)));
}

export function sumOfUnits(units: readonly PaidLine[]): PaidLine {
  return {
    grossMinor: sumOf(units.map(({ grossMinor }) => grossMinor)),
    taxMinor: sumOf(units.map(({ taxMinor }) => taxMinor)),
    quantity: unitsIn(units),
  };
}

function detailOf(max: number): string {
  if (max <= 0) return 'All units of the line have been refunded.';
  return max === 1
    ? 'Only 1 unit of the line has not been refunded yet.'
    : `Only ${max} units of the line have not been refunded yet.`;
}

/** What units of lines are worth that were not given back before. Refused beyond what was bought. */
export function creditLines(order: Order, lines: readonly LineUnits[]): Result<RefundedLine[], OrderRefusal> {
  const credited: RefundedLine[] = [];
  for (const { lineId, quantity } of lines) {
    const rest = restOf(order, lineId);
    if (rest === null) return refuse<OrderRefusal>(unknownLine(lineId));
    const units = refundUnits(rest, 0, quantity);
    if (!units.ok) {
      const { maxQuantity: max } = units.refusal;
      const detail = detailOf(max);
      return refuse<OrderRefusal>({ code: 'more-than-ordered', detail, lineId, max });
    }
    const { grossMinor, taxMinor } = units.value;
    credited.push({ lineId, quantity, grossMinor, taxMinor });
  }
  return accept(credited);
}

/**
 * Units that came back, come back now (`leaving`), were canceled or refunded, each line at what was charged for them: they stay on the
 * order, and nothing that goes out is priced together with them. What an edit has left beside its price stays at that.
 */
export function goneUnitsOf(order: Order, leaving: readonly LineUnits[]): RefundedLine[] {
  return order.lines.flatMap(({ lineId }) => {
    const paid = paidLineOf(order, lineId);
    if (paid === null) return [];
    const credited = creditedOf(order, lineId);
    const back = unitsOfLine(lineId, leaving, order.canceledUnits, ...order.returns.map(({ received }) => received));
    const quantity = Math.max(credited.quantity, Math.min(back, paid.quantity));
    if (quantity === 0) return [];
    const parted = sumOfUnits(partedUnitsOf(order, lineId, quantity));
    const known = credited.quantity > parted.quantity ? credited : parted;
    const more = refundUnits(withoutPart(paid, known), 0, quantity - known.quantity);
    if (!more.ok) return [];
    const grossMinor = known.grossMinor + more.value.grossMinor;
    return [{ lineId, quantity, grossMinor, taxMinor: known.taxMinor + more.value.taxMinor }];
  });
}

/** What is remembered of units that went back, of no more than so many of them: a refund that failed may have brought some back. */
export function partedUnitsOf({ parted }: Pick<Order, 'parted'>, lineId: string, quantityMax: number): PartedUnits[] {
  const units = (parted?.units ?? []).filter((one) => one.lineId === lineId);
  return units.filter((_, index) => unitsIn(units.slice(0, index + 1)) <= quantityMax);
}

/** What is left of the shipping after earlier refunds of it. */
export function refundableShippingMinorOf({ quote, refunds }: Pick<Order, 'quote' | 'refunds'>): number {
  return Math.max(0, paidShippingMinorOf(quote) - totalOf(refunds, 'shippingMinor'));
}

/** Of an order with money that was taken: why nothing of what is asked for is left. Null where something may be. */
export function nothingToRefund(
  order: Order,
  asked: {
    readonly lines: readonly (LineUnits & { readonly amountMinor?: number | undefined })[];
    readonly shippingMinor: number | 'all';
    readonly otherMinor: number;
  },
): OrderRefusal | null {
  const { takenMinor, refundableMinor, capturableMinor, outstandingMinor } = balancesOf(order);
  if (takenMinor === 0 || !transition(orderTable, orderStateOf(order), 'refund').ok) return null;
  const isShippingAlone = asked.shippingMinor === 'all' && asked.lines.length === 0 && asked.otherMinor === 0;
  const isShippingGone = isShippingAlone && refundableShippingMinorOf(order) === 0;
  // Units may leave without money: those that are not paid yet, and those for which the merchant pays less than their worth.
  const isOwed = capturableMinor + outstandingMinor > 0;
  const isWithoutMoney =
    asked.otherMinor === 0 && (isOwed || asked.lines.some((line) => line.amountMinor !== undefined));
  return (refundableMinor === 0 && !isWithoutMoney) || isShippingGone
    ? tooMuchMoney('refund-too-large', 0, order.quote.currency)
    : null;
}
