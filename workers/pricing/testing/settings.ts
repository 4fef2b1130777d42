/** A small shop for the tests of pricing: builders that name only what a test is about. */
import type { ProviderName } from '../../../shared/contracts/payments/api.ts';
import type { Quote, QuoteLine } from '../../../shared/contracts/pricing/api.ts';
import { ShippingRateDraft } from '../../../shared/contracts/pricing/markets.ts';
import { type ListPrice, type PriceList, PriceListDraft } from '../../../shared/contracts/pricing/price-lists.ts';
import { type Promotion, PromotionDraft } from '../../../shared/contracts/pricing/promotions.ts';
import { TaxRateDraft, type TaxRateRow } from '../../../shared/contracts/pricing/taxes.ts';
import { usualMethod } from '../domain/payment-methods.ts';
import type { PriceBook } from '../domain/price-lists.ts';
import { quote } from '../domain/quote.ts';
import type { Sources } from '../domain/reckoning.ts';
import type { QuoteCustomer, QuoteRequest } from '../domain/request.ts';
import type { Market, PaymentMethodsRow, PricingSettings, ShippingRate } from '../domain/settings.ts';

export const now = Date.UTC(2026, 10, 21, 12);

const germany: Market = {
  id: 'mkt_de',
  name: 'VAT',
  countries: ['DE'],
  currencies: ['EUR', 'CHF'],
  taxRate: '0.19',
  pricesIncludeTax: true,
  rounding: { mode: 'half-up', level: 'line' },
  shippingTax: 'standard',
  hasReverseCharge: false,
  orderMinimums: [],
  variantMaximums: [],
  isDefault: true,
  isFallback: false,
  version: 1,
};

export const eur = (amount: number) => ({ amount, currency: 'EUR' as const });

export function shippingRate(id: string, changes: Partial<ShippingRateDraft>): ShippingRate {
  const draft = { marketId: `mkt_${'0'.repeat(26)}`, name: id, prices: [eur(490)], ...changes };
  return { id, ...ShippingRateDraft.parse(draft), marketId: 'mkt_de', version: 1 };
}

/** A row as a merchant's draft would make it; `conditions` and `limits` may be partial. */
export function promotion(id: string, offer: object, changes: object = {}): Promotion {
  return { id, ...PromotionDraft.parse({ title: id, offer, ...changes }), version: 1 };
}

export function taxRate(id: string, rate: string, changes: object = {}): TaxRateRow {
  return { id, ...TaxRateDraft.parse({ name: id, rate, zone: { country: 'DE' }, ...changes }), version: 1 };
}

export function priceList(id: string, changes: object = {}): PriceList {
  return { id, ...PriceListDraft.parse({ name: id, ...changes }), pricesVersion: 1, version: 1 };
}

/** Ways to pay, each open to everyone. */
export function paymentMethods(
  ...methods: readonly (readonly [id: string, provider: ProviderName])[]
): PaymentMethodsRow {
  const rows = methods.map(([id, provider], position) => ({ ...usualMethod, id, provider, name: id, position }));
  return { id: 'payment-methods', methods: rows, version: 1 };
}

export function bookOf(entries: Readonly<Record<string, readonly ListPrice[]>>): PriceBook {
  return {
    entry: (list, variantId, currency) =>
      entries[list.id]?.find((one) => one.variantId === variantId && one.currency === currency) ?? null,
  };
}

export function shop(changes: Partial<PricingSettings> = {}, market: Partial<Market> = {}): PricingSettings {
  const none = { shippingRates: [], promotions: [], priceLists: [], taxRates: [], paymentMethods: [] };
  return { version: 7, changedAt: 1_000, markets: [{ ...germany, ...market }], ...none, ...changes };
}

export function line(
  lineId: string,
  unitPriceMinor: number,
  quantity = 1,
  changes: Partial<QuoteLine> = {},
): QuoteLine {
  return { lineId, unitPriceMinor, quantity, weightGrams: 100, requiresShipping: true, isTaxable: true, ...changes };
}

export const guest: QuoteCustomer = { id: null, groups: [], isFirstOrder: false, vatId: null, isTaxExempt: false };

export function request(lines: readonly QuoteLine[], changes: Partial<QuoteRequest> = {}): QuoteRequest {
  return { country: 'DE', currency: 'EUR', lines, shippingOptionId: null, now, ...changes };
}

/** The quote of a cart that is not refused. */
export function quoted(settings: PricingSettings, asked: QuoteRequest, sources: Sources = {}): Quote {
  const result = quote(settings, asked, sources);
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}`);
  return result.value;
}
