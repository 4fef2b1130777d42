/**
 * Stock at several places: what is free at each, and what can be promised of all. A place that owes more than it has is short
 * by itself: it takes nothing away from another place, whose goods can still be sold.
 */

/** Where the opening quantity of a unit lies, and which location is meant when a request names none. */
export const locationDefault = 'loc_main';

/** Claims on the goods at one place. */
export interface ClaimedLevel {
  readonly onHand: number;
  readonly held: number;
  readonly committed: number;
}

/** What nobody has a claim on at a location; negative where more is promised or kept back than is there. */
export function freeOf({ onHand, held, committed }: ClaimedLevel, safety = 0): number {
  return onHand - held - committed - safety;
}

/** By how much the claims at one place exceed what is there; 0 where they do not. What is kept back is no claim. */
export function shortfallOf({ onHand, held, committed }: ClaimedLevel): number {
  return Math.max(0, held + committed - onHand);
}

/**
 * What a shop can sell, to be compared with a floor: the sum of what is free; where nothing is, what is owed, as a negative
 * number.
 */
export function sellableOf(levels: readonly (ClaimedLevel & { readonly safety?: number | undefined })[]): number {
  let free = 0;
  let owed = 0;
  for (const { safety, ...level } of levels) {
    const left = freeOf(level, safety);
    if (left > 0) free += left;
    else owed -= left;
  }
  return free > 0 || owed === 0 ? free : -owed;
}
