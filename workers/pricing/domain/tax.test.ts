/** Taxes on single entries: inside and on top, several rates, one rounding, and nothing below zero. */
import { describe, expect, test } from 'vitest';
import type { TaxRate } from './cart.ts';
import { type TaxableEntry, taxed, taxLinesOf } from './tax.ts';

const perLine = { mode: 'half-up', level: 'line' } as const;
const perOrder = { mode: 'half-up', level: 'order' } as const;

function entry(amountMinor: number, includesTax: boolean, ...rates: readonly string[]): TaxableEntry {
  const taxRates: readonly TaxRate[] = rates.map((rate, index) => ({ name: `tax${index}`, rate }));
  return { key: 'e', amountMinor, taxRates, includesTax };
}

function taxesOf(entries: readonly TaxableEntry[], rounding: typeof perLine | typeof perOrder) {
  return taxed(entries, rounding).entries.map((one) => one.taxes.map((tax) => tax.taxMinor));
}

test('several rates are each rounded on their own, inside as on top', () => {
  expect(taxesOf([entry(1010, false, '0.05', '0.0505')], perLine)).toEqual([[51, 51]]);
  expect(taxesOf([entry(1101, true, '0.05', '0.05')], perLine)).toEqual([[50, 50]]);
});

test('a negative entry mirrors the positive one', () => {
  expect(taxesOf([entry(-1010, false, '0.05')], perLine)).toEqual([[-51]]);
  expect(taxed([entry(-15, true, '0.5')], perOrder).entries[0]).toMatchObject({ netMinor: -10, grossMinor: -15 });
});

describe('rounded once per order', () => {
  test('prices with and without their tax, and with different rates beside it, share one sum', () => {
    const entries = [entry(10, false, '0.1'), entry(11, true, '0.1'), entry(13, true, '0.1', '0.2')];
    const { summary, entries: answer } = taxed(entries, perOrder);
    expect(summary).toEqual([
      { name: 'tax0', rate: '0.1', baseMinor: 10 + 10 + 10, taxMinor: 3 },
      { name: 'tax1', rate: '0.2', baseMinor: 10, taxMinor: 2 },
    ]);
    expect(answer.map((one) => one.taxMinor)).toEqual([1, 1, 3]);
  });

  test('the spare unit of a second rate passes over a price that the first has used up', () => {
    const cents = Array.from({ length: 12 }, () => entry(1, true, '0.1', '0.1'));
    const { entries, summary } = taxed(cents, perOrder);
    expect(summary.map((one) => one.taxMinor)).toEqual([1, 1]);
    expect(entries.map((one) => one.netMinor)).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });
});

test('one name and rate is one line of the summary, however the rate is written', () => {
  const taxRates = (rate: string) => [{ name: 'vat', rate }];
  const base = { key: 'e', amountMinor: 100, includesTax: false };
  const rates = ['0.20', '0.2', '0.200', '0.02'];
  const { summary } = taxed(
    rates.map((rate) => ({ ...base, taxRates: taxRates(rate) })),
    perLine,
  );
  expect(summary).toEqual([
    { name: 'vat', rate: '0.20', baseMinor: 300, taxMinor: 60 },
    { name: 'vat', rate: '0.02', baseMinor: 100, taxMinor: 2 },
  ]);
});

test('the taxes of some entries are those of the whole without the others', () => {
  const { entries, summary } = taxed(
    [entry(1190, true, '0.19'), entry(490, true, '0.190'), entry(100, false)],
    perLine,
  );
  expect(taxLinesOf(entries)).toEqual(summary);
  expect(taxLinesOf(entries.slice(0, 1))).toEqual([{ name: 'tax0', rate: '0.19', baseMinor: 1000, taxMinor: 190 }]);
  expect(taxLinesOf(entries.slice(2))).toEqual([]);
});
