/**
 * The keys by which lists sort an active product: its title, when it was published, its lowest price in each currency in
 * which a variant is sold, and its own first price for lists in a currency in which it is not sold.
 */
import type { Currency } from '../../../shared/values/money.ts';
import type { Product } from './product.ts';
import { currenciesOf, factsOf, lowestPrice, sortTitleOf } from './view.ts';

interface ListKey {
  /** `title`, `newest`, a currency, or a set of currencies. */
  readonly sort: string;
  readonly key: string | number;
}

/** Sets of currencies are sorts of their own, between these two. */
const setMark = '=';
export const setsFrom = setMark;
export const setsBefore = '>';

function setOf(currencies: readonly Currency[]): string {
  return `${setMark}${currencies.toSorted().join()}`;
}

/** What is not for sale is in no list. */
export function listKeysOf(product: Product): ListKey[] {
  if (product.status !== 'active') return [];
  const currencies = currenciesOf(product);
  const prices = currencies.map((currency) => ({ sort: currency, key: lowestPrice(product, currency) }));
  const own = prices[0]?.key ?? 0;
  return [
    { sort: 'title', key: sortTitleOf(product.title) },
    { sort: 'newest', key: Date.parse(product.publishedAt ?? product.createdAt) },
    ...prices,
    { sort: setOf(currencies), key: own },
  ];
}

interface Facet {
  readonly facet: 'tag' | 'vendor' | 'type';
  /** In lower case. */
  readonly value: string;
}

/** What lists are filtered by, each once. */
export function facetsOf(product: Product): Facet[] {
  const facts = factsOf(product);
  const facets = ['tag', 'vendor', 'type'] as const;
  return facets.flatMap((facet) =>
    [...new Set(facts[facet])].filter((value) => value !== '').map((value) => ({ facet, value })),
  );
}
