/** Waits end when they should, and take as few timers as that needs. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Waits } from './waits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function observe(over: Promise<void>): () => boolean {
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  return () => isOver;
}

describe('waits of one object', () => {
  it('end in their own time, whichever was started first', async () => {
    const waits = new Waits();
    const long = observe(waits.start(12_000).over);
    const short = observe(waits.start(5_000).over);
    await vi.advanceTimersByTimeAsync(4_999);
    expect([short(), long()]).toEqual([false, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect([short(), long()]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(long()).toBe(true);
  });

  it('do not end when they were called off', async () => {
    const wait = new Waits().start(12_000);
    const isOver = observe(wait.over);
    wait.cancel();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(isOver()).toBe(false);
  });

  it('share a timer, also when each is called off before the next', async () => {
    const waits = new Waits();
    for (let checkout = 0; checkout < 1000; checkout += 1) {
      waits.start(12_000).cancel();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});
