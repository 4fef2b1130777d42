/**
 * What was done at the provider since it was last looked at, as the timeline tells it: refunds that nobody here made, and the
 * story of each dispute. Of what happened in between nothing is left out, however late it is looked at.
 */
import type { PaymentDispute } from '../../../../shared/contracts/payments/disputes.ts';
import { sumOf } from '../../../../shared/values/money.ts';

/** What has happened at the provider of the checkout that no operation of the order explains. */
export interface Elsewhere {
  /** Refunded beyond the order's own refunds; below zero when the provider gave back less than they say. */
  readonly refundedMinor: number;
  /** Disputed, and not won back. */
  readonly chargedBackMinor: number;
  /** Absent from what was observed before disputes were told apart. */
  readonly disputes?: readonly PaymentDispute[];
}

export interface Observed {
  readonly action: string;
  /** To the shop, or (negative) away from it. */
  readonly movedMinor: number;
  /** The provider's name for a dispute. */
  readonly subjectId: string | null;
}

export function observedBetween(before: Elsewhere, after: Elsewhere): readonly Observed[] {
  const { disputes = [] } = after;
  const known = before.disputes ?? disputesToldInTotal(before, disputes);
  // Totals without disputes are from before disputes were told apart.
  const chargedBack = after.disputes === undefined ? before.chargedBackMinor - after.chargedBackMinor : 0;
  return [
    ...movedBy(before.refundedMinor - after.refundedMinor, 'refund-at-provider', 'refund-failed-at-provider'),
    ...movedBy(chargedBack, 'dispute', 'dispute-won'),
    ...disputes.flatMap((dispute) => storyOf(known.find(({ ref }) => ref === dispute.ref) ?? null, dispute)),
  ];
}

function movedBy(movedMinor: number, away: string, back: string): Observed[] {
  return movedMinor === 0 ? [] : [{ action: movedMinor < 0 ? away : back, movedMinor, subjectId: null }];
}

/** What a total that was told without names stands for: those disputes were open, with their money withdrawn. */
function disputesToldInTotal(before: Elsewhere, disputes: readonly PaymentDispute[]): readonly PaymentDispute[] {
  const withdrawn = disputes.filter(({ funds }) => funds !== 'kept');
  const isTold = before.chargedBackMinor > 0 && sumOf(withdrawn.map(({ amountMinor }) => amountMinor)) > 0;
  return isTold ? withdrawn.map((one) => ({ ...one, status: 'open', funds: 'withdrawn' })) : [];
}

function storyOf(before: PaymentDispute | null, after: PaymentDispute): Observed[] {
  const { ref: subjectId, status, amountMinor } = after;
  const takenMinor = after.funds !== 'kept' && (before === null || before.funds === 'kept') ? -amountMinor : 0;
  const givenMinor = after.funds === 'reinstated' && before?.funds !== 'reinstated' ? amountMinor : 0;
  const story: Observed[] = [];
  if (before === null) story.push({ action: 'dispute', movedMinor: takenMinor, subjectId });
  else if (takenMinor !== 0) story.push({ action: 'dispute-funds-withdrawn', movedMinor: takenMinor, subjectId });
  if (status === 'won' && before?.status !== 'won')
    story.push({ action: 'dispute-won', movedMinor: givenMinor, subjectId });
  else if (givenMinor !== 0) story.push({ action: 'dispute-funds-reinstated', movedMinor: givenMinor, subjectId });
  if (status === 'lost' && before?.status !== 'lost') story.push({ action: 'dispute-lost', movedMinor: 0, subjectId });
  return story;
}

/** Whether two readings of a payment say the same. */
export function isSameElsewhere(one: Elsewhere, other: Elsewhere): boolean {
  const { disputes: some = [], ...totals } = one;
  const { disputes: others = [], ...otherTotals } = other;
  const isSameDispute = (a: PaymentDispute, b: PaymentDispute | undefined) =>
    a.ref === b?.ref && a.status === b.status && a.funds === b.funds;
  return (
    totals.refundedMinor === otherTotals.refundedMinor &&
    totals.chargedBackMinor === otherTotals.chargedBackMinor &&
    some.length === others.length &&
    some.every((dispute, index) => isSameDispute(dispute, others[index]))
  );
}
