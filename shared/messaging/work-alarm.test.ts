/** The alarm that a database borrows: whatever the order of arming, writing and ringing, a row in the outbox is relayed. */
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../events/envelope.ts';
import { secondMs } from '../values/time.ts';
import type { OutboxPort, OutboxRow } from './outbox.ts';
import { relayWork, WorkAlarm } from './work-alarm.ts';

const start = 1_800_000_000_000;
const envelope: Envelope = {
  specversion: '1.0',
  id: 'evt_1',
  source: '/catalog',
  type: 'catalog.product-changed.v1',
  subject: 'prd_1',
  time: '2027-01-15T08:00:00.000Z',
  sequence: 1,
  datacontenttype: 'application/json',
  data: null,
};

function database() {
  const rows: OutboxRow[] = [];
  const sentAt: number[] = [];
  const clock = { now: start, alarmAt: null as number | null, isAway: false, reports: 0 };
  const port: OutboxPort = {
    open: async () => {
      if (clock.isAway) throw new Error('away');
      return [...rows];
    },
    send: async () => void sentAt.push(clock.now),
    handled: async (_subscriber, ids) => ids,
    settle: async () => void rows.splice(0),
    report: () => {
      clock.reports += 1;
    },
  };
  const newAlarm = () =>
    new WorkAlarm(relayWork(port), {
      getAlarm: async () => clock.alarmAt,
      setAlarm: async (at) => {
        clock.alarmAt = at;
      },
    });
  const ring = async (alarm: WorkAlarm) => {
    if (clock.alarmAt === null) throw new Error('No alarm is set');
    clock.now = Math.max(clock.now, clock.alarmAt);
    clock.alarmAt = null;
    await alarm.run(clock.now);
  };
  const write = () => void rows.push({ eventId: 'evt_1', envelope: JSON.stringify(envelope), pending: ['inventory'] });
  return { rows, sentAt, clock, newAlarm, ring, write };
}

describe('a database that is about to write', () => {
  test('has its outbox relayed half a second later', async () => {
    const { sentAt, clock, newAlarm, ring, write } = database();
    const alarm = newAlarm();
    await alarm.arm(clock.now);
    write();
    await ring(alarm);
    expect(sentAt).toEqual([start + 500]);
  });

  test('arms once for a burst', async () => {
    const { clock, newAlarm } = database();
    const alarm = newAlarm();
    for (let now = start; now < start + 500; now += 100) await alarm.arm(now);
    expect(clock.alarmAt).toBe(start + 500);
  });

  test('never puts off an alarm that is set already', async () => {
    const { clock, newAlarm } = database();
    clock.alarmAt = start + 10;
    await newAlarm().arm(start);
    expect(clock.alarmAt).toBe(start + 10);
  });
});

describe('a write that lands after the alarm has rung', () => {
  test('is found by a later run', async () => {
    const { sentAt, clock, newAlarm, ring, write } = database();
    const alarm = newAlarm();
    await alarm.arm(clock.now);
    await ring(alarm);
    write();
    await ring(alarm);
    expect(sentAt).toHaveLength(1);
  });

  test('is found after a restart of the object between arming and ringing', async () => {
    const { sentAt, clock, newAlarm, ring, write } = database();
    await newAlarm().arm(clock.now);
    const restarted = newAlarm();
    await ring(restarted);
    write();
    await ring(restarted);
    expect(sentAt).toHaveLength(1);
  });
});

describe('an alarm that rings', () => {
  test('stops once the outbox stayed empty for the grace time', async () => {
    const { clock, newAlarm, ring } = database();
    const alarm = newAlarm();
    await alarm.arm(clock.now);
    let rings = 0;
    for (; clock.alarmAt !== null && rings < 10; rings += 1) await ring(alarm);
    expect(clock.alarmAt).toBeNull();
    expect(rings).toBe(2);
  });

  test('rings again after a run that failed, and does not throw', async () => {
    const { clock, newAlarm, ring } = database();
    const alarm = newAlarm();
    await alarm.arm(clock.now);
    clock.isAway = true;
    await ring(alarm);
    expect(clock.reports).toBe(1);
    expect(clock.alarmAt).toBe(clock.now + 10 * secondMs);
  });
});
