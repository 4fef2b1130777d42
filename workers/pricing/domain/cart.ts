/**
 * What is priced and what comes out: the vocabulary of the pricing engine. Amounts are whole minor units of the one currency
 * of the cart, rates are decimal strings (`"0.19"` is 19 %), and everything that depends on who, where or when has been
 * decided before: the promotions are those that run now, in the order of their priority.
 */

import type { Quote, QuoteTotals, TaxLine } from '../../../shared/contracts/pricing/api.ts';
import type { Rounding } from '../../../shared/contracts/pricing/markets.ts';
import type { Promotion } from './promotion.ts';

export interface TaxRate {
  readonly name: string;
  readonly rate: string;
  /** Computed on the price and the taxes before it in the list. Absent: on the price alone. */
  readonly isCompound?: boolean;
}

export interface CartLine {
  readonly key: string;
  readonly unitPriceMinor: number;
  readonly quantity: number;
  /** What the line is listed at where that is not unit price times quantity: its tax was taken out of the whole line. */
  readonly listedMinor?: number;
  /** Several rates add up unless one says that it compounds. None: the line is not taxed. */
  readonly taxRates: readonly TaxRate[];
  readonly tags: readonly string[];
}

export interface Shipment {
  readonly key: string;
  readonly amountMinor: number;
  readonly taxRates: readonly TaxRate[];
  /** The lines whose rates it takes over, in the proportions of what is paid for them after discounts. */
  readonly taxedLike?: readonly string[];
}

/** A fee, or a rebate where the amount is negative. No promotion touches it. */
interface Surcharge extends Omit<Shipment, 'taxedLike'> {
  /** Null: like the prices of the market. */
  readonly includesTax: boolean | null;
}

export interface GiftCard {
  readonly key: string;
  readonly balanceMinor: number;
}

export interface Cart {
  readonly pricesIncludeTax: boolean;
  readonly rounding: Rounding;
  readonly lines: readonly CartLine[];
  readonly shipping: readonly Shipment[];
  readonly surcharges: readonly Surcharge[];
  readonly codes: readonly string[];
  /** In the order in which they pay. */
  readonly giftCards: readonly GiftCard[];
  readonly promotions: readonly Promotion[];
}

export interface AppliedTax extends TaxRate {
  readonly taxMinor: number;
}

/** What an entry costs after discounts. Always: gross = net + tax, and tax is the sum of `taxes`. */
export interface PricedEntry {
  readonly key: string;
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly grossMinor: number;
  readonly taxes: readonly AppliedTax[];
}

export interface DiscountedEntry extends PricedEntry {
  /** Before discounts, as listed: the gross in an inclusive market, the net in an exclusive one. */
  readonly listedMinor: number;
  readonly discountMinor: number;
}

/** What one promotion took off, and from where. Always: the amount is the sum of the allocations, none of which is zero. */
export interface Discount {
  readonly promotionKey: string;
  readonly amountMinor: number;
  readonly allocations: readonly Allocation[];
  /** Of the step that was reached, where a promotion has several. */
  readonly stepRate?: string;
}

interface Allocation {
  readonly from: 'line' | 'shipping';
  readonly key: string;
  readonly amountMinor: number;
}

/**
 * Always: subtotal − discount + shipping + surcharge (+ tax where prices exclude it) = total. Only a surcharge, and the tax
 * on it, may be below zero.
 */
export interface PricedCart extends QuoteTotals {
  readonly lines: readonly DiscountedEntry[];
  readonly shipping: readonly DiscountedEntry[];
  readonly surcharges: readonly PricedEntry[];
  readonly surchargeMinor: number;
  /** Per name and rate, in order of first appearance. */
  readonly taxSummary: readonly TaxLine[];
  /** One per promotion that took something off, in the order in which they acted. */
  readonly discounts: readonly Discount[];
  readonly appliedPromotions: readonly string[];
  /** The promotions that would make more units free than the cart has. */
  readonly openGifts: readonly string[];
  /** The promotions for which too little was left of the lines when their turn came. */
  readonly belowMinimum: readonly {
    readonly promotionKey: string;
    readonly minimumMinor: number;
    readonly isOfItems?: true;
  }[];
  /** The codes that no promotion knows. */
  readonly rejectedCodes: readonly string[];
  readonly giftCards: Quote['giftCards'];
}

/** A rebate larger than everything else together. */
export interface TotalBelowZero {
  readonly code: 'total-below-zero';
  readonly totalMinor: number;
}
