/** A neighbour is given up on in time, and one that answered leaves a timer behind that does nothing. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withDeadline } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a deadline', () => {
  it('ends the waiting for an answer that does not come', async () => {
    const waiting = withDeadline(new Promise(() => {}), 5_000);
    const outcome = expect(waiting).rejects.toThrow('no answer within 5000 ms');
    await vi.advanceTimersByTimeAsync(5_000);
    await outcome;
  });

  it('lets the timer of an answer ring, because the runtime never forgets one that is cleared', async () => {
    expect(await withDeadline(Promise.resolve('answer'), 5_000)).toBe('answer');
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes a failure on', async () => {
    await expect(withDeadline(Promise.reject(new Error('broken')), 5_000)).rejects.toThrow('broken');
  });
});
