/** How many whole sets a quantity makes. */
import { expect, test } from 'vitest';
import { timesIn } from './quantity.ts';

test.each([
  [0, 3, 0],
  [2, 3, 0],
  [3, 3, 1],
  [11, 3, 3],
  [Number.MAX_SAFE_INTEGER, 1, Number.MAX_SAFE_INTEGER],
])('%i holds %i whole: %i times', (quantity, size, times) => {
  expect(timesIn(quantity, size)).toBe(times);
});
