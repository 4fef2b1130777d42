/**
 * Changes of markets and shipping rates. The rules that hold after every one: one default market, at most one fallback
 * market, and no country in two markets.
 */
import type { MarketDraft, ShippingRateDraft } from '../../../shared/contracts/pricing/markets.ts';
import { refuse } from '../../../shared/values/result.ts';
import { type Edit, editsOf, invalid, saves } from './edit.ts';
import type { Market, PricingSettings, ShippingRate } from './settings.ts';

export const marketEdits = editsOf('markets', ({ markets }) => markets, {
  begin: (id, draft: MarketDraft): Market => ({ id, ...draft, version: 1 }),
  save: saveMarket,
});

function saveMarket(settings: PricingSettings, market: Market): Edit<Market> {
  if (!market.isDefault && settings.markets.some((one) => one.id === market.id && one.isDefault)) {
    const detail = 'Make another market the default; this one then ceases to be it.';
    return refuse({ code: 'default-market-needed', detail });
  }
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

export const shippingRateEdits = editsOf('shippingRates', ({ shippingRates }) => shippingRates, {
  begin: (id, draft: ShippingRateDraft): ShippingRate => ({ id, ...draft, version: 1 }),
  save({ markets }, rate) {
    if (!markets.some(({ id }) => id === rate.marketId)) return invalid('/marketId', 'There is no such market.');
    return saves(rate, { shippingRates: [rate] });
  },
});
