/** Takes money that is authorized. */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, orderStateOf, paymentStateOf } from './balances.ts';
import { type Effect, keyOf, type Numbering, type OperationDraft } from './operation.ts';
import type { Order } from './order.ts';
import { tooMuchMoney } from './refusals.ts';
import { orderTable, paymentTable, transition } from './states.ts';

export interface CaptureCommand {
  readonly type: 'capture';
  /** Null takes all that may be taken. */
  readonly amountMinor: number | null;
}

export function decideCapture(
  order: Order,
  { amountMinor }: CaptureCommand,
  numbering: Numbering,
): Result<OperationDraft, OrderRefusal> {
  const { capturableMinor } = balancesOf(order);
  const wanted = amountMinor ?? capturableMinor;
  const isRest = wanted === capturableMinor;
  const allowed = transition(paymentTable, paymentStateOf(order), isRest ? 'capture-rest' : 'capture-part');
  if (!allowed.ok) return allowed;
  const orderStep = transition(orderTable, orderStateOf(order), isRest ? 'pay' : 'capture');
  if (!orderStep.ok) return orderStep;
  // Also where the state allows a capture, as one does that had a refund: a provider is never asked for nothing.
  if (capturableMinor === 0 || wanted > capturableMinor)
    return refuse<OrderRefusal>(tooMuchMoney('capture-too-large', capturableMinor, order.quote.currency));
  const effects: readonly Effect[] = [{ do: 'capture', captureKey: keyOf(numbering, 'c'), amountMinor: wanted }];
  return accept({ kind: 'capture', effects, change: {} });
}
