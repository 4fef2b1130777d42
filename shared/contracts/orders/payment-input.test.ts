/** What a payment in a request needs, by its provider. */
import { expect, test } from 'vitest';
import { PaymentInput } from './checkouts-http.ts';

test.each(['sandbox', 'stripe'] as const)(
  'a payment by %s without a token is bad input, by the field that lacks',
  (provider) => {
    const read = PaymentInput.safeParse({ provider });
    expect(read.error?.issues).toMatchObject([{ path: ['token'], message: expect.stringContaining('Give the') }]);
    expect(PaymentInput.safeParse({ provider, token: 'tok_1' }).success).toBe(true);
  },
);

test('a payment by hand needs no token', () => {
  expect(PaymentInput.safeParse({ provider: 'manual' }).success).toBe(true);
});
