/** What a provider says of a payment names no means of payment. */
import { expect, test } from 'vitest';
import { withoutToken } from './stripe-client.ts';

const refused = (reason: string) => ({ ok: false, kind: 'refused', code: null, intent: null, reason }) as const;

test.each([
  ["No such PaymentMethod: 'pm_1'; check its mode.", 'No such PaymentMethod: …; check its mode.'],
  ['No such PaymentMethod: "pm_1"', 'No such PaymentMethod: …'],
  ['Your card was declined.', 'Your card was declined.'],
])('%s becomes %s', (reason, shown) => {
  expect(withoutToken(refused(reason), 'pm_1')).toEqual(refused(shown));
});

test('a token that is a word of the language leaves the language alone', () => {
  const reason = 'Your card was declined.';
  expect(withoutToken(refused(reason), 'decline')).toEqual(refused(reason));
});

test('without a token the answer is as it was', () => {
  expect(withoutToken(refused("No 'pm_1'"), null)).toEqual(refused("No 'pm_1'"));
});
