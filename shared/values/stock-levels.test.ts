/** What can be sold of stock at several places. */
import { expect, test } from 'vitest';
import { sellableOf, shortfallOf } from './stock-levels.ts';

const level = (onHand: number, committed = 0, safety?: number) => ({ onHand, held: 0, committed, safety });

test.each([
  ['nothing', [], 0],
  ['what is free at all places', [level(3), level(4, 1)], 6],
  ['what a neighbor has, beside a place that owes', [level(2, 5), level(5)], 5],
  ['what a neighbor has, beside a place that keeps more back than it has', [level(1, 0, 4), level(2)], 2],
  ['less than nothing, where all that there is is owed', [level(2, 5), level(0)], -3],
])('sells %s', (_what, levels, sellable) => {
  expect(sellableOf(levels)).toBe(sellable);
});

test('a shortfall is what claims exceed, without what is kept back', () => {
  expect([level(2, 5), level(5, 2, 9)].map(shortfallOf)).toEqual([3, 0]);
});
