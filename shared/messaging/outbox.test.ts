/** The relay of an outbox: an event is sent until each subscriber has proved that it handled it, and no failure is the last. */
import { describe, expect, test } from 'vitest';
import type { Envelope } from '../events/envelope.ts';
import type { Subscriber } from '../events/subscriptions.ts';
import { minuteMs, secondMs } from '../values/time.ts';
import {
  askAfterMs,
  type OutboxPort,
  type OutboxRow,
  proofAfterMs,
  type RelayMemory,
  relay,
  relayRowsMax,
} from './outbox.ts';

const start = 1_800_000_000_000;

function envelopeOf(id: string, data: unknown = null): Envelope {
  return {
    specversion: '1.0',
    id,
    source: '/orders',
    type: 'orders.order-placed.v1',
    subject: id,
    time: '2027-01-15T08:00:00.000Z',
    sequence: 1,
    datacontenttype: 'application/json',
    data,
  };
}

/** An outbox, its subscribers, and a clock that jumps to the next run. */
class Outbox {
  rows: OutboxRow[] = [];
  /** Batches as they were sent: the subscriber and the ids. */
  readonly sent: { readonly to: Subscriber; readonly ids: readonly string[]; readonly at: number }[] = [];
  readonly asked: { readonly whom: Subscriber; readonly ids: readonly string[] }[] = [];
  readonly reports: string[] = [];
  readonly handled = new Set<string>();
  readonly broken = { send: new Set<Subscriber>(), handled: new Set<Subscriber>(), settle: false };
  memory: RelayMemory = new Map();
  now = start;

  add(count: number, pending: readonly Subscriber[] = ['orders', 'notifications'], data: unknown = null): this {
    for (let index = 0; index < count; index += 1) {
      const eventId = `evt_${this.rows.length}`;
      this.rows.push({ eventId, envelope: JSON.stringify(envelopeOf(eventId, data)), pending });
    }
    return this;
  }

  readonly port: OutboxPort = {
    open: (limit, skip) => this.rows.slice(skip, skip + limit),
    send: async (to, envelopes) => {
      if (this.broken.send.has(to)) throw new Error('queue');
      this.sent.push({ to, ids: envelopes.map(({ id }) => id), at: this.now });
    },
    handled: async (whom, ids) => {
      if (this.broken.handled.has(whom)) throw new Error('rpc');
      this.asked.push({ whom, ids });
      return ids.filter((id) => this.handled.has(`${whom} ${id}`));
    },
    settle: (settled) => {
      if (this.broken.settle) throw new Error('disk');
      const pending = new Map(settled.map((row) => [row.eventId, row.pending]));
      this.rows = this.rows
        .map((row) => ({ ...row, pending: pending.get(row.eventId) ?? row.pending }))
        .filter((row) => row.pending.length > 0);
    },
    report: (message) => void this.reports.push(message),
  };

  prove(whom: Subscriber, ...ids: readonly string[]): void {
    for (const id of ids) this.handled.add(`${whom} ${id}`);
  }

  async run(): Promise<number | null> {
    return relay(this.port, this.memory, this.now);
  }

  /** Runs, and moves the clock to when it wants to run again. */
  async runAndWait(): Promise<number | null> {
    const nextAt = await this.run();
    if (nextAt !== null) this.now = nextAt;
    return nextAt === null ? null : nextAt - start;
  }

  /** When an event was sent to a subscriber, in milliseconds since the start. */
  sendsOf(to: Subscriber, id: string): number[] {
    return this.sent.filter((batch) => batch.to === to && batch.ids.includes(id)).map((batch) => batch.at - start);
  }
}

describe('an empty outbox', () => {
  test('asks nobody, wants no further run, and forgets what it remembered', async () => {
    const outbox = new Outbox();
    outbox.memory.set('evt_0\norders', { sentAt: start, sends: 3, isAsked: true });
    expect(await outbox.run()).toBeNull();
    expect([outbox.sent, outbox.asked, outbox.memory.size]).toEqual([[], [], 0]);
  });
});

describe('a new event', () => {
  test('is sent once to each subscriber, and wants a run when its time for proof is over', async () => {
    const outbox = new Outbox().add(1);
    expect(await outbox.run()).toBe(start + proofAfterMs);
    expect(outbox.sent.map(({ to }) => to)).toEqual(['orders', 'notifications']);
    expect(outbox.asked).toEqual([]);
  });

  test('is asked about early by a run that happens anyway', async () => {
    const outbox = new Outbox().add(1);
    await outbox.run();
    outbox.now = start + askAfterMs - 1;
    expect(await outbox.run()).toBe(start + proofAfterMs);
    expect(outbox.asked).toEqual([]);
    outbox.now = start + askAfterMs;
    expect(await outbox.run()).toBe(start + proofAfterMs);
    expect(outbox.asked.map(({ whom }) => whom)).toEqual(['orders', 'notifications']);
  });

  test('does not wait for the proof of older ones', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    await outbox.runAndWait();
    outbox.add(1, ['orders']);
    const { port } = outbox;
    const { promise, resolve } = Promise.withResolvers<string[]>();
    const run = relay({ ...port, handled: () => promise }, outbox.memory, outbox.now);
    await Promise.resolve().then(() => undefined);
    expect(outbox.sent.map(({ ids }) => ids)).toEqual([['evt_0'], ['evt_1']]);
    resolve([]);
    await run;
  });

  test('is asked about once until its time for proof is over, and then sent again', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    await outbox.run();
    for (const afterMs of [askAfterMs, askAfterMs + 1, proofAfterMs - 1]) {
      outbox.now = start + afterMs;
      await outbox.run();
    }
    expect([outbox.asked.length, outbox.sendsOf('orders', 'evt_0')]).toEqual([1, [0]]);
    outbox.now = start + proofAfterMs;
    await outbox.run();
    expect([outbox.asked.length, outbox.sendsOf('orders', 'evt_0')]).toEqual([2, [0, proofAfterMs]]);
  });

  test('is closed only when every subscriber has proved it', async () => {
    const outbox = new Outbox().add(1);
    await outbox.runAndWait();
    outbox.prove('orders', 'evt_0');
    await outbox.runAndWait();
    expect(outbox.rows).toMatchObject([{ eventId: 'evt_0', pending: ['notifications'] }]);
    outbox.prove('notifications', 'evt_0');
    expect(await outbox.runAndWait()).toBeNull();
    expect(outbox.rows).toEqual([]);
  });

  test('is not closed because its send returned', async () => {
    const outbox = new Outbox().add(1);
    for (let run = 0; run < 20; run += 1) await outbox.runAndWait();
    expect(outbox.rows).toHaveLength(1);
  });
});

describe('an event without proof', () => {
  test('is sent again with a growing delay, at most a minute', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    for (let run = 0; run < 8; run += 1) await outbox.runAndWait();
    const sends = outbox.sendsOf('orders', 'evt_0');
    const delays = sends.slice(1).map((at, index) => at - (sends[index] ?? 0));
    expect(delays).toEqual([5, 10, 20, 40, 60, 60, 60].map((seconds) => seconds * secondMs));
  });

  test('is sent again to that subscriber alone', async () => {
    const outbox = new Outbox().add(1);
    await outbox.runAndWait();
    outbox.prove('orders', 'evt_0');
    for (let run = 0; run < 6; run += 1) await outbox.runAndWait();
    expect(outbox.sendsOf('orders', 'evt_0')).toHaveLength(1);
    expect(outbox.sendsOf('notifications', 'evt_0').length).toBeGreaterThan(2);
  });

  test('is sent again at once by a relay that has started anew', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    await outbox.run();
    outbox.memory = new Map();
    outbox.now += 1;
    await outbox.run();
    expect(outbox.sendsOf('orders', 'evt_0')).toEqual([0, 1]);
  });

  test('delays no younger event', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    for (let run = 0; run < 5; run += 1) await outbox.runAndWait();
    outbox.add(1, ['orders']);
    outbox.now -= 30 * secondMs;
    await outbox.run();
    expect(outbox.sendsOf('orders', 'evt_1')).toEqual([outbox.now - start]);
  });
});

describe('a send that fails', () => {
  test('is reported and tried again two seconds later, and harms no other subscriber', async () => {
    const outbox = new Outbox().add(1);
    outbox.broken.send.add('orders');
    expect(await outbox.run()).toBe(start + 2 * secondMs);
    expect(outbox.reports).toEqual(['could not send to orders']);
    expect(outbox.sent.map(({ to }) => to)).toEqual(['notifications']);
    outbox.broken.send.clear();
    outbox.now = start + 2 * secondMs;
    await outbox.run();
    expect(outbox.sendsOf('orders', 'evt_0')).toEqual([2 * secondMs]);
    expect(outbox.sendsOf('notifications', 'evt_0')).toEqual([0]);
  });
});

describe('a question that fails', () => {
  test('is reported, and the event is sent again: it counts as unproven', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    await outbox.runAndWait();
    outbox.broken.handled.add('orders');
    outbox.prove('orders', 'evt_0');
    await outbox.runAndWait();
    expect(outbox.reports).toEqual(['could not ask orders for proof']);
    expect(outbox.sendsOf('orders', 'evt_0')).toHaveLength(2);
    outbox.broken.handled.clear();
    await outbox.runAndWait();
    expect(outbox.rows).toEqual([]);
  });
});

describe('proven rows that cannot be closed', () => {
  test('are reported, and closed by a later run', async () => {
    const outbox = new Outbox().add(1, ['orders']);
    await outbox.runAndWait();
    outbox.prove('orders', 'evt_0');
    outbox.broken.settle = true;
    expect(await outbox.runAndWait()).not.toBeNull();
    expect(outbox.reports).toEqual(['could not close proven rows']);
    outbox.broken.settle = false;
    for (let run = 0; run < 2; run += 1) await outbox.runAndWait();
    expect(outbox.rows).toEqual([]);
  });
});

describe('an answer that names events nobody asked about', () => {
  test('closes nothing else', async () => {
    const outbox = new Outbox().add(2, ['orders']);
    const { port } = outbox;
    await outbox.runAndWait();
    await relay({ ...port, handled: async () => ['evt_0', 'evt_77'] }, outbox.memory, outbox.now);
    expect(outbox.rows.map(({ eventId }) => eventId)).toEqual(['evt_1']);
  });
});

describe('more rows than one page', () => {
  test('are all sent, though the first are not yet proven when the others follow', async () => {
    const outbox = new Outbox().add(relayRowsMax + 10, ['orders']);
    await outbox.runAndWait();
    for (let run = 0; run < 4; run += 1) {
      outbox.prove('orders', ...outbox.sent.flatMap(({ ids }) => ids));
      await outbox.runAndWait();
    }
    expect(outbox.rows).toEqual([]);
    expect(new Set(outbox.sent.flatMap(({ ids }) => ids)).size).toBe(relayRowsMax + 10);
  });

  test('are sent in the first run, page by page', async () => {
    const outbox = new Outbox().add(relayRowsMax + 10, ['orders']);
    await outbox.run();
    expect(outbox.sent.flatMap(({ ids }) => ids)).toHaveLength(relayRowsMax + 10);
  });

  test('reach a subscriber that is there while another is away with all of them', async () => {
    const outbox = new Outbox().add(relayRowsMax * 2 + 10, ['orders', 'notifications']);
    outbox.broken.send.add('notifications');
    await outbox.runAndWait();
    outbox.prove('orders', ...outbox.rows.map(({ eventId }) => eventId));
    for (let run = 0; run < 4; run += 1) await outbox.runAndWait();
    expect(outbox.rows.every(({ pending }) => pending.join() === 'notifications')).toBe(true);
  });

  test('are sent in batches that a queue takes: 100 messages, 256 KB', async () => {
    const outbox = new Outbox().add(250, ['orders']);
    await outbox.run();
    expect(outbox.sent.map(({ ids }) => ids.length)).toEqual([100, 100, 50]);
    const large = new Outbox().add(6, ['orders'], 'x'.repeat(30_000));
    await large.run();
    expect(large.sent.map(({ ids }) => ids.length)).toEqual([2, 2, 2]);
    const huge = new Outbox().add(2, ['orders'], 'x'.repeat(120_000));
    await huge.run();
    expect(huge.sent.map(({ ids }) => ids.length)).toEqual([1, 1]);
  });
});

test('a run always wants another within a minute while something is open', async () => {
  const outbox = new Outbox().add(3);
  outbox.broken.handled.add('orders');
  outbox.broken.send.add('notifications');
  for (let run = 0; run < 30; run += 1) {
    const nextAt = await outbox.run();
    expect(nextAt).toBeGreaterThan(outbox.now);
    expect(nextAt).toBeLessThanOrEqual(outbox.now + minuteMs);
    outbox.now = nextAt ?? 0;
  }
});
