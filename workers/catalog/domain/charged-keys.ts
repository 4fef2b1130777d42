/**
 * The prices that lists are sorted by where price lists hold: the lowest that a stranger is charged for a product, one key per
 * market and currency. Without lists the catalogue's prices are those.
 */
import type { Shelf, ShelfGoods, ShelfPrice } from '../../../shared/contracts/pricing/shelf.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Product } from './product.ts';

export interface ChargedSort {
  readonly sort: string;
  readonly marketId: string;
  readonly currency: Currency;
  /** Names what the lists say. */
  readonly tag: string;
  readonly isForRules: boolean;
}

export const chargedSortOf = (marketId: string, currency: Currency): string => `${currency}@${marketId}`;

/** The keys that there have to be: of every market in which a list holds, in each of its currencies. */
export function chargedSortsOf(shelf: Pick<Shelf, 'markets'>): readonly ChargedSort[] {
  return shelf.markets.flatMap(({ id: marketId, currencies, listsTag: tag }) =>
    tag === ''
      ? []
      : currencies.map((currency) => {
          const chosen = chooseMarket(shelf, { country: null, currency });
          const isForRules = chosen.ok && chosen.value.marketId === marketId;
          return { sort: chargedSortOf(marketId, currency), marketId, currency, tag, isForRules };
        }),
  );
}

/** What of products pricing has to be asked about. */
export function goodsOf(products: readonly Product[], currency: Currency): readonly ShelfGoods[] {
  return products.flatMap(({ variants }) =>
    variants.flatMap(({ id: variantId, prices }) =>
      prices.flatMap((price) => (price.currency === currency ? [{ variantId, priceMinor: price.amount }] : [])),
    ),
  );
}

/** The lowest price that is charged for a product; null where it is not sold in the currency. */
export function chargedKeyOf(
  product: Product,
  currency: Currency,
  prices: ReadonlyMap<string, ShelfPrice>,
): number | null {
  const charged = goodsOf([product], currency).map(
    ({ variantId, priceMinor }) => prices.get(variantId)?.priceMinor ?? priceMinor,
  );
  return charged.length === 0 ? null : Math.min(...charged);
}
