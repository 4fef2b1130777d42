/** A Map with a bound: what was set longest ago goes, what is set again stays. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

test('the entry that was set longest ago makes room, and one that is set again is new', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4]);
});

test('an entry that is set again pushes none out', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('b', 3);
  expect([map.get('a'), map.get('b'), map.size]).toEqual([1, 3, 2]);
});

test('whatever is set and deleted, it holds the newest entries and no more than it may', () => {
  const keys = fc.integer({ min: 0, max: 6 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.tuple(fc.boolean(), keys)), (sizeMax, steps) => {
      const map = new BoundedMap<number, number>(sizeMax);
      let expected: number[] = [];
      for (const [isSet, key] of steps) {
        expected = expected.filter((one) => one !== key);
        if (isSet) {
          map.set(key, key);
          expected = [...expected, key].slice(-sizeMax);
        } else map.delete(key);
      }
      expect(map.size).toBe(expected.length);
      for (let key = 0; key <= 6; key += 1) expect(map.has(key)).toBe(expected.includes(key));
    }),
  );
});
