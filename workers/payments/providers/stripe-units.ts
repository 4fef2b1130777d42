/**
 * Stripe counts two currencies otherwise than ISO 4217: ISK and UGX have no minor unit, yet amounts are sent as if they had
 * one of a hundred. Of currencies with three decimals it takes whole tens only. The sandbox counts as ISO does.
 *
 * @see https://docs.stripe.com/currencies#special-cases
 */
import { type Currency, exponentOf, roundFraction } from '../../../shared/values/money.ts';

export interface AmountUnits {
  toProvider(amountMinor: number, currency: Currency): number;
  fromProvider(amount: number, currency: Currency): number;
  /** What amounts must be multiples of, in minor units. */
  stepMinorOf(currency: Currency): number;
}

export const isoUnits: AmountUnits = {
  toProvider: (amountMinor) => amountMinor,
  fromProvider: (amount) => amount,
  stepMinorOf: () => 1,
};

const countedInHundredths: ReadonlySet<Currency> = new Set<Currency>(['ISK', 'UGX']);

export const stripeUnits: AmountUnits = {
  toProvider: (amountMinor, currency) => (countedInHundredths.has(currency) ? amountMinor * 100 : amountMinor),
  fromProvider: (amount, currency) =>
    countedInHundredths.has(currency) ? roundFraction(BigInt(amount), 100n, 'half-up') : amount,
  stepMinorOf: (currency) => (exponentOf(currency) === 3 ? 10 : 1),
};
