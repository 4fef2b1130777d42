/** Whether an address lies in a zone that a merchant has named. */
import type { Zone } from '../../../shared/contracts/pricing/places.ts';

export interface Place {
  readonly country: string;
  readonly region: string | null;
  readonly postalCode: string | null;
}

/** A zone that asks for more than the address says does not hold it. */
export function liesIn({ country, region, postalCode }: Place, zone: Zone): boolean {
  if (zone.country !== country) return false;
  if (zone.region !== null && (region === null || plain(region) !== plain(zone.region))) return false;
  if (zone.postalCodes.length === 0) return true;
  if (postalCode === null) return false;
  const code = plain(postalCode);
  return zone.postalCodes.some(({ from, to }) => isBetween(code, plain(from), plain(to)));
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

function plain(text: string): string {
  return text.replace(/[\s-]+/g, '').toUpperCase();
}
