/** A payer's contest over captured money, as payments tells of it and as merchants see it on payments and orders. */
import * as z from 'zod';
import { Money } from '../../values/money.ts';

/** What the bank has withdrawn comes back when a dispute is won, and is lost with it. Neither moment is that of the word on it. */
export interface PaymentDispute {
  /** The provider's name for it. */
  readonly ref: string;
  readonly status: 'open' | 'won' | 'lost';
  readonly amountMinor: number;
  /** `kept`: the bank has not taken the money. */
  readonly funds: 'kept' | 'withdrawn' | 'reinstated';
}

export const DisputeView = z.strictObject({
  /** The provider's name for it. */
  reference: z.string(),
  status: z.enum(['open', 'won', 'lost']),
  amount: Money,
  funds: z.enum(['kept', 'withdrawn', 'reinstated']),
});
