/**
 * Goods that come back: asked for, approved or rejected, received in parts, restocked or written off, and refunded or
 * exchanged for others. What is received is a fact even when its refund is declined, so the two are operations of their own.
 */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { orderStateOf } from './balances.ts';
import { type Effect, idOf, keyOf, type Numbering, type OperationDraft, type ReceivedLine } from './operation.ts';
import {
  type ExchangeLine,
  type Order,
  type OrderReturn,
  returningOf,
  shippedOf,
  unitsIn,
  unitsOfLine,
} from './order.ts';
import { repeatedLine, unknownLine } from './refusals.ts';
import { isExchangeOpen, type PricedExchange, settleDraft } from './return-credit.ts';
import { orderTable, type ReturnState, returnTable, transition } from './states.ts';
import { needsOfUnits } from './stock.ts';

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
  order: Order,
  { lines, exchange, note, isApproved }: RequestReturnCommand,
  { number, now }: Numbering,
): Result<OrderReturn, OrderRefusal> {
  const orderStep = transition(orderTable, orderStateOf(order), 'return');
  if (!orderStep.ok) return orderStep;
  const repeated = repeatedLine(lines);
  if (repeated !== null) return refuse(repeated);
  for (const { lineId, quantity } of lines) {
    const line = order.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return refuse<OrderRefusal>(unknownLine(lineId));
    const max = shippedOf(order, lineId) - returningOf(order, lineId);
    if (quantity > max) {
      const { sku } = line.variant;
      const detail =
        max <= 0
          ? `None of ${sku} has shipped that is not coming back already.`
          : `Only ${max} of ${sku} ${max === 1 ? 'has shipped and is' : 'have shipped and are'} not coming back yet.`;
      return refuse<OrderRefusal>({ code: 'more-than-shipped', detail, lineId, max });
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

export function findReturn(order: Order, returnId: string): Result<OrderReturn, OrderRefusal> {
  const found = order.returns.find(({ id }) => id === returnId);
  if (found !== undefined) return accept(found);
  return refuse<OrderRefusal>({ code: 'not-found', detail: `The order has no return ${returnId}.` });
}

interface Receipt {
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
  order: Order,
  command: ReceiveCommand,
  numbering: Numbering,
  exchange: PricedExchange | null,
): Result<Receipt, OrderRefusal> {
  const found = findReturn(order, command.returnId);
  if (!found.ok) return found;
  const goodsReturn = found.value;
  const lines = receivedLines(goodsReturn, command);
  const action = isLastReceipt(goodsReturn, lines) ? 'receive-rest' : 'receive-part';
  const state = transition(returnTable, goodsReturn.state, action);
  if (!state.ok) return state;
  for (const { lineId } of lines) {
    const asked = unitsOfLine(lineId, goodsReturn.lines);
    if (asked === 0) return refuse<OrderRefusal>(unknownLine(lineId));
    const max = asked - unitsOfLine(lineId, goodsReturn.received);
    if (unitsOfLine(lineId, lines) > max) {
      const detail =
        max <= 0
          ? 'Nothing more of this line is to come back.'
          : `Only ${max} more of this line ${max === 1 ? 'is' : 'are'} to come back.`;
      return refuse<OrderRefusal>({ code: 'more-than-shipped', detail, lineId, max });
    }
  }
  const isExchanged = isExchangeOpen(goodsReturn);
  if (isExchanged && !command.isRefunded) return refuse(exchangeSettles);
  const effects = restocks(order, lines, command.locationId ?? shippedFrom(order, goodsReturn), numbering);
  if (effects === null)
    return refuse<OrderRefusal>({ code: 'location-needed', detail: 'Name the location that takes the goods.' });
  const { isRefunded } = command;
  const receipt = { returnId: goodsReturn.id, lines, isRefunded };
  const draft: OperationDraft = { kind: 'receive', effects, change: { receipt } };
  // An exchange keeps the credit of its first parts until the last: nothing is paid out that would be asked for again.
  const isSettled = isExchanged ? exchange !== null : isRefunded;
  const after = { ...goodsReturn, received: [...goodsReturn.received, ...lines] };
  const credited = isExchanged ? after.received : lines;
  return accept({ draft, followUp: isSettled ? settleDraft(order, after, credited, numbering, exchange) : null });
}

const exchangeSettles: OrderRefusal = {
  code: 'exchange-open',
  detail: 'The exchange of this return settles what comes back. To pay it back instead, settle the return by a refund.',
  errors: [{ pointer: '/refund', detail: 'Leave it out, or true, while the exchange is open.' }],
};

/** Goods come back by condition; what is written off never comes back into stock, and what nobody counts comes to no place. */
function restocks(
  order: Order,
  lines: readonly ReceivedLine[],
  locationId: string | null,
  numbering: Numbering,
): Effect[] | null {
  const restocked = lines.filter((line) => line.isRestocked && needsOfUnits(order.lines, [line]).length > 0);
  if (restocked.length === 0) return [];
  if (locationId === null) return null;
  const items = (['sellable', 'damaged'] as const).flatMap((condition) => {
    const some = restocked.filter((line) => line.condition === condition);
    return needsOfUnits(order.lines, some).map((need) => ({ ...need, locationId, condition }));
  });
  return [{ do: 'restock', restockKey: keyOf(numbering, 's'), items }];
}

/** Goods go back where they came from, unless the merchant names another location. */
function shippedFrom(order: Order, { lines }: OrderReturn): string | null {
  const from = order.fulfillments.filter((one) => one.lines.some(({ lineId }) => unitsOfLine(lineId, lines) > 0));
  return from.findLast(({ locationIds }) => locationIds.length > 0)?.locationIds[0] ?? null;
}

/** The state of a return after the merchant has decided on it. */
export function decideReturnAction(
  order: Order,
  returnId: string,
  action: 'approve' | 'reject' | 'cancel',
): Result<ReturnState, OrderRefusal> {
  const found = findReturn(order, returnId);
  if (!found.ok) return found;
  return transition(returnTable, found.value.state, action);
}
