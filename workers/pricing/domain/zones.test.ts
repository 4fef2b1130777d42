/** Which addresses lie in a zone, by country, region and the beginning of the postal code. */
import { expect, test } from 'vitest';
import { liesIn } from './zones.ts';

const within = (postalCode: string | null, from: string, to: string) =>
  liesIn({ country: 'US', region: null, postalCode }, { country: 'US', region: null, postalCodes: [{ from, to }] });

test.each([
  ['90210', '90000', '90299', true],
  ['90210-1234', '90000', '90299', true],
  ['902101234', '90000', '90299', true],
  ['90300', '90000', '90299', false],
  ['90300-0001', '90000', '90299', false],
  ['9', '90000', '90299', false],
  ['99', '10000', '99999', false],
  ['sw1a 1aa', 'SW1', 'SW9', true],
  ['SE1 7PB', 'SW1', 'SW9', false],
  [null, '90000', '90299', false],
] as const)('%s between %s and %s: %s', (code, from, to, isInside) => {
  expect(within(code, from, to)).toBe(isInside);
});
