/** The compare-at price of a cart's line, from a price list or from the catalogue. */
import { expect, test } from 'vitest';
import type { QuotedLine } from '../../shared/contracts/pricing/api.ts';
import { lineView } from '../../shared/quoting/views.ts';
import { variant } from '../../workers/orders/testing/checkouts.ts';

const listed: QuotedLine = {
  lineId: 'lin_1',
  unitPriceMinor: 1250,
  compareAtMinor: null,
  priceListId: null,
  subtotalMinor: 2500,
  discountMinor: 0,
  taxMinor: 399,
  totalMinor: 2500,
  discounts: [],
};
const eur = (amountMinor: number) => ({ currency: 'EUR' as const, amountMinor });

test.each([
  ['the catalogue’s price with what it names', listed, eur(1999), 1999],
  ['nothing where it names nothing, or a snapshot of former times does not tell', listed, undefined, null],
  ['nothing lower, which is no sale', listed, eur(1250), null],
  ['nothing of another currency', listed, { currency: 'CHF' as const, amountMinor: 1999 }, null],
  ['a list’s price with nothing but what the list says', { ...listed, priceListId: 'pli_1' }, eur(1999), null],
  ['a list’s own comparison', { ...listed, priceListId: 'pli_1', compareAtMinor: 1400 }, eur(1999), 1400],
  ['nothing with tax inside it where the tax was taken out', { ...listed, unitPriceMinor: 1050 }, eur(1999), null],
])('compares %s', (_what, quoted, compareAt, expected) => {
  const line = {
    lineId: 'lin_1',
    quantity: 2,
    variant: { ...variant, ...(compareAt && { compareAt }) },
    attributes: {},
  };
  expect(lineView(line, quoted, 'EUR').compareAtPrice?.amount ?? null).toBe(expected);
});
