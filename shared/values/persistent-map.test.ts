/** The immutable map: it answers as a plain map does, and no copy ever changes another. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PersistentMap } from './persistent-map.ts';

const change = fc.record({ isDelete: fc.boolean(), key: fc.string({ maxLength: 3 }), value: fc.nat() });

test('a persistent map holds what a plain map holds after any changes', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60, size: 'max' }), (changes) => {
      const plain = new Map<string, number>();
      let map = PersistentMap.empty<number>();
      for (const { isDelete, key, value } of changes) {
        const before = JSON.stringify([...map]);
        const after = isDelete ? map.delete(key) : map.set(key, value);
        expect(JSON.stringify([...map])).toBe(before);
        if (isDelete) plain.delete(key);
        else plain.set(key, value);
        map = after;
        expect([map.size, map.get(key), map.has(key)]).toEqual([plain.size, plain.get(key), plain.has(key)]);
      }
      const sorted = (entries: Iterable<readonly [string, number]>) =>
        [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
      expect(sorted(map)).toEqual(sorted(plain));
      expect(sorted(PersistentMap.from<number>(JSON.parse(JSON.stringify(map))))).toEqual(sorted(plain));
    }),
  );
});

test('the later of two entries with one key counts, and counts once', () => {
  const map = PersistentMap.from([
    ['a', 1],
    ['a', 2],
  ]);
  expect([map.size, map.get('a')]).toEqual([1, 2]);
});

test('names of an object are keys like any other', () => {
  const map = PersistentMap.empty<number>().set('__proto__', 1).set('constructor', 2);
  expect([map.get('__proto__'), map.get('toString'), map.size]).toEqual([1, undefined, 2]);
});
