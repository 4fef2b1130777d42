/** What people are told of declined payments and refunds. */
import { describe, expect, test } from 'vitest';
import { money } from '../../../shared/values/money.ts';
import { paymentDeclined, refundDeclined } from './declines.ts';

describe('a payment that was declined', () => {
  test.each([
    ['generic_decline', 'The bank declined the card.'],
    ['expired_card', 'The card has expired.'],
    ['payment_intent_authentication_failure', 'The payment was not confirmed by its payer.'],
    ['a_code_of_tomorrow', 'The bank declined the card.'],
    ['toString', 'The bank declined the card.'],
    ["No such payment_method: '…'", 'The bank declined the card.'],
  ])('for %s is told to a person, with the reason beside it', (reason, detail) => {
    expect(paymentDeclined(reason)).toEqual({ code: 'payment-declined', detail, reason });
  });

  test.each(['lost_card', 'stolen_card', 'fraudulent', 'pickup_card', 'merchant_blacklist'])(
    'for %s says no more than that it was',
    (reason) => {
      expect(paymentDeclined(reason).detail).toBe('The bank declined the card.');
    },
  );

  test.each([
    [money(0, 'EUR'), 'Nothing of what was authorized can be taken any more.'],
    [money(1050, 'EUR'), 'No more than 10.50 EUR of what was authorized can be taken.'],
    [money(1050, 'JPY'), 'No more than 1050 JPY of what was authorized can be taken.'],
  ])('because too much was asked for says what is left', (max, detail) => {
    expect(paymentDeclined('exceeds-open-authorization', max)).toMatchObject({ detail, max });
  });
});

describe('a refund that was declined', () => {
  test.each([
    ['exceeds-held', money(99, 'EUR'), 'No more than 0.99 EUR can be given back.'],
    ['exceeds-held', money(0, 'EUR'), 'Nothing is left to give back.'],
    ['refund-failed', money(99, 'EUR'), 'The provider did not pay the refund out.'],
  ])('for %s is told to a person', (reason, max, detail) => {
    expect(refundDeclined(reason, max)).toEqual({ code: 'refund-declined', detail, reason, max });
  });
});
