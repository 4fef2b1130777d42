/**
 * Giving an amount out in whole minor units by largest remainder: every share is floored, then one unit each goes to the
 * largest fractions, ties to the first. The parts always add up to the amount, and a negative amount mirrors the positive one.
 */
import { sumOf } from './money.ts';
import { assert } from './result.ts';

/** Splits an amount over weights, which are whole and not negative. Weights that are all zero count as equal. */
export function allocate(amount: number, weights: readonly (number | bigint)[]): number[] {
  if (weights.length === 0) return [];
  const size = BigInt(amount);
  let whole = 0n;
  const exact = weights.map((weight) => {
    const share = BigInt(weight);
    assert(share >= 0n, 'a weight is not negative');
    whole += share;
    return size * share;
  });
  if (whole > 0n) return byLargestRemainder(amount, exact, whole);
  return byLargestRemainder(
    amount,
    weights.map(() => size),
    BigInt(weights.length),
  );
}

/**
 * Gives a whole total back to the exact shares `numerator / denominator` that it was rounded from, so it must be less than
 * one away from their sum. Shares of both signs are all floored; those without room for a unit more wait behind the others.
 */
export function byLargestRemainder(
  total: number,
  exact: readonly bigint[],
  denominator: bigint,
  hasRoom?: (index: number, part: number) => boolean,
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
  const all = Array.from(parts.keys());
  const ready = hasRoom === undefined ? all : all.filter((index) => hasRoom(index, parts[index] ?? 0));
  const units = Math.min(left, ready.length);
  addUnits(parts, fractions, ready, units);
  if (units < left) {
    const taken = new Set(ready);
    const waiting = all.filter((index) => !taken.has(index));
    addUnits(parts, fractions, waiting, left - units);
  }
  return parts;
}

/** Adds one unit each to the takers with the largest fractions, ties to the first. */
function addUnits(parts: number[], fractions: readonly bigint[], takers: readonly number[], units: number): void {
  if (units === 0) return;
  const fractionOf = (index: number): bigint => fractions[index] ?? 0n;
  const smallest = nthLargest(takers.map(fractionOf), units);
  const larger = takers.filter((index) => fractionOf(index) > smallest);
  const tied = takers.filter((index) => fractionOf(index) === smallest).slice(0, units - larger.length);
  for (const index of larger) parts[index] = (parts[index] ?? 0) + 1;
  for (const index of tied) parts[index] = (parts[index] ?? 0) + 1;
}

/**
 * The n-th largest of the values, which it reorders. Hoare's selection: a sort would make long carts cost more than in
 * proportion to their lines.
 */
function nthLargest(values: bigint[], n: number): bigint {
  const wanted = values.length - n;
  const at = (index: number): bigint => values[index] ?? 0n;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = at((low + high) >> 1);
    let left = low;
    let right = high;
    while (left <= right) {
      while (at(left) < pivot) left += 1;
      while (at(right) > pivot) right -= 1;
      if (left > right) break;
      const swapped = at(left);
      values[left] = at(right);
      values[right] = swapped;
      left += 1;
      right -= 1;
    }
    if (wanted <= right) high = right;
    else if (wanted >= left) low = left;
    else break;
  }
  return at(wanted);
}
