/** When the alarm of streams is set, and what it does when it rings: it wakes, relays, never throws and never spins. */
import { describe, expect, test } from 'vitest';
import { proofAfterMs } from '../messaging/outbox.ts';
import { now, object, queue } from '../testing/tallies.ts';
import { dayMs, hourMs, secondMs } from '../values/time.ts';
import { onAlarmGrid, relayDelayMs } from './streams.ts';

const nothing = async () => {};

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
    expect(alarms).toEqual([now + dayMs, onAlarmGrid(now + secondMs)]);
  });

  test('is not set by a commit that publishes nothing and wants no wake-up', () => {
    const { streams, alarms } = object();
    streams.append('a', [{ add: 1 }], now);
    expect(alarms).toEqual([]);
  });

  test('rings soon after a commit that publishes', () => {
    const { streams, alarms, storage } = object();
    streams.append('a', [{ add: 100 }], now);
    expect(alarms).toEqual([onAlarmGrid(now + relayDelayMs)]);
    expect(alarms[0]).toBeLessThanOrEqual(now + relayDelayMs + 2 * secondMs);
    expect(storage.openOutbox(10, 0)).toMatchObject([{ eventId: 'a/1', pending: ['orders', 'notifications'] }]);
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

  test('leaves a wake-up that has moved later where it is, and sets it when it rings', async () => {
    const { streams, storage, alarms } = object();
    streams.append('later', [{ wakeAt: now }], now - secondMs);
    streams.append('never', [{ wakeAt: now }], now - secondMs);
    const wakes = storage.wakes.size;
    streams.append('later', [{ wakeAt: now + dayMs }], now - 1);
    streams.append('never', [{ wakeAt: null }], now - 1);
    expect(storage.writes.slice(-2).map(({ wakeAt }) => wakeAt)).toEqual([undefined, undefined]);
    expect(storage.wakes.size).toBe(wakes);

    await streams.onAlarm(now, nothing, queue().port);
    expect([storage.wakes.get('later'), storage.wakes.get('never')]).toEqual([now + dayMs, null]);
    expect(alarms.at(-1)).toBe(now + dayMs);
  });

  test('moves a wake-up that comes earlier at once', () => {
    const { streams, storage } = object();
    streams.append('a', [{ wakeAt: now + dayMs }], now);
    streams.append('a', [{ wakeAt: null }], now);
    streams.append('a', [{ wakeAt: now + secondMs }], now);
    expect(storage.nextWakeAt()).toBe(now + secondMs);
  });

  test('lets streams that are due before the next run share it', async () => {
    const { streams, alarms } = object();
    streams.append('due', [{ wakeAt: now }], now - secondMs);
    for (const inMs of [20, 900, 2_000]) streams.append(`in ${inMs}`, [{ wakeAt: now + inMs }], now - secondMs);
    const wake = async (streamIds: readonly string[]) => {
      for (const streamId of streamIds) streams.append(streamId, [{ wakeAt: null }], now);
    };
    await streams.onAlarm(now, wake, queue().port);
    const next = onAlarmGrid(now + 1);
    expect(alarms.at(-1)).toBe(next);
    const woken: string[] = [];
    await streams.onAlarm(next, async (streamIds) => void woken.push(...streamIds), queue().port);
    expect(woken).toEqual(['in 20', 'in 900', 'in 2000']);
  });

  test('goes on at once while more is due than one run takes', async () => {
    const { streams, alarms } = object();
    for (let index = 0; index < 150; index += 1) streams.append(`s${index}`, [{ wakeAt: now }], now - secondMs);
    const woken: number[] = [];
    const wake = async (streamIds: readonly string[]) => {
      woken.push(streamIds.length);
      for (const streamId of streamIds) streams.append(streamId, [{ wakeAt: null }], now);
    };
    await streams.onAlarm(now, wake, queue().port);
    expect(alarms.at(-1)).toBe(now);
    await streams.onAlarm(now, wake, queue().port);
    expect(woken).toEqual([100, 50]);
  });

  test('asks for the proof of earlier events when it sends later ones, and never rings only to ask', async () => {
    const { streams, storage, alarms } = object();
    const { port, sent, handled } = queue();
    streams.append('a', [{ add: 100 }], now - secondMs);
    await streams.onAlarm(now, nothing, port);
    for (const one of sent) handled.add(one);
    expect(alarms.at(-1)).toBe(onAlarmGrid(now + proofAfterMs));
    streams.append('b', [{ add: 100 }], now + secondMs);
    expect(alarms.at(-1)).toBe(onAlarmGrid(now + secondMs + relayDelayMs));
    await streams.onAlarm(now + 2 * secondMs, nothing, port);
    expect(sent.filter((one) => one.startsWith('orders'))).toEqual(['orders a/1', 'orders b/1']);
    expect(storage.openOutbox(10, 0).map(({ eventId }) => eventId)).toEqual(['b/1']);
    expect(alarms.at(-1)).toBe(onAlarmGrid(now + 2 * secondMs + proofAfterMs));
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
    expect(askAt).toBe(onAlarmGrid(now + relayDelayMs + proofAfterMs));
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

  test('drops answers and names whose time is over', async () => {
    const { streams, storage } = object();
    const answer = { key: 'k', fingerprint: 'f', status: 200, body: '', expiresAt: now };
    storage.saveAnswer(answer);
    storage.saveAnswer({ ...answer, key: 'kept', expiresAt: now + 1 });
    storage.takeName({ kind: 'n', name: 'gone', owner: 'o', expiresAt: now });
    storage.takeName({ kind: 'n', name: 'kept', owner: 'o', expiresAt: null });
    await streams.onAlarm(now, nothing, queue().port);
    expect([storage.answer('k'), storage.answer('kept')]).toMatchObject([null, { key: 'kept' }]);
    expect([storage.ownerOf('n', 'gone'), storage.ownerOf('n', 'kept')]).toEqual([null, 'o']);
  });

  test('comes for an answer that has expired, though the object had nothing else to do', async () => {
    const { streams, storage, alarms } = object();
    streams.answers.keep({ key: 'k', fingerprint: 'f' }, { status: 409, body: '' }, now);
    const [ringsAt = 0] = alarms;
    expect(ringsAt).toBeGreaterThan(now + dayMs);
    expect(ringsAt).toBeLessThanOrEqual(now + dayMs + hourMs);
    await streams.onAlarm(now, nothing, queue().port);
    expect(alarms.at(-1)).toBe(ringsAt);
    await streams.onAlarm(ringsAt, nothing, queue().port);
    expect(storage.answer('k')).toBeNull();
    expect(alarms).toHaveLength(2);
  });
});
