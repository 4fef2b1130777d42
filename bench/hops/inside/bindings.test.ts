/** Everything that a Worker reaches through its environment is counted, and answers as before. */
import { beforeEach, describe, expect, it } from 'vitest';
import { meterEnvironment } from './bindings.ts';
import { Gate } from './gate.ts';
import { answerMeter, meterPath } from './meter.ts';

const url = `http://shop${meterPath}`;
const reading = () => answerMeter(new Request(url));

beforeEach(async () => {
  await answerMeter(new Request(url, { method: 'POST', body: '{}' }));
});

const sent: unknown[] = [];
const env = meterEnvironment(
  {
    SECRET: 'plain',
    CART: { read: async (id: string) => `cart ${id}` },
    STOCK: { getByName: (name: string) => ({ hold: async (units: number) => `${name} holds ${units}` }) },
    INBOX: { sendBatch: async (messages: readonly { readonly body: string }[]) => void sent.push(...messages) },
  },
  { CART: 'service', STOCK: 'object', INBOX: 'queue' },
);

describe('a metered environment', () => {
  it('counts a call to a Worker and passes its answer on', async () => {
    expect(await env.CART.read('one')).toBe('cart one');
    const { counts, trace } = await reading();
    expect(counts).toEqual({ service: 1 });
    expect(trace).toMatchObject([{ kind: 'service', to: 'CART.read' }]);
  });

  it('counts a call to an object, not the making of its stub', async () => {
    const stub = env.STOCK.getByName('stock-1');
    expect((await reading()).counts).toEqual({});
    expect(await stub.hold(3)).toBe('stock-1 holds 3');
    expect((await reading()).counts).toEqual({ object: 1 });
  });

  it('leaves plain values alone, and hands the same binding out each time', () => {
    expect(env.SECRET).toBe('plain');
    expect(env.CART).toBe(env.CART);
  });

  it.each([
    ['short', 1, 3],
    ['just over one unit of billing', 64_000, 6],
  ])('counts what a %s message costs in a queue', async (_, length, operations) => {
    await env.INBOX.sendBatch([{ body: 'x'.repeat(length) }, { body: 'x' }]);
    expect((await reading()).counts).toEqual({ queue: 1, 'queue messages': 2, 'queue operations': operations + 3 });
  });

  it('lets nothing leave an object before what it wrote is on disk', async () => {
    await answerMeter(new Request(url, { method: 'POST', body: JSON.stringify({ commit: 50 }) }));
    const gate = new Gate();
    const startedAt = performance.now();
    let calledMs = 0;
    await gate.run(async () => {
      gate.wrote();
      await env.CART.read('one');
      calledMs = performance.now() - startedAt;
    });
    expect(calledMs).toBeGreaterThanOrEqual(49);
  });
});
