/** Maps with a bound in bytes: what was set longest ago goes, what is set again stays, and several may share a bound. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedMap, MemoryBudget } from './bounded-map.ts';

/** What an entry of two small numbers takes. */
const smallBytes = 200;

describe('a map', () => {
  test('lets go what was set longest ago, and what is set again is new', () => {
    const map = new BoundedMap<number, number>(2 * smallBytes);
    map.set(1, 1);
    map.set(2, 2);
    map.set(1, 3);
    map.set(4, 4);
    expect([1, 2, 4].map((key) => map.get(key))).toEqual([3, undefined, 4]);
  });

  test('keeps what is used', () => {
    const map = new BoundedMap<number, number>(2 * smallBytes);
    map.set(1, 1);
    map.set(2, 2);
    expect([map.use(1), map.use(7)]).toEqual([1, undefined]);
    map.set(3, 3);
    expect([1, 2, 3].map((key) => map.has(key))).toEqual([true, false, true]);
  });

  test('counts bytes, not entries', () => {
    const map = new BoundedMap<string, string>(100_000);
    for (let index = 0; index < 200; index += 1) map.set(`small ${index}`, 'x');
    expect(map.size).toBe(200);
    map.set('large', 'x'.repeat(90_000));
    expect(map.size).toBeLessThan(60);
    expect([map.has('small 0'), map.has('small 199'), map.has('large')]).toEqual([false, true, true]);
  });

  test('does not keep what is larger than its bound, nor the older value under that key', () => {
    const map = new BoundedMap<string, string>(10_000);
    map.set('other', 'kept');
    map.set('a', 'small');
    map.set('a', 'x'.repeat(20_000));
    expect([map.get('a'), map.get('other')]).toEqual([undefined, 'kept']);
  });

  test('whatever is set and deleted, it holds the newest entries and no more than it may', () => {
    const keys = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.tuple(fc.boolean(), keys)), (sizeMax, steps) => {
        const budget = new MemoryBudget(sizeMax * smallBytes);
        const map = new BoundedMap<number, number>(budget);
        let expected: number[] = [];
        for (const [isSet, key] of steps) {
          expected = expected.filter((one) => one !== key);
          if (isSet) {
            map.set(key, key);
            expected = [...expected, key].slice(-sizeMax);
          } else map.delete(key);
        }
        expect(map.size).toBe(expected.length);
        expect(budget.bytes).toBeLessThanOrEqual(budget.bytesMax);
        for (let key = 0; key <= 6; key += 1) expect(map.has(key)).toBe(expected.includes(key));
        map.clear();
        expect([map.size, budget.bytes]).toEqual([0, 0]);
      }),
    );
  });
});

test('maps that share a budget let go the oldest entry of all of them', () => {
  const budget = new MemoryBudget(3 * smallBytes);
  const [first, second] = [new BoundedMap<number, number>(budget), new BoundedMap<number, number>(budget)];
  first.set(1, 1);
  second.set(1, 1);
  first.set(2, 2);
  second.set(2, 2);
  expect([first.has(1), first.has(2), second.has(1), second.has(2)]).toEqual([false, true, true, true]);
  expect(budget.bytes).toBeLessThanOrEqual(budget.bytesMax);
});
