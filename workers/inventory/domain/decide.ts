/**
 * Stock of one stock unit over all locations. It owns the levels and the claims on them, and promises after every event:
 * `onHand = available + held + committed + safety`, whole numbers, and no hold takes what is not there, down to the floor (0,
 * or a stated backorder). A count may find less than is promised: then nothing more is sold at that place. The events are the ledger of movements: folding them from the beginning gives the levels.
 */
import {
  decideCommit,
  decided,
  decideHold,
  decideRelease,
  decideUndo,
  declined,
  expireDue,
  forgetEnded,
  type HoldPart,
  nextExpiryAt,
} from '../../../shared/holds/holds.ts';
import { PersistentMap } from '../../../shared/values/persistent-map.ts';
import { stockQuantityMax, untrackedFloor } from '../../../shared/values/quantity.ts';
import { assert, unreachable } from '../../../shared/values/result.ts';
import { dayMs } from '../../../shared/values/time.ts';
import { noRanks, type Ranks, spread } from './allocation.ts';
import { decideCount, decideReleaseCommitted, decideRestock, decideShip, decideUnship } from './commitments.ts';
import { evolveStock } from './evolve.ts';
import type { CommandOf, SettingsCommand, StockDecision, UnitCommand } from './messages.ts';
import { freeOf, owedOf, type Stock, totalsOf } from './stock.ts';
import { decideCancel, decideReceive, decideSend } from './transfers.ts';

export { noRanks, type Ranks } from './allocation.ts';
export { evolveStock } from './evolve.ts';
export type { StockCommand, StockCommandRefusal, StockEvent, UnitCommand } from './messages.ts';
export {
  emptyStock,
  freeOf,
  inTransitOf,
  type Level,
  owedOf,
  reviveStock,
  type Stock,
  type Totals,
  totalShortfallOf,
  totalsOf,
  type UnitSettings,
} from './stock.ts';

/** Holds expire before the command is decided, so that no command is refused because of a hold that is over. */
export function decideStock(stock: Stock, command: UnitCommand, ranks: Ranks = noRanks): StockDecision {
  const expired = expireDue(stock.holds, command.now);
  const current = expired.reduce(evolveStock, stock);
  const decision = decideOn(current, command, ranks);
  return { ...decision, events: [...expired, ...decision.events] };
}

function decideOn(stock: Stock, command: UnitCommand, ranks: Ranks): StockDecision {
  switch (command.type) {
    case 'open':
      return stock.isOpened
        ? decided()
        : decided({ type: 'stock-opened', levels: command.levels, floor: command.floor, at: command.now });
    case 'adjust':
      return decideAdjust(stock, command);
    case 'count':
      return decideCount(stock, command);
    case 'change-floor':
      // Of what nobody counts nothing is ever too much.
      return stock.floor === command.floor || stock.policyFloor === untrackedFloor
        ? decided()
        : decided({ type: 'floor-changed', floor: command.floor, at: command.now });
    case 'follow-policy':
      return stock.policyFloor === command.floor
        ? decided()
        : decided({ type: 'floor-changed', floor: command.floor, isPolicy: true, at: command.now });
    case 'change-settings':
      return decideSettings(stock, command);
    case 'hold':
      return decideHold(stock.holds, command, (quantity) => take(stock, quantity, ranks, command));
    case 'commit':
      return decideCommit(stock.holds, command);
    case 'undo':
      return decideUndo(stock.holds, command);
    case 'release':
      return decideRelease(stock.holds, command);
    case 'expire':
      return decided();
    case 'ship':
      return decideShip(stock, command);
    case 'unship':
      return decideUnship(stock, command);
    case 'release-committed':
      return decideReleaseCommitted(stock, command);
    case 'restock':
      return decideRestock(stock, command);
    case 'send-transfer':
      return decideSend(stock, command);
    case 'receive-transfer':
      return decideReceive(stock, command);
    case 'cancel-transfer':
      return decideCancel(stock, command);
    default:
      return unreachable(command);
  }
}

/** What was counted is so, whatever is promised. Only goods that are not there cannot be taken away. */
function decideAdjust(stock: Stock, command: CommandOf<'adjust'>): StockDecision {
  const { locationId, delta, reason, actor, onHandExpected, now } = command;
  const onHand = stock.levels[locationId]?.onHand ?? 0;
  if (onHandExpected !== null && onHandExpected !== onHand) return declined({ code: 'stock-conflict', onHand });
  if (onHand + delta > stockQuantityMax) return declined({ code: 'stock-conflict', onHand });
  if (onHand + delta < 0) return declined({ code: 'insufficient-stock', requested: -delta, available: onHand });
  if (delta === 0) return decided();
  return decided({ type: 'stock-adjusted', locationId, delta, reason, actor, at: now });
}

function decideSettings({ settings: before }: Stock, { type: _type, now, ...changes }: SettingsCommand): StockDecision {
  const safety = Object.entries({ ...before.safety, ...changes.safety }).filter(([, quantity]) => quantity > 0);
  const settings = { ...before, ...changes, safety: Object.fromEntries(safety) };
  const isSame =
    settings.lowStockAt === before.lowStockAt &&
    settings.availableFrom === before.availableFrom &&
    safety.length === Object.keys(before.safety).length &&
    safety.every(([locationId, quantity]) => before.safety[locationId] === quantity);
  return isSame ? decided() : decided({ type: 'settings-changed', settings, at: now });
}

/**
 * Chooses where a hold takes from; a commitment then lies where its hold did. What no location has is a backorder, which
 * the floor allows, and is owed by the location that was asked first.
 */
function take(
  stock: Stock,
  quantity: number,
  ranks: Ranks,
  { locationIds, leaving = 0 }: Pick<CommandOf<'hold'>, 'locationIds' | 'leaving'>,
): { readonly parts: readonly HoldPart[] } | { readonly available: number } {
  const places = Object.entries(stock.levels)
    .filter(([locationId]) => locationIds?.includes(locationId) ?? true)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([locationId, level]) => ({
      locationId,
      free: freeOf(level, stock.settings.safety[locationId]),
      rank: ranks[locationId] ?? 0,
    }));
  const free = places.reduce((sum, place) => sum + Math.max(0, place.free), 0);
  const available = free + Math.max(0, -stock.floor - owedOf(stock));
  if (quantity + leaving > available) return { available };
  const { parts, missing, first } = spread(places, quantity);
  if (missing === 0) return { parts };
  assert(first !== undefined, 'a stock unit that may be backordered has a location');
  const [owing = { poolId: first, quantity: 0 }, ...rest] = parts;
  return { parts: [{ poolId: first, quantity: owing.quantity + missing }, ...rest] };
}

/** Whether what is available has come down to the level at which the merchant wants a notice. */
export function isLow(stock: Stock): boolean {
  const { lowStockAt } = stock.settings;
  return stock.isOpened && lowStockAt !== null && totalsOf(stock).available <= lowStockAt;
}

/** The next moment at which a hold ends by itself. */
export function stockWakeAt(stock: Stock): number | null {
  return nextExpiryAt(stock.holds);
}

/** Keys that ended two days ago are forgotten: every retry and every saga is over by then. */
const forgetHoldAfterMs = 2 * dayMs;
/** A parcel that was not called back, and a key that was not repeated, in this time never will be. */
const forgetMovementAfterMs = 90 * dayMs;

export function compactStock(stock: Stock, now: number): Stock {
  const isRecent = ([, { at }]: readonly [string, { readonly at: number }]) => at >= now - forgetMovementAfterMs;
  const shipments = [...stock.shipments].filter(isRecent);
  const shippedKeys = new Set(shipments.map(([, { key }]) => key));
  const transfers = [...stock.transfers].filter(
    (entry) => isRecent(entry) || entry[1].sent > entry[1].received + entry[1].returned,
  );
  return {
    ...stock,
    holds: forgetEnded(stock.holds, now - forgetHoldAfterMs, (key) => shippedKeys.has(key)),
    shipments: PersistentMap.from(shipments),
    transfers: PersistentMap.from(transfers),
    done: PersistentMap.from([...stock.done].filter(isRecent)),
  };
}
