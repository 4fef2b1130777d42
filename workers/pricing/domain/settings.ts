/** What pricing is told by the merchant. Settings are one value with one version, so a quote can say which it used. */
import type { ShippingRate as ShippingRateRow } from '../../../shared/contracts/pricing/markets.ts';
import type { PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import type { MarketOutline } from '../../../shared/contracts/pricing/shelf.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import type { Chosen } from '../../../shared/quoting/markets.ts';
import type { Currency, RoundingMode } from '../../../shared/values/money.ts';

export interface Rounding {
  readonly mode: RoundingMode;
  /** Round every line and the shipping, or the sum of their exact taxes. */
  readonly level: 'line' | 'order';
}

export interface Market extends MarketOutline {
  /** A decimal string: `"0.19"` is 19 %. */
  readonly taxRate: string;
  readonly pricesIncludeTax: boolean;
  readonly rounding: Rounding;
  readonly shippingTax: 'standard' | 'weighted';
  readonly hasReverseCharge: boolean;
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
  readonly promotions: readonly Promotion[];
  readonly priceLists: readonly PriceList[];
  readonly taxRates: readonly TaxRateRow[];
}

export type ChosenMarket = Chosen<Market>;
