/**
 * What is left of a cart while promotions act on it, one after the other. It is made for one pricing. It is the only
 * mutable state of the engine, and only `takeOff` changes it.
 */
import { type Fraction, multiply, type RoundingMode, roundFraction } from '../../../shared/values/money.ts';
import { assert } from '../../../shared/values/result.ts';
import type { Cart, CartLine, Shipment } from './cart.ts';

interface ShippingLeft {
  readonly from: 'shipping';
  readonly key: string;
  readonly listedMinor: number;
  leftMinor: number;
}

export interface LineLeft extends Pick<CartLine, 'key' | 'unitPriceMinor' | 'quantity' | 'tags'> {
  readonly from: 'line';
  readonly listedMinor: number;
  leftMinor: number;
  /** Units that a buy-and-get set has used up. */
  usedQuantity: number;
}

export type EntryLeft = LineLeft | ShippingLeft;

export interface Remaining {
  readonly lines: readonly LineLeft[];
  readonly shipping: readonly ShippingLeft[];
  readonly keys: ReadonlySet<string>;
  readonly maxLineQuantity: number;
  subtotalMinor: number;
}

/** An amount to take off an entry. */
export interface Cut {
  readonly entry: EntryLeft;
  readonly amountMinor: number;
}

/** All that is left at the beginning. Throws on a negative or broken amount: prices come from checked data. */
export function remainingOf({ lines, shipping }: Pick<Cart, 'lines' | 'shipping'>): Remaining {
  const left = lines.map(lineLeft);
  return {
    lines: left,
    shipping: shipping.map(shippingLeft),
    keys: new Set(left.filter((line) => line.quantity > 0).map((line) => line.key)),
    maxLineQuantity: left.reduce((most, line) => Math.max(most, line.quantity), 0),
    subtotalMinor: leftOf(left),
  };
}

/** What is left of some entries together. */
export function leftOf(entries: readonly EntryLeft[]): number {
  let total = 0;
  for (const entry of entries) total += entry.leftMinor;
  assert(Number.isSafeInteger(total), 'an amount is a safe integer');
  return total;
}

/** What a rate of so many units is listed at: their share of the line, because a line may be rounded as a whole. */
export function shareOf(
  { listedMinor, quantity }: LineLeft,
  units: number,
  { numerator, denominator }: Fraction,
  mode: RoundingMode,
): number {
  return roundFraction(BigInt(listedMinor) * BigInt(units) * numerator, BigInt(quantity) * denominator, mode);
}

/** Takes the amounts off their entries. */
export function takeOff(remaining: Remaining, cuts: readonly Cut[]): void {
  for (const { entry, amountMinor } of cuts) {
    assert(amountMinor >= 0 && amountMinor <= entry.leftMinor, 'a discount takes no entry below zero');
    entry.leftMinor -= amountMinor;
    if (entry.from === 'line') remaining.subtotalMinor -= amountMinor;
  }
}

function lineLeft({ key, unitPriceMinor, quantity, tags, ...line }: CartLine): LineLeft {
  assert(isCount(unitPriceMinor) && isCount(quantity), 'a line has no negative price or quantity');
  const listedMinor = line.listedMinor ?? multiply(unitPriceMinor, quantity);
  return { from: 'line', key, listedMinor, leftMinor: listedMinor, unitPriceMinor, quantity, tags, usedQuantity: 0 };
}

function shippingLeft({ key, amountMinor }: Shipment): ShippingLeft {
  assert(isCount(amountMinor), 'shipping has no negative price');
  return { from: 'shipping', key, listedMinor: amountMinor, leftMinor: amountMinor };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
