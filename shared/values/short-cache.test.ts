/** The small cache of an isolate: nothing outlives its time, and it never grows past its size. */
import { expect, test } from 'vitest';
import { ShortCache } from './short-cache.ts';

test('an entry is there until its time is over', () => {
  const cache = new ShortCache<string>({ ttlMs: 10, bytesMax: 500 });
  cache.set('a', 'A', 100);
  expect([cache.get('a', 109), cache.get('a', 110)]).toEqual(['A', undefined]);
});

test('the entry that was set first goes when there are too many, and one that is set again is new', () => {
  const cache = new ShortCache<number>({ ttlMs: 10, bytesMax: 500 });
  cache.set('a', 1, 0);
  cache.set('b', 2, 0);
  cache.set('a', 3, 0);
  cache.set('c', 4, 0);
  expect(['a', 'b', 'c'].map((key) => cache.get(key, 1))).toEqual([3, undefined, 4]);
});
