/** Waits between tries. */
import { expect, test } from 'vitest';
import { backoffMs } from './time.ts';

test.each([
  [0, 500],
  [1, 1_000],
  [3, 4_000],
  [4, 5_000],
  // Far beyond what a number can double.
  [5_000, 5_000],
])('after %i tries in vain the next one comes after %i ms', (tries, waitMs) => {
  expect(backoffMs(500, tries, 5_000)).toBe(waitMs);
});
