/** The streams of stock units: how one is folded, what it tells the outside, and when it wants to be woken. No platform. */
import { type Envelope, envelope } from '../../shared/events/envelope.ts';
import { StockChanged, StockLow } from '../../shared/events/inventory.ts';
import type { StreamCommit, StreamType } from '../../shared/streams/ports.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import {
  compactStock,
  emptyStock,
  evolveStock,
  isLow,
  reviveStock,
  type Stock,
  type StockEvent,
  stockWakeAt,
  totalsOf,
} from '../../workers/inventory/domain/decide.ts';

export const stockStreams: StreamType<Stock, StockEvent> = {
  initial: emptyStock,
  evolve: evolveStock,
  revive: reviveStock,
  publish: publishStock,
  isNewestEnough: true,
  wakeAt: stockWakeAt,
  compact: compactStock,
};

/** One event per commit with the levels after it: a reader keeps the newest. */
function publishStock({ streamId, state, version, now, traceparent }: StreamCommit<Stock, StockEvent>): Envelope[] {
  const time = toTimestamp(now);
  const { safety } = state.settings;
  const levels = Object.entries(state.levels).map(([locationId, level]) => {
    const kept = safety[locationId];
    return { locationId, ...level, ...(kept === undefined ? {} : { safety: kept }) };
  });
  const facts = { id: `${streamId}/${version}`, subject: streamId, sequence: version, time, traceparent };
  return [envelope(StockChanged, facts, { stockUnitId: streamId, ...totalsOf(state), levels, asOf: time })];
}

/**
 * That stock has run low by a command; null when it has not, or was low before. It is no part of the stream's own events,
 * of which only the newest is sent: a crossing must not be lost to the next change.
 */
export function crossingOf(
  stockUnitId: string,
  before: Stock,
  after: Pick<StreamCommit<Stock, StockEvent>, 'state' | 'version' | 'now'>,
): Envelope | null {
  const { state, version, now } = after;
  const { lowStockAt } = state.settings;
  if (lowStockAt === null || isLow(before) || !isLow(state)) return null;
  const time = toTimestamp(now);
  const facts = { id: `${stockUnitId}/${version}/low`, subject: stockUnitId, sequence: version, time };
  return envelope(StockLow, facts, { stockUnitId, available: totalsOf(state).available, lowStockAt, asOf: time });
}
