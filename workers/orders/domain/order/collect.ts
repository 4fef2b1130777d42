/** Books money that reached the merchant in some other way than through the provider of the checkout. */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, orderStateOf } from './balances.ts';
import { type Effect, idOf, type Numbering, type OperationDraft } from './operation.ts';
import type { Order } from './order.ts';
import { tooMuchMoney } from './refusals.ts';
import { orderTable, transition } from './states.ts';

/** Money that the merchant has received by a way of its own. */
export interface CollectCommand {
  readonly type: 'collect';
  readonly amountMinor: number;
  readonly note: string | null;
}

/** Books what was received of what the payer owes beyond what is authorized, and no more than that. */
export function decideCollect(
  order: Order,
  { amountMinor, note }: CollectCommand,
  numbering: Numbering,
): Result<OperationDraft, OrderRefusal> {
  const orderStep = transition(orderTable, orderStateOf(order), 'collect');
  if (!orderStep.ok) return orderStep;
  const { outstandingMinor } = balancesOf(order);
  if (amountMinor > outstandingMinor)
    return refuse<OrderRefusal>(tooMuchMoney('payment-too-large', outstandingMinor, order.quote.currency));
  const received = { id: idOf('pay', numbering.number), amountMinor, note, at: numbering.now };
  const effects: readonly Effect[] = [{ do: 'collect', paymentId: received.id, amountMinor }];
  return accept({ kind: 'collect', effects, change: { received } });
}
