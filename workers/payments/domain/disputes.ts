/**
 * The disputes of a payment, read from its movements. What is known of one only grows, so its state is the same whatever the
 * order in which news of it arrives: open, then won or lost; a dispute that was lost may be won by an appeal.
 */
import type { PaymentDispute } from '../../../shared/contracts/payments/disputes.ts';
import { find, isUndone, type Ledger } from './ledger.ts';

export function disputesOf(ledger: Ledger): readonly PaymentDispute[] {
  return ledger.movements
    .filter(({ type }) => type === 'dispute')
    .map(({ ref, amountMinor }) => {
      const chargeback = find(ledger, 'chargeback', ref);
      const isReinstated = chargeback !== undefined && isUndone(ledger, chargeback);
      const funds = chargeback === undefined ? 'kept' : isReinstated ? 'reinstated' : 'withdrawn';
      const isWon = isReinstated || find(ledger, 'disputeWon', ref) !== undefined;
      const isLost = find(ledger, 'disputeLost', ref) !== undefined;
      const status = isWon ? 'won' : isLost ? 'lost' : 'open';
      return { ref, status, amountMinor, funds };
    });
}
