/**
 * What a merchant may change, decided on one version of the settings: the answer is the rows to save, or a refusal. The
 * rules that hold after every change: one default market, at most one fallback market, and no country in two markets.
 */
import type {
  MarketDraft,
  MarketPatch,
  ShippingRateDraft,
  ShippingRatePatch,
} from '../../../shared/contracts/pricing-http.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { Market, PricingSettings, ShippingRate } from './settings.ts';

/** Rows to save and rows to remove, in one commit, and the one that the caller asked for. */
export interface Change<Value> {
  readonly value: Value;
  readonly markets: readonly Market[];
  readonly shippingRates: readonly ShippingRate[];
  readonly removedShippingRateIds: readonly string[];
}

export type EditRefusal =
  | { readonly code: 'not-found' }
  | { readonly code: 'precondition-failed'; readonly version: number }
  | { readonly code: 'country-taken'; readonly country: string; readonly marketId: string }
  | { readonly code: 'default-market-needed'; readonly detail: string }
  | {
      readonly code: 'invalid-input';
      readonly detail: string;
      readonly errors: readonly { readonly pointer: string; readonly detail: string }[];
    };

export type Edit<Value> = Result<Change<Value>, EditRefusal>;

/** Tells whether the caller's precondition holds for the version it is about to change. */
export type IsExpected = (version: number) => boolean;

const nothing = { markets: [], shippingRates: [], removedShippingRateIds: [] };

export function openMarket(settings: PricingSettings, id: string, draft: MarketDraft): Edit<Market> {
  return saveMarket(settings, { id, ...draft, version: 1 });
}

export function changeMarket(
  settings: PricingSettings,
  id: string,
  patch: MarketPatch,
  isExpected: IsExpected,
): Edit<Market> {
  const market = settings.markets.find((one) => one.id === id);
  if (market === undefined) return refuse({ code: 'not-found' });
  if (!isExpected(market.version)) return refuse({ code: 'precondition-failed', version: market.version });
  if (market.isDefault && patch.isDefault === false) {
    return refuse({
      code: 'default-market-needed',
      detail: 'Make another market the default; this one then ceases to be it.',
    });
  }
  return saveMarket(settings, {
    id,
    name: patch.name ?? market.name,
    countries: patch.countries ?? market.countries,
    currencies: patch.currencies ?? market.currencies,
    taxRate: patch.taxRate ?? market.taxRate,
    pricesIncludeTax: patch.pricesIncludeTax ?? market.pricesIncludeTax,
    rounding: patch.rounding ?? market.rounding,
    isDefault: patch.isDefault ?? market.isDefault,
    isFallback: patch.isFallback ?? market.isFallback,
    version: market.version + 1,
  });
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
  return accept({ ...nothing, value: market, markets: [...replaced, market] });
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
  const rate = settings.shippingRates.find((one) => one.id === id);
  if (rate === undefined) return refuse({ code: 'not-found' });
  if (!isExpected(rate.version)) return refuse({ code: 'precondition-failed', version: rate.version });
  return saveShippingRate(settings, {
    id,
    marketId: patch.marketId ?? rate.marketId,
    name: patch.name ?? rate.name,
    prices: patch.prices ?? rate.prices,
    freeFrom: patch.freeFrom ?? rate.freeFrom,
    version: rate.version + 1,
  });
}

function saveShippingRate(settings: PricingSettings, rate: ShippingRate): Edit<ShippingRate> {
  if (!settings.markets.some((market) => market.id === rate.marketId))
    return invalid('/marketId', 'There is no such market.');
  return accept({ ...nothing, value: rate, shippingRates: [rate] });
}

export function removeShippingRate(settings: PricingSettings, id: string, isExpected: IsExpected): Edit<null> {
  const rate = settings.shippingRates.find((one) => one.id === id);
  if (rate === undefined) return refuse({ code: 'not-found' });
  if (!isExpected(rate.version)) return refuse({ code: 'precondition-failed', version: rate.version });
  return accept({ ...nothing, value: null, removedShippingRateIds: [id] });
}

/** The settings after a change, at their next version. */
export function changed(settings: PricingSettings, change: Change<unknown>, now: number): PricingSettings {
  const removed = new Set(change.removedShippingRateIds);
  return {
    version: settings.version + 1,
    changedAt: now,
    markets: upserted(settings.markets, change.markets),
    shippingRates: upserted(settings.shippingRates, change.shippingRates).filter((rate) => !removed.has(rate.id)),
  };
}

function upserted<Row extends { readonly id: string }>(rows: readonly Row[], saved: readonly Row[]): Row[] {
  const byId = new Map([...rows, ...saved].map((row) => [row.id, row]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function invalid(pointer: string, detail: string) {
  return refuse({ code: 'invalid-input' as const, detail, errors: [{ pointer, detail }] });
}
