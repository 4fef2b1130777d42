/** Splitting an amount: the parts add up to it exactly, each is within one unit of its share, ties go to the first. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate } from './allocation.ts';

describe('an amount', () => {
  test.each<[number, number[], number[]]>([
    [10, [1, 1, 1], [4, 3, 3]],
    [11, [1, 1, 1], [4, 4, 3]],
    [100, [1, 2, 3], [17, 33, 50]],
    [-10, [1, 1, 1], [-4, -3, -3]],
    [5, [0, 1], [0, 5]],
    [5, [0, 0], [3, 2]],
    [0, [3, 4], [0, 0]],
    [1, [1, 1, 1, 1], [1, 0, 0, 0]],
    [7, [], []],
    [7, [3], [7]],
  ])('of %i over %j is split into %j', (amount, weights, parts) => {
    expect(allocate(amount, weights)).toEqual(parts);
  });

  test('is split exactly, whatever the weights', () => {
    const weights = fc.array(fc.integer({ min: 0, max: 1_000_000_000 }), { minLength: 1, maxLength: 50, size: 'max' });
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), weights, (amount, shares) => {
        const parts = allocate(amount, shares);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount);
        const whole = shares.reduce((sum, share) => sum + share, 0);
        for (const [index, part] of parts.entries()) {
          const share = whole === 0 ? amount / shares.length : (amount * (shares[index] ?? 0)) / whole;
          expect(Math.abs(part - share)).toBeLessThan(1.000_001);
          expect(Object.is(part, -0)).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
