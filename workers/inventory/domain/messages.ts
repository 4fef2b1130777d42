/**
 * The commands of a stock unit, the events that it records, and its refusals. The events are the ledger of movements: folding
 * them from the beginning gives the state.
 */
import type { Decision, HoldCommandRefusal, HoldEvent } from '../../../shared/holds/holds.ts';
import type { PlacedQuantity, UnitSettings } from './stock.ts';

interface RestockedQuantity extends PlacedQuantity {
  /** Damaged goods are written off: the ledger has them, the shelf does not. */
  readonly condition: 'sellable' | 'damaged';
}

/** The key of a hold, and of what is committed under it. */
interface Keyed {
  readonly key: string;
}

/** When a command is decided, in milliseconds since 1970. */
interface Timed {
  readonly now: number;
}

/** Counting and holding: what the path of every checkout uses. */
export type StockCommand = Timed &
  (
    | { readonly type: 'open'; readonly levels: Readonly<Record<string, number>>; readonly floor: number }
    | {
        readonly type: 'adjust';
        readonly locationId: string;
        readonly delta: number;
        readonly reason: string;
        readonly actor: string;
        /** Compare-and-set: refused unless this many are on hand at the location. */
        readonly onHandExpected: number | null;
      }
    | { readonly type: 'change-floor'; readonly floor: number }
    | ({
        readonly type: 'hold';
        readonly quantity: number;
        readonly until: number;
        /** Only these may give, as for a pickup; absent for all. */
        readonly locationIds?: readonly string[];
        /** A new hold must leave this many available, or it is refused as if there were too few. Absent: none. */
        readonly leaving?: number;
      } & Keyed)
    | ({ readonly type: 'commit' } & Keyed)
    | ({ readonly type: 'undo' } & Keyed)
    /** As `undo`, but what is committed stays. */
    | ({ readonly type: 'release' } & Keyed)
    | { readonly type: 'expire' }
  );

/** A count or a delivery, once per key: `set` says what is on hand, `add` what has come or gone. */
type CountCommand = Timed & {
  readonly type: 'count';
  readonly countKey: string;
  readonly locationId: string;
  readonly change: { readonly set: number } | { readonly add: number };
  readonly reason: string;
  readonly actor: string;
};

/** What becomes of a commitment, and of goods that come back. */
type CommitmentCommand = Timed &
  (
    | ({ readonly type: 'ship'; readonly fulfillmentKey: string; readonly items: readonly PlacedQuantity[] } & Keyed)
    | ({ readonly type: 'unship'; readonly fulfillmentKey: string } & Keyed)
    | ({ readonly type: 'release-committed'; readonly releaseKey: string; readonly quantity: number } & Keyed)
    | { readonly type: 'restock'; readonly restockKey: string; readonly items: readonly RestockedQuantity[] }
  );

type TransferCommand = Timed & { readonly transferId: string } & (
    | {
        readonly type: 'send-transfer';
        readonly fromLocationId: string;
        readonly toLocationId: string;
        readonly quantity: number;
      }
    /** `received` is the sum of all that has arrived so far, so that a repetition adds nothing. */
    | { readonly type: 'receive-transfer'; readonly received: number }
    /** What has not arrived goes back to where it came from. */
    | { readonly type: 'cancel-transfer' }
  );

/** Fields that are absent stay as they are. */
export type SettingsCommand = Timed & { readonly type: 'change-settings' } & Partial<UnitSettings>;

/** The floor of the product's policy. It replaces a merchant's own floor only when the policy has changed. */
type PolicyCommand = Timed & { readonly type: 'follow-policy'; readonly floor: number };

/** All commands of a stock unit. */
export type UnitCommand =
  | StockCommand
  | CountCommand
  | CommitmentCommand
  | TransferCommand
  | SettingsCommand
  | PolicyCommand;

export type CommandOf<Type extends UnitCommand['type']> = Extract<UnitCommand, { readonly type: Type }>;

/** What a command leads to: the events to record, or why it is refused. */
export type StockDecision = Decision<StockEvent, StockCommandRefusal>;

export type StockEvent =
  | HoldEvent
  | ({ readonly at: number } & (
      | { readonly type: 'stock-opened'; readonly levels: Readonly<Record<string, number>>; readonly floor: number }
      | {
          readonly type: 'stock-adjusted';
          readonly locationId: string;
          readonly delta: number;
          readonly reason: string;
          readonly actor: string;
          /** The key of a count, which is taken once, also where it finds what was thought. */
          readonly counted?: { readonly countKey: string; readonly what: string };
        }
      /** `isPolicy`: the product's policy has changed; absent when the merchant set this unit's own floor. */
      | { readonly type: 'floor-changed'; readonly floor: number; readonly isPolicy?: true }
      | ({
          readonly type: 'stock-shipped';
          readonly fulfillmentKey: string;
          readonly items: readonly PlacedQuantity[];
          /** Where the commitment lay: the same places, unless goods left from another one. */
          readonly allocated: readonly PlacedQuantity[];
        } & Keyed)
      | ({ readonly type: 'shipment-undone'; readonly fulfillmentKey: string } & Keyed)
      | ({ readonly type: 'shipment-barred'; readonly fulfillmentKey: string } & Keyed)
      | ({
          readonly type: 'commitment-released';
          readonly releaseKey: string;
          readonly items: readonly PlacedQuantity[];
        } & Keyed)
      | { readonly type: 'stock-restocked'; readonly restockKey: string; readonly items: readonly RestockedQuantity[] }
      | {
          readonly type: 'transfer-sent';
          readonly transferId: string;
          readonly fromLocationId: string;
          readonly toLocationId: string;
          readonly quantity: number;
        }
      | { readonly type: 'transfer-received'; readonly transferId: string; readonly quantity: number }
      | { readonly type: 'transfer-returned'; readonly transferId: string; readonly quantity: number }
      | { readonly type: 'transfer-barred'; readonly transferId: string }
      | { readonly type: 'settings-changed'; readonly settings: UnitSettings }
    ));

export type StockCommandRefusal =
  | HoldCommandRefusal
  | {
      readonly code: 'insufficient-stock';
      readonly locationId: string;
      readonly requested: number;
      readonly available: number;
    }
  | { readonly code: 'stock-conflict'; readonly onHand: number }
  /** More than the commitment has left. */
  | { readonly code: 'not-committed'; readonly requested: number; readonly committed: number }
  /** The fulfillment or transfer was taken back, and that is its end. */
  | { readonly code: 'movement-closed'; readonly state: string }
  /** The key was used for something else. */
  | { readonly code: 'movement-key-conflict' }
  | { readonly code: 'transfer-conflict'; readonly sent: number; readonly received: number };
