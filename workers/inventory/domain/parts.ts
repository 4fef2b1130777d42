/** Arithmetic on quantities at locations: sums, and taking some away from where they lie. */
import type { HoldPart } from '../../../shared/holds/holds.ts';
import type { PlacedQuantity } from './stock.ts';

export function sumOf(items: readonly { readonly quantity: number }[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** One entry per location, in order of first appearance. */
export function byLocation(items: readonly PlacedQuantity[]): PlacedQuantity[] {
  const sums = new Map<string, number>();
  for (const { locationId, quantity } of items) sums.set(locationId, (sums.get(locationId) ?? 0) + quantity);
  return [...sums].map(([locationId, quantity]) => ({ locationId, quantity }));
}

export function partsWith(parts: readonly HoldPart[], items: readonly PlacedQuantity[]): readonly HoldPart[] {
  return asParts(byLocation([...asItems(parts), ...items]));
}

/** What is left of parts. Each location must have what is taken from it. */
export function partsWithout(parts: readonly HoldPart[], items: readonly PlacedQuantity[]): readonly HoldPart[] {
  const taken = new Map(items.map(({ locationId, quantity }) => [locationId, quantity]));
  return parts
    .map(({ poolId, quantity }) => ({ poolId, quantity: quantity - (taken.get(poolId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

/** Takes a quantity from the end of parts: what was allocated last is given up first. */
export function lastOf(parts: readonly HoldPart[], quantity: number): PlacedQuantity[] {
  const taken: PlacedQuantity[] = [];
  let left = quantity;
  for (const part of parts.toReversed()) {
    const some = Math.min(left, part.quantity);
    if (some > 0) taken.push({ locationId: part.poolId, quantity: some });
    left -= some;
  }
  return taken;
}

export function asItems(parts: readonly HoldPart[]): PlacedQuantity[] {
  return parts.map(({ poolId, quantity }) => ({ locationId: poolId, quantity }));
}

function asParts(items: readonly PlacedQuantity[]): HoldPart[] {
  return items.map(({ locationId, quantity }) => ({ poolId: locationId, quantity }));
}
