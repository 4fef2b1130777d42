/** What an edit would mean for the payer, read from the order as the edit would leave it. */
import { balancesOf } from './balances.ts';
import { decideEdit, deltaOf } from './edit.ts';
import { afterAll } from './let-go.ts';
import { idOf, type Numbering } from './operation.ts';
import type { Order } from './order.ts';
import type { PricedExchange } from './return-credit.ts';

interface EditOutcome {
  /** By how much the total changes. */
  readonly deltaMinor: number;
  readonly refundMinor: number;
  /** What is owed afterwards beyond what is authorized. */
  readonly outstandingMinor: number;
}

export function outcomeOfEdit(order: Order, priced: PricedExchange, numbering: Numbering): EditOutcome {
  const { deltaMinor, refundMinor } = deltaOf(order, priced.quote);
  const draft = decideEdit(order, priced, numbering);
  const operation = { ...draft, id: idOf('op', numbering.number), actor: '', asked: null, followUp: null };
  const { outstandingMinor } = balancesOf(afterAll(order, operation, numbering.now));
  return { deltaMinor, refundMinor, outstandingMinor };
}
