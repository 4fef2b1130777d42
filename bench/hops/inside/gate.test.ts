/** The gate counts commits as the runtime makes them, and holds back what leaves an object until they are on disk. */
import { beforeEach, describe, expect, it } from 'vitest';
import { currentGate, Gate } from './gate.ts';
import { answerMeter, meterPath, sleep } from './meter.ts';

const url = `http://shop${meterPath}`;
const set = (delays: Record<string, number>) =>
  answerMeter(new Request(url, { method: 'POST', body: JSON.stringify(delays) }));
const counted = async () => (await answerMeter(new Request(url))).counts;

beforeEach(async () => {
  await set({});
});

describe('the commits of an object', () => {
  it('are one for what is written in one turn', async () => {
    const gate = new Gate();
    await gate.run(() => {
      gate.wrote();
      gate.wrote();
    });
    expect(await counted()).toMatchObject({ 'object commits': 1 });
  });

  it('are two for writes before and after an await', async () => {
    const gate = new Gate();
    await gate.run(async () => {
      gate.wrote();
      await sleep(5);
      gate.wrote();
    });
    expect(await counted()).toMatchObject({ 'object commits': 2 });
  });

  it('are none for an object that only reads', async () => {
    await new Gate().run(() => 'read');
    expect(await counted()).not.toHaveProperty('object commits');
  });
});

describe('the gate of an object', () => {
  const slowMs = 60;
  const took = async (work: () => Promise<unknown>): Promise<number> => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  };

  it('holds an answer back until what was written is on disk', async () => {
    await set({ commit: slowMs });
    const gate = new Gate();
    expect(await took(() => gate.run(() => gate.wrote()))).toBeGreaterThanOrEqual(slowMs - 1);
  });

  it('does not hold back the answer of one that only reads', async () => {
    // Longer than anything but a commit takes on a busy machine.
    const commitMs = 5_000;
    await set({ commit: commitMs });
    expect(await took(() => new Gate().run(() => 'read'))).toBeLessThan(commitMs);
  });

  it('is known to everything that runs in the object, and to nothing else', async () => {
    const gate = new Gate();
    expect(currentGate()).toBeUndefined();
    await gate.run(async () => {
      await sleep(1);
      expect(currentGate()).toBe(gate);
      expect(gate.isCurrent()).toBe(true);
    });
    expect(currentGate()).toBeUndefined();
  });
});
