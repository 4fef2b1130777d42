/** Streams by example: what is appended is folded, kept and found again, by this instance or by the next. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decided, declined } from '../holds/holds.ts';
import { now, object, type TallyEvent, tallies, told, WatchedStorage } from '../testing/tallies.ts';
import { MemoryBudget } from '../values/bounded-map.ts';
import { dayMs, secondMs } from '../values/time.ts';
import { onAlarmGrid, relayDelayMs } from './streams.ts';

describe('a stream', () => {
  test('that does not exist is its initial state at version 0, and is looked for once', () => {
    const { streams, storage } = object();
    expect(streams.load('a')).toEqual({ state: tallies.initial, version: 0 });
    expect(streams.load('a')).toEqual({ state: tallies.initial, version: 0 });
    expect(storage.reads).toBe(1);
    streams.append('a', [{ add: 1 }], now);
    expect(streams.load('a')).toMatchObject({ state: { sum: 1 }, version: 1 });
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
    expect(streams.load('a')).toEqual({ state: tallies.initial, version: 0 });
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
    expect(Math.min(...second.alarms)).toBeLessThanOrEqual(onAlarmGrid(now + secondMs));
  });

  test('keeps the relay of what it had not yet sent when it sets its first alarm', () => {
    const first = object();
    first.streams.append('a', [{ add: 100 }], now);
    const second = object(first.storage);
    second.streams.append('b', [{ wakeAt: now + dayMs }], now);
    // The relay was due a moment after the event happened, whenever this instance began.
    expect(Math.min(...second.alarms)).toBeLessThanOrEqual(onAlarmGrid(Date.parse(told('a', 1).time) + relayDelayMs));
  });
});

describe('a stream as it was', () => {
  test('is read from its events, whatever has come since', () => {
    const { streams } = object();
    for (let add = 1; add <= 250; add += 1) streams.append('a', [{ add }], now);
    expect(streams.loadPast('a', 3)).toEqual({ state: expect.objectContaining({ sum: 6 }), version: 3 });
    expect(streams.loadPast('a', 0)).toMatchObject({ state: { sum: 0 }, version: 0 });
  });

  test('is nothing once the stream is gone', () => {
    const { streams } = object();
    streams.append('a', [{ add: 1 }], now);
    streams.drop('a');
    expect(streams.loadPast('a', 1)).toBeNull();
  });
});

describe('more streams than memory holds', () => {
  /** Of which each takes about 300 bytes. */
  const statesCount = 1_000;

  test('lose the least recently used state first, and read it again from storage', () => {
    const { streams, storage } = object(new WatchedStorage(), new MemoryBudget(statesCount * 200));
    streams.append('often', [{ add: 5 }], now);
    streams.append('once', [{ add: 1 }], now);
    for (let index = 0; index < statesCount; index += 1) {
      streams.append(`s${index}`, [{ add: index }], now);
      streams.load('often');
    }
    const readsBefore = storage.reads;
    expect(streams.load('often')).toMatchObject({ state: { sum: 5 }, version: 1 });
    expect(streams.load(`s${statesCount - 1}`)).toMatchObject({ version: 1 });
    expect(storage.reads).toBe(readsBefore);
    expect(streams.load('once')).toMatchObject({ state: { sum: 1 }, version: 1 });
    expect(storage.reads).toBe(readsBefore + 1);
  });

  test('share one bound with those of the other objects of the isolate', () => {
    const memory = new MemoryBudget(statesCount * 200);
    const objects = Array.from({ length: 16 }, () => object(new WatchedStorage(), memory));
    for (let index = 0; index < statesCount; index += 1)
      for (const { streams } of objects) streams.append(`s${index}`, [{ add: index }], now);
    expect(memory.bytes).toBeLessThanOrEqual(memory.bytesMax);
    const [first] = objects;
    first?.streams.append('s0', [{ add: 1 }], now);
    expect(first?.streams.load('s0')).toMatchObject({ state: { sum: 1 }, version: 2 });
  });

  test('keep the wake-up of a state that was forgotten and comes back', () => {
    const { streams, storage } = object(new WatchedStorage(), new MemoryBudget(statesCount * 200));
    streams.append('a', [{ wakeAt: now + dayMs }], now);
    for (let index = 0; index < statesCount; index += 1) streams.append(`s${index}`, [{ add: 1 }], now);
    streams.append('a', [{ wakeAt: now + secondMs }], now);
    expect(storage.wakes.get('a')).toBe(now + secondMs);
  });

  test('work as they are when even one state takes more than there is', () => {
    const { streams, storage } = object(new WatchedStorage(), new MemoryBudget(10));
    for (let index = 0; index < 250; index += 1) streams.append('a', [{ add: 0 }], now);
    expect(streams.load('a')).toMatchObject({ version: 250 });
    expect(storage.writes.flatMap((write) => write.snapshot?.version ?? [])).toEqual([100, 200]);
  });
});
