/** What other Workers may ask the inventory: to open stock, and to hold, commit and release it for a checkout. */
import type { Result } from '../values/result.ts';
import type { StockNeed } from './catalog.ts';
import type { InboxApi } from './inbox.ts';

/** A stock unit that comes into being together with its variant. */
export interface StockOpening {
  readonly stockUnitId: string;
  readonly sku: string;
  /** What is there at the default location when nothing was ever counted. Ignored for a unit that exists. */
  readonly quantity: number;
  /** The lowest `available` may fall to: 0, or negative where backorder is allowed. */
  readonly floor: number;
}

export interface HoldRequest {
  /** The checkout id: one hold per unit and key, idempotent. */
  readonly key: string;
  readonly needs: readonly StockNeed[];
  /** Milliseconds since 1970 at which the hold ends by itself. */
  readonly until: number;
  readonly now: number;
}

export type HoldRefusal =
  | {
      readonly code: 'insufficient-stock';
      readonly stockUnitId: string;
      readonly requested: number;
      readonly available: number;
    }
  | { readonly code: 'hold-closed'; readonly stockUnitId: string; readonly state: string }
  | { readonly code: 'hold-key-conflict'; readonly stockUnitId: string };

export interface HoldReference {
  readonly key: string;
  readonly stockUnitIds: readonly string[];
  readonly now: number;
}

export interface InventoryApi extends InboxApi {
  /** Makes stock units known and maps their SKU codes. Idempotent; at most 500 per call. */
  openStock(openings: readonly StockOpening[]): Promise<void>;
  /** Holds every unit or none, in sorted order. */
  hold(request: HoldRequest): Promise<Result<null, HoldRefusal>>;
  /** Turns the holds of a key into a promise to an order. Idempotent. Refused when one has ended meanwhile. */
  commitHolds(reference: HoldReference): Promise<Result<null, HoldRefusal>>;
  /** Undoes whatever a key has: releases a hold, gives back a commitment, and bars a hold that has yet to arrive. Idempotent. */
  undoHolds(reference: HoldReference): Promise<void>;
}
