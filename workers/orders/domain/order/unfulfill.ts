/**
 * Takes back a shipment that never left: its units are to ship again, from where they were promised. Money that was taken for
 * it stays with the shop and pays for them when they ship, so nothing is captured twice.
 */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import { dayMs } from '../../../../shared/values/time.ts';
import type { OrderRefusal } from '../refusal.ts';
import { fulfillmentStateOf, orderStateOf } from './balances.ts';
import type { Numbering, OperationDraft } from './operation.ts';
import { type Order, refundedShippedOf, returningOf, shippedOf, unitsOfLine } from './order.ts';
import { fulfillmentTable, orderTable, transition } from './states.ts';

export interface UnfulfillCommand {
  readonly type: 'unfulfill';
  readonly fulfillmentId: string;
}

/** The books of the stock remember a shipment for ninety days; what has not left by then is lost in another way. */
const undoableMs = 60 * dayMs;

export function decideUnfulfill(
  order: Order,
  { fulfillmentId }: UnfulfillCommand,
  { now }: Pick<Numbering, 'now'>,
): Result<OperationDraft, OrderRefusal> {
  const allowed = transition(orderTable, orderStateOf(order), 'unfulfill');
  if (!allowed.ok) return allowed;
  const fulfillment = order.fulfillments.find(({ id }) => id === fulfillmentId);
  if (fulfillment === undefined) return refuse(unknownFulfillment(order, fulfillmentId));
  const action = order.fulfillments.length === 1 ? 'take-back-all' : 'take-back-part';
  const state = transition(fulfillmentTable, fulfillmentStateOf(order), action);
  if (!state.ok) return state;
  for (const { lineId } of fulfillment.lines) {
    const left = shippedOf(order, lineId) - unitsOfLine(lineId, fulfillment.lines);
    const min = Math.max(refundedShippedOf(order, lineId), returningOf(order, lineId));
    if (left >= min) continue;
    const detail = 'Units of this shipment were refunded or are coming back, so it has left.';
    return refuse<OrderRefusal>({ code: 'fulfillment-settled', detail, lineId });
  }
  if (now - fulfillment.at > undoableMs) {
    const detail = 'It is more than 60 days old. Take the goods back with a return.';
    return refuse<OrderRefusal>({ code: 'fulfillment-settled', detail });
  }
  const effects = fulfillment.shipments.map((shipment) => ({ do: 'unship', ...shipment }) as const);
  return accept({ kind: 'unfulfill', effects, change: { unfulfilledId: fulfillmentId } });
}

function unknownFulfillment({ canceledFulfillments }: Order, fulfillmentId: string): OrderRefusal {
  if (!canceledFulfillments.some(({ id }) => id === fulfillmentId))
    return { code: 'not-found', detail: `The order has no fulfillment ${fulfillmentId}.` };
  const detail = 'This shipment was taken back before.';
  return {
    code: 'wrong-state',
    subject: 'fulfillment',
    state: 'canceled',
    action: 'unfulfill',
    allowed: [],
    detail,
  };
}
