/**
 * Taxes, exact to the last fraction and rounded once: per entry and rate, or once per rate over all entries and given back to
 * them by largest remainder. The tax is what is rounded; the net of an inclusive price is what is left over.
 */

import type { TaxLine } from '../../../shared/contracts/pricing/api.ts';
import type { Rounding } from '../../../shared/contracts/pricing/markets.ts';
import { byLargestRemainder } from '../../../shared/values/allocation.ts';
import { parseRates, type Rates, roundFraction, sumOf } from '../../../shared/values/money.ts';
import type { AppliedTax, PricedEntry, Shipment, TaxRate } from './cart.ts';

/** An amount to tax: with its taxes inside, or to put them on top. Only a surcharge is negative. */
export interface TaxableEntry extends Omit<Shipment, 'taxedLike'> {
  readonly includesTax: boolean;
}

/** One rate on one entry: `numerator / denominator` is its exact tax. */
interface Portion {
  readonly entryIndex: number;
  readonly taxRate: TaxRate;
  readonly numerator: bigint;
  readonly denominator: bigint;
  taxMinor: number;
}

/** Every entry with its taxes, in the given order, and their sums per name and rate in order of first appearance. */
export function taxed(
  entries: readonly TaxableEntry[],
  { mode, level }: Rounding,
): { readonly entries: readonly PricedEntry[]; readonly summary: readonly TaxLine[] } {
  const portions = portionsOf(entries);
  const groups = groupsOf(portions.flat());
  if (level === 'line') {
    for (const portion of portions.flat())
      portion.taxMinor = roundFraction(portion.numerator, portion.denominator, mode);
  } else {
    const roomMinor = entries.map(({ includesTax, amountMinor }) =>
      includesTax && amountMinor >= 0 ? amountMinor : Number.POSITIVE_INFINITY,
    );
    for (const group of groups) shareOut(group, mode, roomMinor);
  }
  const priced = entries.map((entry, index) => pricedEntry(entry, portions[index] ?? []));
  return { entries: priced, summary: groups.map((group) => summaryLine(group, priced)) };
}

function portionsOf(entries: readonly TaxableEntry[]): readonly (readonly Portion[])[] {
  const ratesOf = ratesReader();
  return entries.map(({ amountMinor, taxRates, includesTax }, entryIndex) => {
    const rates = ratesOf(taxRates);
    const inside = includesTax ? rates.numerators.reduce((sum, numerator) => sum + numerator, 0n) : 0n;
    return taxRates.map((taxRate, index) => ({
      entryIndex,
      taxRate,
      numerator: BigInt(amountMinor) * (rates.numerators[index] ?? 0n),
      denominator: rates.denominator + inside,
      taxMinor: 0,
    }));
  });
}

/** Lines of a cart mostly share their rates, often the very same list: each list is read once. */
function ratesReader(): (taxRates: readonly TaxRate[]) => Rates {
  const known = new Map<readonly TaxRate[], Rates>();
  return (taxRates) => {
    const found = known.get(taxRates) ?? effectiveRates(taxRates);
    known.set(taxRates, found);
    return found;
  };
}

/**
 * Each rate as a share of the price without taxes, over one denominator. A compound rate of 10 % after one of 5 % takes
 * 10.5 % of it.
 */
function effectiveRates(taxRates: readonly TaxRate[]): Rates {
  const plain = parseRates(taxRates.map(({ rate }) => rate));
  if (!taxRates.some(({ isCompound }) => isCompound === true)) return plain;
  // Each compounding divides once more by the denominator; with one power of it per rate every division is exact.
  const denominator = plain.denominator ** BigInt(taxRates.length);
  let before = 0n;
  const numerators = taxRates.map(({ isCompound }, index) => {
    const base = isCompound === true ? denominator + before : denominator;
    const numerator = (base * (plain.numerators[index] ?? 0n)) / plain.denominator;
    before += numerator;
    return numerator;
  });
  return { numerators, denominator };
}

/** The portions of each name and rate; `0.2` and `0.20` are one rate. */
function groupsOf(portions: readonly Portion[]): readonly (readonly Portion[])[] {
  return [...Map.groupBy(portions, ({ taxRate }) => nameOf(taxRate)).values()];
}

function nameOf({ name, rate }: Pick<TaxRate, 'name' | 'rate'>): string {
  return `${rate.includes('.') ? rate.replace(/\.?0+$/, '') : rate} ${name}`;
}

/** The taxes of some of the entries, by name and rate. */
export function taxLinesOf(entries: readonly Pick<PricedEntry, 'netMinor' | 'taxes'>[]): readonly TaxLine[] {
  const portions = entries.flatMap(({ netMinor, taxes }) => taxes.map((tax) => ({ ...tax, baseMinor: netMinor })));
  return [...Map.groupBy(portions, nameOf).values()].map((group) => ({
    name: group[0]?.name ?? '',
    rate: group[0]?.rate ?? '0',
    baseMinor: sumOf(group.map(({ baseMinor }) => baseMinor)),
    taxMinor: sumOf(group.map(({ taxMinor }) => taxMinor)),
  }));
}

/**
 * Rounds the exact sum of a group once and gives it back to its portions. Two rates inside one small price could both get
 * their spare unit there and exceed it, so a price that has no room left gets none.
 */
function shareOut(group: readonly Portion[], mode: Rounding['mode'], roomMinor: number[]): void {
  const common = [...new Set(group.map((portion) => portion.denominator))].reduce(leastCommonMultiple, 1n);
  const exact = group.map((portion) => portion.numerator * (common / portion.denominator));
  const total = roundFraction(
    exact.reduce((sum, share) => sum + share, 0n),
    common,
    mode,
  );
  const roomOf = (index: number): number => roomMinor[group[index]?.entryIndex ?? -1] ?? 0;
  const parts = byLargestRemainder(total, exact, common, (index, part) => part < roomOf(index));
  group.forEach((portion, index) => {
    portion.taxMinor = parts[index] ?? 0;
    roomMinor[portion.entryIndex] = roomOf(index) - portion.taxMinor;
  });
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b];
  while (rest > 0n) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}

function pricedEntry({ key, amountMinor, includesTax }: TaxableEntry, portions: readonly Portion[]): PricedEntry {
  const taxes: AppliedTax[] = portions.map(({ taxRate, taxMinor }) => ({ ...taxRate, taxMinor }));
  const taxMinor = sumOf(taxes.map((tax) => tax.taxMinor));
  const netMinor = includesTax ? amountMinor - taxMinor : amountMinor;
  return { key, netMinor, taxMinor, grossMinor: sumOf([netMinor, taxMinor]), taxes };
}

function summaryLine(group: readonly Portion[], priced: readonly PricedEntry[]): TaxLine {
  const { name, rate } = group[0]?.taxRate ?? { name: '', rate: '0' };
  return {
    name,
    rate,
    baseMinor: sumOf(group.map(({ entryIndex }) => priced[entryIndex]?.netMinor ?? 0)),
    taxMinor: sumOf(group.map(({ taxMinor }) => taxMinor)),
  };
}
