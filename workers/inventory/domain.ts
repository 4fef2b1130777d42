/**
 * Stock of one stock unit over all locations. It owns the levels and the holds on them, and promises after every event:
 * `onHand = available + held + committed`, whole numbers, and `available` never below the floor (0, or a stated backorder).
 * The events are the ledger of movements: folding them from the beginning gives the levels.
 */
import {
  type Decision,
  decideCommit,
  decided,
  decideHold,
  decideRelease,
  decideUndo,
  declined,
  evolveHolds,
  expireDue,
  forgetEnded,
  type HoldEvent,
  type HoldNo,
  type HoldPart,
  type Holds,
  nextExpiryAt,
  noHolds,
  reviveHolds,
} from '../../shared/holds/holds.ts';
import { stockQuantityMax } from '../../shared/values/quantity.ts';
import { assert, unreachable } from '../../shared/values/result.ts';
import { dayMs } from '../../shared/values/time.ts';

/** One location's share of the stock. */
export interface Level {
  readonly onHand: number;
  readonly held: number;
  readonly committed: number;
}

export interface Stock {
  readonly isOpened: boolean;
  /** The lowest that `available` may fall to. */
  readonly floor: number;
  readonly levels: Readonly<Record<string, Level>>;
  readonly holds: Holds;
}

export const emptyStock: Stock = { isOpened: false, floor: 0, levels: {}, holds: noHolds };

export type StockEvent =
  | {
      readonly type: 'stock-opened';
      readonly levels: Readonly<Record<string, number>>;
      readonly floor: number;
      readonly at: number;
    }
  | {
      readonly type: 'stock-adjusted';
      readonly locationId: string;
      readonly delta: number;
      readonly reason: string;
      readonly actor: string;
      readonly at: number;
    }
  | { readonly type: 'floor-changed'; readonly floor: number; readonly at: number }
  | HoldEvent;

export type StockCommand =
  | {
      readonly type: 'open';
      readonly levels: Readonly<Record<string, number>>;
      readonly floor: number;
      readonly now: number;
    }
  | {
      readonly type: 'adjust';
      readonly locationId: string;
      readonly delta: number;
      readonly reason: string;
      readonly actor: string;
      /** Compare-and-set: refused unless this many are on hand at the location. */
      readonly onHandExpected: number | null;
      readonly now: number;
    }
  | { readonly type: 'change-floor'; readonly floor: number; readonly now: number }
  | {
      readonly type: 'hold';
      readonly key: string;
      readonly quantity: number;
      readonly until: number;
      readonly now: number;
    }
  | { readonly type: 'commit'; readonly key: string; readonly now: number }
  | { readonly type: 'undo'; readonly key: string; readonly now: number }
  /** As `undo`, but what is committed stays. */
  | { readonly type: 'release'; readonly key: string; readonly now: number }
  | { readonly type: 'expire'; readonly now: number };

export type StockNo = HoldNo | { readonly code: 'stock-conflict'; readonly onHand: number };

export interface Totals extends Level {
  readonly available: number;
}

export function totalsOf(stock: Pick<Stock, 'levels'>): Totals {
  let onHand = 0;
  let held = 0;
  let committed = 0;
  for (const level of Object.values(stock.levels)) {
    onHand += level.onHand;
    held += level.held;
    committed += level.committed;
  }
  return { onHand, held, committed, available: onHand - held - committed };
}

/** Ended holds come to light before anything else is decided, so nobody is refused for a hold that is over. */
export function decideStock(stock: Stock, command: StockCommand): Decision<StockEvent, StockNo> {
  const expired = expireDue(stock.holds, command.now);
  const current = expired.reduce(evolveStock, stock);
  const decision = decideOn(current, command);
  return { events: [...expired, ...decision.events], refusal: decision.refusal };
}

function decideOn(stock: Stock, command: StockCommand): Decision<StockEvent, StockNo> {
  switch (command.type) {
    case 'open':
      return stock.isOpened
        ? decided()
        : decided({ type: 'stock-opened', levels: command.levels, floor: command.floor, at: command.now });
    case 'adjust':
      return decideAdjust(stock, command);
    case 'change-floor':
      return stock.floor === command.floor
        ? decided()
        : decided({ type: 'floor-changed', floor: command.floor, at: command.now });
    case 'hold':
      return decideHold(stock.holds, command, (quantity) => take(stock, quantity));
    case 'commit':
      return decideCommit(stock.holds, command);
    case 'undo':
      return decideUndo(stock.holds, command);
    case 'release':
      return decideRelease(stock.holds, command);
    case 'expire':
      return decided();
    default:
      return unreachable(command);
  }
}

function decideAdjust(stock: Stock, command: Extract<StockCommand, { type: 'adjust' }>): Decision<StockEvent, StockNo> {
  const { locationId, delta, reason, actor, onHandExpected, now } = command;
  const onHand = stock.levels[locationId]?.onHand ?? 0;
  if (onHandExpected !== null && onHandExpected !== onHand) return declined({ code: 'stock-conflict', onHand });
  const { available } = totalsOf(stock);
  const least = Math.min(stock.floor, available);
  if (onHand + delta < 0 || onHand + delta > stockQuantityMax) return declined({ code: 'stock-conflict', onHand });
  if (delta < 0 && available + delta < least)
    return declined({ code: 'insufficient-stock', requested: -delta, available });
  if (delta === 0) return decided();
  return decided({ type: 'stock-adjusted', locationId, delta, reason, actor, at: now });
}

/**
 * Chooses where a hold takes from: the location with most available first, ties by id. What no location has is a
 * backorder, which the floor allows, and is owed by the first location.
 */
function take(
  stock: Stock,
  quantity: number,
): { readonly parts: readonly HoldPart[] } | { readonly available: number } {
  const { available } = totalsOf(stock);
  if (available - quantity < stock.floor) return { available: Math.max(0, available - stock.floor) };
  const places = Object.entries(stock.levels)
    .map(([poolId, level]) => ({ poolId, free: level.onHand - level.held - level.committed }))
    .sort((a, b) => b.free - a.free || (a.poolId < b.poolId ? -1 : 1));
  const parts: { poolId: string; quantity: number }[] = [];
  let left = quantity;
  for (const { poolId, free } of places) {
    const part = Math.min(left, Math.max(0, free));
    if (part > 0) parts.push({ poolId, quantity: part });
    left -= part;
    if (left === 0) break;
  }
  const first = parts[0] ?? (places[0] === undefined ? undefined : { poolId: places[0].poolId, quantity: 0 });
  if (left > 0) {
    assert(first !== undefined, 'a stock unit that may be backordered has a location');
    return { parts: [{ poolId: first.poolId, quantity: first.quantity + left }, ...parts.slice(1)] };
  }
  return { parts };
}

export function evolveStock(stock: Stock, event: StockEvent): Stock {
  switch (event.type) {
    case 'stock-opened': {
      const levels = Object.fromEntries(
        Object.entries(event.levels).map(([locationId, onHand]) => [locationId, { onHand, held: 0, committed: 0 }]),
      );
      return { ...stock, isOpened: true, floor: event.floor, levels };
    }
    case 'stock-adjusted':
      return { ...stock, levels: moved(stock.levels, event.locationId, { onHand: event.delta }) };
    case 'floor-changed':
      return { ...stock, floor: event.floor };
    case 'hold-placed':
      return {
        ...stock,
        holds: evolveHolds(stock.holds, event),
        levels: movedParts(stock.levels, event.parts, { held: 1 }),
      };
    case 'hold-committed':
      return settled(stock, event, { held: -1, committed: 1 });
    case 'hold-released':
    case 'hold-expired':
      return settled(stock, event, { held: -1 });
    case 'hold-returned':
      return settled(stock, event, { committed: -1 });
    case 'hold-barred':
      return { ...stock, holds: evolveHolds(stock.holds, event) };
    default:
      return unreachable(event);
  }
}

function settled(stock: Stock, event: Exclude<HoldEvent, { type: 'hold-placed' }>, direction: Partial<Level>): Stock {
  const parts = (stock.holds.open.get(event.key) ?? stock.holds.closed.get(event.key))?.parts ?? [];
  return { ...stock, holds: evolveHolds(stock.holds, event), levels: movedParts(stock.levels, parts, direction) };
}

function movedParts(levels: Stock['levels'], parts: readonly HoldPart[], direction: Partial<Level>): Stock['levels'] {
  return parts.reduce(
    (after, { poolId, quantity }) =>
      moved(after, poolId, {
        onHand: (direction.onHand ?? 0) * quantity,
        held: (direction.held ?? 0) * quantity,
        committed: (direction.committed ?? 0) * quantity,
      }),
    levels,
  );
}

function moved(levels: Stock['levels'], locationId: string, change: Partial<Level>): Stock['levels'] {
  const level = levels[locationId] ?? { onHand: 0, held: 0, committed: 0 };
  const after = {
    onHand: level.onHand + (change.onHand ?? 0),
    held: level.held + (change.held ?? 0),
    committed: level.committed + (change.committed ?? 0),
  };
  assert(after.onHand >= 0 && after.held >= 0 && after.committed >= 0, `no level of ${locationId} is negative`);
  return { ...levels, [locationId]: after };
}

/** The next moment at which a hold ends by itself. */
export function stockWakeAt(stock: Stock): number | null {
  return nextExpiryAt(stock.holds);
}

/** Keys that ended two days ago are forgotten: every retry and every saga is over by then. */
const forgetAfterMs = 2 * dayMs;

export function compactStock(stock: Stock, now: number): Stock {
  return { ...stock, holds: forgetEnded(stock.holds, now - forgetAfterMs) };
}

export function reviveStock(json: string): Stock {
  const plain: Omit<Stock, 'holds'> & { holds: Parameters<typeof reviveHolds>[0] } = JSON.parse(json);
  return { ...plain, holds: reviveHolds(plain.holds) };
}
