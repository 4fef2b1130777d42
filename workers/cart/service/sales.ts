/**
 * Where the shop's markets sell, for the country pickers of storefronts: asked of pricing, remembered for some seconds, and
 * forgotten when the merchant edits prices or markets.
 */
import type { ShelfApi, ShelfMarket } from '../../../shared/contracts/pricing/shelf.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import { megabyte } from '../../../shared/values/bounded-map.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { ShortCache } from '../../../shared/values/short-cache.ts';
import { secondMs } from '../../../shared/values/time.ts';

/** Whether a country is sold to, and in which currencies: the first is that of a cart that names none. */
export interface Sale {
  readonly isSold: boolean;
  readonly currency: Currency | null;
  readonly currencies: readonly Currency[];
}

/** An edit reaches an isolate that the router did not notify at most this late. */
const rememberMs = 30 * secondMs;
export const marketsMemory = new ShortCache<readonly ShelfMarket[]>({ ttlMs: rememberMs, bytesMax: megabyte });

export async function salesNow(pricing: Pick<ShelfApi, 'shelf'>, now: number): Promise<(country: string) => Sale> {
  const markets = await marketsNow(pricing, now);
  return (country) => {
    const chosen = chooseMarket({ markets }, { country, currency: null });
    if (!chosen.ok) return { isSold: false, currency: null, currencies: [] };
    const { currency, market } = chosen.value;
    return { isSold: true, currency, currencies: market.currencies };
  };
}

async function marketsNow(pricing: Pick<ShelfApi, 'shelf'>, now: number): Promise<readonly ShelfMarket[]> {
  const known = marketsMemory.get('all', now);
  if (known !== undefined) return known;
  const { generation } = marketsMemory;
  const { markets } = await pricing.shelf();
  if (generation === marketsMemory.generation) marketsMemory.set('all', markets, now);
  return markets;
}
