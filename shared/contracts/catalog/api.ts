/** What other Workers may ask the catalog. Public operations are in `http.ts`. */

import type { Currency } from '../../values/money.ts';
import type { InboxApi } from '../inbox.ts';

/** How much of which stock unit one piece of a variant consumes: one unit for most, several for a kit. */
export interface StockNeed {
  readonly stockUnitId: string;
  readonly quantity: number;
}

/** A variant as a cart needs it, true at `productVersion`. */
export interface VariantSnapshot {
  readonly variantId: string;
  readonly productId: string;
  readonly productHandle: string;
  readonly productVersion: number;
  readonly sku: string;
  /** The product's title. */
  readonly title: string;
  /** The chosen option values joined by " / ", or null for a product without options. */
  readonly variantTitle: string | null;
  readonly imageUrl: string | null;
  /** False when the product is not active: it cannot be added or bought, but an old cart can still name it. */
  readonly isSold: boolean;
  /** One price per currency the variant is sold in. Amounts are minor units. */
  readonly prices: readonly { readonly currency: Currency; readonly amountMinor: number }[];
  /** The price before a reduction, in that currency. Absent: none. */
  readonly compareAt?: { readonly currency: Currency; readonly amountMinor: number };
  readonly weightGrams: number;
  readonly requiresShipping: boolean;
  readonly isTaxable: boolean;
  /** Each unit that is paid issues a gift card. Absent where none does. */
  readonly isGiftCard?: true;
  /** Promotions find a variant by its tags and collections, taxes and shipping by the two names below. */
  readonly tags: readonly string[];
  readonly collectionIds: readonly string[];
  /** Absent: `standard`. */
  readonly taxClass?: string;
  /** Absent: `default`. */
  readonly shippingProfile?: string;
  readonly stockNeeds: readonly StockNeed[];
}

export type VariantRequest = ({ readonly variantIds: readonly string[] } | { readonly skus: readonly string[] }) & {
  /** The number of changes that the caller knows of: the answer is at least as new as that. */
  readonly revision?: number | undefined;
};

/** Whether a variant can be bought now, as product pages know it: a hold at checkout decides. */
export interface VariantStanding {
  readonly variantId: string;
  readonly isSold: boolean;
  /** Those that it has a price in. */
  readonly currencies: readonly string[];
  /** What is left, never below zero. */
  readonly available: number;
  /** What can be sold: more than what is left where the variant is sold beyond it. */
  readonly sellable: number;
  /** What one of it takes of each counted stock unit, and what can be sold of that: variants that share a unit share what is left. */
  readonly units: readonly (StockNeed & { readonly sellable: number })[];
}

export interface CatalogApi extends InboxApi {
  /** What became of variants, in any order; one that does not exist any more is absent. */
  standings(variantIds: readonly string[]): Promise<VariantStanding[]>;
  /** The variants found, in any order; unknown ids are absent. At most 200 per call. */
  variants(request: VariantRequest): Promise<VariantSnapshot[]>;
  /** How often anything in the snapshots has changed: a remembered snapshot is right as long as this number stays. */
  variantRevision(): Promise<number>;
}
