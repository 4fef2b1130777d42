/** Amounts with a sign as text, fractions of a minor unit, and rates over one denominator. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDecimal, parseAmount, parseRates, roundFraction } from './money.ts';

describe('an amount as text', () => {
  test.each([
    ['12.34', 'EUR', 1234],
    ['-12.30', 'EUR', -1230],
    ['12', 'JPY', 12],
    ['12.5', 'KWD', 12_500],
    ['90071992547409.91', 'EUR', Number.MAX_SAFE_INTEGER],
  ])('%s %s is %i', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  test.each([
    ['90071992547409.92', 'EUR'],
    [`1${'0'.repeat(400)}`, 'JPY'],
    ['12.3', 'JPY'],
    ['12.345', 'EUR'],
    ['-0.00', 'EUR'],
    ['--1', 'EUR'],
    ['1,000', 'EUR'],
    ['٣', 'EUR'],
    ['1\n', 'EUR'],
  ])('%j %s is refused', (text, currency) => {
    expect(parseAmount(text, currency)).toBeNull();
  });

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('EUR', 'JPY', 'KWD'), (amount, currency) => {
        const given = amount === 0 ? 0 : amount;
        expect(parseAmount(formatDecimal(given, currency), currency)).toBe(given);
      }),
    );
  });
});

describe('a fraction of a minor unit', () => {
  test('is never further than half a unit from its rounding half up', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        (numerator, denominator) => {
          const off = BigInt(roundFraction(numerator, denominator, 'half-up')) * denominator - numerator;
          expect((off < 0n ? -off : off) * 2n <= denominator).toBe(true);
        },
      ),
    );
  });
});

test('rates of different length are read over one denominator', () => {
  expect(parseRates(['0.05', '0.09975', '1'])).toEqual({
    numerators: [5_000n, 9_975n, 100_000n],
    denominator: 100_000n,
  });
  expect(() => parseRates(['1e-2'])).toThrow(/rate/);
});
