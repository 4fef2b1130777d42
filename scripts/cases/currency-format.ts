/** Cases of `currency-format`: amounts to text, text to amounts, and finer decimals rounded to minor units. */
import * as z from 'zod';
import {
  exponentOf,
  formatDecimal,
  parseAmount,
  parseRate,
  type RoundingMode,
  roundFraction,
} from '../../shared/values/money.ts';
import { area } from './area.ts';

const Given = z.strictObject({
  currency: z.string(),
  exponent: z.int(),
  format: z.array(z.int()).default([]),
  parse: z.array(z.string()).default([]),
  round: z.array(z.strictObject({ decimal: z.string(), mode: z.enum(['half-up', 'down']) })).default([]),
});

export const currencyFormat = area('currency-format', Given, ({ currency, exponent, format, parse, round }) => {
  const known = exponentOf(currency);
  if (known !== exponent) throw new Error(`${currency} has ${known} decimals, not ${exponent}`);
  return {
    format: format.map((amount) => formatDecimal(amount, currency)),
    parse: parse.map((text) => parseAmount(text, currency)),
    round: round.map(({ decimal, mode }) => roundDecimal(decimal, currency, mode)),
  };
});

/** Rounds a decimal string finer than the currency, such as `"2.675"`, to minor units. Throws on anything else. */
export function roundDecimal(decimal: string, currency: string, mode: RoundingMode): number {
  const isNegative = decimal.startsWith('-');
  const { numerator, denominator } = parseRate(isNegative ? decimal.slice(1) : decimal);
  const minor = numerator * 10n ** BigInt(exponentOf(currency));
  return roundFraction(isNegative ? -minor : minor, denominator, mode);
}
