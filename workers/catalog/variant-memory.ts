/**
 * The snapshots of variants in the memory of this isolate. The database counts every change of any of them, so all that is
 * remembered stays right as long as that number does: it is looked at every few seconds while callers are already being
 * answered. A database that does not answer soon ends the memory, and never the truth of an answer.
 */
import type { VariantSnapshot } from '../../shared/contracts/catalog.ts';
import { BoundedMap } from '../../shared/values/bounded-map.ts';
import { secondMs } from '../../shared/values/time.ts';

/** How often the database is asked: an edit through another isolate is late by this much as a rule. */
export const checkEveryMs = 5 * secondMs;
/** What was not known to be right for this long is not used. */
export const trustMs = 15 * secondMs;
/** Each variant has two: its id and its SKU. */
const keysMax = 20_000;

interface Kept {
  readonly variant: VariantSnapshot;
  /** When it was asked for, in milliseconds since 1970. */
  readonly readAt: number;
}

export class VariantMemory {
  readonly #kept = new BoundedMap<string, Kept>(keysMax);
  #generation = 0;
  #revision: number | null = null;
  /** When the number was last seen to be the same. */
  #provenAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;

  /** @param key `id:` or `sku:` and what follows */
  get(key: string, now: number): VariantSnapshot | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && now - Math.max(kept.readAt, this.#provenAt) < trustMs ? kept.variant : undefined;
  }

  set(key: string, variant: VariantSnapshot, readAt: number): void {
    this.#kept.set(key, { variant, readAt });
  }

  /** Counts the clearings: what was asked for before one must not be kept after it. */
  get generation(): number {
    return this.#generation;
  }

  clear(): void {
    this.#generation += 1;
    this.#kept.clear();
  }

  /** True once in a while: the caller then asks for the revision and tells it. */
  wantsCheck(now: number): boolean {
    if (now - this.#askedAt < checkEveryMs) return false;
    this.#askedAt = now;
    return true;
  }

  /** Takes the number of changes as it was some time after `askedAt`. */
  prove(revision: number, askedAt: number): void {
    // What was read before the first number was seen may be older than the number. After a gap it proves nothing either: a
    // database that was restored to an earlier state counts the same numbers again.
    if (revision !== this.#revision || askedAt - this.#provenAt >= trustMs) this.clear();
    this.#revision = revision;
    this.#provenAt = askedAt;
  }
}
