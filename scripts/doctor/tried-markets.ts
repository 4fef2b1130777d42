/** What the findings about selling have in common: the markets as they were tried, and names in sentences. */
import type { Market } from '../../shared/contracts/pricing/markets.ts';
import { ratesOf } from '../setup/state.ts';
import type { Facts } from './facts.ts';
import type { MarketSale } from './sales.ts';

const namesMax = 5;

/** Names in a sentence: the first few, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - namesMax;
  return more > 0 ? `${names.slice(0, namesMax).join(', ')} and ${more} more` : names.join(', ');
}

export interface Tried {
  readonly market: Market;
  readonly sale: MarketSale['outcome'];
  /** Whether anything is sent there: without a shipping rate a market is closed. */
  readonly isServed: boolean;
}

export function triedOf({ state, sales }: Facts): Tried[] {
  return state.markets.flatMap((market) => {
    const sale = sales.find(({ marketId }) => marketId === market.id)?.outcome;
    return sale === undefined ? [] : [{ market, sale, isServed: ratesOf(state, market.id).length > 0 }];
  });
}

export const namesOf = (tried: readonly Tried[]): string => listed(tried.map(({ market }) => market.name));
