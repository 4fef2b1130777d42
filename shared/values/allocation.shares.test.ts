/** The rule of the largest remainder beside a plain reading of it, and totals given back to their shares. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate, byLargestRemainder } from './allocation.ts';
import { roundFraction, sumOf } from './money.ts';

describe('an amount over weights', () => {
  test('is exact where products leave the safe integers', () => {
    expect(allocate(900_000_000_001, [4_500_000_000_000, 4_500_000_000_000])).toEqual([
      450_000_000_001, 450_000_000_000,
    ]);
  });

  test('refuses a negative weight as a defect', () => {
    expect(() => allocate(1, [2, -1])).toThrow(/weight/);
  });

  test('adds up, stays within one unit of the exact share, and prefers larger fractions, then the first', () => {
    const amount = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }));
    const weights = fc.array(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.nat()), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(amount, weights, (total, given) => {
        const parts = allocate(total, given);
        expect(sumOf(parts)).toBe(total);
        expect(parts).toEqual(byFullSort(total, given));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a total given back to its shares', () => {
  test('mirrors shares that are all negative, and floors mixed ones', () => {
    expect(byLargestRemainder(-1, [-5n, -5n], 10n)).toEqual([-1, 0]);
    expect(byLargestRemainder(1, [16n, -6n], 10n)).toEqual([2, -1]);
  });

  test('passes over one without room as long as another has some', () => {
    expect(byLargestRemainder(1, [5n, 5n], 10n, (index) => index === 1)).toEqual([0, 1]);
    expect(byLargestRemainder(1, [5n, 5n], 10n, () => false)).toEqual([1, 0]);
  });

  test('adds up for any signs', () => {
    const shares = fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { minLength: 1, maxLength: 12 });
    const mode = fc.constantFrom('half-up' as const, 'down' as const);
    fc.assert(
      fc.property(shares, fc.bigInt({ min: 1n, max: 400n }), mode, (exact, denominator, rounding) => {
        const total = roundFraction(
          exact.reduce((sum, share) => sum + share, 0n),
          denominator,
          rounding,
        );
        const parts = byLargestRemainder(total, exact, denominator);
        expect(sumOf(parts)).toBe(total);
        parts.forEach((part, index) => {
          const off = BigInt(part) * denominator - (exact[index] ?? 0n);
          expect((off < 0n ? -off : off) < denominator).toBe(true);
        });
      }),
      { numRuns: 2000 },
    );
  });
});

/** The rule as it is told: floor all, sort by fraction, hand out from the top. */
function byFullSort(amount: number, weights: readonly number[]): number[] {
  if (amount < 0) return byFullSort(-amount, weights).map((part) => (part === 0 ? 0 : -part));
  const isEqual = weights.every((weight) => weight === 0);
  const shares = weights.map((weight) => BigInt(isEqual ? 1 : weight));
  const whole = shares.reduce((sum, share) => sum + share, 0n);
  const exact = shares.map((share) => BigInt(amount) * share);
  const parts = exact.map((share) => Number(share / whole));
  const order = exact
    .map((share, index) => ({ index, fraction: share % whole }))
    .sort((a, b) => (a.fraction === b.fraction ? a.index - b.index : a.fraction > b.fraction ? -1 : 1));
  for (const { index } of order.slice(0, amount - sumOf(parts))) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
