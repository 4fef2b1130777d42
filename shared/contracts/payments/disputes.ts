/** A payer's contest over captured money, as payments reports it and as merchants see it on payments and orders. */
import * as z from 'zod';
import { Money } from '../../values/money.ts';

/**
 * The bank withdraws the money of a dispute, and gives it back when the shop wins. Both happen before or after the status says
 * so. `kept`: the bank has not taken the money.
 */
export const DisputeView = z.strictObject({
  /** The provider's name for it. */
  reference: z.string(),
  status: z.enum(['open', 'won', 'lost']),
  amount: Money,
  funds: z.enum(['kept', 'withdrawn', 'reinstated']),
});

export interface PaymentDispute extends Readonly<Pick<z.infer<typeof DisputeView>, 'status' | 'funds'>> {
  /** The provider's name for it. */
  readonly ref: string;
  readonly amountMinor: number;
}
