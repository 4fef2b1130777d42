/** What other Workers may ask pricing: which market a shopper is in, what a cart costs, and why. */
import type { FieldFault, ProblemCode } from '../../http/problem.ts';
import type { Currency, Money } from '../../values/money.ts';
import type { Packed } from '../../values/packed.ts';
import type { Result } from '../../values/result.ts';
import type { ProviderName } from '../payments/api.ts';
import type { AllowanceWant, BalanceObstacle } from './allowances.ts';
import type { CartExplanation } from './explanation.ts';

/** What of an address taxes may depend on, beside its country. */
export type PlaceDetail = 'region' | 'postalCode';

/** Null leaves it to the market. */
export interface MarketWish {
  readonly country: string | null;
  readonly currency: string | null;
}

/** A market as far as a cart needs it. */
export interface MarketChoice {
  readonly marketId: string;
  readonly country: string;
  readonly currency: Currency;
}

export interface QuoteLine {
  readonly lineId: string;
  /** The catalogue's price: a price list may put its own in its place. */
  readonly unitPriceMinor: number;
  /** What the catalogue compares its price with. Absent: nothing. */
  readonly compareAtMinor?: number;
  readonly quantity: number;
  readonly weightGrams: number;
  readonly requiresShipping: boolean;
  readonly isTaxable: boolean;
  /** Money for money: no promotion acts on it or counts it. Absent on goods. */
  readonly isGiftCard?: true;
  /** What promotions and price lists know the line by. What is absent fits none of them. */
  readonly variantId?: string;
  readonly productId?: string;
  readonly tags?: readonly string[];
  readonly collectionIds?: readonly string[];
  /** Absent: `standard`. */
  readonly taxClass?: string;
  /** Absent: `default`. */
  readonly shippingProfile?: string;
  /** Instead of what the catalogue or a list says. */
  readonly handPrice?: HandPrice;
}

/** What a merchant has made of the price of a unit: another one, or something off what it would cost. */
export type HandPrice = { readonly kind: 'price'; readonly amountMinor: number } | HandDiscount;

/** What a merchant takes off: an amount or a rate, of a unit or of all goods together. */
export type HandDiscount =
  | { readonly kind: 'off'; readonly amountMinor: number }
  | { readonly kind: 'rate-off'; readonly rate: string };

/** A cart as pricing sees it: what decides what it costs, and nothing else. */
export interface PriceableCart {
  /** Where it goes, for taxes and shipping. */
  readonly country: string;
  readonly currency: Currency;
  /** Where in the country, by ISO 3166-2 and by postal code; null while that is not known. */
  readonly address: { readonly region: string | null; readonly postalCode: string | null } | null;
  /** Null takes the cheapest option where something must be shipped. */
  readonly shippingOptionId: string | null;
  readonly lines: readonly QuoteLine[];
  readonly codes: readonly string[];
  /** Gift cards and then store credit, in the order in which they pay, with what the shopper last saw was left. */
  readonly balances: readonly { readonly key: string; readonly seenMinor: number }[];
  /** Null while nothing is known of the buyer. */
  readonly buyer: Buyer | null;
  /** The allowances of which nothing was left when the shopper last saw a total. */
  readonly usedUp: readonly string[];
  /** Off all goods together, after every promotion. Absent: nothing. */
  readonly handDiscount?: HandDiscount;
  /**
   * What discounts have given to units that went back of the order that this is the rest of, and to its shipping, which stays as it was
   * charged: a fixed amount is given once. Absent: the cart is all there is.
   */
  readonly given?: readonly GivenDiscount[];
}

/** Amounts in the prices that were charged. */
export interface GivenDiscount {
  readonly promotionId: string;
  readonly amountMinor: number;
  /** What it left of those units. */
  readonly leftMinor: number;
}

export interface Buyer {
  readonly email: string | null;
  /** Whom the merchant's system knows the shopper as; null for a guest. */
  readonly customerId: string | null;
  readonly groups: readonly string[];
  readonly vatId: string | null;
  readonly isTaxExempt: boolean;
}

/** What a cart is asked about. */
export interface CartQuestion {
  readonly cart: PriceableCart;
  /** Milliseconds since 1970. */
  readonly now: number;
  /**
   * Null prices the cart as it is now: with what its cards and credit hold, and without promotions that are used up. A moment
   * prices it as its shopper saw it then: with the settings of then, the balances that were seen, and the promotions that are
   * not in `usedUp`.
   */
  readonly seenAt: number | null;
  /** Also as the shopper saw it at this moment, in case settings have changed since, or so shortly before that it was not seen. */
  readonly comparedWith?: number;
  /** The shipping option is asked for by name: another one is no answer. */
  readonly isOptionWanted?: boolean;
  /** A checkout asks: what cannot be ordered so, or cannot be sent to the address, is then refused. It learns the ways to pay, too. */
  readonly isForCheckout?: boolean;
  /** Also the taxes of the lines without those of shipping. */
  readonly needsGoodsTaxes?: boolean;
  /** A cart to which gifts can be added asks for those it may have. */
  readonly needsGiftOffers?: boolean;
  /** Also the ways to pay. */
  readonly needsPaymentMethods?: boolean;
}

/** A gift card or store credit that pays nothing, though the cart has it. */
export interface UnusableBalance {
  readonly key: string;
  readonly reason: BalanceObstacle;
}

export interface CartQuote {
  readonly quote: Quote;
  /** The allowances of which nothing was left for it: promotions that need them do not act. */
  readonly usedUp: readonly string[];
  /** Of the balances that were asked for as they are now. Absent: none. */
  readonly unusableBalances?: readonly UnusableBalance[];
  /** As it was seen at `comparedWith`, null where there was no price; absent where settings are the same since then. */
  readonly seen?: Pick<Quote, 'totalMinor' | 'shippingOptionId'> | null;
}

/** A line with what it costs, in the order of the cart's. */
export interface QuotedLine {
  readonly lineId: string;
  readonly unitPriceMinor: number;
  /** What the unit price is compared with in a sale. */
  readonly compareAtMinor: number | null;
  /** The list that made the unit price; null for the catalogue's. */
  readonly priceListId: string | null;
  /** Unit price times quantity. */
  readonly subtotalMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
  /** What the line costs after discount: tax is inside in an inclusive market, beside it otherwise. */
  readonly totalMinor: number;
  readonly discounts: readonly { readonly promotionId: string; readonly amountMinor: number }[];
  /** What the market lets an order have of the variant, over all lines. Absent: it sets no limit. */
  readonly quantityMax?: number;
}

export interface ShippingOption {
  readonly id: string;
  readonly name: string;
  readonly priceMinor: number;
  /** Present and true where the shopper fetches the goods. */
  readonly isPickup?: boolean;
}

/** A way to pay that is offered for a cart. */
export interface OfferedPaymentMethod {
  readonly id: string;
  readonly provider: ProviderName;
  readonly name: string;
}

export interface QuotedDiscount {
  readonly promotionId: string;
  readonly title: string;
  /** The code that unlocked it. */
  readonly code: string | null;
  /** Off lines and shipping together. */
  readonly amountMinor: number;
}

/**
 * Why a code does nothing. `disabled`: the merchant has withdrawn it. `items-missing`: what it asks to be in the cart is not, or not
 * enough of it. `not-applicable`: there is nothing that it could take something off. `gift-not-chosen`:
 * it makes a gift free that is not in the cart yet.
 */
export const codeObstacles = [
  'unknown',
  'disabled',
  'not-started',
  'expired',
  'used-up',
  'customer-needed',
  'not-for-customer',
  'wrong-market',
  'wrong-currency',
  'items-missing',
  'below-minimum',
  'not-combinable',
  'not-applicable',
  'gift-not-chosen',
] as const;

/** A fact is present where the reason has one. */
export interface RejectedCode {
  readonly code: string;
  readonly reason: (typeof codeObstacles)[number];
  /** When it starts or when it ended, in milliseconds since 1970. */
  readonly from?: number;
  readonly until?: number;
  /** What the lines must come to. */
  readonly minimumMinor?: number;
  /** What is left of its uses. Absent where a budget is too small: how much of it is left is not known here. */
  readonly available?: number;
  /** Whether it is this customer who has used it up, and others may still use it. */
  readonly isOfCustomer?: true;
  /** Whether the minimum is one of the goods that the merchant has chosen, and not of all. */
  readonly isOfItems?: true;
}

/** Units of a variant that would be free if the cart had them. */
export interface OfferedGift {
  readonly promotionId: string;
  readonly title: string;
  readonly variantId: string;
  /** How many more units. */
  readonly quantity: number;
  /** What the promotion would need beyond the allowances of the quote. */
  readonly allowances: readonly AllowanceWant[];
}

export interface TaxLine {
  readonly name: string;
  readonly rate: string;
  /** The net that is taxed. */
  readonly baseMinor: number;
  readonly taxMinor: number;
}

export interface QuoteTotals {
  readonly subtotalMinor: number;
  /** Taken off lines. */
  readonly discountMinor: number;
  /** After what was taken off it. */
  readonly shippingMinor: number;
  readonly shippingDiscountMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
  /** The total less what gift cards and store credit pay. */
  readonly dueMinor: number;
}

/** What a cart costs, with what led to it. Always: total = subtotal − discount + shipping (+ tax where prices exclude it). */
export interface Quote extends QuoteTotals {
  readonly pricingVersion: number;
  /** Since when a cart costs this, as far as settings decide it, in milliseconds since 1970. */
  readonly pricingSince: number;
  readonly country: string;
  readonly currency: Currency;
  readonly pricesIncludeTax: boolean;
  readonly lines: readonly QuotedLine[];
  readonly shippingOptions: readonly ShippingOption[];
  readonly shippingOptionId: string | null;
  /** Something must be shipped, nothing can be sent to the address, and no pick-up is chosen. */
  readonly isUnshippable: boolean;
  readonly discounts: readonly QuotedDiscount[];
  readonly rejectedCodes: readonly RejectedCode[];
  readonly taxLines: readonly TaxLine[];
  /** Of the lines alone, without shipping. Absent: the question did not ask for them. */
  readonly goodsTaxLines?: readonly TaxLine[];
  /** Why a tax is not charged. */
  readonly taxRelief: 'exempt' | 'reverse-charge' | null;
  /** What gift cards and store credit pay, by the names of their balances. */
  readonly giftCards: readonly { readonly key: string; readonly usedMinor: number }[];
  /** What a checkout must hold before it takes money, beside gift cards and store credit: limited uses and budgets. */
  readonly allowances: readonly AllowanceWant[];
  /** In the order in which the promotions act. Absent: there are none, or the question did not ask for them. */
  readonly offeredGifts?: readonly OfferedGift[];
  /** What must be known of the address before its taxes are known: until then they are estimated. Absent: nothing more. */
  readonly taxNeeds?: readonly PlaceDetail[];
  /** In the order in which they are shown; none where nothing is left to pay. Absent: the question did not ask for them. */
  readonly paymentMethods?: readonly OfferedPaymentMethod[];
  /** Absent: nothing is in the way. */
  readonly orderObstacles?: readonly OrderObstacle[];
}

/** Why a cart cannot be ordered as it is. */
export type OrderObstacle =
  | {
      readonly code: 'below-order-minimum';
      readonly minimumMinor: number;
      /** What the lines come to after their discounts. */
      readonly subtotalMinor: number;
    }
  | {
      readonly code: 'above-order-maximum';
      readonly variantId: string;
      /** Over all lines. */
      readonly quantity: number;
      readonly quantityMax: number;
    };

/** Why a cart has no price, whatever is in its details: the refusals of everything that answers with a priced cart. */
export const unpriceable = [
  'unknown-market',
  'currency-not-in-market',
  'total-too-large',
] as const satisfies ProblemCode[];

export type PricingRefusal =
  | {
      readonly code: 'unknown-market';
      readonly country: string | null;
      readonly currency: string | null;
      readonly detail: string;
    }
  | {
      readonly code: 'currency-not-in-market';
      readonly country: string;
      readonly currency: string | null;
      readonly detail: string;
      /** The currencies of the country's market. */
      readonly available: readonly Currency[];
    }
  /** The lines are listed at more than amounts may be. */
  | { readonly code: 'total-too-large'; readonly max: number }
  | { readonly code: 'unknown-shipping-option'; readonly shippingOptionId: string }
  | {
      readonly code: 'below-order-minimum';
      readonly detail: string;
      readonly errors: readonly FieldFault[];
      readonly minimum: Money;
      readonly subtotal: Money;
    }
  | (Extract<OrderObstacle, { readonly code: 'above-order-maximum' }> & {
      readonly detail: string;
      readonly errors: readonly FieldFault[];
    })
  | {
      readonly code: 'no-shipping-rate';
      readonly country: string;
      readonly region: string | null;
      readonly postalCode: string | null;
      readonly weightGrams: number;
    };

export interface PricingApi {
  /** The market of a country and currency; without them the default market. A currency outside the market is refused. */
  market(wish: MarketWish): Promise<Result<MarketChoice, PricingRefusal>>;
  /**
   * Prices a cart in one call, whatever it must ask for that. Settings are held in memory: no storage round trip, but for list
   * prices that this isolate never met. Packed, because every cart asks with every answer: `askQuote` does both sides.
   */
  quoteCart(question: Packed<CartQuestion>): Promise<Packed<Result<CartQuote, PricingRefusal>>>;
  /**
   * Whether orders that were paid by a method ship while money is outstanding, as the merchant has it now. Never where no method
   * is named, or it is not there any more.
   */
  shipsUnpaid(paymentMethodId: string | null): Promise<boolean>;
  /** The cause of every cent of the same quote. */
  explainCart(question: CartQuestion): Promise<Result<CartExplanation, PricingRefusal>>;
}
