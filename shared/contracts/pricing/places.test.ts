/** Places that hold something: a range in which no postal code of its country lies is refused, at the end that is wrong. */
import { expect, test } from 'vitest';
import { Zone } from './places.ts';

const faultsOf = (country: string, from: string, to: string) =>
  Zone.safeParse({ country, postalCodes: [{ from, to }] }).error?.issues.map(({ path, message }) => [
    path.join('/'),
    message,
  ]) ?? [];

test.each([
  ['DE', '99999', '10000', 'to', 'No postal code lies between 99999 and 10000.'],
  ['DE', 'ABC', 'DEF', 'from', 'Postal codes of this country have digits only. One looks like'],
  ['DE', '10000', 'DEF', 'to', 'Postal codes of this country have digits only.'],
  ['DE', '10000', '199999', 'to', 'Postal codes of this country have 5 digits.'],
  ['GB', 'SW9', 'SW1', 'to', 'No postal code lies between SW9 and SW1.'],
  ['US', '902', '90100', 'to', 'No postal code lies between'],
])('of %s from %s to %s is refused at "%s"', (country, from, to, end, message) => {
  expect(faultsOf(country, from, to)).toEqual([[`postalCodes/0/${end}`, expect.stringContaining(message)]]);
});

test.each([
  ['DE', '10', '14'],
  ['DE', '10115', '10115'],
  ['DE', '1', '10999'],
  ['GB', 'SW1', 'SW9'],
  ['US', '90210', '90299-1234'],
  ['LV', '1000', 'LV-1099'],
  ['CA', 'K1A', 'K9Z'],
  ['HK', 'A', 'B'],
])('of %s from %s to %s is taken', (country, from, to) => {
  expect(faultsOf(country, from, to)).toEqual([]);
});

test('a blank region is one fault', () => {
  expect(Zone.safeParse({ country: 'DE', region: ' ' }).error?.issues).toHaveLength(1);
});
