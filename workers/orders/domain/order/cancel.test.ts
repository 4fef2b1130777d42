/** What a cancellation asks of the payment provider. */
import { expect, test } from 'vitest';
import { checkoutDetails } from '../../testing/checkouts.ts';
import { decideCancel } from './cancel.ts';
import { newOrder } from './order.ts';

const effectsOf = (capturedMinor: number, chargedBackMinor = 0) => {
  const order = newOrder({ ...checkoutDetails(), authorizedMinor: 2990, capturedMinor });
  const elsewhere = { ...order.elsewhere, chargedBackMinor };
  const draft = decideCancel(
    { ...order, elsewhere },
    { type: 'cancel', note: null },
    { checkoutId: 'chk_1', number: 1, now: 0 },
  );
  return draft.ok ? draft.value.effects.map((effect) => effect.do) : [];
};

test('an authorization of which nothing was captured is voided', () => {
  expect(effectsOf(0)).toContain('void');
});

test('the rest of one is let go: a void would give back captured money that the order does not count as refunded', () => {
  expect(effectsOf(1000)).toEqual(expect.arrayContaining(['refund', 'let-go']));
  const disputed = effectsOf(1000, 1000);
  expect(disputed).toContain('let-go');
  expect(disputed).not.toContain('void');
  expect(disputed).not.toContain('refund');
});

test('where all was captured, nothing is left to let go', () => {
  expect(effectsOf(2990)).not.toContain('let-go');
});
