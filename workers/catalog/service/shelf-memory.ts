/**
 * What this isolate remembers of prices that are not the catalogue's: the shelf, for some seconds, and pages into which list
 * prices were put. Such a page is used only for the version of the product and the edition of the shelf that it was made
 * for, so it can never be stale.
 */
import type { Shelf } from '../../../shared/contracts/pricing/shelf.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { Page } from '../domain/page.ts';

/** How long the shelf is used before pricing is asked again: an isolate that is not told of an edit is late by that much. */
export const shelfTtlMs = 5 * secondMs;
/** For so long pricing is left alone after it did not answer, so that not every page waits for it. */
export const silenceMs = 2 * secondMs;
/** Pages into which list prices were put. */
const pagesBytesMax = 16 * megabyte;

interface ListedPage {
  /** Of the product. */
  readonly version: number;
  readonly edition: string;
  readonly page: Page;
}

/** The shelf with the moment at which it was known to be the newest, in milliseconds since 1970. */
interface KnownShelf {
  readonly shelf: Shelf;
  readonly trueAt: number;
}

export interface Recalled {
  readonly known: KnownShelf | null;
  /** Pricing does not answer, so it is unknown which price lists apply. */
  readonly isSilent: boolean;
}

export class ShelfMemory {
  /** The last shelf that pricing answered; null before the first. */
  #known: KnownShelf | null = null;
  #isSilent = false;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #generation = 0;
  #lists: string | null = null;
  readonly pages = new BoundedMap<string, ListedPage>(pagesBytesMax);

  /** Undefined when pricing has to be asked. */
  recall(now: number): Recalled | undefined {
    return now < this.#askAgainAt ? { known: this.#known, isSilent: this.#isSilent } : undefined;
  }

  keep(known: KnownShelf, now: number): void {
    this.#known = known;
    this.#isSilent = false;
    this.#askAgainAt = Math.min(now + shelfTtlMs, known.shelf.until ?? Number.POSITIVE_INFINITY);
  }

  /** Whether other lists hold than the last time; at first, whether any do. */
  isOtherLists({ markets }: Shelf): boolean {
    const lists = markets.flatMap(({ id, listsTag }) => (listsTag === '' ? [] : `${id} ${listsTag}`)).join('|');
    const before = this.#lists;
    this.#lists = lists;
    return lists !== (before ?? '');
  }

  /** As far as it is known. */
  get mayHoldLists(): boolean {
    return this.#lists === null || this.#lists !== '';
  }

  /** Answers the last known shelf: its markets have most likely not changed. */
  keepSilence(now: number): Recalled {
    this.#isSilent = true;
    this.#askAgainAt = now + silenceMs;
    return { known: this.#known, isSilent: true };
  }

  /** The next page asks pricing, and what is being asked for is not kept. */
  forget(): void {
    this.#generation += 1;
    this.#askAgainAt = Number.NEGATIVE_INFINITY;
  }

  get generation(): number {
    return this.#generation;
  }
}
