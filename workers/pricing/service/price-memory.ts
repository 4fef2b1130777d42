/**
 * Entries of price lists as this isolate has met them, so that a warm quote costs no storage round trip however long the
 * lists are. What is missing for a cart is fetched in one query. An entry is known by the version of its list's prices, so
 * a changed price is never answered from an old entry; the entry that was set longest ago makes room at the bound.
 */
import type { ListPrice, PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { emptyBook, type PriceBook } from '../domain/price-lists.ts';
import type { FoundPrice, WantedPrices } from '../store/list-prices.ts';

/** Of an isolate's 128 MB: room for three lists of 15,000 entries. */
const bytesMax = 20 * megabyte;

export interface PriceSource {
  listPrices(wanted: WantedPrices): Promise<readonly FoundPrice[]>;
}

interface PricesNeeded {
  readonly lists: readonly PriceList[];
  readonly variantIds: readonly string[];
  readonly currency: Currency;
  /** The version of the settings that the lists are from. */
  readonly version: number;
}

export class PriceMemory {
  /** Null: the list has no entry for the variant. In the order in which they were fetched. */
  readonly #entries: BoundedMap<string, ListPrice | null>;

  constructor(max = bytesMax) {
    this.#entries = new BoundedMap(max);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** A book that holds every entry the cart needs. */
  async book(source: PriceSource, needed: PricesNeeded): Promise<PriceBook> {
    const lists = needed.lists.filter((list) => list.pricesVersion > 0);
    if (lists.length === 0 || needed.variantIds.length === 0) return emptyBook;
    const { currency, version } = needed;
    const keyOf = (list: PriceList, variantId: string) => `${list.id}@${list.pricesVersion} ${variantId} ${currency}`;
    const book = new Map<string, ListPrice | null>();
    const missing = new Set<string>();
    for (const list of lists) {
      for (const variantId of needed.variantIds) {
        const key = keyOf(list, variantId);
        const known = this.#entries.get(key);
        if (known === undefined) missing.add(variantId);
        else book.set(key, known);
      }
    }
    if (missing.size > 0) {
      const variantIds = [...missing];
      const found = await source.listPrices({ listIds: lists.map(({ id }) => id), variantIds, currency, version });
      const byKey = new Map(found.map(({ listId, price }) => [`${listId} ${price.variantId}`, price]));
      for (const list of lists) {
        for (const variantId of variantIds) {
          const entry = byKey.get(`${list.id} ${variantId}`) ?? null;
          book.set(keyOf(list, variantId), entry);
          this.#entries.set(keyOf(list, variantId), entry);
        }
      }
    }
    return { entry: (list, variantId) => book.get(keyOf(list, variantId)) ?? null };
  }
}
