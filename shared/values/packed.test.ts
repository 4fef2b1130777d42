/** What travels as text arrives as it left. */
import { expect, test } from 'vitest';
import { pack, unpack } from './packed.ts';

test('plain data arrives as it left, and a field without a value does not arrive', () => {
  const value = { ok: true, value: { lines: [{ id: 'a', amountMinor: 1990, note: null }], ключ: '“x”\u2028' } };
  expect(unpack(pack({ ...value, left: undefined }))).toStrictEqual(value);
  expect(unpack(pack(null))).toBeNull();
});
