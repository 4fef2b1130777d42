/** What the use cases of the catalog are given, and the helpers that they share. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { VariantSnapshot } from '../../../shared/contracts/catalog/api.ts';
import type { CountsApi, InventoryApi, StockOpening } from '../../../shared/contracts/inventory/api.ts';
import type { ShelfApi } from '../../../shared/contracts/pricing/shelf.ts';
import { type IdKind, makeId } from '../../../shared/values/ids.ts';
import type { RevisedMemory } from '../../../shared/values/revised-memory.ts';
import type { PageMemory } from '../store/page-memory.ts';
import type { ShelfMemory } from './shelf-memory.ts';

export interface Catalog {
  readonly db: DrizzleD1Database;
  readonly inventory: Pick<InventoryApi, 'openStock'> & CountsApi;
  readonly pricing: ShelfApi;
  /** By id and by SKU; cleared by every write through this isolate. */
  readonly variants: RevisedMemory<VariantSnapshot>;
  readonly pages: PageMemory;
  readonly shelf: ShelfMemory;
  /** Sets the alarm of the relay. Called before each commit that writes to the outbox, so that a crash cannot lose events. */
  readonly armRelay: () => Promise<void>;
  /** Sets the alarm of the jobs. Called before each commit that leaves work for them, so that a crash cannot lose it. */
  readonly armJobs: () => Promise<void>;
  /** Waits until the jobs are done, at most `withinMs`. */
  readonly jobsDone: (withinMs: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly traceparent?: string;
}

/** Stock units per call: the inventory takes at most this many. */
const unitsPerCall = 500;

/**
 * Makes ids that sort in the order in which they were made, although all have the same time: the bits behind the time are a
 * counter.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9562#name-monotonicity-and-counters
 */
export function newIdAt(now: number): (kind: IdKind) => string {
  let made = 0;
  return (kind) => {
    const random = crypto.getRandomValues(new Uint8Array(16));
    random[0] = (made >> 8) & 0xf;
    random[1] = made & 0xff;
    made += 1;
    return makeId(kind, { now, random });
  };
}

export async function openStock({ inventory }: Catalog, openings: readonly StockOpening[]): Promise<void> {
  for (let start = 0; start < openings.length; start += unitsPerCall) {
    await inventory.openStock(openings.slice(start, start + unitsPerCall));
  }
}

/** What lies at the default location, where the counts of files go, by stock unit. */
export async function onHandOf(
  { inventory }: Pick<Catalog, 'inventory'>,
  stockUnitIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (let start = 0; start < stockUnitIds.length; start += unitsPerCall) {
    const some = await inventory.onHand(stockUnitIds.slice(start, start + unitsPerCall));
    for (const { stockUnitId, onHand } of some) found.set(stockUnitId, onHand);
  }
  return found;
}

export function traceOf({ traceparent }: { readonly traceparent?: string }): { readonly traceparent?: string } {
  return traceparent === undefined ? {} : { traceparent };
}
