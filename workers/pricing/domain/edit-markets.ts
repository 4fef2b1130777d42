/**
 * Changes of markets and shipping rates. The rules that hold after every one: one default market, at most one fallback
 * market, and no country in two markets.
 */
import type {
  MarketDraft,
  MarketPatch,
  ShippingRateDraft,
  ShippingRatePatch,
} from '../../../shared/contracts/pricing/markets.ts';
import { refuse } from '../../../shared/values/result.ts';
import { type Edit, expectRow, type IsExpected, invalid, patched, saves } from './edit.ts';
import type { Market, PricingSettings, ShippingRate } from './settings.ts';

export function openMarket(settings: PricingSettings, id: string, draft: MarketDraft): Edit<Market> {
  return saveMarket(settings, { id, ...draft, version: 1 });
}

export function changeMarket(
  settings: PricingSettings,
  id: string,
  patch: MarketPatch,
  isExpected: IsExpected,
): Edit<Market> {
  const found = expectRow(settings.markets, id, isExpected);
  if (!found.ok) return found;
  if (found.value.isDefault && patch.isDefault === false) {
    return refuse({
      code: 'default-market-needed',
      detail: 'Make another market the default; this one then ceases to be it.',
    });
  }
  return saveMarket(settings, patched(found.value, patch));
}

function saveMarket(settings: PricingSettings, market: Market): Edit<Market> {
  if (market.countries.length === 0 && (market.isDefault || !market.isFallback)) {
    return invalid('/countries', 'Only a fallback market that is not the default may name no country.');
  }
  const others = settings.markets.filter((one) => one.id !== market.id);
  for (const country of market.countries) {
    const owner = others.find((one) => one.countries.includes(country));
    if (owner !== undefined) return refuse({ code: 'country-taken', country, marketId: owner.id });
  }
  const replaced = others
    .filter((one) => (market.isDefault && one.isDefault) || (market.isFallback && one.isFallback))
    .map((one) => ({
      ...one,
      isDefault: one.isDefault && !market.isDefault,
      isFallback: one.isFallback && !market.isFallback,
      version: one.version + 1,
    }));
  const stranded = replaced.find((one) => !one.isFallback && one.countries.length === 0);
  if (stranded !== undefined) {
    return invalid('/isFallback', `${stranded.name} names no country and would serve nobody: give it countries first.`);
  }
  return saves(market, { markets: [...replaced, market] });
}

export function addShippingRate(settings: PricingSettings, id: string, draft: ShippingRateDraft): Edit<ShippingRate> {
  return saveShippingRate(settings, { id, ...draft, version: 1 });
}

export function changeShippingRate(
  settings: PricingSettings,
  id: string,
  patch: ShippingRatePatch,
  isExpected: IsExpected,
): Edit<ShippingRate> {
  const found = expectRow(settings.shippingRates, id, isExpected);
  return found.ok ? saveShippingRate(settings, patched(found.value, patch)) : found;
}

function saveShippingRate(settings: PricingSettings, rate: ShippingRate): Edit<ShippingRate> {
  if (!settings.markets.some((market) => market.id === rate.marketId))
    return invalid('/marketId', 'There is no such market.');
  return saves(rate, { shippingRates: [rate] });
}
