/** Payments one after the other: how many, under which keys, and who is told what became of one. */
import { describe, expect, test } from 'vitest';
import { lastKeyOf, laterKeysOf, orderIdOfPayment } from '../../../../shared/values/payment-key.ts';
import { checkoutAt, checkoutDetails, checkoutEvents, sandbox } from '../../testing/checkouts.ts';
import type { OrderRefusal } from '../refusal.ts';
import {
  attemptsLeftOf,
  type Checkout,
  type CheckoutEvent,
  evolveCheckout,
  mayPayAgain,
  noCheckout,
} from './checkout.ts';
import { attemptsLeftAfter, declinesMax, paymentAfter, type RefusedPayment, refusalFor } from './payments.ts';

const declined: OrderRefusal = { code: 'payment-declined' };
const left: OrderRefusal = { code: 'payment-left' };
const asked = { orderId: 'ord_1', askedBy: 'key_9' };
const otherCard = { ...sandbox, mark: 'another' };

const refusalBy = (askedBy: string, more: Partial<RefusedPayment> = {}): RefusedPayment => ({
  ...{ key: 'ord_1', askedBy, provider: 'sandbox', mark: 'ok', failure: declined, isHeard: true },
  ...more,
});
const many = (count: number, failure: OrderRefusal) =>
  Array.from({ length: count }, (_, index) => refusalBy(`key_${index}`, { failure }));

describe('the payments that may still be tried', () => {
  test('are five, less those that were declined', () => {
    expect(declinesMax).toBe(5);
    expect([0, 1, 4, 5, 6].map((count) => attemptsLeftAfter(many(count, declined), 0))).toEqual([5, 4, 1, 0, 0]);
  });

  test('are not lessened by pages that were left, which come to an end all the same', () => {
    expect([1, 15, 17, 20].map((count) => attemptsLeftAfter(many(count, left), 0))).toEqual([5, 5, 3, 0]);
    expect(attemptsLeftAfter([...many(3, left), ...many(3, declined)], 0)).toBe(2);
  });

  test('are no more than the cart has left after the declines of earlier checkouts', () => {
    expect([0, 5, 6, 9, 10, 12].map((before) => attemptsLeftAfter([], before))).toEqual([5, 5, 4, 1, 0, 0]);
    expect(attemptsLeftAfter(many(3, declined), 6)).toBe(1);
  });
});

describe('the key of a payment', () => {
  test('is the order’s id for the first, and another each time', () => {
    const keys = [0, 1, 2].map((count) => paymentAfter(many(count, declined), sandbox, asked).key);
    expect(keys).toEqual(['ord_1', 'ord_1.try2', 'ord_1.try3']);
    expect(keys.map(orderIdOfPayment)).toEqual(['ord_1', 'ord_1', 'ord_1']);
  });

  test('leads to all that came after the first, of which the last can be told', () => {
    const keys = Array.from({ length: 19 }, (_, index) => paymentAfter(many(index + 1, left), sandbox, asked).key);
    const { from, before } = laterKeysOf('ord_1');
    expect(keys.filter((key) => key >= from && key < before)).toEqual(keys);
    expect(['ord_1', 'ord_1.pay_1', 'ord_2.try2'].filter((key) => key >= from && key < before)).toEqual([]);
    expect(lastKeyOf(keys.toSorted())).toBe('ord_1.try20');
    expect(lastKeyOf([])).toBeNull();
  });

  test('comes with who asked, and how it is paid', () => {
    expect(paymentAfter([], sandbox, asked)).toEqual({ ...sandbox, key: 'ord_1', askedBy: 'key_9' });
  });
});

describe('what became of a payment is told', () => {
  const hears = (refused: readonly RefusedPayment[], choice = sandbox, hasJoined = false) =>
    refusalFor(refused, choice, { askedBy: 'key_9', hasJoined })?.askedBy ?? null;

  test('to the request that asked for it, also after others', () => {
    expect(hears([refusalBy('key_9'), refusalBy('key_1')])).toBe('key_9');
    expect(hears([refusalBy('key_9')], otherCard)).toBe('key_9');
  });

  test('once to whoever comes with the same card, where nobody has heard it', () => {
    expect(hears([refusalBy('key_1', { isHeard: false })])).toBe('key_1');
    expect(hears([refusalBy('key_1', { isHeard: false })], otherCard)).toBeNull();
    expect(hears([refusalBy('key_1')])).toBeNull();
    expect(hears([refusalBy('key_1', { isHeard: false }), refusalBy('key_2')])).toBeNull();
  });

  test('to whoever has waited for it with the same card', () => {
    expect(hears([refusalBy('key_1')], sandbox, true)).toBe('key_1');
    expect(hears([refusalBy('key_1')], otherCard, true)).toBeNull();
  });

  test('to nobody before there was any', () => {
    expect(hears([])).toBeNull();
  });
});

describe('a checkout whose payment came to nothing', () => {
  const { holdUntil } = checkoutDetails();
  const started: CheckoutEvent[] = [checkoutEvents['checkout-opened'], checkoutEvents['payment-started']];
  const refusedOnce = [
    checkoutEvents['payment-started'],
    checkoutEvents['payment-refused'],
    checkoutEvents['checkout-reopened'],
  ];
  const checkoutAfter = (...events: readonly CheckoutEvent[]): Checkout => events.reduce(evolveCheckout, noCheckout);
  const opened = (times: number): readonly CheckoutEvent[] => [
    checkoutEvents['checkout-opened'],
    ...Array.from({ length: times }, () => refusedOnce).flat(),
  ];

  test('takes another one while it holds its goods', () => {
    expect(mayPayAgain(checkoutAfter(...started), declined, holdUntil - 1)).toBe(true);
    expect(mayPayAgain(checkoutAfter(...started), declined, holdUntil)).toBe(false);
  });

  test('takes none once it is open, placed or over', () => {
    for (const events of [opened(1), [...started, checkoutEvents['order-placed']]])
      expect(mayPayAgain(checkoutAfter(...events), declined, checkoutAt)).toBe(false);
  });

  test('takes none after the fifth decline, and says how many are left until then', () => {
    const lefts = [0, 1, 2, 3, 4].map((times) => {
      const checkout = checkoutAfter(...opened(times));
      return checkout.phase === 'none' ? null : attemptsLeftOf(checkout);
    });
    expect(lefts).toEqual([5, 4, 3, 2, 1]);
    const fifth = checkoutAfter(...opened(4), checkoutEvents['payment-started']);
    expect(mayPayAgain(fifth, declined, checkoutAt)).toBe(false);
    expect(mayPayAgain(fifth, left, checkoutAt)).toBe(true);
  });

  test('remembers each, until it has ended', () => {
    const ended = checkoutAfter(
      ...opened(2),
      checkoutEvents['payment-started'],
      checkoutEvents['undo-started'],
      checkoutEvents['checkout-ended'],
    );
    expect(ended).toMatchObject({ phase: 'failed', refused: [{}, {}, { failure: { code: 'payment-declined' } }] });
    expect(ended.phase === 'none' ? null : attemptsLeftOf(ended)).toBe(0);
  });

  test('knows that its failure was heard', () => {
    const isHeard = (checkout: Checkout) => checkout.phase === 'open' && checkout.refused.map((one) => one.isHeard);
    expect(isHeard(checkoutAfter(...opened(2)))).toEqual([false, false]);
    expect(isHeard(checkoutAfter(...opened(2), checkoutEvents['refusal-heard']))).toEqual([false, true]);
  });
});
