/** Objects that ask at nearly the same time share a call, and none of them depends on another one that has ended. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerMs, gatherMs, SharedCalls } from './shared-calls.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function calls(limits = { itemsMax: 10, weightMax: 100 }) {
  const made: (readonly string[])[] = [];
  const call = async (items: readonly string[]) => {
    made.push(items);
    return items.length;
  };
  return { shared: new SharedCalls<string, number>(limits), made, call };
}

describe('what several askers want', () => {
  test('goes in one call, whose answer all of them get', async () => {
    const { shared, made, call } = calls();
    const answers = Promise.all([shared.ask(['a'], 1, call), shared.ask(['b', 'c'], 1, call)]);
    await vi.advanceTimersByTimeAsync(gatherMs);
    expect(await answers).toEqual([3, 3]);
    expect(made).toEqual([['a', 'b', 'c']]);
  });

  test('goes in calls of its own when it comes later', async () => {
    const { shared, made, call } = calls();
    const first = shared.ask(['a'], 1, call);
    await vi.advanceTimersByTimeAsync(gatherMs);
    const second = shared.ask(['b'], 1, call);
    await vi.advanceTimersByTimeAsync(gatherMs);
    await Promise.all([first, second]);
    expect(made).toEqual([['a'], ['b']]);
  });

  test.each([
    ['items', 9, 1],
    ['weight', 1, 99],
  ])('never passes the most that a call takes: %s', async (_what, count, weight) => {
    const { shared, made, call } = calls();
    const many = Array.from({ length: count }, (_, index) => `x${index}`);
    const all = Promise.all([shared.ask(many, weight, call), shared.ask(['b', 'c'], 2, call)]);
    await vi.advanceTimersByTimeAsync(gatherMs);
    await all;
    expect(made).toEqual([many, ['b', 'c']]);
  });

  test('fails for all of them when the call fails, and for nobody after that', async () => {
    const { shared, call } = calls();
    const down = async () => Promise.reject(new Error('down'));
    const both = Promise.allSettled([shared.ask(['a'], 1, down), shared.ask(['b'], 1, call)]);
    await vi.advanceTimersByTimeAsync(gatherMs);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const later = shared.ask(['c'], 1, call);
    await vi.advanceTimersByTimeAsync(gatherMs);
    expect(await later).toBe(1);
  });
});

describe('an object that ends before it has made the call', () => {
  test('lets down those who joined it for a while, and nobody who comes later', async () => {
    const { shared, made, call } = calls();
    void shared.ask(['a'], 1, call);
    const joined = shared.ask(['b'], 1, call).catch((error: Error) => error.message);
    // Its timer never fires.
    vi.clearAllTimers();
    vi.setSystemTime(Date.now() + 2 * gatherMs);
    const later = shared.ask(['c'], 1, call);
    await vi.advanceTimersByTimeAsync(gatherMs);
    expect(await later).toBe(1);
    expect(made).toEqual([['c']]);
    void joined;
  });

  test('is waited for no longer than an answer may take', async () => {
    const { shared, call } = calls();
    void shared.ask(['a'], 1, () => new Promise(() => undefined));
    const joined = shared.ask(['b'], 1, call).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(answerMs);
    expect(await joined).toContain('no answer within');
  });
});
