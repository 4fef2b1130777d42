/** What pricing is told by the merchant. Settings are one value with one version, so a quote can say which it used. */
import type {
  Market as MarketRow,
  ShippingRate as ShippingRateRow,
} from '../../../shared/contracts/pricing/markets.ts';
import type { PaymentMethod } from '../../../shared/contracts/pricing/payment-methods.ts';
import type { PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import type { Promotion } from '../../../shared/contracts/pricing/promotions.ts';
import type { MarketOutline } from '../../../shared/contracts/pricing/shelf.ts';
import type { TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import type { Chosen } from '../../../shared/quoting/markets.ts';

export type Market = MarketOutline & Omit<MarketRow, keyof MarketOutline>;

export type ShippingRules = Pick<
  ShippingRateRow,
  'kind' | 'zones' | 'profiles' | 'weightMaxGrams' | 'steps' | 'subtotalCounts'
>;

/** Without rules it is one price for the whole market. */
export type ShippingRate = Omit<ShippingRateRow, keyof ShippingRules> & Partial<ShippingRules>;

/** All ways to pay in one row, in the order in which they are offered. */
export interface PaymentMethodsRow {
  readonly id: 'payment-methods';
  readonly methods: readonly PaymentMethod[];
  readonly version: number;
}

/** By kind, in the order of their ids, which is that of their making. */
export interface SettingsRows {
  readonly markets: readonly Market[];
  readonly shippingRates: readonly ShippingRate[];
  readonly promotions: readonly Promotion[];
  readonly priceLists: readonly PriceList[];
  readonly taxRates: readonly TaxRateRow[];
  /** One row at most: without it, those of a shop that was never told. */
  readonly paymentMethods: readonly PaymentMethodsRow[];
}

export type RowKind = keyof SettingsRows;

/** What one row of a kind is called. */
export const rowNames: Readonly<Record<RowKind, string>> = {
  markets: 'market',
  shippingRates: 'shipping rate',
  promotions: 'promotion',
  priceLists: 'price list',
  taxRates: 'tax rate',
  paymentMethods: 'list of payment methods',
};

/** Everything a quote depends on but the entries of price lists. */
export interface PricingSettings extends SettingsRows {
  readonly version: number;
  /** Since when they are so, in milliseconds since 1970. */
  readonly changedAt: number;
}

export type ChosenMarket = Chosen<Market>;
