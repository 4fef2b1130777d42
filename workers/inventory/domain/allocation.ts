/**
 * Where stock is taken from: the one function that spreads a quantity over locations, for every promise of the shop. Ranks
 * are the merchant's order; where they say nothing, the fullest location gives first, so an order leaves in few parcels.
 */
import type { HoldPart } from '../../../shared/holds/holds.ts';

/** A location that may give. */
interface Place {
  readonly locationId: string;
  /** What nobody has a claim on; negative where more is promised than is there. */
  readonly free: number;
  readonly rank: number;
}

/** The merchant's order of locations: the lowest gives first. A location without a rank has 0. */
export type Ranks = Readonly<Record<string, number>>;
export const noRanks: Ranks = {};

interface Spread {
  readonly parts: readonly HoldPart[];
  /** What no location has. */
  readonly missing: number;
  /** The location that is asked first, which owes what is missing; undefined when there is no location. */
  readonly first: string | undefined;
}

/** By rank, then most free first; ties stay as listed. Each gives what it can until the quantity is reached. */
export function spread(places: readonly Place[], quantity: number): Spread {
  const inOrder = places.toSorted((a, b) => a.rank - b.rank || b.free - a.free);
  const parts: HoldPart[] = [];
  let missing = quantity;
  for (const { locationId, free } of inOrder) {
    if (missing === 0) break;
    const part = Math.min(missing, Math.max(0, free));
    if (part > 0) parts.push({ poolId: locationId, quantity: part });
    missing -= part;
  }
  return { parts, missing, first: parts[0]?.poolId ?? inOrder[0]?.locationId };
}
