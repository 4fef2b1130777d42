/**
 * Reads Stripe's refunds and disputes into movements. Both are told as they stand now, so an earlier state that is read
 * later adds nothing; that a success was undone is told as a failure that came after it.
 */
import * as z from 'zod';
import type { Movement } from '../domain/ledger.ts';
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
 * An inquiry takes no money; a dispute does until it is won.
 *
 * @see https://docs.stripe.com/disputes/how-disputes-work
 */
export function movementsOfDispute(dispute: StripeDispute, units: AmountUnits): readonly Movement[] {
  const { ref, amountMinor, at } = namesOf(dispute, dispute.id, units);
  const chargeback = { type: 'chargeback', ref, amountMinor, at } as const;
  switch (dispute.status) {
    case 'needs_response':
    case 'under_review':
    case 'lost':
      return [chargeback];
    case 'won':
      return [chargeback, { type: 'chargebackFailed', ref, amountMinor, at: at + 1 }];
    default:
      return [];
  }
}

function namesOf(object: StripeRefund | StripeDispute, ref: string, units: AmountUnits) {
  return { ref, amountMinor: units.fromProvider(object.amount, object.currency), at: object.created * 1000 };
}
