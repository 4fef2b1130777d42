/** Cells that say what a bundle is made of. */
import { expect, test } from 'vitest';
import { bundleCell, bundleIn } from './bundle-cells.ts';

test.each([
  [[{ sku: 'MUG', quantity: 2 }], 'MUG x 2'],
  [
    [
      { sku: 'A x 3', quantity: 1 },
      { sku: 'B', quantity: 12 },
    ],
    'A x 3 x 1; B x 12',
  ],
  [
    [
      { sku: 'A; B x 2', quantity: 1 },
      { sku: '2" pipe', quantity: 3 },
    ],
    '"A; B x 2" x 1; "2"" pipe" x 3',
  ],
])('%j is written %s, and read back', (components, cell) => {
  expect(bundleCell(components)).toBe(cell);
  expect(bundleIn(cell)).toEqual(components);
});

test.each(['', 'MUG', 'MUG x', 'MUG x 2; SPOON', 'MUG x two', '"MUG x 2', 'MUG x 2, SPOON x 1; x 3'])(
  '"%s" names no components',
  (cell) => {
    expect(bundleIn(cell)).toBeNull();
  },
);
