/** What other Workers may ask pricing: which market a shopper is in, and what a cart costs. */
import type { Currency } from '../values/money.ts';
import type { Result } from '../values/result.ts';

/** A market as far as a cart needs it. */
export interface MarketChoice {
  readonly marketId: string;
  readonly country: string;
  readonly currency: Currency;
}

export interface QuoteLine {
  readonly lineId: string;
  readonly unitPriceMinor: number;
  readonly quantity: number;
  readonly weightGrams: number;
  readonly requiresShipping: boolean;
  readonly isTaxable: boolean;
}

export interface QuoteRequest {
  readonly country: string;
  readonly currency: Currency;
  readonly lines: readonly QuoteLine[];
  /** Null takes the cheapest option where something must be shipped. */
  readonly shippingOptionId: string | null;
  /** Prices with the settings as they were then (milliseconds since 1970) instead of now. Costs a storage round trip. */
  readonly asOf?: number;
}

export interface QuotedLine {
  readonly lineId: string;
  /** Unit price times quantity. */
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  /** What the line costs after discount: tax is inside in an inclusive market, beside it otherwise. */
  readonly totalMinor: number;
}

export interface ShippingOption {
  readonly id: string;
  readonly name: string;
  readonly priceMinor: number;
}

/** Always: total = subtotal − discount + shipping (+ tax where prices exclude it). */
export interface Quote {
  readonly pricingVersion: number;
  /** Since when the settings of this version are so, in milliseconds since 1970. */
  readonly pricingSince: number;
  readonly country: string;
  readonly currency: Currency;
  readonly pricesIncludeTax: boolean;
  readonly lines: readonly QuotedLine[];
  readonly shippingOptions: readonly ShippingOption[];
  readonly shippingOptionId: string | null;
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly shippingMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
}

export type PricingRefusal =
  | {
      readonly code: 'unknown-market';
      readonly country: string | null;
      readonly currency: string | null;
      readonly detail: string;
    }
  | { readonly code: 'unknown-shipping-option'; readonly shippingOptionId: string };

export interface PricingApi {
  /** The market of a country and currency; without them the default market. A currency outside the market is refused. */
  market(wish: {
    readonly country: string | null;
    readonly currency: string | null;
  }): Promise<Result<MarketChoice, PricingRefusal>>;
  /** Prices a cart from settings held in memory: no storage round trip. */
  quote(request: QuoteRequest): Promise<Result<Quote, PricingRefusal>>;
}
