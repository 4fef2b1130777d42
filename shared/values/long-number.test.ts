/** A field that is made for long numbers is found by its path, whatever is wrapped around it. */
import { expect, test } from 'vitest';
import * as z from 'zod';
import { forLongNumbers, longNumberAt } from './long-number.ts';

const Barcode = forLongNumbers(z.string(), 'a barcode');
const Thing = z
  .strictObject({
    barcode: Barcode.nullable().optional(),
    free: z.string(),
    variants: z.array(z.strictObject({ barcode: Barcode.default('') })).optional(),
    either: z.union([z.strictObject({ a: z.string() }), z.strictObject({ barcode: Barcode })]),
    kinds: z.discriminatedUnion('kind', [z.object({ kind: z.literal('x'), code: Barcode })]),
    byName: z.record(z.string(), Barcode),
    piped: Barcode.transform((value) => value.trim()),
  })
  .refine(() => true);

test.each([
  [['barcode'], 'a barcode'],
  [['variants', '3', 'barcode'], 'a barcode'],
  [['either', 'barcode'], 'a barcode'],
  [['kinds', 'code'], 'a barcode'],
  [['byName', 'any'], 'a barcode'],
  [['piped'], 'a barcode'],
  [['free'], null],
  [['either', 'a'], null],
  [['constructor'], null],
  [['barcode', 'deeper'], null],
  [[], null],
])('%j is made for %s', (path, name) => {
  expect(longNumberAt(Thing, path)).toBe(name);
});

test('nothing is known of a body without a schema', () => {
  expect(longNumberAt(undefined, [])).toBeNull();
});
