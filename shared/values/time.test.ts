/** Waits between tries, and times with offsets. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, dayMs, Timestamp, toTimestamp } from './time.ts';

test.each([
  [0, 500],
  [1, 1_000],
  [3, 4_000],
  [4, 5_000],
  // Far beyond what a number can double.
  [5_000, 5_000],
])('after %i tries in vain the next one comes after %i ms', (tries, waitMs) => {
  expect(backoffMs(500, tries, 5_000)).toBe(waitMs);
});

test.each([
  ['2027-01-31T08:00:00Z', '2027-01-31T08:00:00Z'],
  ['2027-01-31T09:00:00+01:00', '2027-01-31T08:00:00.000Z'],
  ['2027-01-01T00:30:00+05:45', '2026-12-31T18:45:00.000Z'],
  ['2027-01-31T02:00:00.5-06:00', '2027-01-31T08:00:00.500Z'],
])('%s is the moment %s', (given, utc) => {
  expect(Timestamp.parse(given)).toBe(utc);
  expect(Timestamp.parse(utc)).toBe(utc);
});

test.each(['2027-01-31T08:00:00', '2027-01-31', '2027-02-30T08:00:00+01:00', '2027-01-31T08:00:00+25:00', 'tomorrow'])(
  '%s is no moment',
  (given) => {
    expect(Timestamp.safeParse(given).success).toBe(false);
  },
);

test('a time is written as the platform writes it, whatever was written before', () => {
  const moment = fc.oneof(
    fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
    fc.integer({ min: 1_790_000_000_000, max: 1_790_000_000_000 + 2 * dayMs }),
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.constantFrom(-1, 0, 1, dayMs - 1, dayMs, -dayMs, 0.5, -0.5),
  );
  fc.assert(
    fc.property(fc.array(moment, { minLength: 1, maxLength: 5 }), (moments) => {
      expect(moments.map(toTimestamp)).toEqual(moments.map((one) => new Date(one).toISOString()));
    }),
  );
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => toTimestamp(none)).toThrow(RangeError);
});
