/**
 * What pricing is told by the merchant, and who gets which market. A country belongs to at most one market; the fallback
 * market takes the countries that none names. Settings are one value with one version, so a quote can say which it used.
 *
 * Former versions are kept as they were. What is optional here is absent in versions from before there was such a thing.
 */
import type { MarketChoice, PricingRefusal } from '../../../shared/contracts/pricing.ts';
import type { ShippingRate as ShippingRateRow } from '../../../shared/contracts/pricing-markets.ts';
import type { PriceList } from '../../../shared/contracts/pricing-price-lists.ts';
import type { Promotion } from '../../../shared/contracts/pricing-promotions.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing-taxes.ts';
import type { Currency, RoundingMode } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';

export interface Rounding {
  readonly mode: RoundingMode;
  /** Round every line and the shipping, or the sum of their exact taxes. */
  readonly level: 'line' | 'order';
}

export interface Market {
  readonly id: string;
  readonly name: string;
  readonly countries: readonly string[];
  readonly currencies: readonly Currency[];
  /** A decimal string: `"0.19"` is 19 %. */
  readonly taxRate: string;
  readonly pricesIncludeTax: boolean;
  readonly rounding: Rounding;
  readonly shippingTax?: 'standard' | 'weighted';
  readonly hasReverseCharge?: boolean;
  readonly isDefault: boolean;
  readonly isFallback: boolean;
  readonly version: number;
}

export interface CurrencyAmount {
  readonly amount: number;
  readonly currency: Currency;
}

export type ShippingRules = Pick<ShippingRateRow, 'kind' | 'zones' | 'profiles' | 'weightMaxGrams' | 'steps'>;

/** Without rules it is one price for the whole market. */
export interface ShippingRate extends Partial<ShippingRules> {
  readonly id: string;
  readonly marketId: string;
  readonly name: string;
  readonly prices: readonly CurrencyAmount[];
  /** The subtotal from which the rate costs nothing, per currency. */
  readonly freeFrom: readonly CurrencyAmount[];
  readonly version: number;
}

/** Everything a quote depends on but the entries of price lists. Rows are in the order of their ids, which is that of their making. */
export interface PricingSettings {
  readonly version: number;
  /** Since when they are so, in milliseconds since 1970. */
  readonly changedAt: number;
  readonly markets: readonly Market[];
  readonly shippingRates: readonly ShippingRate[];
  readonly promotions?: readonly Promotion[];
  readonly priceLists?: readonly PriceList[];
  readonly taxRates?: readonly TaxRateRow[];
}

export interface MarketWish {
  readonly country: string | null;
  readonly currency: string | null;
}

export interface ChosenMarket extends MarketChoice {
  readonly market: Market;
}

/**
 * Finds the market for a wish: a country leads to its market, a currency alone to the first market that sells in it, and
 * no wish to the default market. What is not wished for is the first that the market has.
 */
export function chooseMarket(settings: PricingSettings, wish: MarketWish): Result<ChosenMarket, PricingRefusal> {
  const no = (detail: string) =>
    refuse({ code: 'unknown-market', country: wish.country, currency: wish.currency, detail });
  const market =
    wish.country === null ? marketByCurrency(settings, wish.currency) : marketByCountry(settings, wish.country);
  if (market === undefined) {
    if (wish.country !== null) return no(`Nothing is sold to ${wish.country}.`);
    return no(wish.currency === null ? 'There is no default market.' : `Nothing is sold in ${wish.currency}.`);
  }
  const country = wish.country ?? market.countries[0];
  if (country === undefined) return no(`${market.name} names no country of its own: say which one.`);
  const currency = market.currencies.find((sold) => wish.currency === null || sold === wish.currency);
  if (currency === undefined) {
    const refused = no(`${market.name} sells in ${market.currencies.join(', ')}, not in ${wish.currency}.`);
    return refuse({ ...refused.refusal, available: market.currencies });
  }
  return accept({ marketId: market.id, country, currency, market });
}

function marketByCountry({ markets }: PricingSettings, country: string): Market | undefined {
  return markets.find((market) => market.countries.includes(country)) ?? markets.find((market) => market.isFallback);
}

/** The default market first and the fallback last; the others in the order of their making. */
function marketByCurrency({ markets }: PricingSettings, currency: string | null): Market | undefined {
  const standard = markets.find((market) => market.isDefault);
  if (currency === null) return standard;
  const sells = (market: Market | undefined): market is Market =>
    market?.currencies.some((sold) => sold === currency) ?? false;
  if (sells(standard)) return standard;
  return markets.find((market) => !market.isFallback && sells(market)) ?? markets.find(sells);
}
