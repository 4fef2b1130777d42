/** Cases of `currency-format`: amounts to text, text to amounts, and finer decimals rounded to minor units. */
import * as z from 'zod';
import { exponentOf, formatDecimal, parseAmount, roundDecimal } from '../../shared/values/money.ts';
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
