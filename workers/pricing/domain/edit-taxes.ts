/** Changes of tax rates. */
import type { TaxRateDraft, TaxRatePatch, TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import { refuse } from '../../../shared/values/result.ts';
import { type Edit, expectRow, type IsExpected, patched, saves } from './edit.ts';
import type { PricingSettings } from './settings.ts';

/** All of them are held in memory, and every earlier version of them is kept. */
const taxRatesMax = 2_000;

export function addTaxRate(settings: PricingSettings, id: string, draft: TaxRateDraft): Edit<TaxRateRow> {
  if ((settings.taxRates?.length ?? 0) >= taxRatesMax) return refuse({ code: 'settings-full', max: taxRatesMax });
  const rate = { id, ...draft, version: 1 };
  return saves(rate, { taxRates: [rate] });
}

export function changeTaxRate(
  settings: PricingSettings,
  id: string,
  patch: TaxRatePatch,
  isExpected: IsExpected,
): Edit<TaxRateRow> {
  const found = expectRow(settings.taxRates, id, isExpected);
  if (!found.ok) return found;
  const rate = patched(found.value, patch);
  return saves(rate, { taxRates: [rate] });
}
