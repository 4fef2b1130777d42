/** Whether an address lies in a zone that a merchant has named. */
import type { Zone } from '../../../shared/contracts/pricing-places.ts';

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

/** Digits and letters of one length sort as the codes do; `99` does not lie between `10000` and `99999`. */
function isBetween(code: string, from: string, to: string): boolean {
  return code.length === from.length && code.length === to.length && from <= code && code <= to;
}

function plain(text: string): string {
  return text.replace(/[\s-]+/g, '').toUpperCase();
}
