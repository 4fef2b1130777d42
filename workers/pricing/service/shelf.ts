/** Answers product pages from memory: the markets, and what price lists say to a stranger. */
import type { Shelf, ShelfPrices, ShelfRequest } from '../../../shared/contracts/pricing/shelf.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { editionOf, listsOnShelf, shelfMarketsOf, shelfPricesOf } from '../domain/shelf.ts';
import type { PriceMemory, PriceSource } from './price-memory.ts';
import type { Moment, SettingsMemory, SettingsSource } from './settings-memory.ts';

/**
 * A page stays in caches for most of a minute, so what it is made from must be newer than what a cart is quoted from. Longer
 * than the interval at which settings are looked at again: where carts are quoted all the time, no page waits.
 */
export const shelfStaleMaxMs = 10 * secondMs;

export class ShelfDesk {
  readonly #settings: SettingsMemory;
  readonly #prices: PriceMemory;

  constructor(settings: SettingsMemory, prices: PriceMemory) {
    this.#settings = settings;
    this.#prices = prices;
  }

  async shelf(source: SettingsSource, moment: Moment): Promise<Shelf> {
    const settings = await this.#settings.read(source, moment, shelfStaleMaxMs);
    const ageMs = this.#settings.ageMs(moment.now);
    return { ...editionOf(settings, moment.now), markets: shelfMarketsOf(settings, moment.now), ageMs };
  }

  async prices(
    source: SettingsSource & PriceSource,
    { marketId, currency, goods }: ShelfRequest,
    moment: Moment,
  ): Promise<ShelfPrices> {
    const settings = await this.#settings.read(source, moment, shelfStaleMaxMs);
    const edition = editionOf(settings, moment.now);
    const market = settings.markets.find(({ id }) => id === marketId);
    if (market === undefined) return { ...edition, prices: goods.map(() => null) };
    const lists = listsOnShelf(settings, marketId, moment.now);
    const variantIds = [...new Set(goods.map(({ variantId }) => variantId))];
    const book = await this.#prices.book(source, { lists, variantIds, currency, version: settings.version });
    return { ...edition, prices: shelfPricesOf(goods, lists, book, { currency, market }) };
  }
}
