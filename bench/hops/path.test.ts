/** The length of a critical path is read off answers that were made slow, whatever else the machine does. */
import { describe, expect, it } from 'vitest';
import { isSettled, serialHops } from './path.ts';

/** An answer behind so many hops: each takes some time by itself, and so does the rest. */
const took = (hops: number, delayMs: number): number => 7 + hops * (delayMs + 1.2);

describe('the length of a path', () => {
  it.each([0, 1, 5, 41])('of %i hops is found whatever a hop takes by itself', (hops) => {
    const timing = (delayMs: number) => ({ delayMs, tookMs: [took(hops, delayMs)] });
    expect(serialHops(timing(20), timing(100))).toBeCloseTo(hops);
  });

  it('does not grow when some tries were disturbed', () => {
    const timing = (delayMs: number) => ({ delayMs, tookMs: [took(3, delayMs) + 200, took(3, delayMs)] });
    expect(serialHops(timing(20), timing(100))).toBeCloseTo(3);
  });

  it('counts hops side by side once', () => {
    const slowest = (delayMs: number) => Math.max(took(2, delayMs), took(1, delayMs), took(1, delayMs));
    const timing = (delayMs: number) => ({ delayMs, tookMs: [slowest(delayMs)] });
    expect(serialHops(timing(20), timing(100))).toBeCloseTo(2);
  });
});

describe('tries of one measurement', () => {
  it.each([
    ['none', [], false],
    ['one', [20], false],
    ['two that agree', [20, 22], true],
    ['two of which one was disturbed', [20, 60], false],
    ['three of which one was disturbed', [20, 60, 21], true],
    ['long ones that agree as well as long ones can', [2000, 2019], true],
    ['long ones that do not', [2000, 2030], false],
  ])('are enough or not: %s', (_, tookMs, isEnough) => {
    expect(isSettled(tookMs)).toBe(isEnough);
  });
});
