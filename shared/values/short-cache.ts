/** A small cache in isolate memory for answers that may be a few seconds old. Time is handed in. */
import { BoundedMap } from './bounded-map.ts';

interface Kept<Value> {
  readonly value: Value;
  readonly until: number;
}

export class ShortCache<Value> {
  readonly #kept: BoundedMap<string, Kept<Value>>;
  readonly #ttlMs: number;
  #generation = 0;

  constructor(options: { readonly ttlMs: number; readonly bytesMax: number }) {
    this.#ttlMs = options.ttlMs;
    this.#kept = new BoundedMap(options.bytesMax);
  }

  get(key: string, now: number): Value | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && now < kept.until ? kept.value : undefined;
  }

  set(key: string, value: Value, now: number): void {
    this.#kept.set(key, { value, until: now + this.#ttlMs });
  }

  /** Counts the clearings: what was asked for before one must not be kept after it. */
  get generation(): number {
    return this.#generation;
  }

  clear(): void {
    this.#generation += 1;
    this.#kept.clear();
  }
}
