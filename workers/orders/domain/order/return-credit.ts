/**
 * What goods that came back are worth to the payer, and how that is settled: paid back, or taken for the goods of an exchange.
 * Each unit is credited once; what failed is settled again when the merchant asks for it.
 */
import type { CartLine } from '../../../../shared/contracts/cart/api.ts';
import type { Quote } from '../../../../shared/contracts/pricing/api.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { deltaOf, editDraft } from './edit.ts';
import type { Numbering, OperationDraft, Parted } from './operation.ts';
import { type Order, type OrderReturn, type ReceivedUnits, refundedShippedOf, unitsOfLine } from './order.ts';
import { newRefund, refundDraft } from './refund.ts';
import { allowedIn, returnTable, transition } from './states.ts';
import { creditLines } from './worth.ts';

/** New lines and their price, where a return is exchanged now. */
export interface PricedExchange {
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
  /** Absent: all of it was priced together. */
  readonly parted?: Parted;
}

export interface SettleReturnCommand {
  readonly type: 'settle-return';
  readonly returnId: string;
  /** Null: as the return was asked for. */
  readonly as: 'exchange' | 'refund' | null;
  readonly note: string | null;
}

/** Whether goods are still to go out for those of the return. */
export function isExchangeOpen({ exchange, exchangeEnd }: OrderReturn): boolean {
  return exchange.length > 0 && exchangeEnd === undefined;
}

/** How a return is settled by a command. */
export function settlementOf(goodsReturn: OrderReturn, { as }: Pick<SettleReturnCommand, 'as'>): 'exchange' | 'refund' {
  return as ?? (isExchangeOpen(goodsReturn) ? 'exchange' : 'refund');
}

/** Tries again what a receipt left unsettled, or pays back what an exchange was to be taken for: then it never goes out. */
export function decideSettle(
  order: Order,
  goodsReturn: OrderReturn,
  command: SettleReturnCommand,
  numbering: Numbering,
  exchange: PricedExchange | null,
): Result<OperationDraft, OrderRefusal> {
  const action = settlementOf(goodsReturn, command);
  const state = transition(returnTable, goodsReturn.state, action);
  if (!state.ok) return state;
  const isPossible = action === 'refund' || exchange !== null;
  const noted = { ...goodsReturn, note: command.note ?? goodsReturn.note };
  const draft = isPossible ? settleDraft(order, noted, goodsReturn.received, numbering, exchange) : null;
  return draft === null ? refuse(nothingToSettle(goodsReturn, action)) : accept(draft);
}

function nothingToSettle({ state }: OrderReturn, action: 'exchange' | 'refund'): OrderRefusal {
  const allowed = allowedIn(returnTable, state).filter((one) => one !== action);
  const detail =
    action === 'exchange'
      ? 'No exchange of the return is open: nothing of it can be exchanged.'
      : 'All that came back is settled: nothing of it can be refunded.';
  return { code: 'wrong-state', subject: 'return', state, action, allowed, detail };
}

/**
 * What was received is credited at what was charged for it, and paid back as far as nothing is owed. Null where there is
 * nothing to credit and nothing to exchange.
 */
export function settleDraft(
  order: Order,
  goodsReturn: OrderReturn,
  received: readonly ReceivedUnits[],
  numbering: Numbering,
  exchange: PricedExchange | null,
): OperationDraft | null {
  const credited = creditLines(order, unsettledUnits(order, goodsReturn, received));
  const lines = credited.ok ? credited.value : [];
  const creditMinor = sumOf(lines.map(({ grossMinor }) => grossMinor));
  const facts = { creditMinor, lines, shippingMinor: 0, note: goodsReturn.note };
  if (exchange !== null) {
    const amountMinor = deltaOf(order, exchange.quote, creditMinor).refundMinor;
    const refund = newRefund('return', order, numbering, { ...facts, amountMinor }, goodsReturn.id);
    return { ...editDraft(order, exchange, numbering, refund), kind: 'exchange' };
  }
  // Units that are worth nothing are credited too: else the next ones would be counted as the first again.
  if (lines.length === 0) return null;
  const amountMinor = Math.min(creditMinor, deltaOf(order, order.quote, creditMinor).refundMinor);
  return refundDraft(newRefund('return', order, numbering, { ...facts, amountMinor }, goodsReturn.id), numbering);
}

/** Of these units of a return, those that were neither refunded before nor settled otherwise. */
function unsettledUnits(order: Order, goodsReturn: OrderReturn, received: readonly ReceivedUnits[]) {
  const others = order.returns.filter(({ id }) => id !== goodsReturn.id);
  const own = order.refunds.filter(({ returnId }) => returnId === goodsReturn.id);
  const open = (units: readonly ReceivedUnits[]) => units.filter((one) => one.isSettledOtherwise !== true);
  return [...new Set(received.map(({ lineId }) => lineId))].flatMap((lineId) => {
    const back = unitsOfLine(lineId, goodsReturn.received, ...others.map((one) => one.received));
    const owed = back - refundedShippedOf(order, lineId);
    const unpaid =
      unitsOfLine(lineId, open(goodsReturn.received)) - unitsOfLine(lineId, ...own.map(({ lines }) => lines));
    const quantity = Math.min(owed, unpaid, unitsOfLine(lineId, open(received)));
    return quantity > 0 ? [{ lineId, quantity }] : [];
  });
}
