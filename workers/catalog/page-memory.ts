/**
 * Pages of products in the memory of this isolate, so that a read asks the database only for what may have changed: which
 * products there are, in which version, with which stock. A page is used only for the version that the database names, so
 * it can never be stale.
 */
import type { Currency } from '../../shared/values/money.ts';
import type { Page } from './domain/page.ts';

export interface KnownPage {
  readonly version: number;
  readonly page: Page;
}

/** About 4 KB each. */
const pagesMax = 4_000;
/** What a page or list of products held when it was last read: some ids each. */
const looksMax = 2_000;

export class PageMemory {
  readonly #pages = new Map<string, KnownPage>();
  readonly #looks = new Map<string, readonly string[]>();

  /** The pages that an answer needed when it was last given, by product id. */
  recall(look: string, wish: Currency | null): ReadonlyMap<string, KnownPage> {
    const known = new Map<string, KnownPage>();
    for (const id of this.#looks.get(look) ?? []) {
      const page = this.#pages.get(keyOf(id, wish));
      if (page !== undefined) known.set(id, page);
    }
    return known;
  }

  keep(id: string, wish: Currency | null, known: KnownPage): void {
    renew(this.#pages, keyOf(id, wish), known, pagesMax);
  }

  keepLook(look: string, ids: readonly string[]): void {
    renew(this.#looks, look, ids, looksMax);
  }
}

const keyOf = (id: string, wish: Currency | null) => `${wish ?? ''}${id}`;

/** The entry that was written longest ago goes first: a Map keeps the order of insertion. */
function renew<Value>(map: Map<string, Value>, key: string, value: Value, sizeMax: number): void {
  map.delete(key);
  if (map.size >= sizeMax) {
    const oldest = map.keys().next();
    if (!oldest.done) map.delete(oldest.value);
  }
  map.set(key, value);
}
