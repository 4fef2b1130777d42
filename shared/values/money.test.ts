/** Money: exact arithmetic on minor units, read and written with the exponent of its currency. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amountMax,
  Currency,
  currencies,
  exponentOf,
  formatDecimal,
  Money,
  multiply,
  Price,
  parseAmount,
  parseDecimal,
  parseRate,
  roundFraction,
  sumOf,
} from './money.ts';

describe('a currency', () => {
  test.each([
    ['JPY', 0],
    ['KRW', 0],
    ['CLP', 0],
    ['ISK', 0],
    ['UGX', 0],
    ['EUR', 2],
    ['USD', 2],
    ['HUF', 2],
    ['KWD', 3],
    ['BHD', 3],
    ['TND', 3],
  ])('%s has %i decimals', (currency, exponent) => {
    expect(exponentOf(currency)).toBe(exponent);
  });

  test.each(['eur', 'EU', 'XXX', '', 'EUR '])('%j is none', (text) => {
    expect(Currency.safeParse(text).success).toBe(false);
  });
});

describe('a decimal price', () => {
  test.each([
    ['49.95', 'EUR', 4995],
    ['49.9', 'EUR', 4990],
    ['49', 'EUR', 4900],
    ['0', 'EUR', 0],
    ['0.01', 'EUR', 1],
    ['500', 'JPY', 500],
    ['1.234', 'KWD', 1234],
    ['1.2', 'KWD', 1200],
    ['10000000000.00', 'EUR', amountMax],
  ])('%s %s is %i minor units', (text, currency, minor) => {
    expect(parseDecimal(text, currency)).toBe(minor);
  });

  test.each([
    ['', 'EUR', 'nothing'],
    ['.5', 'EUR', 'no digit before the dot'],
    ['5.', 'EUR', 'no digit after the dot'],
    ['05', 'EUR', 'a leading zero'],
    ['1,99', 'EUR', 'a comma'],
    ['1.999', 'EUR', 'more decimals than the currency has'],
    ['1.5', 'JPY', 'decimals of a currency without'],
    ['-1', 'EUR', 'a minus'],
    ['+1', 'EUR', 'a plus'],
    [' 1', 'EUR', 'a space'],
    ['1e3', 'EUR', 'an exponent'],
    ['0x10', 'EUR', 'hexadecimal digits'],
    ['١', 'EUR', 'digits of another script'],
    ['10000000000.01', 'EUR', 'more than any amount'],
    ['9'.repeat(400), 'EUR', 'more than any number'],
  ])('%s %s is none, because of %s', (text, currency) => {
    expect(parseDecimal(text, currency)).toBeNull();
  });

  test.each([
    [1999, 'EUR', '19.99'],
    [5, 'EUR', '0.05'],
    [0, 'EUR', '0.00'],
    [-5, 'EUR', '-0.05'],
    [500, 'JPY', '500'],
    [-1, 'JPY', '-1'],
    [1, 'KWD', '0.001'],
    [12_345, 'BHD', '12.345'],
  ])('of %i %s is written %s', (minor, currency, text) => {
    expect(formatDecimal(minor, currency)).toBe(text);
  });

  test('reads back as what was written, in every currency', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...currencies),
        fc.integer({ min: -amountMax, max: amountMax }),
        (currency, minor) => {
          expect(parseAmount(formatDecimal(minor, currency), currency)).toBe(minor);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('a fraction', () => {
  test.each([
    [5n, 2n, 3, 2],
    [-5n, 2n, -3, -2],
    [4n, 2n, 2, 2],
    [49n, 100n, 0, 0],
    [50n, 100n, 1, 0],
    [-49n, 100n, 0, 0],
    [-50n, 100n, -1, 0],
    [0n, 7n, 0, 0],
  ])('%i/%i is rounded to %i half up and to %i down', (numerator, denominator, halfUp, down) => {
    expect(roundFraction(numerator, denominator, 'half-up')).toBe(halfUp);
    expect(roundFraction(numerator, denominator, 'down')).toBe(down);
  });

  test('is never rounded to minus zero', () => {
    expect(Object.is(roundFraction(-1n, 100n, 'half-up'), 0)).toBe(true);
  });

  test.each([[0n], [-1n]])('over %i is a defect', (denominator) => {
    expect(() => roundFraction(1n, denominator, 'down')).toThrow('denominator');
  });

  test('beyond the safe integers is a defect, not a wrong amount', () => {
    expect(() => roundFraction(2n ** 53n, 1n, 'down')).toThrow('safe integer');
  });
});

describe('a rate', () => {
  test.each([
    ['0.19', 19n, 100n],
    ['0', 0n, 1n],
    ['1', 1n, 1n],
    ['0.09975', 9975n, 100_000n],
  ])('%s is read exactly', (text, numerator, denominator) => {
    expect(parseRate(text)).toEqual({ numerator, denominator });
  });

  test.each(['', '-0.1', '.5', '1.', '1e-2', '19%'])('%j is a defect of our settings', (text) => {
    expect(() => parseRate(text)).toThrow('decimal rate');
  });
});

describe('sums and products', () => {
  test('are exact inside the safe integers and a defect outside', () => {
    expect(sumOf([])).toBe(0);
    expect(sumOf([1999, -999])).toBe(1000);
    expect(multiply(1999, 999)).toBe(1_997_001);
    expect(() => sumOf([Number.MAX_SAFE_INTEGER, 1])).toThrow('safe integer');
    expect(() => multiply(amountMax, 10_000)).toThrow('safe integer');
  });
});

describe('money on the wire', () => {
  const eur = (amount: unknown) => ({ amount, currency: 'EUR' });

  test.each([[0], [amountMax], [-amountMax]])('takes %i', (amount) => {
    expect(Money.safeParse(eur(amount)).success).toBe(true);
  });

  test.each([[1.5], [amountMax + 1], [2 ** 53], [1e308], [Number.NaN], ['1'], [null], [undefined]])(
    'refuses the amount %s',
    (amount) => {
      expect(Money.safeParse(eur(amount)).success).toBe(false);
    },
  );

  test('refuses a field it does not know', () => {
    expect(Money.safeParse({ ...eur(1), formatted: '0.01' }).success).toBe(false);
  });

  test('as a price is not negative', () => {
    expect(Price.safeParse(eur(-1)).success).toBe(false);
    expect(Price.safeParse(eur(0)).success).toBe(true);
  });
});
