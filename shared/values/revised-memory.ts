/**
 * What an isolate remembers of values whose owner counts every change of any of them: all of it is right as long as that number
 * stays. The number is looked at every few seconds while callers are already being answered. An owner that does not answer
 * soon ends the memory, and never the truth of an answer. Time is handed in, in milliseconds since 1970.
 */
import { BoundedMap } from './bounded-map.ts';
import { secondMs } from './time.ts';

/** How often the number is asked for: a change that nobody tells of is late by this much as a rule. */
export const checkEveryMs = 5 * secondMs;
/** What was not known to be right for this long is not used. */
export const trustMs = 15 * secondMs;

interface Kept<Value> {
  readonly value: Value;
  /** When it was asked for. */
  readonly readAt: number;
}

export class RevisedMemory<Value> {
  readonly #kept: BoundedMap<string, Kept<Value>>;
  #generation = 0;
  #revision: number | null = null;
  /** When the number was last seen to be the same. */
  #provenAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(bytesMax: number) {
    this.#kept = new BoundedMap(bytesMax);
  }

  get(key: string, now: number): Value | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && now - Math.max(kept.readAt, this.#provenAt) < trustMs ? kept.value : undefined;
  }

  set(key: string, value: Value, readAt: number): void {
    this.#kept.set(key, { value, readAt });
  }

  /** Counts the clearings: what was asked for before one must not be kept after it. */
  get generation(): number {
    return this.#generation;
  }

  /** The last revision that was seen. A Worker that is asked for a value must not answer from an earlier one. Undefined before the first. */
  get revision(): number | undefined {
    return this.#revision ?? undefined;
  }

  clear(): void {
    this.#generation += 1;
    this.#kept.clear();
  }

  /** Asks for the number once in a while, behind the answer that is being given. */
  check(now: number, ask: () => Promise<number>, { later, report }: Background): void {
    if (now - this.#askedAt < checkEveryMs) return;
    this.#askedAt = now;
    const asked = ask().then(
      (revision) => this.prove(revision, now),
      (error: unknown) => report('nobody says whether what is remembered has changed; it is forgotten soon', error),
    );
    later(asked);
  }

  /** Takes the number as the owner has it, some time after `askedAt`. */
  prove(revision: number, askedAt: number): void {
    // What was read before the first number was seen may be older than the number. After a gap it proves nothing either: a
    // database that was restored to an earlier state counts the same numbers again.
    if (revision !== this.#revision || askedAt - this.#provenAt >= trustMs) this.clear();
    this.#revision = revision;
    this.#provenAt = askedAt;
  }

  /** Takes it from a caller that there were so many changes: what was read before the last of them is forgotten. */
  heed(revision: number): void {
    if (revision <= (this.#revision ?? Number.NEGATIVE_INFINITY)) return;
    this.clear();
    this.#revision = revision;
  }
}

export interface Background {
  /** Keeps work alive beyond the answer. */
  readonly later: (work: Promise<unknown>) => void;
  readonly report: (message: string, error: unknown) => void;
}
