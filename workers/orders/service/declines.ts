/**
 * What a declined payment or refund is called to a person. Providers give reasons as codes for programs, or as sentences for
 * developers: both go along as `reason`, beside a sentence that a shop may show. It never says that a card was reported lost
 * or stolen, or that fraud is suspected: the person who pays with it must not learn that.
 */
import type { Money } from '../../../shared/values/money.ts';
import { moneyText } from '../../../shared/values/money.ts';
import type { OrderRefusal } from '../domain/refusal.ts';

const bankDeclined = 'The bank declined the card.';
const tryLater = 'The payment could not be processed. Try again in a while, or pay in another way.';
const wrongNumber = 'The card number is not right.';
const wrongExpiry = 'The expiry date of the card is not right.';
const wrongCode = 'The security code of the card is not right.';
const notConfirmed = 'The payment was not confirmed by its payer.';
const limitReached = 'The card has reached a limit of its bank.';
const nothingLeft = 'Nothing of what was authorized can be taken any more.';

/** @see https://docs.stripe.com/declines/codes */
const declines: ReadonlyMap<string, string> = new Map([
  ['insufficient_funds', 'The account of the card has too little money for this payment.'],
  ['expired_card', 'The card has expired.'],
  ['incorrect_number', wrongNumber],
  ['invalid_number', wrongNumber],
  ['invalid_expiry_month', wrongExpiry],
  ['invalid_expiry_year', wrongExpiry],
  ['incorrect_cvc', wrongCode],
  ['invalid_cvc', wrongCode],
  ['incorrect_zip', 'The postal code is not that of the card.'],
  ['incorrect_address', 'The address is not that of the card.'],
  ['incorrect_pin', 'The PIN is not right.'],
  ['card_not_supported', 'The card does not take payments of this kind.'],
  ['currency_not_supported', 'The card does not pay in this currency.'],
  ['invalid_amount', 'The card does not pay this amount.'],
  ['card_velocity_exceeded', limitReached],
  ['withdrawal_count_limit_exceeded', limitReached],
  ['authentication_required', 'The bank asks its payer to confirm the payment, which did not happen.'],
  ['payment_intent_authentication_failure', notConfirmed],
  ['authentication_not_handled', notConfirmed],
  ['processing_error', tryLater],
  ['issuer_not_available', tryLater],
  ['try_again_later', tryLater],
  ['reenter_transaction', tryLater],
  ['capture-failed', 'The authorized money could not be taken.'],
  ['payment_voided', nothingLeft],
  ['payment_absent', nothingLeft],
  ['payment-absent', nothingLeft],
  ['amount-not-payable', 'The provider does not take this amount in this currency.'],
]);

const refundDeclines: ReadonlyMap<string, string> = new Map([
  ['payment-absent', 'Nothing was paid that could be given back.'],
  ['amount-not-payable', 'The provider does not pay out this amount in this currency.'],
]);

/** @param max what can still be captured, where it is known */
export function paymentDeclined(reason: string, max?: Money): OrderRefusal {
  const known = max === undefined ? {} : { max };
  return { code: 'payment-declined', detail: declineText(reason, max), reason, ...known };
}

/** @param max what can still be refunded */
export function refundDeclined(reason: string, max: Money): OrderRefusal {
  const tooMuch =
    max.amount === 0 ? 'Nothing is left to give back.' : `No more than ${moneyText(max)} can be given back.`;
  const general = 'The provider did not pay the refund out.';
  const detail = reason === 'exceeds-held' ? tooMuch : (refundDeclines.get(reason) ?? general);
  return { code: 'refund-declined', detail, reason, max };
}

function declineText(reason: string, max: Money | undefined): string {
  if (reason === 'exceeds-open-authorization')
    return max === undefined || max.amount === 0
      ? nothingLeft
      : `No more than ${moneyText(max)} of what was authorized can be taken.`;
  return declines.get(reason) ?? bankDeclined;
}
