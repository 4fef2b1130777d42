/**
 * Goods that come back: asked for, approved or rejected, received in parts, restocked or written off, and refunded or
 * exchanged for others. What is received is a fact even when its refund is declined, so the two are operations of their own.
 */
import type { CartLine } from '../../../../shared/contracts/cart.ts';
import type { Quote } from '../../../../shared/contracts/pricing.ts';
import { sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { Failure } from '../order.ts';
import { orderStateOf } from './balances.ts';
import { deltaOf, editDraft } from './edit.ts';
import { repeatedLine, unknownLine } from './faults.ts';
import {
  canceledUnitsOf,
  type ExchangeLine,
  type Life,
  type OrderReturn,
  refundedUnitsOf,
  returningOf,
  shippedOf,
  unitsIn,
  unitsOfLine,
} from './life.ts';
import { type Effect, idOf, keyOf, type Numbering, type OperationDraft, type ReceivedLine } from './operation.ts';
import { newRefund, refundDraft } from './payments.ts';
import { needsOfUnits } from './stock.ts';
import { orderTable, type ReturnState, returnTable, transition } from './tables.ts';
import { creditLines } from './worth.ts';

export interface RequestReturnCommand {
  readonly type: 'request-return';
  readonly lines: OrderReturn['lines'];
  readonly exchange: readonly ExchangeLine[];
  readonly note: string | null;
  readonly isApproved: boolean;
}

export interface ReceiveCommand {
  readonly type: 'receive';
  readonly returnId: string;
  /** Null: everything that is still missing, as it was sent. */
  readonly lines: readonly ReceivedLine[] | null;
  /** Where restocked goods are put. */
  readonly locationId: string | null;
  readonly isRefunded: boolean;
}

export function decideReturn(
  life: Life,
  { lines, exchange, note, isApproved }: RequestReturnCommand,
  { number, now }: Numbering,
): Result<OrderReturn, Failure> {
  const order = transition(orderTable, orderStateOf(life), 'return');
  if (!order.ok) return refuse<Failure>({ ...order.refusal });
  const repeated = repeatedLine(lines);
  if (repeated !== null) return refuse(repeated);
  for (const { lineId, quantity } of lines) {
    const line = life.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse<Failure>(unknownLine(lineId));
    const max = shippedOf(life, lineId) - returningOf(life, lineId);
    if (quantity > max) {
      const detail = `Only ${max} of ${line.variant.sku} have shipped and are not coming back yet.`;
      return refuse<Failure>({ code: 'more-than-shipped', detail, lineId, max });
    }
  }
  return accept({
    id: idOf('ret', number),
    state: isApproved ? 'approved' : 'requested',
    lines,
    exchange,
    received: [],
    note,
    requestedAt: now,
    failure: null,
  });
}

export function findReturn(life: Life, returnId: string): Result<OrderReturn, Failure> {
  const found = life.returns.find(({ id }) => id === returnId);
  if (found !== undefined) return accept(found);
  return refuse<Failure>({ code: 'not-found', detail: `The order has no return ${returnId}.` });
}

/** New lines and their price, where a return is an exchange and this receipt completes it. */
export interface PricedExchange {
  readonly lines: readonly CartLine[];
  readonly quote: Quote;
}

export interface Receipt {
  readonly draft: OperationDraft;
  /** Refunds or exchanges what was received, once it is. */
  readonly followUp: OperationDraft | null;
}

/** What is received by this command; null lines are all that is missing. */
export function receivedLines(
  goodsReturn: OrderReturn,
  { lines }: Pick<ReceiveCommand, 'lines'>,
): readonly ReceivedLine[] {
  if (lines !== null) return lines;
  return goodsReturn.lines.flatMap(({ lineId, quantity }) => {
    const missing = quantity - unitsOfLine(lineId, goodsReturn.received);
    return missing === 0 ? [] : [{ lineId, quantity: missing, condition: 'sellable' as const, isRestocked: true }];
  });
}

/** Whether nothing of a return is missing after these lines. */
export function isLastReceipt(goodsReturn: OrderReturn, lines: readonly ReceivedLine[]): boolean {
  return unitsIn(lines) + unitsIn(goodsReturn.received) >= unitsIn(goodsReturn.lines);
}

export function decideReceive(
  life: Life,
  command: ReceiveCommand,
  numbering: Numbering,
  exchange: PricedExchange | null,
): Result<Receipt, Failure> {
  const found = findReturn(life, command.returnId);
  if (!found.ok) return found;
  const goodsReturn = found.value;
  const lines = receivedLines(goodsReturn, command);
  const action = isLastReceipt(goodsReturn, lines) ? 'receive-rest' : 'receive-part';
  const state = transition(returnTable, goodsReturn.state, action);
  if (!state.ok) return refuse<Failure>({ ...state.refusal });
  for (const { lineId } of lines) {
    const asked = unitsOfLine(lineId, goodsReturn.lines);
    if (asked === 0) return refuse<Failure>(unknownLine(lineId));
    const max = asked - unitsOfLine(lineId, goodsReturn.received);
    if (unitsOfLine(lineId, lines) > max) {
      const detail = `Only ${max} more of this line are to come back.`;
      return refuse<Failure>({ code: 'more-than-shipped', detail, lineId, max });
    }
  }
  const effects = restocks(life, lines, command.locationId ?? shippedFrom(life, goodsReturn), numbering);
  if (effects === null)
    return refuse<Failure>({ code: 'location-needed', detail: 'Name the location that takes the goods.' });
  const draft: OperationDraft = { kind: 'receive', effects, change: { receipt: { returnId: goodsReturn.id, lines } } };
  return accept({
    draft,
    followUp: command.isRefunded ? followUpOf(life, goodsReturn, lines, numbering, exchange) : null,
  });
}

/** Goods come back by condition; what is written off never comes back into stock. */
function restocks(
  life: Life,
  lines: readonly ReceivedLine[],
  locationId: string | null,
  numbering: Numbering,
): Effect[] | null {
  const restocked = lines.filter(({ isRestocked }) => isRestocked);
  if (restocked.length === 0) return [];
  if (locationId === null) return null;
  const items = (['sellable', 'damaged'] as const).flatMap((condition) => {
    const some = restocked.filter((line) => line.condition === condition);
    return needsOfUnits(life.lines, some).map((need) => ({ ...need, locationId, condition }));
  });
  return [{ do: 'restock', restockKey: keyOf(numbering, 's'), items }];
}

/** Goods go back where they came from, unless somebody says otherwise. */
function shippedFrom(life: Life, { lines }: OrderReturn): string | null {
  const from = life.fulfillments.filter((one) => one.lines.some(({ lineId }) => unitsOfLine(lineId, lines) > 0));
  return from.at(-1)?.locationIds[0] ?? null;
}

/**
 * What was received is credited at what was charged for it, and paid back as far as nothing is owed; units that were refunded
 * before are not refunded again.
 */
function followUpOf(
  life: Life,
  goodsReturn: OrderReturn,
  received: readonly ReceivedLine[],
  numbering: Numbering,
  exchange: PricedExchange | null,
): OperationDraft | null {
  const lineIds = [...new Set(received.map(({ lineId }) => lineId))];
  const unpaid = lineIds.flatMap((lineId) => {
    const before = unitsOfLine(lineId, goodsReturn.received, otherReceipts(life, goodsReturn));
    // Units that were canceled were refunded for themselves, and never shipped.
    const refunded = Math.max(0, refundedUnitsOf(life, lineId) - canceledUnitsOf(life, lineId));
    const owed = before + unitsOfLine(lineId, received) - refunded;
    const quantity = Math.min(owed, unitsOfLine(lineId, received));
    return quantity > 0 ? [{ lineId, quantity }] : [];
  });
  const lines = creditLines(life, unpaid);
  if (!lines.ok) return null;
  const creditMinor = sumOf(lines.value.map(({ grossMinor }) => grossMinor));
  const facts = { creditMinor, lines: lines.value, shippingMinor: 0, note: goodsReturn.note };
  if (exchange !== null) {
    const amountMinor = deltaOf(life, exchange.quote, creditMinor).refundMinor;
    const refund = newRefund('return', life, numbering, { ...facts, amountMinor }, goodsReturn.id);
    return { ...editDraft(life, exchange, numbering, refund), kind: 'exchange' };
  }
  if (creditMinor === 0) return null;
  const amountMinor = Math.min(creditMinor, deltaOf(life, life.quote, creditMinor).refundMinor);
  return refundDraft(newRefund('return', life, numbering, { ...facts, amountMinor }, goodsReturn.id), numbering);
}

function otherReceipts(life: Life, goodsReturn: OrderReturn): readonly ReceivedLine[] {
  return life.returns.filter(({ id }) => id !== goodsReturn.id).flatMap(({ received }) => received);
}

/** The state of a return after the merchant's word on it. */
export function decideReturnAction(
  life: Life,
  returnId: string,
  action: 'approve' | 'reject' | 'cancel',
): Result<ReturnState, Failure> {
  const found = findReturn(life, returnId);
  if (!found.ok) return found;
  const state = transition(returnTable, found.value.state, action);
  return state.ok ? state : refuse<Failure>({ ...state.refusal });
}
