/**
 * Variant snapshots in the memory of this isolate: a busy shop asks for the same few again and again. Writes through
 * this isolate clear it; in others an entry lives for half a minute, which is how stale a price in a new cart line may be.
 */
import type { VariantRequest, VariantSnapshot } from '../../shared/contracts/catalog.ts';
import { secondMs } from '../../shared/values/time.ts';

const ttlMs = 30 * secondMs;
/** About 1 KB each. */
const entriesMax = 5_000;

interface Entry {
  readonly snapshot: VariantSnapshot;
  readonly until: number;
}

export class VariantCache {
  readonly #byId = new Map<string, Entry>();
  readonly #bySku = new Map<string, Entry>();

  /** What is known of a request, or null when anything is missing. */
  read(request: VariantRequest, now: number): VariantSnapshot[] | null {
    const [entries, keys] = 'skus' in request ? [this.#bySku, request.skus] : [this.#byId, request.variantIds];
    const found: VariantSnapshot[] = [];
    for (const key of keys) {
      const entry = entries.get(key);
      if (entry === undefined || entry.until <= now) return null;
      found.push(entry.snapshot);
    }
    return found;
  }

  keep(snapshots: readonly VariantSnapshot[], now: number): void {
    if (this.#byId.size + snapshots.length > entriesMax) this.clear();
    for (const snapshot of snapshots) {
      const entry = { snapshot, until: now + ttlMs };
      this.#byId.set(snapshot.variantId, entry);
      this.#bySku.set(snapshot.sku, entry);
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#bySku.clear();
  }
}
