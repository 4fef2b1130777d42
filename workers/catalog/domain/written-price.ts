/** A price as files and lists write it: a decimal number in the major unit of its currency. */
import { type Currency, exponentOf, type Money, parseDecimal, withoutIdleZeros } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';

interface WrittenPrice {
  readonly price: Money;
  /** Without zeros behind the decimals that the currency has. */
  readonly exact: string;
}

/** Refused with a sentence on what a price in that currency looks like. */
export function readPrice(
  text: string,
  currency: Currency,
): Result<WrittenPrice, { code: 'no-price'; detail: string }> {
  const exact = withoutIdleZeros(text, currency);
  const amount = parseDecimal(exact, currency);
  if (amount !== null && amount >= 0) return accept({ price: { amount, currency }, exact });
  const exponent = exponentOf(currency);
  const form = exponent === 0 ? 'digits alone' : `digits, a point, and at most ${exponent} decimals`;
  return refuse({ code: 'no-price', detail: `"${text}" is not a price in ${currency}: ${form}.` });
}
