/** Ids: sortable by the time they were made, typed by their prefix, and read back to that time. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase32, Id, type IdKind, madeAt, makeId, prefixes, sibling, sortableTail, toBase32 } from './ids.ts';

const random = fc.uint8Array({ minLength: 10, maxLength: 16 });
const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const kinds = Object.keys(prefixes) as IdKind[];

describe('an id', () => {
  test('sorts by the millisecond it was made in, whatever its random part', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, randomA, randomB) => {
        fc.pre(a < b);
        expect(sortableTail({ now: a, random: randomA }) < sortableTail({ now: b, random: randomB })).toBe(true);
      }),
    );
  });

  test('says when it was made', () => {
    fc.assert(
      fc.property(time, random, (now, bytes) => {
        expect(madeAt(makeId('order', { now, random: bytes }))).toBe(now);
      }),
    );
  });

  test('is a UUID of version 7', () => {
    fc.assert(
      fc.property(time, random, (now, bytes) => {
        const bits = fromBase32(sortableTail({ now, random: bytes })) ?? 0n;
        expect((bits >> 76n) & 15n).toBe(7n);
        expect((bits >> 62n) & 3n).toBe(2n);
        expect(bits < 2n ** 128n).toBe(true);
      }),
    );
  });

  test('differs when its random bytes do', () => {
    const tails = [0, 1, 2, 9].map((at) => {
      const bytes = new Uint8Array(10);
      bytes[at] = 1;
      return sortableTail({ now: 1, random: bytes });
    });
    expect(new Set([...tails, sortableTail({ now: 1, random: new Uint8Array(10) })]).size).toBe(5);
  });

  test.each(kinds)('of a %s passes its own schema and no other', (kind) => {
    const id = makeId(kind, { now: 1_800_000_000_000, random: new Uint8Array(10) });
    expect(id.startsWith(`${prefixes[kind]}_`)).toBe(true);
    expect(kinds.filter((other) => Id(other).safeParse(id).success)).toEqual([kind]);
  });

  test.each([
    ['', 'nothing'],
    ['prd_', 'no tail'],
    ['prd_01jd', 'too short'],
    [`prd_${'0'.repeat(27)}`, 'too long'],
    [`prd_8${'0'.repeat(25)}`, 'more than 128 bits'],
    [`prd_${'u'.repeat(26)}`, 'a letter that is not in the alphabet'],
    [`prd_${'0'.repeat(25)}A`, 'upper case'],
    [`prd_${'0'.repeat(26)}\n`, 'a line feed at the end'],
  ])('is not %j: %s', (text) => {
    expect(Id('product').safeParse(text).success).toBe(false);
  });
});

test.each(['', 'ord', 'ord_', 'ord_01jd', `ord_${'u'.repeat(26)}`])('%j was made at no time', (text) => {
  expect(madeAt(text)).toBeNull();
});

test('a checkout and its order share the rest of their ids', () => {
  expect(sibling('chk_01jd0w00', 'order')).toBe('ord_01jd0w00');
});

test('base 32 reads back as what was written, and knows what is not of it', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 40n - 1n }), (value) => {
      expect(fromBase32(toBase32(value, 8))).toBe(value);
    }),
  );
  for (const foreign of ['i', 'l', 'o', 'u', 'A', '-', ' ']) expect(fromBase32(foreign)).toBeNull();
});
