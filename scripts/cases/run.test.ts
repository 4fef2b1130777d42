/** The runner of cases: what passes, how a difference is reported, and that nothing is passed over in silence. */
import { describe, expect, test } from 'vitest';
import { UsageError } from '../lib/arguments.ts';
import { differencesOf } from './differences.ts';
import { runCaseFile } from './run.ts';

function run(area: string, given: unknown, expectation: unknown) {
  return runCaseFile(
    JSON.stringify({ area, cases: [{ id: 'own-1', area, title: 'a case', source: null, given, expect: expectation }] }),
  );
}

const market = { currency: 'EUR', pricesIncludeTax: true, rounding: { mode: 'half-up', level: 'line' } };
const cart = { ...market, lines: [{ key: 'a', unitPriceMinor: 600, quantity: 2, taxRates: [] }] };

describe('each area', () => {
  test.each([
    ['totals', cart, { subtotalMinor: 1200, totalMinor: 1200, appliedPromotions: [] }],
    ['allocation', { amountMinor: 3, weights: ['0.5', 1] }, { partsMinor: [1, 2] }],
    ['allocation', { amountMinor: 9, maximaMinor: [4, 4] }, { partsMinor: [4, 4], unallocatedMinor: 1 }],
    [
      'currency-format',
      { currency: 'JPY', exponent: 0, format: [5], parse: ['5.0'] },
      { format: ['5'], parse: [null] },
    ],
    [
      'order-edit-refund',
      { kind: 'edit', base: cart, paidMinor: 1200, versions: [{}, { lines: [] }] },
      { totalsMinor: [1200, 0], balanceMinor: -1200, refundMinor: 1200, additionalPaymentMinor: 0 },
    ],
    [
      'order-edit-refund',
      { kind: 'units', currency: 'EUR', lineGrossMinor: 5, lineTaxMinor: 1, quantity: 2, returns: [1, 2] },
      {
        refunds: [
          { grossMinor: 2, taxMinor: 0, netMinor: 2 },
          { refused: 'more-than-bought', maxQuantity: 1 },
        ],
        remainingGrossMinor: 3,
      },
    ],
  ])('%s runs through its engine', async (area, given, expectation) => {
    expect(await run(area, given, expectation)).toEqual({ passed: 1, failed: 0, lines: [] });
  });
});

describe('a case fails', () => {
  test('with each difference and where it is', async () => {
    const report = await run('totals', cart, { lines: [{ key: 'a', grossMinor: 1 }], totalMinor: 2, taxSummary: [{}] });
    expect(report).toEqual({
      passed: 0,
      failed: 1,
      lines: [
        'FAILED own-1 a case',
        '  lines[0].grossMinor: expected 1, got 1200',
        '  totalMinor: expected 2, got 1200',
        '  taxSummary: expected 1 entries, got 0: []',
      ],
    });
  });

  test.each([
    ['an area that nothing runs', 'weather', {}, /nothing here runs the area "weather"/],
    ['a field that the area does not know', 'totals', { ...cart, loyalty: 1 }, /not a case of totals: .*loyalty/],
    ['a currency with other decimals', 'currency-format', { currency: 'JPY', exponent: 2 }, /threw JPY has 0 decimals/],
  ])('for %s', async (_situation, area, given, fault) => {
    const report = await run(area, given, {});
    expect(report.failed).toBe(1);
    expect(report.lines[1]).toMatch(fault);
  });
});

test.each(['nothing', '{}', '{"area":"totals","cases":[{"id":1}]}'])(
  'a file that is %s is no file of cases',
  async (text) => {
    await expect(runCaseFile(text)).rejects.toThrow(UsageError);
  },
);

test('an expected field that is missing, or is minus zero, is a difference', () => {
  expect(differencesOf({ a: 1 }, {})).toEqual(['a: expected 1, got nothing']);
  expect(differencesOf([0], [-0])).toEqual(['[0]: expected 0, got -0']);
});
