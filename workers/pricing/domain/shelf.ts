/**
 * What product pages show of price lists: the very unit prices of a quote, for a stranger who takes one piece, and from
 * which quantity on a piece costs less.
 */

import type { ListPrice, PriceList } from '../../../shared/contracts/pricing/price-lists.ts';
import type { ShelfEdition, ShelfGoods, ShelfMarket, ShelfPrice } from '../../../shared/contracts/pricing/shelf.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { listsFor, listsOfAudience, type PriceBook, unitPrices } from './price-lists.ts';
import { stranger } from './reckoning.ts';
import { nextTurn } from './schedule.ts';
import type { Market, PricingSettings } from './settings.ts';

export function editionOf(settings: PricingSettings, now: number): ShelfEdition {
  const seen = settings.markets.flatMap(({ id }) => listsOfAudience(settings, { marketId: id, customer: stranger }));
  return { version: settings.version, until: nextTurn(seen, now) };
}

export function shelfMarketsOf(settings: PricingSettings, now: number): readonly ShelfMarket[] {
  return settings.markets.map(({ id, name, countries, currencies, isDefault, isFallback }) => ({
    id,
    name,
    countries,
    currencies,
    isDefault,
    isFallback,
    listsTag: listsOnShelf(settings, id, now)
      .filter(saysAnything)
      .map((list) => `${list.id}.${list.version}.${list.pricesVersion}`)
      .join(),
  }));
}

/** The lists that decide what a stranger pays in a market. */
export function listsOnShelf(settings: PricingSettings, marketId: string, now: number): readonly PriceList[] {
  return listsFor(settings, { marketId, customer: stranger, now });
}

/** A list that was never filled, and adjusts nothing, changes no price. */
function saysAnything({ adjustment, pricesVersion }: PriceList): boolean {
  return adjustment !== null || pricesVersion > 0;
}

/** The price of each, as a quote would have it for one piece; null where no list has one. */
export function shelfPricesOf(
  goods: readonly ShelfGoods[],
  lists: readonly PriceList[],
  book: PriceBook,
  { currency, market }: { readonly currency: Currency; readonly market: Market },
): readonly (ShelfPrice | null)[] {
  const pricing = { currency, mode: market.rounding.mode };
  return goods.map(({ variantId, priceMinor }) => {
    const [unit] = unitPrices([{ variantId, unitPriceMinor: priceMinor, quantity: 1 }], lists, book, pricing);
    const list = lists.find(({ id }) => id === unit?.priceListId);
    if (unit === undefined || list === undefined) return null;
    const tiers = book.entry(list, variantId, currency)?.tiers ?? [];
    return {
      priceMinor: unit.unitPriceMinor,
      compareAtMinor: unit.compareAtMinor,
      tiers: inOrder(tiers).map(({ minQuantity, amount }) => ({ minQuantity, priceMinor: amount })),
    };
  });
}

/** By quantity; of two for the same quantity the first counts, as in a quote. */
function inOrder(tiers: ListPrice['tiers']): ListPrice['tiers'] {
  return tiers
    .filter((tier, index) => tiers.findIndex(({ minQuantity }) => minQuantity === tier.minQuantity) === index)
    .sort((a, b) => a.minQuantity - b.minQuantity);
}
