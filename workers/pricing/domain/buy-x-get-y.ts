/**
 * "Buy X, get Y": as many whole sets as the cart holds. The dearest units are the bought ones, the cheapest of the rest are
 * reduced, ties to the first line, and a unit that is in a set, bought or reduced, serves in no other set. Lines are counted,
 * never unfolded into units, so a thousand units cost what one does.
 */

import type { Rounding } from '../../../shared/contracts/pricing/markets.ts';
import { parseRate } from '../../../shared/values/money.ts';
import { timesIn } from '../../../shared/values/quantity.ts';
import { assert } from '../../../shared/values/result.ts';
import type { BuyXGetY } from './promotion.ts';
import { type Cut, type LineLeft, shareOf } from './remaining.ts';

/** Units of a line that the sets use up. */
export interface UnitUse {
  readonly line: LineLeft;
  readonly quantity: number;
}

interface Candidate {
  readonly line: LineLeft;
  readonly mayBuy: boolean;
  readonly mayGet: boolean;
  free: number;
}

/** What the sets take off, at what the units are listed at, and which units they use. */
export function setsOf(
  { buy, get, maxSets }: BuyXGetY,
  lines: readonly LineLeft[],
  mode: Rounding['mode'],
): { readonly cuts: readonly Cut[]; readonly uses: readonly UnitUse[] } {
  assert(buy.quantity > 0 && get.quantity > 0, 'a set has bought and reduced units');
  const candidates = candidatesOf(lines, buy.keys, get.keys);
  const free = countFree(candidates);
  const sets = Math.min(
    timesIn(free.buy, buy.quantity),
    timesIn(free.get, get.quantity),
    timesIn(free.either, buy.quantity + get.quantity),
    maxSets ?? Number.POSITIVE_INFINITY,
  );
  if (sets === 0) return { cuts: [], uses: [] };

  const spare = free.get - sets * get.quantity;
  const bought = takeBought(candidates, sets * buy.quantity, spare);
  const reduced = takeReduced(candidates, sets * get.quantity);
  const rate = parseRate(get.rate);
  const cuts = reduced.map(({ line, quantity }) => ({
    entry: line,
    amountMinor: Math.min(line.leftMinor, shareOf(line, quantity, rate, mode)),
  }));
  return { cuts, uses: [...bought, ...reduced] };
}

/** The dearest units, but only as many of those that may also be reduced as leave enough of them for every set. */
function takeBought(candidates: readonly Candidate[], wanted: number, spareOfGet: number): UnitUse[] {
  const dearestFirst = [...candidates].sort((a, b) => b.line.unitPriceMinor - a.line.unitPriceMinor);
  let left = wanted;
  let spare = spareOfGet;
  return dearestFirst.flatMap((candidate) => {
    const most = candidate.mayGet ? Math.min(candidate.free, spare) : candidate.free;
    const quantity = candidate.mayBuy ? Math.min(most, left) : 0;
    candidate.free -= quantity;
    left -= quantity;
    if (candidate.mayGet) spare -= quantity;
    return quantity === 0 ? [] : [{ line: candidate.line, quantity }];
  });
}

function takeReduced(candidates: readonly Candidate[], wanted: number): UnitUse[] {
  const cheapestFirst = candidates
    .filter((candidate) => candidate.mayGet)
    .sort((a, b) => a.line.unitPriceMinor - b.line.unitPriceMinor);
  let left = wanted;
  return cheapestFirst.flatMap(({ line, free }) => {
    const quantity = Math.min(free, left);
    left -= quantity;
    return quantity === 0 ? [] : [{ line, quantity }];
  });
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
    const free = line.quantity - line.usedQuantity;
    return free > 0 && (mayBuy || mayGet) ? [{ line, mayBuy, mayGet, free }] : [];
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
