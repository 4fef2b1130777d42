/** What the cases compute beside the shop's own arithmetic: maxima, and decimals finer than a minor unit. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumOf } from '../../shared/values/money.ts';
import { allocateUpTo } from './allocation.ts';
import { roundDecimal } from './currency-format.ts';

describe('an amount over maxima', () => {
  test.each([
    { amount: 7, maxima: [10, 4], parts: [5, 2], unallocated: 0 },
    { amount: 20, maxima: [10, 4], parts: [10, 4], unallocated: 6 },
    { amount: -20, maxima: [10, 4], parts: [-10, -4], unallocated: -6 },
    { amount: 5, maxima: [0, 0], parts: [0, 0], unallocated: 5 },
    { amount: 5, maxima: [], parts: [], unallocated: 5 },
  ])('$amount over $maxima leaves $unallocated', ({ amount, maxima, parts, unallocated }) => {
    expect(allocateUpTo(amount, maxima)).toEqual({ parts, unallocated });
  });

  test('never gives one more than its maximum', () => {
    fc.assert(
      fc.property(fc.nat({ max: 5000 }), fc.array(fc.nat({ max: 300 })), (amount, maxima) => {
        const { parts, unallocated } = allocateUpTo(amount, maxima);
        parts.forEach((part, index) => {
          expect(part).toBeLessThanOrEqual(maxima[index] ?? -1);
        });
        expect(sumOf([...parts, unallocated])).toBe(amount);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a fraction of a minor unit', () => {
  test.each([
    { decimal: '0.125', currency: 'EUR', mode: 'half-up' as const, minor: 13 },
    { decimal: '0.125', currency: 'EUR', mode: 'down' as const, minor: 12 },
    { decimal: '-0.125', currency: 'EUR', mode: 'half-up' as const, minor: -13 },
    { decimal: '-0.125', currency: 'EUR', mode: 'down' as const, minor: -12 },
    { decimal: '-0.004', currency: 'EUR', mode: 'half-up' as const, minor: 0 },
    { decimal: '0.1255', currency: 'KWD', mode: 'half-up' as const, minor: 126 },
  ])('$decimal $currency rounded $mode is $minor', ({ decimal, currency, mode, minor }) => {
    expect(roundDecimal(decimal, currency, mode)).toBe(minor);
  });

  test.each([
    ['2.675', 268, 267],
    ['-2.675', -268, -267],
    ['2.674', 267, 267],
  ])('%s finer than a cent is rounded to %i half up and to %i down', (text, halfUp, down) => {
    expect(roundDecimal(text, 'EUR', 'half-up')).toBe(halfUp);
    expect(roundDecimal(text, 'EUR', 'down')).toBe(down);
  });
});
