/** Cases of `allocation`: an amount over weights, which may be decimals, or over maxima. */
import * as z from 'zod';
import { allocate, allocateUpTo } from '../../shared/values/allocation.ts';
import { parseRates } from '../../shared/values/money.ts';
import { area } from './area.ts';

const given = { currency: z.string().optional(), amountMinor: z.int() };
const Given = z.union([
  z.strictObject({ ...given, weights: z.array(z.union([z.int().min(0), z.string().regex(/^\d+(?:\.\d+)?$/)])) }),
  z.strictObject({ ...given, maximaMinor: z.array(z.int().min(0)) }),
]);

export const allocation = area('allocation', Given, (asked) => {
  if ('weights' in asked) {
    const weights = parseRates(asked.weights.map(String)).numerators;
    return { partsMinor: allocate(asked.amountMinor, weights) };
  }
  const { parts, unallocated } = allocateUpTo(asked.amountMinor, asked.maximaMinor);
  return { partsMinor: parts, unallocatedMinor: unallocated };
});
