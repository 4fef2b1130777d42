/**
 * What each unit of a line is worth while promotions act. Discounts lie evenly on the units of a line, but units that served in
 * a set, and gifts, carry their own. Worth is kept as exact shares of what is left of the line, so nothing is rounded twice
 * and the units always add up to their line.
 */
import { type Fraction, type RoundingMode, roundFraction, sumOf } from '../../../shared/values/money.ts';
import { assert } from '../../../shared/values/result.ts';

/** Units that are worth the same. `open` ones have served in no set. There is one open group at most. */
export interface UnitGroup {
  readonly state: 'open' | 'in-set' | 'gift';
  readonly quantity: number;
  /** What the group is worth together, as a share among the weights of all groups of the line. */
  readonly weight: bigint;
}

/** A line as far as its units are concerned. */
interface Units {
  readonly leftMinor: number;
  readonly groups: readonly UnitGroup[];
}

/** What is taken off a line, and how its units stand afterwards. */
interface UnitCut {
  readonly amountMinor: number;
  readonly groups: readonly UnitGroup[];
}

const wholeRate: Fraction = { numerator: 1n, denominator: 1n };

/** Before any promotion all units are alike. */
export function evenUnits(quantity: number): readonly UnitGroup[] {
  return quantity === 0 ? [] : [{ state: 'open', quantity, weight: 1n }];
}

export function openQuantity({ groups }: Units): number {
  return groups.find(({ state }) => state === 'open')?.quantity ?? 0;
}

/** The units of which something is left to take off. */
export function worthyQuantity({ leftMinor, groups }: Units): number {
  if (leftMinor === 0) return 0;
  return weighed({ leftMinor, groups }).groups.reduce(
    (sum, { quantity, weight }) => (weight > 0n ? sum + quantity : sum),
    0,
  );
}

/** Open units serve in sets: some are bought, and of others a rate of their worth is taken off, rounded once. */
export function cutOfSet(
  units: Units,
  { bought, reduced }: { readonly bought: number; readonly reduced: number },
  rate: Fraction,
  mode: RoundingMode,
): UnitCut {
  const open = units.groups.find(({ state }) => state === 'open');
  assert(open !== undefined && bought + reduced <= open.quantity, 'only open units serve in a set');
  const rest = open.quantity - bought - reduced;
  const parts = [
    { state: 'in-set', quantity: bought, isTaken: false },
    { state: 'in-set', quantity: reduced, isTaken: true },
    { state: 'open', quantity: rest, isTaken: false },
  ] as const;
  return cutOfParts(units, new Map([[open, parts]]), rate, mode);
}

/**
 * So many units become gifts: those that are gifts already, then open ones, then the cheapest of those in sets. Two gifts of one
 * variant thus make the same units free.
 */
export function cutOfGift(units: Units, quantity: number, mode: RoundingMode): UnitCut {
  const order = { gift: 0, open: 1, 'in-set': 2 };
  const sorted = units.groups.toSorted(
    (a, b) => order[a.state] - order[b.state] || (isWorthMore(a, b) ? 1 : isWorthMore(b, a) ? -1 : 0),
  );
  let wanted = quantity;
  const parts = new Map<UnitGroup, readonly Part[]>();
  for (const group of sorted) {
    const taken = Math.min(group.quantity, wanted);
    wanted -= taken;
    if (taken > 0)
      parts.set(group, [
        { state: group.state, quantity: group.quantity - taken, isTaken: false },
        { state: 'gift', quantity: taken, isTaken: true },
      ]);
  }
  return cutOfParts(units, parts, wholeRate, mode);
}

/** What is taken off a unit: an amount, at most what is left of it, or a rate of what is left. */
export type UnitOff = { readonly amountMinor: number } | { readonly rate: Fraction };

/** The same off each of so many units; the dearest units first, and of equal ones those in sets. */
export function cutOfEach(units: Units, unitOff: UnitOff, unitsMax: number, mode: RoundingMode): UnitCut {
  const { leftMinor, groups } = weighed(units);
  if (groups.length === 0 || unitsMax === 0) return { amountMinor: 0, groups };
  const { taken, divisor } = dearest(groups, unitsMax);
  const total = weightOf(groups);
  const { numerator, denominator } = 'rate' in unitOff ? unitOff.rate : wholeRate;
  const after = groups.map((group, index) => {
    const units = taken[index] ?? 0;
    const worth = BigInt(leftMinor) * group.weight * divisor;
    const most = units === group.quantity ? worth : (worth * BigInt(units)) / BigInt(group.quantity);
    const wished = 'rate' in unitOff ? most : BigInt(unitOff.amountMinor) * BigInt(units) * total * divisor;
    return { group, worth: worth * denominator, off: (wished < most ? wished : most) * numerator };
  });
  const off = after.reduce((sum, one) => sum + one.off, 0n);
  return {
    amountMinor: Math.min(leftMinor, roundFraction(off, total * divisor * denominator, mode)),
    groups: groups.length === 1 ? groups : after.map((one) => ({ ...one.group, weight: one.worth - one.off })),
  };
}

/** How many units of each group are among the dearest, and the number by which their worth divides without a rest. */
function dearest(
  groups: readonly UnitGroup[],
  unitsMax: number,
): { readonly taken: readonly number[]; readonly divisor: bigint } {
  const quantities = groups.map(({ quantity }) => quantity);
  // As a rule all units are wanted, and then no order among them matters.
  if (sumOf(quantities) <= unitsMax) return { taken: quantities, divisor: 1n };
  const taken = groups.map(() => 0);
  const dearestFirst = [...groups.entries()].sort(([, a], [, b]) =>
    isWorthMore(a, b) ? -1 : isWorthMore(b, a) ? 1 : 0,
  );
  let wanted = unitsMax;
  // Only the last group from which units are taken may be taken in part: its size is the one divisor that is needed.
  let divisor = 1n;
  for (const [index, { quantity }] of dearestFirst) {
    const units = Math.min(quantity, wanted);
    wanted -= units;
    taken[index] = units;
    if (units > 0 && units < quantity) divisor = BigInt(quantity);
  }
  return { taken, divisor };
}

interface Part {
  readonly state: UnitGroup['state'];
  readonly quantity: number;
  /** Whether the rate is taken off it. */
  readonly isTaken: boolean;
}

/** Splits groups into parts and takes a rate of the worth of some off. It is rounded once for the line, so all share the rest. */
function cutOfParts(
  units: Units,
  partsOf: ReadonlyMap<UnitGroup, readonly Part[]>,
  { numerator, denominator }: Fraction,
  mode: RoundingMode,
): UnitCut {
  const { leftMinor, groups } = weighed(units);
  if (groups.length === 0) return { amountMinor: 0, groups };
  const divisor = [...partsOf.keys()].reduce((product, { quantity }) => product * BigInt(quantity), 1n);
  const parts = groups.flatMap((group) => {
    const whole: Part = { state: group.state, quantity: group.quantity, isTaken: false };
    return (partsOf.get(group) ?? [whole])
      .filter(({ quantity }) => quantity > 0)
      .map((part) => ({ ...part, worth: (group.weight * divisor * BigInt(part.quantity)) / BigInt(group.quantity) }));
  });
  const taken = parts.reduce((sum, { isTaken, worth }) => (isTaken ? sum + worth : sum), 0n);
  const off = BigInt(leftMinor) * taken * numerator;
  return {
    amountMinor: Math.min(leftMinor, roundFraction(off, weightOf(groups) * divisor * denominator, mode)),
    groups: parts.map(({ state, quantity, isTaken, worth }) => ({
      state,
      quantity,
      weight: worth * (isTaken ? denominator - numerator : denominator),
    })),
  };
}

/** Where rounding left something of units that are all worth nothing, they are alike. */
function weighed({ leftMinor, groups }: Units): Units {
  if (groups.some(({ weight }) => weight > 0n)) return { leftMinor, groups };
  return { leftMinor, groups: groups.map((group) => ({ ...group, weight: BigInt(group.quantity) })) };
}

/** Per unit. */
function isWorthMore(one: UnitGroup, other: UnitGroup): boolean {
  return one.weight * BigInt(other.quantity) > other.weight * BigInt(one.quantity);
}

function weightOf(groups: readonly UnitGroup[]): bigint {
  return groups.reduce((sum, { weight }) => sum + weight, 0n);
}
