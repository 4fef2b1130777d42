/** The smallest domain that has streams: a tally that publishes once it passes a hundred and is woken when it is told so. */

import type { Envelope } from '../events/envelope.ts';
import type { OutboxPort } from '../messaging/outbox.ts';
import type { StreamType, StreamWrite } from '../streams/ports.ts';
import { Streams } from '../streams/streams.ts';
import { MemoryBudget, megabyte } from '../values/bounded-map.ts';
import { MemoryStreamStorage } from './stream-storage.ts';

interface Tally {
  readonly sum: number;
  readonly wakeAt: number | null;
  readonly forgotten: number;
}
export type TallyEvent = { readonly add: number } | { readonly wakeAt: number | null };

export const tallies: StreamType<Tally, TallyEvent> = {
  initial: { sum: 0, wakeAt: null, forgotten: 0 },
  evolve: (state, event) =>
    'add' in event ? { ...state, sum: state.sum + event.add } : { ...state, wakeAt: event.wakeAt },
  revive: (json) => JSON.parse(json),
  publish: ({ streamId, state, version }) => (state.sum >= 100 ? [told(streamId, version)] : []),
  wakeAt: (state) => state.wakeAt,
  compact: (state) => ({ ...state, forgotten: state.forgotten + 1 }),
};

export function told(streamId: string, version: number): Envelope {
  return {
    specversion: '1.0',
    id: `${streamId}/${version}`,
    source: '/orders',
    type: 'orders.order-placed.v1',
    subject: streamId,
    time: '2027-01-15T08:00:00.000Z',
    sequence: version,
    datacontenttype: 'application/json',
    data: null,
  };
}

/** Tells what was asked of it. */
export class WatchedStorage extends MemoryStreamStorage<TallyEvent> {
  readonly writes: StreamWrite<TallyEvent>[] = [];
  readonly wakes = new Map<string, number | null>();
  reads = 0;

  override read(streamId: string) {
    this.reads += 1;
    return super.read(streamId);
  }

  override write(write: StreamWrite<TallyEvent>) {
    this.writes.push(write);
    super.write(write);
  }

  override setWake(streamId: string, at: number | null) {
    this.wakes.set(streamId, at);
    super.setWake(streamId, at);
  }
}

export const now = 1_800_000_000_000;

export function object(storage = new WatchedStorage(), memory = new MemoryBudget(megabyte)) {
  const alarms: number[] = [];
  const streams = new Streams(tallies, storage, { set: (at) => alarms.push(at) }, memory);
  return { streams, storage, alarms };
}

export function queue() {
  const sent: string[] = [];
  const handled = new Set<string>();
  const reports: string[] = [];
  const port: Pick<OutboxPort, 'send' | 'handled' | 'report'> = {
    send: async (subscriber, envelopes) => void sent.push(...envelopes.map(({ id }) => `${subscriber} ${id}`)),
    handled: async (subscriber, ids) => ids.filter((id) => handled.has(`${subscriber} ${id}`)),
    report: (message) => void reports.push(message),
  };
  return { sent, handled, reports, port };
}
