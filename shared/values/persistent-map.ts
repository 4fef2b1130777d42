/**
 * An immutable map from text keys. Setting a key copies one of its 64 buckets, so a state that holds ten thousand entries
 * can be folded event by event without copying them all each time.
 */
import { fnv1a } from './hash.ts';

const bucketCount = 64;

type Bucket<Value> = ReadonlyMap<string, Value>;

export class PersistentMap<Value> implements Iterable<readonly [string, Value]> {
  readonly #buckets: readonly (Bucket<Value> | undefined)[];
  readonly size: number;

  private constructor(buckets: readonly (Bucket<Value> | undefined)[], size: number) {
    this.#buckets = buckets;
    this.size = size;
  }

  static empty<Value>(): PersistentMap<Value> {
    return new PersistentMap<Value>([], 0);
  }

  static from<Value>(entries: Iterable<readonly [string, Value]>): PersistentMap<Value> {
    const buckets: Map<string, Value>[] = [];
    let size = 0;
    for (const [key, value] of entries) {
      const index = bucketOf(key);
      const bucket = buckets[index] ?? new Map<string, Value>();
      if (!bucket.has(key)) size += 1;
      bucket.set(key, value);
      buckets[index] = bucket;
    }
    return new PersistentMap<Value>(buckets, size);
  }

  get(key: string): Value | undefined {
    return this.#buckets[bucketOf(key)]?.get(key);
  }

  has(key: string): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) === true;
  }

  set(key: string, value: Value): PersistentMap<Value> {
    const index = bucketOf(key);
    const bucket = new Map(this.#buckets[index]);
    const size = bucket.has(key) ? this.size : this.size + 1;
    return new PersistentMap<Value>(this.#replaced(index, bucket.set(key, value)), size);
  }

  delete(key: string): PersistentMap<Value> {
    if (!this.has(key)) return this;
    const index = bucketOf(key);
    const bucket = new Map(this.#buckets[index]);
    bucket.delete(key);
    return new PersistentMap<Value>(this.#replaced(index, bucket), this.size - 1);
  }

  *[Symbol.iterator](): Generator<readonly [string, Value]> {
    for (const bucket of this.#buckets) if (bucket !== undefined) yield* bucket;
  }

  /** So that a state with such a map can be kept as JSON; `from` reads it back. */
  toJSON(): (readonly [string, Value])[] {
    return [...this];
  }

  #replaced(index: number, bucket: Bucket<Value>): (Bucket<Value> | undefined)[] {
    const buckets = [...this.#buckets];
    buckets[index] = bucket;
    return buckets;
  }
}

/** By the last characters: ids differ at their end. */
function bucketOf(key: string): number {
  return fnv1a(key.slice(-12)) % bucketCount;
}
