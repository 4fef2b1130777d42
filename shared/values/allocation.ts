/**
 * Giving an amount out in whole minor units by largest remainder: every share is floored, then one unit each goes to the
 * largest fractions, ties to the first. The parts always add up to the amount, and a negative amount mirrors the positive one.
 */
import { sumOf } from './money.ts';
import { assert } from './result.ts';

/** Splits an amount over weights, which are whole and not negative. Weights that are all zero count as equal. */
export function allocate(amount: number, weights: readonly (number | bigint)[]): number[] {
  if (weights.length === 0) return [];
  const given = weights.map(BigInt);
  assert(
    given.every((weight) => weight >= 0n),
    'a weight is not negative',
  );
  const isEqual = given.every((weight) => weight === 0n);
  const shares = isEqual ? given.map(() => 1n) : given;
  const whole = shares.reduce((sum, share) => sum + share, 0n);
  const exact = shares.map((share) => BigInt(amount) * share);
  return byLargestRemainder(amount, exact, whole);
}

/** Splits an amount over what each may take at most, in proportion to it. What fits nowhere stays unallocated. */
export function allocateUpTo(
  amount: number,
  maxima: readonly number[],
): { readonly parts: readonly number[]; readonly unallocated: number } {
  const most = sumOf(maxima);
  const fitting = amount < 0 ? Math.max(amount, -most) : Math.min(amount, most);
  return { parts: allocate(fitting, maxima), unallocated: amount - fitting || 0 };
}

/**
 * Gives a whole total back to the exact shares `numerator / denominator` that it was rounded from, so it must be less than
 * one away from their sum. Shares of both signs are all floored; those without room for a unit more wait behind the others.
 */
export function byLargestRemainder(
  total: number,
  exact: readonly bigint[],
  denominator: bigint,
  hasRoom: (index: number, part: number) => boolean = () => true,
): number[] {
  if (total < 0 && exact.every((share) => share <= 0n)) {
    const mirrored = exact.map((share) => -share);
    return byLargestRemainder(-total, mirrored, denominator, hasRoom).map((part) => (part === 0 ? 0 : -part));
  }
  const fractions: bigint[] = [];
  const parts = exact.map((share, index) => {
    const remainder = share % denominator;
    const fraction = remainder < 0n ? remainder + denominator : remainder;
    fractions[index] = fraction;
    return Number((share - fraction) / denominator);
  });
  const left = total - sumOf(parts);
  assert(left >= 0 && left <= parts.length, 'a total is rounded from its shares');
  if (left === 0) return parts;
  const order = byFraction(fractions);
  const isReady = (index: number): boolean => hasRoom(index, parts[index] ?? 0);
  const ready = order.filter(isReady);
  const takers = ready.length >= left ? ready : [...ready, ...order.filter((index) => !isReady(index))];
  for (const index of takers.slice(0, left)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}

/** The positions by their fraction, the largest first. The sort is stable, so a tie leaves the first in front. */
function byFraction(fractions: readonly bigint[]): number[] {
  return Array.from(fractions.keys()).sort((a, b) => {
    const one = fractions[a] ?? 0n;
    const other = fractions[b] ?? 0n;
    return one === other ? 0 : one > other ? -1 : 1;
  });
}
