/** Waits between tries, and times with offsets. */
import { expect, test } from 'vitest';
import { backoffMs, Timestamp } from './time.ts';

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
