/** Cancels an order of which nothing has left. */
import { accept, type Result } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf } from './balances.ts';
import { unitsOfCancellation } from './canceled-units.ts';
import type { Effect, Numbering, OperationDraft } from './operation.ts';
import type { Order } from './order.ts';
import { newRefund } from './refund.ts';
import { refundEffects } from './sources.ts';
import { fulfillmentTable, orderTable, transition } from './states.ts';
import { releases } from './stock.ts';

export interface CancelCommand {
  readonly type: 'cancel';
  readonly note: string | null;
}

/** Gives back the money, what the promotions used, and the stock of the order, whose units will never ship. */
export function decideCancel(
  order: Order,
  { note }: CancelCommand,
  numbering: Numbering,
): Result<OperationDraft, OrderRefusal> {
  const orderStep = transition(orderTable, orderStateOf(order), 'cancel');
  if (!orderStep.ok) return orderStep;
  const state = transition(fulfillmentTable, fulfillmentStateOf(order), 'cancel');
  if (!state.ok) return state;
  const { refundableMinor, authorizedMinor, capturedMinor } = balancesOf(order);
  const effects: Effect[] = [];
  const facts = { amountMinor: refundableMinor, creditMinor: refundableMinor, lines: [], shippingMinor: 0, note };
  const refund = refundableMinor === 0 ? null : newRefund('cancel', order, numbering, facts);
  if (refund !== null) effects.push(...refundEffects(refund, numbering));
  // A void would also give back what was captured, which the refund does, or a dispute that the order has not seen the end of.
  if (authorizedMinor > capturedMinor) effects.push({ do: capturedMinor > 0 ? 'let-go' : 'void' });
  if (order.uses.length > 0) effects.push({ do: 'give-back', allowances: order.uses });
  effects.push(...releases(order.commitments, numbering));
  const canceledUnits = unitsOfCancellation(order);
  const change = { isCancellation: true as const, canceledUnits, ...(refund === null ? {} : { refund }) };
  return accept({ kind: 'cancel', effects, change });
}
