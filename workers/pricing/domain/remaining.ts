/**
 * What is left of a cart while promotions act on it, one after the other. It is made for one pricing. It is the only
 * mutable state of the engine, and only `takeOff` changes it.
 */
import { multiply } from '../../../shared/values/money.ts';
import { assert } from '../../../shared/values/result.ts';
import type { Cart, CartLine, Shipment } from './cart.ts';
import { evenUnits, type UnitGroup } from './units.ts';

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
  /** What its units are worth, and which of them have served in a set. */
  groups: readonly UnitGroup[];
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

/** One that does not lie evenly on the units of its line: how they stand afterwards. */
export interface LineCut extends Cut {
  readonly entry: LineLeft;
  readonly groups: readonly UnitGroup[];
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

/** Takes the amounts off their entries. What does not say otherwise lies evenly on the units of a line. */
export function takeOff(remaining: Remaining, cuts: readonly (Cut | LineCut)[]): void {
  for (const cut of cuts) {
    const { entry, amountMinor } = cut;
    assert(amountMinor >= 0 && amountMinor <= entry.leftMinor, 'a discount takes no entry below zero');
    entry.leftMinor -= amountMinor;
    if (entry.from === 'line') remaining.subtotalMinor -= amountMinor;
    if ('groups' in cut) cut.entry.groups = cut.groups;
  }
}

function lineLeft({ key, unitPriceMinor, quantity, tags, ...line }: CartLine): LineLeft {
  assert(isCount(unitPriceMinor) && isCount(quantity), 'a line has no negative price or quantity');
  const listedMinor = line.listedMinor ?? multiply(unitPriceMinor, quantity);
  const groups = evenUnits(quantity);
  return { from: 'line', key, listedMinor, leftMinor: listedMinor, unitPriceMinor, quantity, tags, groups };
}

function shippingLeft({ key, amountMinor }: Shipment): ShippingLeft {
  assert(isCount(amountMinor), 'shipping has no negative price');
  return { from: 'shipping', key, listedMinor: amountMinor, leftMinor: amountMinor };
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
