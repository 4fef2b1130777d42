/**
 * The state of one stock unit over all locations: levels, the holds on them, and what was done under which key. Levels are
 * whole and never negative; `available` is what is left of them after claims and safety stock, and is never stored. It is
 * negative where a count has found less than is promised.
 */
import { type Holds, noHolds, reviveHolds } from '../../../shared/holds/holds.ts';
import { PersistentMap } from '../../../shared/values/persistent-map.ts';
import { assert } from '../../../shared/values/result.ts';
import { type ClaimedLevel, freeOf, shortfallOf } from '../../../shared/values/stock-levels.ts';

export { freeOf } from '../../../shared/values/stock-levels.ts';

/** One location's share of the stock. */
export type Level = ClaimedLevel;
export type Levels = Readonly<Record<string, Level>>;

/** What the merchant has set for a unit, beside its floor. */
export interface UnitSettings {
  /** Units per location that are never promised. */
  readonly safety: Readonly<Record<string, number>>;
  /** `available` at or below this is worth telling; null for never. */
  readonly lowStockAt: number | null;
  /** When a pre-order can be sent, in milliseconds since 1970. */
  readonly availableFrom: number | null;
}

export interface PlacedQuantity {
  readonly locationId: string;
  readonly quantity: number;
}

/** Goods that have left for an order, by the key of their fulfillment. */
export interface Shipment {
  /** `barred`: taken back before it was sent. */
  readonly state: 'shipped' | 'undone' | 'barred';
  /** The key of the commitment. */
  readonly key: string;
  readonly items: readonly PlacedQuantity[];
  readonly at: number;
}

/** Goods on their way between two locations. What has neither arrived nor gone back is in transit. */
interface Transfer {
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly sent: number;
  readonly received: number;
  readonly returned: number;
  readonly at: number;
}

/** A key under which something was done, and what: the same again is done already, anything else is a conflict. */
interface Done {
  readonly what: string;
  readonly at: number;
}

export interface Stock {
  readonly isOpened: boolean;
  /** How much may be owed: holds go down to this. */
  readonly floor: number;
  /** The floor by the product's policy, which a merchant may have replaced. */
  readonly policyFloor: number;
  readonly levels: Levels;
  readonly holds: Holds;
  readonly settings: UnitSettings;
  readonly shipments: PersistentMap<Shipment>;
  readonly transfers: PersistentMap<Transfer>;
  readonly done: PersistentMap<Done>;
}

const noSettings: UnitSettings = { safety: {}, lowStockAt: null, availableFrom: null };

export const emptyStock: Stock = {
  isOpened: false,
  floor: 0,
  policyFloor: 0,
  levels: {},
  holds: noHolds,
  settings: noSettings,
  shipments: PersistentMap.empty(),
  transfers: PersistentMap.empty(),
  done: PersistentMap.empty(),
};

export interface Totals extends Level {
  readonly available: number;
}

export function totalsOf({ levels, settings }: Pick<Stock, 'levels' | 'settings'>): Totals {
  const totals = { onHand: 0, held: 0, committed: 0, available: 0 };
  for (const [locationId, level] of Object.entries(levels)) {
    totals.onHand += level.onHand;
    totals.held += level.held;
    totals.committed += level.committed;
    totals.available += freeOf(level, settings.safety[locationId]);
  }
  return totals;
}

/** By how much more is promised than is there, place by place: goods of another place are no remedy until they are moved. */
export function totalShortfallOf({ levels }: Pick<Stock, 'levels'>): number {
  return Object.values(levels).reduce((sum, level) => sum + shortfallOf(level), 0);
}

/** What the places owe, what they keep back included. */
export function owedOf({ levels, settings }: Pick<Stock, 'levels' | 'settings'>): number {
  return Object.entries(levels).reduce(
    (sum, [locationId, level]) => sum + Math.max(0, -freeOf(level, settings.safety[locationId])),
    0,
  );
}

export const emptyLevel: Level = { onHand: 0, held: 0, committed: 0 };

/** Levels after a change at one location. */
export function moved(levels: Levels, locationId: string, change: Partial<Level>): Levels {
  const level = levels[locationId] ?? emptyLevel;
  const after = {
    onHand: level.onHand + (change.onHand ?? 0),
    held: level.held + (change.held ?? 0),
    committed: level.committed + (change.committed ?? 0),
  };
  assert(after.onHand >= 0 && after.held >= 0 && after.committed >= 0, `no level of ${locationId} is negative`);
  return { ...levels, [locationId]: after };
}

/** What is on its way to a location that has not got it yet, over all transfers. */
export function inTransitOf({ transfers }: Pick<Stock, 'transfers'>): number {
  let sum = 0;
  for (const [, { sent, received, returned }] of transfers) sum += sent - received - returned;
  return sum;
}

type Entries<Value> = Iterable<readonly [string, Value]>;

/** Reads a state back from the JSON of a snapshot. */
export function reviveStock(json: string): Stock {
  const plain: Omit<Stock, 'holds' | 'shipments' | 'transfers' | 'done'> & {
    readonly holds: Parameters<typeof reviveHolds>[0];
    readonly shipments: Entries<Shipment>;
    readonly transfers: Entries<Transfer>;
    readonly done: Entries<Done>;
  } = JSON.parse(json);
  return {
    ...plain,
    holds: reviveHolds(plain.holds),
    shipments: PersistentMap.from(plain.shipments),
    transfers: PersistentMap.from(plain.transfers),
    done: PersistentMap.from(plain.done),
  };
}
