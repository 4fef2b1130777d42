/** Quantities: whole, positive, and bounded, so that no sum of them leaves the safe integers. */
import * as z from 'zod';

/** The most of one line that a cart takes. */
export const lineQuantityMax = 999;
/** The most lines that a cart takes. */
export const cartLinesMax = 200;
/** The most of one stock unit at one location. */
export const stockQuantityMax = 1_000_000_000;

/** The floor of a unit that nobody counts: lower than any that a merchant can set, so nothing is ever too much for it. */
export const untrackedFloor = -2 * stockQuantityMax;
/** The figure of a bundle that takes nothing that is counted: no counted one reaches it. */
export const uncountedBundles = -untrackedFloor;

export const LineQuantity = z.int().min(1).max(lineQuantityMax);
/** As many units of a line as it may have, or none of them. */
export const LineQuantityOrNone = z.int().min(0).max(lineQuantityMax);
export const StockQuantity = z.int().min(0).max(stockQuantityMax);
export const StockDelta = z
  .int()
  .min(-stockQuantityMax)
  .max(stockQuantityMax)
  .refine((delta) => delta !== 0, { error: 'A change is not zero.' });

/** How many whole times a size fits into a quantity. */
export function timesIn(quantity: number, size: number): number {
  return Number(BigInt(quantity) / BigInt(size));
}
