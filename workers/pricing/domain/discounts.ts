/**
 * Promotions on a cart, in the given order, each on what the earlier ones left. A fraction of a minor unit is rounded once,
 * with the mode of the market, and a discount on several entries is spread over what is left of them by largest remainder.
 */

import type { Rounding } from '../../../shared/contracts/pricing/markets.ts';
import { allocate } from '../../../shared/values/allocation.ts';
import { parseRate, roundFraction, sumOf } from '../../../shared/values/money.ts';
import { assert, unreachable } from '../../../shared/values/result.ts';
import { setsOf } from './buy-x-get-y.ts';
import type { Discount } from './cart.ts';
import type { Choice, Conditions, Offer, Promotion, Scope, TieredOffOrder, UnitsOf } from './promotion.ts';
import { type Cut, type EntryLeft, type LineCut, type LineLeft, leftOf, type Remaining, takeOff } from './remaining.ts';
import { cutOfEach, cutOfGift } from './units.ts';

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
  readonly belowMinimum: readonly string[];
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
  const belowMinimum: string[] = [];
  let isGiftAlone = false;
  for (const promotion of promotions) {
    const isExclusive = promotion.isExclusive === true;
    if ((isExclusive && discounts.length > 0) || !doHold(promotion.conditions, remaining, given)) continue;
    const { cuts, stepRate } = effectOf(promotion, remaining, mode);
    if (!reachesMinimum(promotion, remaining, cuts)) {
      belowMinimum.push(promotion.key);
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
    if (isExclusive) break;
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

/** A gift never helps to reach its own threshold: what it makes free does not count. */
function reachesMinimum(
  { kind, conditions: { minSubtotalMinor } }: Promotion,
  { subtotalMinor }: Remaining,
  cuts: readonly Cut[],
): boolean {
  if (minSubtotalMinor === null) return true;
  const ownMinor = kind === 'freeUnits' ? sumOf(cuts.map(({ amountMinor }) => amountMinor)) : 0;
  return subtotalMinor - ownMinor >= minSubtotalMinor;
}

/** All but the threshold of money. */
function doHold(conditions: Conditions, remaining: Remaining, codes: ReadonlySet<string>): boolean {
  const { code, minLineQuantity, containsKey } = conditions;
  return (
    (code === null || codes.has(code)) &&
    (minLineQuantity === null || remaining.maxLineQuantity >= minLineQuantity) &&
    (containsKey === null || remaining.keys.has(containsKey))
  );
}

function effectOf(offer: Offer, remaining: Remaining, mode: Mode): Effect {
  const { lines, shipping } = remaining;
  switch (offer.kind) {
    case 'percentOffOrder':
      return percentSpread(offer.rate, entriesIn(offer.scope, remaining), mode);
    case 'fixedOffOrder':
      return spread(offer.amountMinor, entriesIn(offer.scope, remaining));
    case 'orderFixedPrice':
      return spread(Math.max(0, remaining.subtotalMinor - offer.amountMinor), lines);
    case 'percentOffItems':
      return percentEach(offer.rate, chosen(lines, offer), offer.maxQuantity, mode);
    case 'fixedOffItemsEach':
      return fixedEach(offer.amountMinor, chosen(lines, offer), offer.maxQuantity, mode);
    case 'fixedOffItemsAcross':
      return spread(offer.amountMinor, chosen(lines, offer));
    case 'buyXGetY':
      return { cuts: setsOf(offer, lines, mode) };
    case 'tieredOffOrder':
      return tiered(offer, remaining, mode);
    case 'freeUnits':
      return freeUnits(offer.units, lines, mode);
    case 'freeShipping':
      return { cuts: shipping.map((entry) => ({ entry, amountMinor: entry.leftMinor })) };
    case 'fixedOffShipping':
      return spread(offer.amountMinor, shipping);
    case 'percentOffShipping':
      return percentSpread(offer.rate, shipping, mode);
    default:
      return unreachable(offer);
  }
}

/** The highest step that is reached, and the first of two that begin alike. */
function tiered({ steps }: TieredOffOrder, { lines, subtotalMinor }: Remaining, mode: Mode): Effect {
  let reached: TieredOffOrder['steps'][number] | null = null;
  for (const step of steps)
    if (step.fromMinor <= subtotalMinor && (reached === null || step.fromMinor > reached.fromMinor)) reached = step;
  if (reached === null) return { cuts: [] };
  if ('amountMinor' in reached) return spread(reached.amountMinor, lines);
  return { ...percentSpread(reached.rate, lines, mode), stepRate: reached.rate };
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

function entriesIn(scope: Scope, { lines, shipping }: Remaining): readonly EntryLeft[] {
  return scope === 'lines' ? lines : [...lines, ...shipping];
}

function chosen(lines: readonly LineLeft[], { keys, tag }: Choice): readonly LineLeft[] {
  if (keys === null && tag === null) return lines;
  const wanted = keys === null ? null : new Set(keys);
  return lines.filter((line) => (wanted?.has(line.key) ?? true) && (tag === null || line.tags.includes(tag)));
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
function percentSpread(rate: string, entries: readonly EntryLeft[], mode: Mode): Effect {
  const { numerator, denominator } = parseRate(rate);
  return spread(roundFraction(BigInt(leftOf(entries)) * numerator, denominator, mode), entries);
}

/** Per line: the rate of what is left, or of the share of so many units in it. */
function percentEach(rate: string, lines: readonly LineLeft[], maxQuantity: number | null, mode: Mode): Effect {
  const { numerator, denominator } = parseRate(rate);
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
  return { cuts };
}

/** Per unit: the amount, at most what is left of the unit, the dearest units first. */
function fixedEach(amountMinor: number, lines: readonly LineLeft[], maxQuantity: number | null, mode: Mode): Effect {
  assert(amountMinor >= 0, 'a promotion takes off, it never adds');
  const cuts = lines.map((entry): LineCut => {
    const units = Math.min(entry.quantity, maxQuantity ?? entry.quantity);
    return { entry, ...cutOfEach(entry, amountMinor, units, mode) };
  });
  return { cuts };
}
