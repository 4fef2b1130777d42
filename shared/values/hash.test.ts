/** The hash may never change: objects are found by it. */
import { expect, test } from 'vitest';
import { fnv1a } from './hash.ts';

test.each([
  ['', 0x811c9dc5],
  ['a', 0xe40c292c],
  ['foobar', 0xbf9cf968],
])('FNV-1a of %o is what its authors publish', (text, hash) => {
  expect(fnv1a(text)).toBe(hash);
});
