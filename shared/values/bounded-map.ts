/**
 * Maps that are bounded by what they hold, in estimated bytes: the entry that was set longest ago makes room. What isolates
 * remember is kept in these, because several objects share an isolate and its 128 MB.
 */
import { estimatedBytes } from './estimated-bytes.ts';

export const megabyte = 1024 * 1024;

/** What an entry takes in the map and in its budget, beside its key and value. */
const entryBytes = 160;

interface Slot {
  readonly bytes: number;
  /** Takes the entry out of its map. */
  readonly drop: () => void;
}

/** Bytes that one map may take, or several together: then the oldest entry of all of them makes room. */
export class MemoryBudget {
  readonly bytesMax: number;
  /** In the order in which they were set. */
  readonly #slots = new Set<Slot>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(slot: Slot): void {
    this.#slots.add(slot);
    this.#bytes += slot.bytes;
    for (const oldest of this.#slots) {
      if (this.#bytes <= this.bytesMax) return;
      this.remove(oldest);
      oldest.drop();
    }
  }

  /** Makes an entry the newest. */
  renew(slot: Slot): void {
    this.#slots.delete(slot);
    this.#slots.add(slot);
  }

  remove(slot: Slot): void {
    if (this.#slots.delete(slot)) this.#bytes -= slot.bytes;
  }
}

interface Held<Value> extends Slot {
  readonly value: Value;
}

export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Held<Value>>();
  readonly #budget: MemoryBudget;

  /** Takes its bytes from a budget of its own, or from one that it shares. */
  constructor(budget: number | MemoryBudget) {
    this.#budget = typeof budget === 'number' ? new MemoryBudget(budget) : budget;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /** Gets an entry and makes it the newest. */
  use(key: Key): Value | undefined {
    const held = this.#entries.get(key);
    if (held !== undefined) this.#budget.renew(held);
    return held?.value;
  }

  has(key: Key): boolean {
    return this.#entries.has(key);
  }

  /** Sets an entry and makes it the newest, also when it was there. One that takes more than the whole budget is not kept. */
  set(key: Key, value: Value): void {
    this.delete(key);
    const bytes = entryBytes + estimatedBytes(key) + estimatedBytes(value);
    if (bytes > this.#budget.bytesMax) return;
    const held: Held<Value> = { value, bytes, drop: () => void this.#entries.delete(key) };
    this.#entries.set(key, held);
    this.#budget.add(held);
  }

  delete(key: Key): void {
    const held = this.#entries.get(key);
    if (held === undefined) return;
    this.#entries.delete(key);
    this.#budget.remove(held);
  }

  clear(): void {
    for (const held of this.#entries.values()) this.#budget.remove(held);
    this.#entries.clear();
  }
}
