/** What Stripe says of refunds and disputes, as movements: whenever it is read, it tells the same story. */
import { describe, expect, test } from 'vitest';
import { movementsOfDispute, movementsOfRefund } from './stripe-movements.ts';
import { isoUnits, stripeUnits } from './stripe-units.ts';

const facts = { amount: 500, currency: 'EUR', created: 7 } as const;

describe('a refund', () => {
  const refund = { ...facts, id: 're_1', object: 'refund', metadata: {} } as const;

  test.each([
    ['succeeded', 'refund', 7000],
    ['pending', 'refundRequested', 7000],
    ['requires_action', 'refundRequested', 7000],
    ['failed', 'refundFailed', 7001],
    ['canceled', 'refundFailed', 7001],
  ])('that is %s is a %s', (status, type, at) => {
    const movement = { type, ref: 're_1', amountMinor: 500, at };
    expect(movementsOfRefund({ ...refund, status }, isoUnits)).toEqual([movement]);
  });

  test('is known by our key when it carries one', () => {
    const ours = { ...refund, status: 'succeeded', metadata: { refundKey: 'r1' } };
    expect(movementsOfRefund(ours, isoUnits)).toMatchObject([{ ref: 'r1' }]);
  });

  test('is counted in the minor units of its currency', () => {
    const krona = { ...refund, currency: 'ISK' as const, status: 'succeeded', amount: 50_000 };
    expect(movementsOfRefund(krona, stripeUnits)).toMatchObject([{ amountMinor: 500 }]);
  });
});

describe('a dispute', () => {
  const dispute = { ...facts, id: 'dp_1', object: 'dispute' } as const;

  test.each([
    ['warning_needs_response', []],
    ['warning_closed', []],
    ['prevented', []],
    ['needs_response', ['dispute', 'chargeback']],
    ['under_review', ['dispute', 'chargeback']],
    ['appeal_under_review', ['dispute', 'chargeback']],
    ['lost', ['dispute', 'chargeback', 'disputeLost']],
    ['won', ['dispute', 'chargeback', 'disputeWon', 'chargebackFailed']],
  ])('that is %s moves %j', (status, types) => {
    const movements = movementsOfDispute({ ...dispute, status }, isoUnits);
    expect(movements.map(({ type }) => type)).toEqual(types);
    expect(movements.map(({ type, at }) => type === 'chargebackFailed' || at === 7000)).not.toContain(false);
  });

  test.each([
    ['needs_response', [], ['dispute']],
    ['needs_response', [-500], ['dispute', 'chargeback']],
    ['lost', [], ['dispute', 'disputeLost']],
    ['won', [-500], ['dispute', 'chargeback', 'disputeWon']],
    ['won', [-500, 500], ['dispute', 'chargeback', 'disputeWon', 'chargebackFailed']],
    ['lost', [-500, 500], ['dispute', 'chargeback', 'disputeLost', 'chargebackFailed']],
  ])('that is %s and has moved %j moves %j', (status, amounts, types) => {
    const balance_transactions = amounts.map((amount) => ({ amount }));
    const movements = movementsOfDispute({ ...dispute, status, balance_transactions }, isoUnits);
    expect(movements.map(({ type }) => type)).toEqual(types);
  });
});
