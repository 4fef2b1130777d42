/**
 * What other Workers may ask the inventory: to open stock, to hold, commit and release it for a checkout, and what becomes of
 * it once it is promised. Everything is idempotent by its own key: a repetition is answered as the first time and does nothing.
 */

import type { Result } from '../../values/result.ts';
import type { StockNeed } from '../catalog/api.ts';
import type { InboxApi } from '../inbox.ts';

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
  /** Only these locations may give, as for a pickup; absent for all. */
  readonly locationIds?: readonly string[];
}

export type HoldRefusal = { readonly stockUnitId: string } & (
  | { readonly code: 'insufficient-stock'; readonly requested: number; readonly available: number }
  | { readonly code: 'hold-closed'; readonly state: string }
  | { readonly code: 'hold-key-conflict' }
);

export interface HoldReference {
  readonly key: string;
  readonly stockUnitIds: readonly string[];
  readonly now: number;
}

/** What was counted of a stock unit, or has come to it, at the default location unless another one is named. */
export interface StockCount {
  /** Once per unit and key. */
  readonly countKey: string;
  readonly stockUnitId: string;
  readonly locationId?: string;
  readonly change: { readonly set: number } | { readonly add: number };
}

/** What is on hand of a stock unit at the default location, held and committed units included: what a count there would say. */
export interface StockOnHand {
  readonly stockUnitId: string;
  readonly onHand: number;
}

/** Counts that come in files, and those that files are made of. */
export interface CountsApi {
  /** What counts at the default location would find now. Units that nobody has announced are left out. At most 500 per call. */
  onHand(stockUnitIds: readonly string[]): Promise<StockOnHand[]>;
  /** Takes counts of units, each once. Answers the ids of units that refused, because they have less than is to go. At most 500 per call. */
  count(counts: readonly StockCount[], why: { readonly reason: string; readonly actor: string }): Promise<string[]>;
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

/** A quantity of a unit at a location. */
export interface LocatedQuantity {
  readonly stockUnitId: string;
  readonly locationId: string;
  readonly quantity: number;
}

export type MovementRefusal =
  | { readonly code: 'unknown-location'; readonly locationId: string }
  | ({ readonly stockUnitId: string } & (
      | { readonly code: 'unknown-stock-unit' }
      /** The location cannot send that many: it has `available` for this commitment. */
      | {
          readonly code: 'insufficient-stock';
          readonly locationId: string;
          readonly requested: number;
          readonly available: number;
        }
      /** More than the commitment has left. */
      | { readonly code: 'not-committed'; readonly requested: number; readonly committed: number }
      /** The key was taken back, and that is its end. */
      | { readonly code: 'movement-closed'; readonly state: string }
      /** The key was used for something else. */
      | { readonly code: 'movement-key-conflict' }
    ));

export interface ShipRequest {
  /** The key under which the goods were held and committed. */
  readonly key: string;
  /** The id of the fulfillment: one shipment per unit and fulfillment. */
  readonly fulfillmentKey: string;
  readonly items: readonly LocatedQuantity[];
  readonly now: number;
}

export interface UnshipRequest extends HoldReference {
  readonly fulfillmentKey: string;
}

export interface ReleaseRequest {
  readonly key: string;
  /** The id of the cancellation or edit that gives up part of the commitment. */
  readonly releaseKey: string;
  readonly items: readonly StockNeed[];
  readonly now: number;
}

export interface RestockRequest {
  /** The id of the return. */
  readonly restockKey: string;
  /** Damaged goods are written off: the ledger has them, the shelf does not. */
  readonly items: readonly (LocatedQuantity & { readonly condition: 'sellable' | 'damaged' })[];
  readonly now: number;
}

/** What becomes of commitments, and of goods that come back. */
export interface CommitmentsApi {
  /** The first of some locations that there is not; null when there are all. */
  missingLocation(locationIds: readonly string[]): Promise<string | null>;
  /** Where what is committed under a key lies. Shipped goods lie nowhere. */
  allocations(request: Omit<HoldReference, 'now'>): Promise<readonly LocatedQuantity[]>;
  /**
   * Takes shipped goods off what is committed and on hand, also at another location than they were allocated to, when it
   * has them free. All items or none. A refusal leaves the key usable, except one that came in between of two objects.
   */
  ship(request: ShipRequest): Promise<Result<null, MovementRefusal>>;
  /** Takes a shipment back: the goods are there again, and promised as before. Bars a shipment that has yet to arrive. */
  unship(request: UnshipRequest): Promise<Result<null, MovementRefusal>>;
  /** Gives back part of a commitment, the last allocation first. Nothing of a commitment that was given back as a whole. */
  releaseCommitted(request: ReleaseRequest): Promise<Result<null, MovementRefusal>>;
  /** Puts goods that came back on the shelf, exactly once per key. */
  restock(request: RestockRequest): Promise<Result<null, MovementRefusal>>;
}
