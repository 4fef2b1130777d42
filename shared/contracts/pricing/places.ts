/** Places as merchants name them for taxes and shipping: a country, or a part of it by region or postal code. */
import * as z from 'zod';
import { regionCodeOf } from '../../values/address.ts';
import { countryOf, RealCountry } from '../../values/countries.ts';
import { Currency, Price } from '../../values/money.ts';
import { faultOfRange } from '../../values/postal-codes.ts';
import { filledText } from '../../values/text.ts';

/** More currencies than a market can sensibly sell in; it only bounds a row. */
export const currenciesMax = 20;
const postalRangesMax = 100;

export const isDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** A decimal string between 0 and 1: `"0.19"` is 19 %. */
export const TaxRate = z
  .string()
  .max(12)
  .regex(/^(?:0(?:\.\d{1,8})?|1(?:\.0{1,8})?)$/, { error: 'A decimal between "0" and "1", such as "0.19" for 19 %.' })
  .meta({ examples: ['0.19'] });

/** Amounts, at most one per currency. */
export const Prices = z
  .array(Price)
  .max(currenciesMax)
  .refine((prices) => isDistinct(prices.map((price) => price.currency)), { error: 'A currency is listed twice.' });

type Prices = z.infer<typeof Prices>;

/** Whether two lists of amounts name the same amount in some currency, or are both empty. */
export function doMeet(some: Prices, others: Prices): boolean {
  if (some.length === 0 && others.length === 0) return true;
  return some.some((one) => others.some(({ amount, currency }) => amount === one.amount && currency === one.currency));
}

/** Refuses every step that begins where an earlier one does: nobody could say which one counts. */
export function refuseEqualSteps<Step>(beginAlike: (one: Step, other: Step) => boolean, ...field: readonly string[]) {
  return (steps: readonly Step[], { addIssue }: z.core.$RefinementCtx<readonly Step[]>): void => {
    for (const [index, step] of steps.entries())
      if (steps.slice(0, index).some((earlier) => beginAlike(earlier, step)))
        addIssue({ code: 'custom', message: 'An earlier step begins there too.', path: [index, ...field] });
  };
}

export const Currencies = z
  .array(Currency)
  .min(1)
  .max(currenciesMax)
  .refine(isDistinct, { error: 'A currency is listed twice.' });

/** Both ends belong to it. A code is compared by as many characters as an end has, without spaces, hyphens and case. */
const PostalRange = z.strictObject({ from: filledText(20), to: filledText(20) });

/**
 * A country, or the part of it that lies in the region and in one of the ranges, as far as they are given. A region may be given
 * by any of its names; its code is kept.
 */
export const Zone = z
  .strictObject({
    country: RealCountry,
    region: filledText(100).nullable().default(null),
    postalCodes: z.array(PostalRange).max(postalRangesMax).default([]),
  })
  .check((context) => {
    const { country, region, postalCodes } = context.value;
    const rules = countryOf(country)?.postalCode ?? null;
    for (const [index, range] of postalCodes.entries()) {
      const fault = faultOfRange(country, rules, range);
      if (fault === null) continue;
      const path = ['postalCodes', index, fault.end];
      context.issues.push({ code: 'custom', message: fault.detail, path, input: range[fault.end] });
    }
    // The blank text has been refused already.
    if (region === null || region.trim() === '') return;
    const read = regionCodeOf(country, region);
    if (read.ok) context.value = { ...context.value, region: read.value };
    else context.issues.push({ code: 'custom', message: read.detail, path: ['region'], input: region });
  });
export type Zone = z.infer<typeof Zone>;
