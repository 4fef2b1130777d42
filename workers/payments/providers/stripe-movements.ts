/**
 * Reads Stripe's refunds and disputes into movements. Each is read as its present state, so a stale one that
 * arrives later adds nothing; a success that was undone becomes a failure that came after it.
 */
import * as z from 'zod';
import type { Movement, ReportType } from '../domain/ledger.ts';
import { Amount, IsoCurrency, Reference } from './stripe-intent.ts';
import type { AmountUnits } from './stripe-units.ts';

/** Seconds since 1970. */
const Instant = z.int().min(0);

export const StripeRefund = z.looseObject({
  id: Reference,
  object: z.literal('refund'),
  status: z.string().nullish(),
  amount: Amount,
  currency: IsoCurrency,
  created: Instant,
  metadata: z.looseObject({ refundKey: z.string().min(1).max(150).optional() }).nullish(),
});
export type StripeRefund = z.infer<typeof StripeRefund>;

export const StripeDispute = z.looseObject({
  id: Reference,
  object: z.literal('dispute'),
  status: z.string(),
  amount: Amount,
  currency: IsoCurrency,
  created: Instant,
  /** What the contest has moved so far, in the currency of the account: only its sign is used here. */
  balance_transactions: z.array(z.looseObject({ amount: z.int() })).nullish(),
});
export type StripeDispute = z.infer<typeof StripeDispute>;

/** A refund that did not work out gives its money back to us, whether or not it was paid out before. */
export function movementsOfRefund(refund: StripeRefund, units: AmountUnits): readonly Movement[] {
  const { ref, amountMinor, at } = namesOf(refund, refund.metadata?.refundKey ?? refund.id, units);
  switch (refund.status) {
    case 'succeeded':
      return [{ type: 'refund', ref, amountMinor, at }];
    case 'failed':
    case 'canceled':
      return [{ type: 'refundFailed', ref, amountMinor, at: at + 1 }];
    default:
      return [{ type: 'refundRequested', ref, amountMinor, at }];
  }
}

/**
 * An inquiry is no dispute yet, and takes no money. The money of a dispute is withdrawn and reinstated at moments of its own,
 * which may be before or after its status changes. One that is appealed stays lost until the appeal is won.
 *
 * @see https://docs.stripe.com/disputes/how-disputes-work
 */
export function movementsOfDispute(dispute: StripeDispute, units: AmountUnits): readonly Movement[] {
  const { ref, amountMinor, at } = namesOf(dispute, dispute.id, units);
  const status = contests[dispute.status];
  if (status === undefined) return [];
  const moved = dispute.balance_transactions;
  const isWithdrawn = moved?.some(({ amount }) => amount < 0) ?? true;
  const isReinstated = isWithdrawn && (moved?.some(({ amount }) => amount > 0) ?? status === 'won');
  const types: readonly [is: boolean, type: ReportType][] = [
    [true, 'dispute'],
    [isWithdrawn, 'chargeback'],
    [status === 'lost', 'disputeLost'],
    [status === 'won', 'disputeWon'],
    [isReinstated, 'chargebackFailed'],
  ];
  return types
    .filter(([is]) => is)
    .map(([, type]) => ({ type, ref, amountMinor, at: type === 'chargebackFailed' ? at + 1 : at }));
}

/** The state of a dispute by Stripe's status. Other statuses are of inquiries, and of disputes that were prevented. */
const contests: Readonly<Record<string, 'open' | 'won' | 'lost'>> = {
  needs_response: 'open',
  under_review: 'open',
  appeal_needs_response: 'open',
  appeal_under_review: 'open',
  won: 'won',
  lost: 'lost',
};

function namesOf(object: StripeRefund | StripeDispute, ref: string, units: AmountUnits) {
  return { ref, amountMinor: units.fromProvider(object.amount, object.currency), at: object.created * 1000 };
}
