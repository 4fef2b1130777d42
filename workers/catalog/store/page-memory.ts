/**
 * Pages of products in the memory of this isolate, so that a read asks the database only for what may have changed: which
 * products there are, in which version, with which stock. A page is used only for the version that the database names, so
 * it can never be stale.
 */
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import type { Page } from '../domain/page.ts';
import type { PriceWish } from '../domain/view.ts';

export interface KnownPage {
  readonly version: number;
  readonly page: Page;
}

const pagesBytesMax = 16 * megabyte;
/** What a page or list of products held when it was last read: some ids each. */
const looksBytesMax = 4 * megabyte;

export class PageMemory {
  readonly #pages = new BoundedMap<string, KnownPage>(pagesBytesMax);
  readonly #looks = new BoundedMap<string, readonly string[]>(looksBytesMax);

  /** The pages that an answer needed when it was last given, by product id. */
  recall(look: string, wish: PriceWish): ReadonlyMap<string, KnownPage> {
    const known = new Map<string, KnownPage>();
    for (const id of this.#looks.get(look) ?? []) {
      const page = this.#pages.get(keyOf(id, wish));
      if (page !== undefined) known.set(id, page);
    }
    return known;
  }

  keep(id: string, wish: PriceWish, known: KnownPage): void {
    this.#pages.set(keyOf(id, wish), known);
  }

  keepLook(look: string, ids: readonly string[]): void {
    this.#looks.set(look, ids);
  }
}

const keyOf = (id: string, wish: PriceWish) => `${wish ?? ''}${id}`;
