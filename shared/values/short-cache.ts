/** A small cache in isolate memory for answers that may be a few seconds old. Time is handed in. */

interface Kept<Value> {
  readonly value: Value;
  readonly until: number;
}

export class ShortCache<Value> {
  readonly #kept = new Map<string, Kept<Value>>();
  readonly #ttlMs: number;
  readonly #sizeMax: number;
  #generation = 0;

  constructor(options: { readonly ttlMs: number; readonly sizeMax: number }) {
    this.#ttlMs = options.ttlMs;
    this.#sizeMax = options.sizeMax;
  }

  get(key: string, now: number): Value | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && now < kept.until ? kept.value : undefined;
  }

  set(key: string, value: Value, now: number): void {
    // The oldest entry goes first: a Map keeps the order of insertion.
    this.#kept.delete(key);
    if (this.#kept.size >= this.#sizeMax) {
      const oldest = this.#kept.keys().next();
      if (!oldest.done) this.#kept.delete(oldest.value);
    }
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
