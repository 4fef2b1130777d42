/**
 * What product pages ask pricing: which markets there are, in which of them price lists hold for a stranger, and what those
 * lists say. A stranger is a shopper of whom nothing is known; lists for customer groups are never told here.
 */
import type { Currency } from '../../values/money.ts';

/** What a page shows depends on these two alone, until the time runs out or the settings change. */
export interface ShelfEdition {
  /** The version of the settings. */
  readonly version: number;
  /** The next moment at which a price list begins or ends, in milliseconds since 1970; null when none will. */
  readonly until: number | null;
}

/** What a market is chosen by. */
export interface MarketOutline {
  readonly id: string;
  readonly name: string;
  readonly countries: readonly string[];
  /** The first is the one a shopper gets who asks for none. */
  readonly currencies: readonly Currency[];
  readonly isDefault: boolean;
  readonly isFallback: boolean;
}

export interface ShelfMarket extends MarketOutline {
  /** Names what the price lists say that hold there now; empty where none does. */
  readonly listsTag: string;
}

/** Small enough to be remembered whole, so that no page asks where a country leads. */
export interface Shelf extends ShelfEdition {
  readonly markets: readonly ShelfMarket[];
  /** How long ago the settings were known to be the newest. */
  readonly ageMs: number;
}

export interface ShelfGoods {
  readonly variantId: string;
  /** The catalogue's price. */
  readonly priceMinor: number;
}

export interface ShelfRequest {
  readonly marketId: string;
  readonly currency: Currency;
  readonly goods: readonly ShelfGoods[];
}

/** What a cart would be charged for one piece, and for each of more. */
export interface ShelfPrice {
  readonly priceMinor: number;
  readonly compareAtMinor: number | null;
  /** By quantity, the smallest first. */
  readonly tiers: readonly { readonly minQuantity: number; readonly priceMinor: number }[];
}

export interface ShelfPrices extends ShelfEdition {
  /** In the order of the goods; null where the catalogue's price holds. */
  readonly prices: readonly (ShelfPrice | null)[];
}

export interface ShelfApi {
  /** From settings held in memory; waits for the database where those have not been looked at for some seconds. */
  shelf(): Promise<Shelf>;
  /** From memory too, but for list prices that the isolate never met: one query for all of them. */
  shelfPrices(request: ShelfRequest): Promise<ShelfPrices>;
}
