/**
 * Where the shop's markets sell, for the country pickers of storefronts: asked of pricing, remembered for some seconds, and
 * forgotten when the merchant edits prices or markets. While pricing does not answer, what it last said is shown, and an isolate that
 * has never heard says that it does not know: how addresses are written hangs on nobody.
 */
import type { ShelfApi, ShelfMarket } from '../../../shared/contracts/pricing/shelf.ts';
import { reportDelay } from '../../../shared/messaging/report.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import { megabyte } from '../../../shared/values/bounded-map.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { ShortCache } from '../../../shared/values/short-cache.ts';
import { secondMs } from '../../../shared/values/time.ts';

/** Whether a country is sold to, and in which currencies: the first is that of a cart that names none. */
export interface Sale {
  /** Null: pricing has never answered. */
  readonly isSold: boolean | null;
  readonly currency: Currency | null;
  readonly currencies: readonly Currency[];
}

/** An edit reaches an isolate that the router did not notify at most this late. */
const rememberMs = 30 * secondMs;
export const marketsMemory = new ShortCache<readonly ShelfMarket[]>({ ttlMs: rememberMs, bytesMax: megabyte });

/** What pricing last said, however long ago: it is only read while pricing is silent. */
let heardLast: readonly ShelfMarket[] | null = null;

/** Tests begin without anything that was heard. */
export function forgetSales(): void {
  heardLast = null;
  marketsMemory.clear();
}

interface Sales {
  readonly saleIn: (country: string) => Sale;
  /** Whether pricing has just said so. */
  readonly isOfNow: boolean;
  /** Whether pricing has ever answered. */
  readonly isKnown: boolean;
}

export async function salesNow(pricing: Pick<ShelfApi, 'shelf'>, now: number): Promise<Sales> {
  try {
    heardLast = await marketsNow(pricing, now);
    return { saleIn: saleBy(heardLast), isOfNow: true, isKnown: true };
  } catch (error) {
    reportDelay('pricing does not say where it sells', error);
    return { saleIn: saleBy(heardLast), isOfNow: false, isKnown: heardLast !== null };
  }
}

function saleBy(markets: readonly ShelfMarket[] | null): (country: string) => Sale {
  return (country) => {
    if (markets === null) return { isSold: null, currency: null, currencies: [] };
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
