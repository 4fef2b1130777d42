/** The streams of stock units: how one is folded, what it tells the outside, and when it wants to be woken. No platform. */
import { type Envelope, envelope } from '../../shared/events/envelope.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import {
  compactStock,
  emptyStock,
  evolveStock,
  reviveStock,
  type Stock,
  type StockEvent,
  stockWakeAt,
  totalsOf,
} from '../../workers/inventory/domain.ts';
import type { StreamCommit, StreamType } from '../streams.ts';

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
  const levels = Object.entries(state.levels).map(([locationId, level]) => ({ locationId, ...level }));
  const facts = { id: `${streamId}/${version}`, subject: streamId, sequence: version, time, traceparent };
  return [envelope(StockChanged, facts, { stockUnitId: streamId, ...totalsOf(state), levels, asOf: time })];
}
