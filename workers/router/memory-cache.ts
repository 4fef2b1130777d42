/**
 * The first tier of the cache: public answers in this isolate's memory, for seconds, bounded by bytes and entries. Equal reads
 * that arrive together become one call to the origin. An edit by the merchant clears the answers with certain tags, and one of
 * them that was asked for before the edit is not kept after it.
 */

/** An answer that can be given many times. Its headers are ready to send. */
export interface Snapshot {
  readonly status: number;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string | null;
  /** Milliseconds since 1970 at which the truth was read. */
  readonly readAt: number;
  /** When it changes by itself, in milliseconds since 1970: from then on it is not given. Null when it does not. */
  readonly until: number | null;
  /** By which it is cleared. Null when the answer names none: then any edit clears it. */
  readonly tags: readonly string[] | null;
  /** False for refusals and failures: each reader asks for itself. */
  readonly isStorable: boolean;
}

interface CacheBounds {
  readonly ttlMs: number;
  readonly bytesMax: number;
  readonly entriesMax: number;
  /** A larger answer is not kept. */
  readonly entryBytesMax: number;
  /** How long a reader waits for another reader's call before it makes its own. */
  readonly waitMs: number;
}

/** An isolate has 128 MB in all. */
const cacheBounds: CacheBounds = {
  ttlMs: 5000,
  bytesMax: 24 * 1024 * 1024,
  entriesMax: 5000,
  entryBytesMax: 1024 * 1024,
  waitMs: 3000,
};

export type CacheOutcome = 'hit' | 'miss' | 'collapsed';

interface CachedRead {
  readonly snapshot: Snapshot;
  readonly outcome: CacheOutcome;
}

interface Entry {
  readonly snapshot: Snapshot;
  /** Not the time of the truth: an answer of the edge cache may be older than its place in this memory. */
  readonly keptAt: number;
}

/** A load that is under way, and which tags edits have cleared since it began. */
interface Flight {
  readonly snapshot: Promise<Snapshot>;
  readonly cleared: Set<string>;
}

/** What an entry costs beside its body. */
const entryOverheadBytes = 1024;

export class MemoryCache {
  readonly #bounds: CacheBounds;
  readonly #entries = new Map<string, Entry>();
  /** Those that a reader may join: an edit ends that for all, because nobody knows yet which tags they will have. */
  readonly #flights = new Map<string, Flight>();
  readonly #underWay = new Set<Set<string>>();
  #bytes = 0;

  constructor(bounds: CacheBounds = cacheBounds) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A fresh answer, or undefined. */
  fresh(key: string, now: number): Snapshot | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { until } = entry.snapshot;
    if (now - entry.keptAt >= this.#bounds.ttlMs || (until !== null && now >= until)) {
      this.#drop(key, entry);
      return undefined;
    }
    // The order of a Map is the order of insertion, so the front is what was read longest ago.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.snapshot;
  }

  /**
   * Loads what is not fresh. One reader per key calls `load`; the others wait for it, but never for ever: the runtime may
   * have ended the request that makes the call. `keepAlive` lets the call outlive its own reader.
   */
  async load(
    key: string,
    now: number,
    load: () => Promise<Snapshot>,
    keepAlive: (work: Promise<unknown>) => void,
  ): Promise<CachedRead> {
    const flight = this.#flights.get(key);
    if (flight !== undefined) {
      const shared = await within(flight.snapshot, this.#bounds.waitMs);
      if (shared?.isStorable === true) return { snapshot: shared, outcome: 'collapsed' };
      return { snapshot: await load(), outcome: 'miss' };
    }
    const own = this.#fly(key, now, load);
    keepAlive(own.catch(() => undefined));
    return { snapshot: await own, outcome: 'miss' };
  }

  /** Drops the answers with one of these tags, also those under way. */
  clear(tags: ReadonlySet<string>): void {
    for (const [key, entry] of this.#entries) if (hasAny(entry.snapshot, tags)) this.#drop(key, entry);
    for (const cleared of this.#underWay) for (const tag of tags) cleared.add(tag);
    this.#flights.clear();
  }

  #fly(key: string, now: number, load: () => Promise<Snapshot>): Promise<Snapshot> {
    const cleared = new Set<string>();
    this.#underWay.add(cleared);
    const flight: Flight = {
      cleared,
      snapshot: load()
        .then((snapshot) => {
          if (cleared.size === 0 || !hasAny(snapshot, cleared)) this.#keep(key, { snapshot, keptAt: now });
          return snapshot;
        })
        .finally(() => {
          this.#underWay.delete(cleared);
          if (this.#flights.get(key) === flight) this.#flights.delete(key);
        }),
    };
    this.#flights.set(key, flight);
    return flight.snapshot;
  }

  #keep(key: string, entry: Entry): void {
    const { snapshot } = entry;
    if (!snapshot.isStorable || snapshot.body.byteLength > this.#bounds.entryBytesMax) return;
    const before = this.#entries.get(key);
    if (before !== undefined) this.#drop(key, before);
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(key, entry);
    for (const [oldestKey, oldest] of this.#entries) {
      if (this.#bytes <= this.#bounds.bytesMax && this.#entries.size <= this.#bounds.entriesMax) return;
      this.#drop(oldestKey, oldest);
    }
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= sizeOf(key, entry);
  }
}

function hasAny({ tags }: Snapshot, cleared: ReadonlySet<string>): boolean {
  return tags === null || tags.some((tag) => cleared.has(tag));
}

/** The tags that an answer names, null when it names none. */
export function tagsOf(headers: Headers): string[] | null {
  return headers.get('cache-tag')?.split(/\s*,\s*/) ?? null;
}

function sizeOf(key: string, { snapshot }: Entry): number {
  return snapshot.body.byteLength + key.length * 2 + entryOverheadBytes;
}

/** The value, or undefined when it fails or does not come in time. */
async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
