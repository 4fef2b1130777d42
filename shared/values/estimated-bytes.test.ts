/** The estimate follows the size of a value, and costs little however long its lists are. */
import { expect, test } from 'vitest';
import { estimatedBytes } from './estimated-bytes.ts';
import { PersistentMap } from './persistent-map.ts';

const line = (index: number) => ({
  lineId: `line_${index}`,
  title: 'A product with a title',
  quantity: 1,
  options: ['S'],
});
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index));

test('grows with the number of elements, of lists, maps and our own map', () => {
  const one = estimatedBytes(line(1_000));
  for (const count of [10, 100, 10_000]) {
    const entries = lines(count).map((value, index) => [`key ${index}`, value] as const);
    for (const collection of [lines(count), new Map(entries), PersistentMap.from(entries)]) {
      expect(estimatedBytes(collection)).toBeGreaterThan(0.9 * count * one);
      expect(estimatedBytes(collection)).toBeLessThan(1.8 * count * one);
    }
  }
});

test('is not below what the text of a value takes', () => {
  const value = { lines: lines(200), note: 'x'.repeat(5_000) };
  expect(estimatedBytes(value)).toBeGreaterThan(JSON.stringify(value).length);
});

test('knows nothing, flags, numbers and bytes', () => {
  expect([null, undefined, true].map(estimatedBytes)).toEqual([0, 0, 0]);
  expect(estimatedBytes(1)).toBe(16);
  expect(estimatedBytes(new Uint8Array(1_000))).toBe(1_016);
});
