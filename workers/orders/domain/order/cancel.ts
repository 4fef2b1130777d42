/** Cancels an order of which nothing has left. Whether its money and its goods go back are choices. */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf } from './balances.ts';
import { unitsOfCancellation } from './canceled-units.ts';
import { type Allocation, writeOff } from './fulfill.ts';
import type { Effect, Numbering, OperationDraft } from './operation.ts';
import type { Order } from './order.ts';
import { newRefund } from './refund.ts';
import { refundEffects } from './sources.ts';
import { fulfillmentTable, orderTable, transition } from './states.ts';
import { releases } from './stock.ts';

export interface CancelCommand {
  readonly type: 'cancel';
  readonly note: string | null;
  /** False: its units are lost to the shop as well, and leave the stock as if they had shipped. Absent: they go back. */
  readonly isRestocked?: boolean;
  /** False: what was taken stays with the shop, and may be refunded later. Absent: it goes back. */
  readonly isRefunded?: boolean;
}

/**
 * Gives back the money, what the promotions used, and the stock of the order, whose units will never ship. What is authorized
 * and not taken is let go in any case: nobody can take it from a canceled order.
 */
export function decideCancel(
  order: Order,
  { note, isRestocked = true, isRefunded = true }: CancelCommand,
  numbering: Numbering,
  allocations: readonly Allocation[] = [],
): Result<OperationDraft, OrderRefusal> {
  const orderStep = transition(orderTable, orderStateOf(order), 'cancel');
  if (!orderStep.ok) return orderStep;
  const state = transition(fulfillmentTable, fulfillmentStateOf(order), 'cancel');
  if (!state.ok) return state;
  const { refundableMinor, authorizedMinor, capturedMinor } = balancesOf(order);
  const written = isRestocked ? [] : writeOff(order, allocations, numbering);
  if (written === null) {
    const detail = 'The stock of this order is promised from no known place, so it cannot be written off.';
    return refuse<OrderRefusal>({ code: 'location-needed', detail });
  }
  const effects: Effect[] = [...written];
  const facts = { amountMinor: refundableMinor, creditMinor: refundableMinor, lines: [], shippingMinor: 0, note };
  const refund = refundableMinor === 0 || !isRefunded ? null : newRefund('cancel', order, numbering, facts);
  if (refund !== null) effects.push(...refundEffects(refund, numbering));
  // A void would also give back what was captured, which the refund does, or a dispute that the order has not seen the end of.
  if (authorizedMinor > capturedMinor) effects.push({ do: capturedMinor > 0 ? 'let-go' : 'void' });
  if (order.uses.length > 0) effects.push({ do: 'give-back', allowances: order.uses });
  if (isRestocked) effects.push(...releases(order.commitments, numbering));
  const canceledUnits = unitsOfCancellation(order).map((units) =>
    isRestocked ? units : { ...units, isWrittenOff: true as const },
  );
  const reason = note === null ? {} : { note };
  const change = { isCancellation: true as const, canceledUnits, ...reason, ...(refund === null ? {} : { refund }) };
  return accept({ kind: 'cancel', effects, change });
}
