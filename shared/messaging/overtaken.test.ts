/** Writers that compare before they write: how many get through, and what becomes of one that never does. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isPassing } from '../http/passing.ts';
import { untilKept } from './overtaken.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A register where a write counts only when it was decided on what is there. Reading and writing take a moment each. */
function register() {
  let value = 0;
  const pause = () => new Promise((resolve) => setImmediate(resolve));
  const add = async (): Promise<number | 'overtaken'> => {
    const found = value;
    await pause();
    if (value !== found) return 'overtaken';
    value += 1;
    await pause();
    return value;
  };
  return { add, value: () => value };
}

describe('writers of one thing', () => {
  test('all get through, a hundred at once', async () => {
    const { add, value } = register();
    const kept = await Promise.all(Array.from({ length: 100 }, () => untilKept(add)));
    expect(value()).toBe(100);
    expect(new Set(kept).size).toBe(100);
  });

  test('are told to come back when others write all the time', async () => {
    vi.useFakeTimers();
    const failed = untilKept(() => Promise.resolve('overtaken' as const)).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(isPassing(await failed)).toBe(true);
  });
});
