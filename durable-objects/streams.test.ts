/** Streams by example, over a tally that publishes every hundred it passes and wants to be woken when it is told so. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../shared/events/envelope.ts';
import { decided, declined } from '../shared/holds/holds.ts';
import type { OutboxPort } from '../shared/messaging/outbox.ts';
import { dayMs, secondMs } from '../shared/values/time.ts';
import { MemoryStreamStorage } from '../tests/simulation/stream-storage.ts';
import { relayDelayMs, Streams, type StreamType, type StreamWrite } from './streams.ts';

interface Tally {
  readonly sum: number;
  readonly wakeAt: number | null;
  readonly forgotten: number;
}
type TallyEvent = { readonly add: number } | { readonly wakeAt: number | null };

const type: StreamType<Tally, TallyEvent> = {
  initial: { sum: 0, wakeAt: null, forgotten: 0 },
  evolve: (state, event) =>
    'add' in event ? { ...state, sum: state.sum + event.add } : { ...state, wakeAt: event.wakeAt },
  revive: (json) => JSON.parse(json),
  publish: ({ streamId, state, version }) => (state.sum >= 100 ? [told(streamId, version)] : []),
  wakeAt: (state) => state.wakeAt,
  compact: (state) => ({ ...state, forgotten: state.forgotten + 1 }),
};

function told(streamId: string, version: number): Envelope {
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
class WatchedStorage extends MemoryStreamStorage<TallyEvent> {
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

const now = 1_800_000_000_000;

function object(storage = new WatchedStorage()) {
  const alarms: number[] = [];
  const streams = new Streams(type, storage, { set: (at) => alarms.push(at) });
  return { streams, storage, alarms };
}

function queue() {
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

const nothing = async () => {};

describe('a stream', () => {
  test('that does not exist is its initial state at version 0, and costs no memory', () => {
    const { streams, storage } = object();
    expect(streams.load('a')).toEqual({ state: type.initial, version: 0 });
    streams.load('a');
    expect(storage.reads).toBe(2);
  });

  test('counts its events as versions and keeps others apart', () => {
    const { streams } = object();
    streams.append('a', [{ add: 1 }, { add: 2 }], now);
    streams.append('b', [{ add: 5 }], now);
    expect(streams.append('a', [{ add: 3 }], now)).toMatchObject({ state: { sum: 6 }, version: 3 });
    expect(streams.load('b')).toMatchObject({ state: { sum: 5 }, version: 1 });
  });

  test('is not written when a decision has no events', () => {
    const { streams, storage } = object();
    const answer = streams.execute('a', now, () => declined({ code: 'no' }));
    expect(answer).toMatchObject({ refusal: { code: 'no' }, version: 0 });
    expect(storage.writes).toEqual([]);
  });

  test('keeps the events that stand beside a refusal', () => {
    const { streams } = object();
    const answer = streams.execute('a', now, () => ({ ...decided<TallyEvent>({ add: 1 }), refusal: { code: 'no' } }));
    expect(answer).toMatchObject({ refusal: { code: 'no' }, version: 1, state: { sum: 1 } });
  });

  test('that is dropped begins anew', () => {
    const { streams, storage } = object();
    streams.append('a', [{ add: 1 }, { wakeAt: now + 1 }], now);
    streams.drop('a');
    expect(streams.load('a')).toEqual({ state: type.initial, version: 0 });
    expect(storage.nextWakeAt()).toBeNull();
    expect(streams.append('a', [{ add: 4 }], now)).toMatchObject({ version: 1, state: { sum: 4 } });
  });
});

describe('an object that starts again on its storage', () => {
  test('finds every stream as it was, whatever was appended before and after the snapshot', () => {
    const batches = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }), {
      minLength: 1,
      maxLength: 12,
      size: 'max',
    });
    fc.assert(
      fc.property(batches, fc.nat({ max: 11 }), (all, restartAt) => {
        const { storage, streams } = object();
        let current = streams;
        for (const [index, batch] of all.entries()) {
          const before = current.load('a');
          if (index === restartAt) current = object(storage).streams;
          const { state, version } = current.load('a');
          expect({ state, version }).toEqual({ state: before.state, version: before.version });
          current.append(
            'a',
            batch.map((add) => ({ add })),
            now,
          );
        }
        const values = all.flat();
        expect(object(storage).streams.load('a')).toMatchObject({
          version: values.length,
          state: { sum: values.reduce((sum, value) => sum + value, 0) },
        });
      }),
      { numRuns: 500 },
    );
  });

  test('reads a snapshot and the events after it, not those before', () => {
    const { streams, storage } = object();
    for (let index = 0; index < 105; index += 1) streams.append('a', [{ add: 0 }], now);
    expect(storage.writes.filter((write) => write.snapshot !== null).map((write) => write.snapshot?.version)).toEqual([
      100,
    ]);
    expect(storage.read('a')?.events).toHaveLength(5);
    expect(object(storage).streams.load('a')).toMatchObject({ version: 105, state: { forgotten: 1 } });
  });

  test('takes its next snapshot a hundred events after the last', () => {
    const first = object();
    for (let index = 0; index < 150; index += 1) first.streams.append('a', [{ add: 0 }], now);
    const second = object(first.storage);
    for (let index = 0; index < 60; index += 1) second.streams.append('a', [{ add: 0 }], now);
    const versions = first.storage.writes.flatMap((write) => write.snapshot?.version ?? []);
    expect(versions).toEqual([100, 200]);
  });

  test('keeps the earlier wake-up of another stream when it sets its first alarm', () => {
    const first = object();
    first.streams.append('a', [{ wakeAt: now + secondMs }], now);
    const second = object(first.storage);
    second.streams.append('b', [{ wakeAt: now + dayMs }], now);
    expect(Math.min(...second.alarms)).toBeLessThanOrEqual(now + secondMs);
  });

  test('keeps the relay of what it had not yet sent when it sets its first alarm', () => {
    const first = object();
    first.streams.append('a', [{ add: 100 }], now);
    const second = object(first.storage);
    second.streams.append('b', [{ wakeAt: now + dayMs }], now);
    // The relay was due half a second after the event happened, whenever this instance began.
    expect(Math.min(...second.alarms)).toBeLessThanOrEqual(Date.parse(told('a', 1).time) + relayDelayMs);
  });
});

describe('more streams than memory holds', () => {
  const statesMax = 5_000;

  test('lose the least recently used state first, and read it again from storage', () => {
    const { streams, storage } = object();
    for (let index = 0; index < statesMax; index += 1) streams.append(`s${index}`, [{ add: index }], now);
    streams.load('s0');
    streams.append('one too many', [{ add: 1 }], now);
    const readsBefore = storage.reads;
    expect(streams.load('s0')).toMatchObject({ state: { sum: 0 }, version: 1 });
    expect(storage.reads).toBe(readsBefore);
    expect(streams.load('s1')).toMatchObject({ state: { sum: 1 }, version: 1 });
    expect(storage.reads).toBe(readsBefore + 1);
  });

  test('keep the wake-up of a state that was forgotten and comes back', () => {
    const { streams, storage } = object();
    streams.append('a', [{ wakeAt: now + dayMs }], now);
    for (let index = 0; index < statesMax; index += 1) streams.append(`s${index}`, [{ add: 1 }], now);
    streams.append('a', [{ wakeAt: null }], now);
    expect(storage.wakes.get('a')).toBeNull();
  });
});

describe('the alarm', () => {
  test('is set once for many commits that it is early enough for', () => {
    const { streams, alarms } = object();
    for (let index = 0; index < 50; index += 1) streams.append(`s${index}`, [{ wakeAt: now + dayMs + index }], now);
    expect(alarms).toEqual([now + dayMs]);
  });

  test('is set anew for an earlier wake-up', () => {
    const { streams, alarms } = object();
    streams.append('a', [{ wakeAt: now + dayMs }], now);
    streams.append('b', [{ wakeAt: now + secondMs }], now);
    expect(alarms).toEqual([now + dayMs, now + secondMs]);
  });

  test('is not set by a commit that publishes nothing and wants no wake-up', () => {
    const { streams, alarms } = object();
    streams.append('a', [{ add: 1 }], now);
    expect(alarms).toEqual([]);
  });

  test('rings soon after a commit that publishes', () => {
    const { streams, alarms, storage } = object();
    streams.append('a', [{ add: 100 }], now);
    expect(alarms).toEqual([now + relayDelayMs]);
    expect(storage.openOutbox(10)).toMatchObject([{ eventId: 'a/1', pending: ['orders', 'notifications'] }]);
  });
});

describe('an alarm that rings', () => {
  test('wakes the streams whose time has come, and sets the next alarm for the others', async () => {
    const { streams, alarms } = object();
    streams.append('due', [{ wakeAt: now }], now - secondMs);
    streams.append('later', [{ wakeAt: now + dayMs }], now - secondMs);
    const woken: string[] = [];
    await streams.onAlarm(
      now,
      async (streamIds) => {
        woken.push(...streamIds);
        for (const streamId of streamIds) streams.append(streamId, [{ wakeAt: null }], now);
      },
      queue().port,
    );
    expect(woken).toEqual(['due']);
    expect(alarms.at(-1)).toBe(now + dayMs);
  });

  test('postpones what a failed wake-up left due, and reports it', async () => {
    const { streams, storage, alarms } = object();
    const { port, reports } = queue();
    streams.append('a', [{ wakeAt: now }], now - secondMs);
    await streams.onAlarm(
      now,
      async () => {
        throw new Error('no');
      },
      port,
    );
    expect(reports).toEqual(['a wake-up failed']);
    expect(storage.wakes.get('a')).toBe(now + 10 * secondMs);
    expect(alarms.at(-1)).toBe(now + 10 * secondMs);
  });

  test('postpones a stream whose wake-up changed nothing, so that it cannot spin', async () => {
    const { streams, storage } = object();
    streams.append('a', [{ wakeAt: now }], now - secondMs);
    await streams.onAlarm(now, nothing, queue().port);
    expect(storage.wakes.get('a')).toBe(now + 10 * secondMs);
  });

  test('leaves a postponed stream to its new state once that is written', async () => {
    const { streams, storage } = object();
    streams.append('a', [{ wakeAt: now }], now - secondMs);
    streams.postpone('a', now + 5 * secondMs);
    streams.append('a', [{ add: 1 }], now);
    expect(storage.wakes.get('a')).toBe(now);
  });

  test('sends the outbox, asks for proof later, and sets no alarm once all is proven', async () => {
    const { streams, storage, alarms } = object();
    const { port, sent, handled } = queue();
    streams.append('a', [{ add: 100 }], now);
    await streams.onAlarm(now + relayDelayMs, nothing, port);
    expect(sent).toEqual(['orders a/1', 'notifications a/1']);
    const askAt = alarms.at(-1) ?? 0;
    expect(askAt).toBe(now + relayDelayMs + 5 * secondMs);
    for (const one of sent) handled.add(one);
    const before = alarms.length;
    await streams.onAlarm(askAt, nothing, port);
    expect(storage.openOutboxCount).toBe(0);
    expect(alarms).toHaveLength(before);
  });

  test('comes again when the outbox cannot be read, and does not throw', async () => {
    const { streams, storage, alarms } = object();
    const { port, reports } = queue();
    storage.openOutbox = () => {
      throw new Error('disk');
    };
    await streams.onAlarm(now, nothing, port);
    expect(reports).toEqual(['the outbox could not be relayed']);
    expect(alarms).toEqual([now + 10 * secondMs]);
  });

  test('drops answers whose time is over', async () => {
    const { streams, storage } = object();
    const answer = { key: 'k', fingerprint: 'f', status: 200, body: '', expiresAt: now - 1 };
    storage.saveAnswer(answer);
    storage.saveAnswer({ ...answer, key: 'kept', expiresAt: now });
    await streams.onAlarm(now, nothing, queue().port);
    expect([storage.answer('k'), storage.answer('kept')]).toMatchObject([null, { key: 'kept' }]);
  });
});
