/** Which addresses lie in a zone, by country, region and the beginning of the postal code, and what must be known to say so. */
import { expect, test } from 'vitest';
import { liesIn, openDetails } from './zones.ts';

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

test('the letters of a country before its digits do not count', () => {
  const riga = { country: 'LV', region: null, postalCode: 'LV-1010' };
  const isIn = (from: string, to: string) => liesIn(riga, { country: 'LV', region: null, postalCodes: [{ from, to }] });
  expect([isIn('1000', '1099'), isIn('LV-1000', 'LV-1099'), isIn('1100', '1199')]).toEqual([true, true, false]);
});

const spain = (region: string | null, postalCode: string | null = null) => ({ country: 'ES', region, postalCode });
const zone = (region: string | null, ...postalCodes: { from: string; to: string }[]) => {
  return { country: 'ES', region, postalCodes };
};
const canaries = zone('ES-CN');
const north = { from: '35000', to: '35099' };

test('a zone holds what lies in its region', () => {
  expect([spain('ES-GC'), spain('ES-CN'), spain('ES-B'), spain(null)].map((place) => liesIn(place, canaries))).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  [spain(null), canaries, ['region']],
  [spain('ES-GC'), canaries, []],
  [spain('ES-B'), canaries, []],
  // An address that names only the larger region says too little of a zone in it.
  [spain('ES-CN'), zone('ES-GC'), ['region']],
  [spain(null), zone(null, north), ['postalCode']],
  [spain(null, '35001'), zone(null, north), []],
  [spain(null, '28001'), zone('ES-GC', north), []],
  [spain(null), zone('ES-GC', north), ['region', 'postalCode']],
  [spain('ES-B'), zone('ES-GC', north), []],
  [spain(null), { country: 'PT', region: 'PT-20', postalCodes: [] }, []],
  [spain(null), zone(null), []],
])('of %j in %j remains open %j', (place, asked, open) => {
  expect(openDetails(place, asked)).toEqual(open);
});
