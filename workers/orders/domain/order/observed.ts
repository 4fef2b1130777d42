/**
 * What was done at the provider since it was last looked at, as the timeline shows it: refunds that the shop did not make, and the
 * story of each dispute. Of what happened in between nothing is left out, however late it is looked at.
 */
import type { KnownRefund } from '../../../../shared/contracts/payments/api.ts';
import type { PaymentDispute } from '../../../../shared/contracts/payments/disputes.ts';

/** What has happened at the provider of the checkout that no operation of the order explains. */
export interface Elsewhere {
  /** Refunded beyond the order's own refunds; below zero when the provider gave back less than they say. */
  readonly refundedMinor: number;
  /** Those that the provider names. Absent: none, or it was read before they were kept. */
  readonly refunds?: readonly KnownRefund[];
  /** Disputed, and not won back. */
  readonly chargedBackMinor: number;
  readonly disputes: readonly PaymentDispute[];
}

interface Observed {
  readonly action: string;
  /** To the shop, or (negative) away from it. */
  readonly movedMinor: number;
  /** The provider's name for a dispute. */
  readonly subjectId: string | null;
}

export function observedBetween(before: Elsewhere, after: Elsewhere): readonly Observed[] {
  return [
    ...movedBy(before.refundedMinor - after.refundedMinor, 'refund-at-provider', 'refund-failed-at-provider'),
    ...after.disputes.flatMap((dispute) => storyOf(findDispute(before, dispute), dispute)),
  ];
}

function findDispute({ disputes }: Elsewhere, { ref }: PaymentDispute): PaymentDispute | null {
  return disputes.find((one) => one.ref === ref) ?? null;
}

function movedBy(movedMinor: number, away: string, back: string): Observed[] {
  return movedMinor === 0 ? [] : [{ action: movedMinor < 0 ? away : back, movedMinor, subjectId: null }];
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

const namesIn = ({ refunds = [] }: Elsewhere) =>
  refunds
    .map(({ ref }) => ref)
    .sort()
    .join(' ');

/** Whether two readings of a payment say the same. */
export function isSameElsewhere(one: Elsewhere, other: Elsewhere): boolean {
  const isSameDispute = (a: PaymentDispute, b: PaymentDispute | undefined) =>
    a.ref === b?.ref && a.status === b.status && a.funds === b.funds;
  return (
    one.refundedMinor === other.refundedMinor &&
    namesIn(one) === namesIn(other) &&
    one.chargedBackMinor === other.chargedBackMinor &&
    one.disputes.length === other.disputes.length &&
    one.disputes.every((dispute, index) => isSameDispute(dispute, other.disputes[index]))
  );
}
