/**
 * Flat tax, exact to the last fraction. Every tax is a fraction over one common denominator and is rounded once: per entry,
 * or once over all and given back by largest remainder.
 */
import { parseRate, roundFraction } from '../../../shared/values/money.ts';
import type { Market } from './settings.ts';

type TaxRules = Pick<Market, 'taxRate' | 'pricesIncludeTax' | 'rounding'>;

/**
 * The tax of each listed amount, in minor units. Where prices include tax it is the part inside, `amount × rate ÷ (1 + rate)`;
 * otherwise what comes on top, `amount × rate`.
 */
export function taxesOf(amountsMinor: readonly number[], { taxRate, pricesIncludeTax, rounding }: TaxRules): number[] {
  const rate = parseRate(taxRate);
  const denominator = pricesIncludeTax ? rate.denominator + rate.numerator : rate.denominator;
  const exact = amountsMinor.map((amount) => BigInt(amount) * rate.numerator);
  if (rounding.level === 'line') return exact.map((numerator) => roundFraction(numerator, denominator, rounding.mode));
  const total = roundFraction(
    exact.reduce((sum, numerator) => sum + numerator, 0n),
    denominator,
    rounding.mode,
  );
  return giveBack(total, exact, denominator);
}

/** Floors every exact share, then adds one minor unit to the largest fractions, ties to the first, until they sum up. */
function giveBack(totalMinor: number, exact: readonly bigint[], denominator: bigint): number[] {
  const parts = exact.map((numerator) => Number(numerator / denominator));
  let left = totalMinor - parts.reduce((sum, part) => sum + part, 0);
  const byFraction = exact
    .map((numerator, index) => ({ index, fraction: numerator % denominator }))
    .sort((a, b) => (a.fraction === b.fraction ? a.index - b.index : a.fraction > b.fraction ? -1 : 1));
  for (const { index } of byFraction) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}
