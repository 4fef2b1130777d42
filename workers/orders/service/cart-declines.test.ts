/** How often payments of one cart may be declined within an hour, and when it may be paid again. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import { hourMs, minuteMs } from '../../../shared/values/time.ts';
import { sandbox } from '../testing/checkouts.ts';
import { declineCountOf, noteDecline, tooManyDeclines } from './cart-declines.ts';

const start = 1_800_000_000_000;

/** A cart whose payments were declined so many times, a minute apart. */
function declined(count: number) {
  const storage = new MemoryStreamStorage<never>();
  for (let index = 0; index < count; index += 1) noteDecline(storage, 'cart_1', start + index * minuteMs);
  const asking = { storage, cartId: 'cart_1', requestId: 'req_1', now: start + 10 * minuteMs };
  return { storage, asking };
}

describe('a cart', () => {
  test('of which nine payments were declined may be paid, and after the tenth not', () => {
    expect(tooManyDeclines(sandbox, declined(9).asking)).toBeNull();
    const answer = tooManyDeclines(sandbox, declined(10).asking);
    expect(answer?.status).toBe(429);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({
      ...{ code: 'too-many-payments', attemptsLeft: 0, retryAfterSeconds: 3_000, requestId: 'req_1' },
      detail: 'Too many payments for this cart were declined. Another can be tried in 50 minutes.',
    });
  });

  test('may be paid again when the first of ten declines is an hour old', () => {
    const { storage, asking } = declined(10);
    const at = (now: number) => tooManyDeclines(sandbox, { ...asking, now });
    expect([at(start + hourMs - 1) === null, at(start + hourMs)]).toEqual([false, null]);
    expect(declineCountOf(storage, 'cart_1', start + hourMs)).toBe(9);
    expect(declineCountOf(storage, 'cart_1', start + 2 * hourMs)).toBe(0);
    noteDecline(storage, 'cart_1', start + hourMs);
    expect(at(start + hourMs + 1)).toMatchObject({ status: 429 });
  });

  test('may be bought by invoice, without a payment, or as another cart all the while', () => {
    const { asking } = declined(10);
    const byHand = { ...sandbox, provider: 'manual', token: null } as const;
    expect(tooManyDeclines(byHand, asking)).toBeNull();
    expect(tooManyDeclines(null, asking)).toBeNull();
    expect(tooManyDeclines({ ...sandbox, isUnsaid: true }, asking)).toBeNull();
    expect(tooManyDeclines(sandbox, { ...asking, cartId: 'cart_2' })).toBeNull();
  });
});
