/**
 * "Buy X, get Y": as many whole sets as the cart holds. The dearest units are the bought ones, the cheapest of the rest are
 * reduced, ties to the first line, and a unit that is in a set, bought or reduced, serves in no other set. Dear and cheap are
 * listed prices; what a reduced unit is worth is what earlier promotions left of it. Lines are counted, never unfolded into
 * units, so a thousand units cost what one does.
 */

import type { Rounding } from '../../../shared/contracts/pricing/markets.ts';
import type { Fraction } from '../../../shared/values/money.ts';
import { timesIn } from '../../../shared/values/quantity.ts';
import { assert } from '../../../shared/values/result.ts';
import type { BuyXGetY } from './promotion.ts';
import type { LineCut, LineLeft } from './remaining.ts';
import { cutOfSet, openQuantity } from './units.ts';

interface Candidate {
  readonly line: LineLeft;
  readonly mayBuy: boolean;
  readonly mayGet: boolean;
  free: number;
  bought: number;
  reduced: number;
}

/**
 * What the sets take off the lines whose units serve in them, by the rate of the reduced units. It may be nothing where only
 * bought units are of a line.
 */
export function setsOf(
  { buy, get, maxSets }: BuyXGetY,
  rate: Fraction,
  lines: readonly LineLeft[],
  mode: Rounding['mode'],
): readonly LineCut[] {
  assert(buy.quantity > 0 && get.quantity > 0, 'a set has bought and reduced units');
  const candidates = candidatesOf(lines, buy.keys, get.keys);
  const free = countFree(candidates);
  const sets = Math.min(
    timesIn(free.buy, buy.quantity),
    timesIn(free.get, get.quantity),
    timesIn(free.either, buy.quantity + get.quantity),
    maxSets ?? Number.POSITIVE_INFINITY,
  );
  if (sets === 0) return [];

  takeBought(candidates, sets * buy.quantity, free.get - sets * get.quantity);
  takeReduced(candidates, sets * get.quantity);
  return candidates
    .filter(({ bought, reduced }) => bought + reduced > 0)
    .map((served) => ({ entry: served.line, ...cutOfSet(served.line, served, rate, mode) }));
}

/** The dearest units, but only as many of those that may also be reduced as leave enough of them for every set. */
function takeBought(candidates: readonly Candidate[], wanted: number, spareOfGet: number): void {
  const dearestFirst = [...candidates].sort((a, b) => b.line.unitPriceMinor - a.line.unitPriceMinor);
  let left = wanted;
  let spare = spareOfGet;
  for (const candidate of dearestFirst) {
    if (!candidate.mayBuy) continue;
    const most = candidate.mayGet ? Math.min(candidate.free, spare) : candidate.free;
    candidate.bought = Math.min(most, left);
    candidate.free -= candidate.bought;
    left -= candidate.bought;
    if (candidate.mayGet) spare -= candidate.bought;
  }
}

function takeReduced(candidates: readonly Candidate[], wanted: number): void {
  const cheapestFirst = candidates
    .filter((candidate) => candidate.mayGet)
    .sort((a, b) => a.line.unitPriceMinor - b.line.unitPriceMinor);
  let left = wanted;
  for (const candidate of cheapestFirst) {
    candidate.reduced = Math.min(candidate.free, left);
    candidate.free -= candidate.reduced;
    left -= candidate.reduced;
  }
}

function candidatesOf(
  lines: readonly LineLeft[],
  buyKeys: readonly string[] | null,
  getKeys: readonly string[] | null,
): Candidate[] {
  const toBuy = buyKeys === null ? null : new Set(buyKeys);
  const toGet = getKeys === null ? null : new Set(getKeys);
  return lines.flatMap((line) => {
    const mayBuy = toBuy === null || toBuy.has(line.key);
    const mayGet = toGet === null || toGet.has(line.key);
    const free = openQuantity(line);
    return free > 0 && (mayBuy || mayGet) ? [{ line, mayBuy, mayGet, free, bought: 0, reduced: 0 }] : [];
  });
}

function countFree(candidates: readonly Candidate[]): { buy: number; get: number; either: number } {
  const free = { buy: 0, get: 0, either: 0 };
  for (const candidate of candidates) {
    if (candidate.mayBuy) free.buy += candidate.free;
    if (candidate.mayGet) free.get += candidate.free;
    free.either += candidate.free;
  }
  return free;
}
