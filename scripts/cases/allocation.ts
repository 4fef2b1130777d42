/** Cases of `allocation`: an amount over weights, which may be decimals, or over maxima. */
import * as z from 'zod';
import { allocate } from '../../shared/values/allocation.ts';
import { parseRates, sumOf } from '../../shared/values/money.ts';
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

/** Splits an amount over what each may take at most, in proportion to it. What fits nowhere stays unallocated. */
export function allocateUpTo(
  amount: number,
  maxima: readonly number[],
): { readonly parts: readonly number[]; readonly unallocated: number } {
  const most = sumOf(maxima);
  const fitting = amount < 0 ? Math.max(amount, -most) : Math.min(amount, most);
  return { parts: allocate(fitting, maxima), unallocated: amount - fitting || 0 };
}
