/**
 * The money of an order of which nothing is left to ship. What is owed for what has left is taken by the removal of the last
 * units; what is still authorized and cannot be needed any more is let go by the operation that leads there, as its last
 * effect.
 */
import { assert } from '../../../../shared/values/result.ts';
import { balancesOf, fulfillmentStateOf } from './balances.ts';
import { evolveOrder } from './evolve.ts';
import { type Effect, keyOf, type Numbering, type Operation } from './operation.ts';
import { type Order, unshippedOf } from './order.ts';

/** Whether an edit or a shipment could still take more of what is authorized. */
export function isRestUnneeded(order: Order): boolean {
  if (order.isCanceled || order.authorizedMinor <= order.capturedMinor) return false;
  return balancesOf(order).capturableMinor === 0 && order.lines.every((line) => unshippedOf(order, line) === 0);
}

/** The operation, with what is to be done about the money of an order of which it leaves nothing to ship. */
export function withEnd(order: Order, operation: Operation, numbering: Numbering): Operation {
  return withLetGo(order, withLastCapture(order, operation, numbering), numbering.now);
}

/**
 * Parcels are paid for as they leave, and the last one takes the rest. Where the units that were to be the last are removed
 * instead, what is owed for those that have left is taken by an operation of its own: a decline does not bring units back.
 */
function withLastCapture(order: Order, operation: Operation, numbering: Numbering): Operation {
  const isRemoval = operation.kind === 'edit' || operation.kind === 'refund';
  if (!isRemoval || fulfillmentStateOf(order) === 'fulfilled') return operation;
  const after = afterAll(order, operation, numbering.now);
  const { capturableMinor: amountMinor } = balancesOf(after);
  if (amountMinor === 0 || fulfillmentStateOf(after) !== 'fulfilled') return operation;
  const capture: Effect = { do: 'capture', captureKey: keyOf(numbering, 'c'), amountMinor };
  return { ...operation, followUp: { kind: 'capture', effects: [capture], change: {} } };
}

/** The operation, with the effect that lets go of what it leaves unneeded. */
function withLetGo(order: Order, operation: Operation, at: number): Operation {
  if (!isRestUnneeded(afterAll(order, operation, at))) return operation;
  const { effects, followUp } = operation;
  const letGo: Effect = { do: 'let-go' };
  if (followUp === null) return { ...operation, effects: [...effects, letGo] };
  return { ...operation, followUp: { ...followUp, effects: [...followUp.effects, letGo] } };
}

/** The order when the operation, and what follows it, have ended well. */
export function afterAll(order: Order, operation: Operation, at: number): Order {
  let after = evolveOrder(order, { type: 'operation-started', operation, at });
  for (let parts = 0; after.running !== null; parts += 1) {
    assert(parts < 2, 'at most one operation follows another');
    after = evolveOrder(after, { type: 'operation-ended', failure: null, deed: null, at });
  }
  return after;
}
