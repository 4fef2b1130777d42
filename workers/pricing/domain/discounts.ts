/**
 * Promotions on a cart, in the given order, each on what the earlier ones left. A fraction of a minor unit is rounded once,
 * with the mode of the market, and a discount on several entries is spread over what is left of them by largest remainder.
 */

import type { Rounding } from '../../../shared/contracts/pricing/markets.ts';
import { allocate } from '../../../shared/values/allocation.ts';
import { type Fraction, parseRate, roundFraction, sumOf } from '../../../shared/values/money.ts';
import { assert, unreachable } from '../../../shared/values/result.ts';
import { setsOf } from './buy-x-get-y.ts';
import type { Discount } from './cart.ts';
import type {
  Choice,
  Conditions,
  Minimum,
  Offer,
  Promotion,
  Scope,
  TieredOffOrder,
  UnitsOf,
  UnitsOfOrder,
} from './promotion.ts';
import { type Cut, type EntryLeft, type LineCut, type LineLeft, leftOf, type Remaining, takeOff } from './remaining.ts';
import { cutOfEach, cutOfGift, type UnitOff, worthyQuantity } from './units.ts';

type Mode = Rounding['mode'];

interface Effect {
  readonly cuts: readonly (Cut | LineCut)[];
  /** Of the step that was reached, where the offer has several. */
  readonly stepRate?: string;
}

interface Acted {
  /** One per promotion that took something off. */
  readonly discounts: readonly Discount[];
  /**
   * The promotions that would make more units free than the cart has: their turn came, their conditions held, and nothing
   * that acts alone came before. One counts as taken for the next, so that all of them can be taken together.
   */
  readonly openGifts: readonly string[];
  /** The promotions whose turn came when too little was left of the lines for them. */
  readonly belowMinimum: readonly BelowMinimum[];
}

interface BelowMinimum {
  readonly promotionKey: string;
  /** The first of its thresholds that was not reached. */
  readonly minimumMinor: number;
  readonly isOfItems?: true;
}

/** Lets every promotion act on what remains. */
export function applyPromotions(
  remaining: Remaining,
  promotions: readonly Promotion[],
  codes: readonly string[],
  mode: Mode,
): Acted {
  const given = new Set(codes);
  const discounts: Discount[] = [];
  const openGifts: string[] = [];
  const belowMinimum: BelowMinimum[] = [];
  let isGiftAlone = false;
  let isClosed = false;
  for (const promotion of promotions) {
    if (isClosed && promotion.isByHand !== true) continue;
    const isExclusive = promotion.isExclusive === true;
    if ((isExclusive && discounts.length > 0) || !doHold(promotion.conditions, remaining, given)) continue;
    const { cuts, stepRate } = effectOf(promotion, remaining, mode);
    const missed = missedMinimum(promotion, remaining, cuts);
    if (missed !== null) {
      const ofItems = missed.isOfItems === true ? ({ isOfItems: true } as const) : {};
      belowMinimum.push({ promotionKey: promotion.key, minimumMinor: missed.minMinor, ...ofItems });
      continue;
    }
    if (lacksUnits(promotion) && !isGiftAlone && !(isExclusive && openGifts.length > 0)) {
      openGifts.push(promotion.key);
      isGiftAlone = isExclusive;
    }
    const real = cuts.filter((cut) => cut.amountMinor > 0);
    if (real.length === 0) continue;
    takeOff(remaining, cuts);
    const discount = discountOf(promotion.key, real);
    discounts.push(stepRate === undefined ? discount : { ...discount, stepRate });
    isClosed ||= isExclusive;
  }
  return { discounts, openGifts, belowMinimum };
}

function lacksUnits(offer: Offer): boolean {
  return offer.kind === 'freeUnits' && offer.lacking > 0;
}

function discountOf(promotionKey: string, cuts: readonly Cut[]): Discount {
  const allocations = cuts.map(({ entry: { from, key }, amountMinor }) => ({ from, key, amountMinor }));
  return { promotionKey, amountMinor: sumOf(allocations.map(({ amountMinor }) => amountMinor)), allocations };
}

/** The first threshold that is missed. A gift never helps to reach its own threshold: what it makes free does not count. */
function missedMinimum(
  { kind, conditions: { minSubtotalMinor, minimums = [] } }: Promotion,
  { lines, subtotalMinor }: Remaining,
  cuts: readonly Cut[],
): Minimum | null {
  const own = kind === 'freeUnits' ? cuts : [];
  const isMissed = ({ keys, minMinor }: Minimum): boolean => {
    const counted = keys === null ? null : new Set(keys);
    const counts = ({ key }: { readonly key: string }) => counted?.has(key) ?? true;
    const leftMinor = counted === null ? subtotalMinor : leftOf(lines.filter(counts));
    const ownMinor = sumOf(own.map(({ entry, amountMinor }) => (counts(entry) ? amountMinor : 0)));
    return leftMinor - ownMinor < minMinor;
  };
  const all: readonly Minimum[] = minSubtotalMinor === null ? [] : [{ keys: null, minMinor: minSubtotalMinor }];
  return [...all, ...minimums].find(isMissed) ?? null;
}

/** All but the thresholds of money. */
function doHold(conditions: Conditions, remaining: Remaining, codes: ReadonlySet<string>): boolean {
  const { code, minLineQuantity, containsKey } = conditions;
  return (
    (code === null || codes.has(code)) &&
    (minLineQuantity === null || remaining.maxLineQuantity >= minLineQuantity) &&
    (containsKey === null || remaining.keys.has(containsKey))
  );
}

function effectOf(offer: Promotion, remaining: Remaining, mode: Mode): Effect {
  const { lines, shipping } = remaining;
  const { maxAmountMinor } = offer;
  switch (offer.kind) {
    case 'percentOffOrder':
      return percentSpread(
        offer.rate,
        entriesIn(offer.scope, among(lines, offer.keys), shipping),
        mode,
        maxAmountMinor,
      );
    case 'fixedOffOrder':
      return spread(offer.amountMinor, entriesIn(offer.scope, among(lines, offer.keys), shipping));
    case 'orderFixedPrice': {
      const sold = among(lines, offer.keys);
      return spread(Math.max(0, leftOf(sold) - offer.amountMinor), sold);
    }
    case 'percentOffItems': {
      const { ofOrder = null, maxQuantity } = offer;
      const meant = chosen(lines, offer);
      return atMost(maxAmountMinor, offer.rate, (rate) =>
        ofOrder === null
          ? percentEach(rate, meant, maxQuantity, mode)
          : cutsOfUnits({ rate }, meant, unitsOfOrder(meant, maxQuantity, ofOrder), mode),
      );
    }
    case 'fixedOffItemsEach':
      return fixedEach(offer, chosen(lines, offer), mode);
    case 'fixedOffItemsAcross':
      return spread(Math.min(offer.amountMinor, maxAmountMinor ?? offer.amountMinor), chosen(lines, offer));
    case 'buyXGetY':
      return atMost(maxAmountMinor, offer.get.rate, (rate) => setsOf(offer, rate, lines, mode));
    case 'tieredOffOrder':
      return tiered(offer, among(lines, offer.keys), mode, maxAmountMinor);
    case 'freeUnits':
      return freeUnits(offer.units, lines, mode);
    case 'freeShipping':
      return { cuts: shipping.map((entry) => ({ entry, amountMinor: entry.leftMinor })) };
    case 'fixedOffShipping':
      return spread(offer.amountMinor, shipping);
    case 'percentOffShipping':
      return percentSpread(offer.rate, shipping, mode, maxAmountMinor);
    default:
      return unreachable(offer);
  }
}

/** The highest step that is reached, and the first of two that begin alike. */
function tiered({ steps }: TieredOffOrder, lines: readonly LineLeft[], mode: Mode, maxMinor?: number): Effect {
  const subtotalMinor = leftOf(lines);
  let reached: TieredOffOrder['steps'][number] | null = null;
  for (const step of steps)
    if (step.fromMinor <= subtotalMinor && (reached === null || step.fromMinor > reached.fromMinor)) reached = step;
  if (reached === null) return { cuts: [] };
  if ('amountMinor' in reached) return spread(Math.min(reached.amountMinor, maxMinor ?? reached.amountMinor), lines);
  return { ...percentSpread(reached.rate, lines, mode, maxMinor), stepRate: reached.rate };
}

/** Per line: what is left of so many of its units. */
function freeUnits(units: readonly UnitsOf[], lines: readonly LineLeft[], mode: Mode): Effect {
  const free = new Map(units.map(({ key, quantity }) => [key, quantity]));
  const cuts = lines.flatMap((entry): LineCut[] => {
    const quantity = free.get(entry.key) ?? 0;
    return quantity === 0 ? [] : [{ entry, ...cutOfGift(entry, quantity, mode) }];
  });
  return { cuts };
}

function entriesIn(scope: Scope, lines: readonly LineLeft[], shipping: Remaining['shipping']): readonly EntryLeft[] {
  return scope === 'lines' ? lines : [...lines, ...shipping];
}

function among(lines: readonly LineLeft[], keys: readonly string[] | null = null): readonly LineLeft[] {
  if (keys === null) return lines;
  const wanted = new Set(keys);
  return lines.filter((line) => wanted.has(line.key));
}

function chosen(lines: readonly LineLeft[], { keys, tag }: Choice): readonly LineLeft[] {
  const meant = among(lines, keys);
  return tag === null ? meant : meant.filter((line) => line.tags.includes(tag));
}

/** An amount, at most what is left, in proportion to what is left of each entry. */
function spread(amountMinor: number, entries: readonly EntryLeft[]): Effect {
  assert(amountMinor >= 0, 'a promotion takes off, it never adds');
  const fitting = Math.min(amountMinor, leftOf(entries));
  if (fitting === 0) return { cuts: [] };
  const parts = allocate(
    fitting,
    entries.map((entry) => entry.leftMinor),
  );
  return { cuts: entries.map((entry, index) => ({ entry, amountMinor: parts[index] ?? 0 })) };
}

/** The rate of all entries together, rounded once, then spread. */
function percentSpread(
  rate: string,
  entries: readonly EntryLeft[],
  mode: Mode,
  maxMinor = Number.MAX_SAFE_INTEGER,
): Effect {
  const { numerator, denominator } = parseRate(rate);
  return spread(Math.min(maxMinor, roundFraction(BigInt(leftOf(entries)) * numerator, denominator, mode)), entries);
}

/**
 * A rate line by line, at most so much in all: the most is given out in the proportions of what the rate alone would take. Units
 * that stand apart in their lines are then reduced by that much less.
 */
function atMost(
  maxMinor: number | undefined,
  rate: string,
  cutsAt: (rate: Fraction) => readonly (Cut | LineCut)[],
): Effect {
  const { numerator, denominator } = parseRate(rate);
  const cuts = cutsAt({ numerator, denominator });
  const amounts = cuts.map(({ amountMinor }) => amountMinor);
  const wholeMinor = sumOf(amounts);
  if (maxMinor === undefined || wholeMinor <= maxMinor) return { cuts };
  const lower = { numerator: numerator * BigInt(maxMinor), denominator: denominator * BigInt(wholeMinor) };
  const parts = allocate(maxMinor, amounts);
  return { cuts: cutsAt(lower).map((cut, index) => ({ ...cut, amountMinor: parts[index] ?? 0 })) };
}

/** Per line: the rate of what is left, or of the share of so many units in it. */
function percentEach(
  { numerator, denominator }: Fraction,
  lines: readonly LineLeft[],
  maxQuantity: number | null,
  mode: Mode,
): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const entry of lines) {
    if (entry.leftMinor === 0) continue;
    const exact = BigInt(entry.leftMinor) * numerator;
    const amountMinor =
      maxQuantity === null || maxQuantity >= entry.quantity
        ? roundFraction(exact, denominator, mode)
        : roundFraction(exact * BigInt(maxQuantity), denominator * BigInt(entry.quantity), mode);
    cuts.push({ entry, amountMinor: Math.min(entry.leftMinor, amountMinor) });
  }
  return cuts;
}

/** Per unit: the amount, at most what is left of the unit, the dearest units of a line first. */
function fixedEach(
  { amountMinor, maxQuantity, ofOrder = null }: Extract<Offer, { kind: 'fixedOffItemsEach' }>,
  lines: readonly LineLeft[],
  mode: Mode,
): Effect {
  assert(amountMinor >= 0, 'a promotion takes off, it never adds');
  const units =
    ofOrder === null
      ? new Map(lines.map((line) => [line, Math.min(line.quantity, maxQuantity ?? line.quantity)]))
      : unitsOfOrder(lines, maxQuantity, ofOrder);
  return { cuts: cutsOfUnits({ amountMinor }, lines, units, mode) };
}

function cutsOfUnits(
  off: UnitOff,
  lines: readonly LineLeft[],
  units: ReadonlyMap<LineLeft, number>,
  mode: Mode,
): readonly LineCut[] {
  return lines.map((entry) => ({ entry, ...cutOfEach(entry, off, units.get(entry) ?? 0, mode) }));
}

/** How many units of each line are reduced. Units of which nothing is left are passed over, and ties go to the first line. */
function unitsOfOrder(
  lines: readonly LineLeft[],
  maxQuantity: number | null,
  { max, first }: UnitsOfOrder,
): ReadonlyMap<LineLeft, number> {
  const sign = first === 'cheapest' ? 1 : -1;
  let left = max;
  return new Map(
    lines
      .toSorted((a, b) => sign * (a.unitPriceMinor - b.unitPriceMinor))
      .map((line) => {
        const units = Math.min(worthyQuantity(line), maxQuantity ?? line.quantity, left);
        left -= units;
        return [line, units];
      }),
  );
}
