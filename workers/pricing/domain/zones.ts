/**
 * Whether an address lies in a zone that a merchant has named, and what more of the address must be known before one can say.
 * Regions are codes of ISO 3166-2 on both sides; a zone of a region holds what lies in it, such as a province.
 */
import type { PlaceDetail } from '../../../shared/contracts/pricing/api.ts';
import type { Zone } from '../../../shared/contracts/pricing/places.ts';
import { liesInRegion } from '../../../shared/values/countries.ts';
import { comparedPostalCode } from '../../../shared/values/postal-codes.ts';

export interface Place {
  readonly country: string;
  readonly region: string | null;
  readonly postalCode: string | null;
}

/** A zone that asks for more than the address says does not hold it. */
export function liesIn(place: Place, zone: Zone): boolean {
  return zone.country === place.country && byRegion(place, zone) === 'inside' && byPostalCode(place, zone) === 'inside';
}

/** What would have to be known of a place to say whether it lies in a zone; nothing where that can be said. */
export function openDetails(place: Place, zone: Zone): readonly PlaceDetail[] {
  if (zone.country !== place.country) return [];
  const [region, postalCode] = [byRegion(place, zone), byPostalCode(place, zone)];
  if (region === 'outside' || postalCode === 'outside') return [];
  return [
    ...(region === 'open' ? (['region'] as const) : []),
    ...(postalCode === 'open' ? (['postalCode'] as const) : []),
  ];
}

type Answer = 'inside' | 'outside' | 'open';

function byRegion({ country, region }: Place, zone: Zone): Answer {
  if (zone.region === null) return 'inside';
  if (region === null) return 'open';
  if (liesInRegion(country, region, zone.region)) return 'inside';
  // An address that names only the larger region says too little.
  return liesInRegion(country, zone.region, region) ? 'open' : 'outside';
}

function byPostalCode({ country, postalCode }: Place, { postalCodes }: Zone): Answer {
  if (postalCodes.length === 0) return 'inside';
  if (postalCode === null) return 'open';
  const plain = (text: string): string => comparedPostalCode(country, text);
  const code = plain(postalCode);
  return postalCodes.some(({ from, to }) => isBetween(code, plain(from), plain(to))) ? 'inside' : 'outside';
}

/**
 * Whether a code begins with what lies between two bounds: `90210-1234` lies between `90000` and `90299`, and `SW1A 1AA`
 * between `SW1` and `SW9`. A code that is shorter than the bounds says too little.
 */
function isBetween(code: string, from: string, to: string): boolean {
  return (
    code.length >= Math.max(from.length, to.length) &&
    from <= code.slice(0, from.length) &&
    code.slice(0, to.length) <= to
  );
}
