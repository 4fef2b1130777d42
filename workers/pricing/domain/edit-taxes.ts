/** Changes of tax rates. */
import type { TaxRateDraft, TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import { editsOf, saves } from './edit.ts';

/** All of them are held in memory, and every earlier version of them is kept. */
const taxRatesMax = 2_000;

export const taxRateEdits = editsOf('taxRates', ({ taxRates }) => taxRates, {
  max: taxRatesMax,
  begin: (id, draft: TaxRateDraft): TaxRateRow => ({ id, ...draft, version: 1 }),
  save: (_settings, rate) => saves(rate, { taxRates: [rate] }),
});
