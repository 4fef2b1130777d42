/**
 * The prices that pages show: those that the cart of an unknown shopper would be charged. The shelf says which currency a country is
 * sold to in, and whether price lists hold there; only where they do is pricing asked for prices, in one call for all
 * products of an answer, and what it says is remembered until the shelf changes. Browsing never depends on pricing: while
 * it does not answer, pages show the catalogue's own prices, and no cache keeps them for long.
 */
import type { ShelfEdition, ShelfGoods, ShelfPrice, ShelfPrices } from '../../../shared/contracts/pricing/shelf.ts';
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { chooseMarket } from '../../../shared/quoting/markets.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { goodsOn, listedPage } from '../domain/listed-page.ts';
import type { Page } from '../domain/page.ts';
import type { PriceWish } from '../domain/view.ts';
import type { ShownProduct } from '../store/pages.ts';
import type { Catalog } from './catalog.ts';
import type { Recalled, ShelfMemory } from './shelf-memory.ts';

type Shelving = Pick<Catalog, 'pricing' | 'shelf' | 'now' | 'armJobs'>;

/** How long a page waits for pricing. */
export const patienceMs = 2 * secondMs;
/** How long caches may keep a page whose prices could not be confirmed. */
const makeshiftMs = 5 * secondMs;
/** Pricing answers with settings that are up to ten seconds old, and they are kept here for five. Older ones are not confirmed. */
const trueForMs = 15 * secondMs;

interface ShopperWish {
  readonly country?: string | undefined;
  readonly currency?: Currency | undefined;
}

/** Where price lists hold. */
interface Listed {
  readonly marketId: string;
  readonly currency: Currency;
  readonly edition: string;
}

/** What a shopper with this country and currency is offered. */
interface Offer {
  /** Which price of a product is shown; null leaves that to the product, because it is not known what the shopper is offered. */
  readonly currency: PriceWish;
  /** Where price lists hold. */
  readonly listed: Listed | null;
  /** When what is shown may change by itself, in milliseconds since 1970; null when not before it is edited. */
  readonly until: number | null;
}

/** An explicit currency wins over the one that the country is sold to in; without either, the default market is meant. */
export async function offerTo(catalog: Shelving, { country, currency }: ShopperWish): Promise<Offer> {
  const { known, isSilent } = await presentShelf(catalog);
  const makeshiftUntil = catalog.now() + makeshiftMs;
  if (known === null) return { currency: currency ?? null, listed: null, until: makeshiftUntil };
  const { shelf, trueAt } = known;
  const until = !isSilent && catalog.now() - trueAt < trueForMs ? shelf.until : makeshiftUntil;
  const chosen = chooseMarket(shelf, { country: country ?? null, currency: currency ?? null });
  // Nothing is sold to the country, or not in this currency: a cart would be refused.
  if (!chosen.ok) {
    const isAsked = country !== undefined || currency !== undefined;
    return { currency: isAsked ? 'none' : null, listed: null, until };
  }
  const { market, marketId, currency: sold } = chosen.value;
  const listed = market.listsTag !== '' && !isSilent ? { marketId, currency: sold, edition: editionOf(shelf) } : null;
  return { currency: sold, listed, until };
}

async function presentShelf({ pricing, shelf: memory, now, armJobs }: Shelving): Promise<Recalled> {
  const remembered = memory.recall(now());
  if (remembered !== undefined) return remembered;
  const { generation } = memory;
  try {
    const shelf = await withDeadline(pricing.shelf(), patienceMs);
    const known = { shelf, trueAt: now() - shelf.ageMs };
    if (generation === memory.generation) memory.keep(known, now());
    // The order of lists by price has to follow.
    if (memory.isOtherLists(shelf)) await armJobs();
    return { known, isSilent: false };
  } catch (error) {
    return silent(memory, error, now());
  }
}

interface Priced {
  readonly products: readonly ShownProduct[];
  readonly until: number | null;
}

/** The products with the prices of the lists that hold for the offer. */
export async function priced(
  catalog: Shelving,
  { listed, until }: Offer,
  products: readonly ShownProduct[],
): Promise<Priced> {
  if (listed === null) return { products, until };
  const remembered = (product: ShownProduct): Page | undefined => {
    const known = catalog.shelf.pages.get(keyOf(listed, product));
    return known?.version === product.version && known.edition === listed.edition ? known.page : undefined;
  };
  const missing = products.filter((product) => remembered(product) === undefined);
  const { pages, isMakeshift } = await freshPages(catalog, listed, missing);
  return {
    products: products.map((product) => ({
      ...product,
      page: pages.get(product.id) ?? remembered(product) ?? product.page,
    })),
    until: isMakeshift ? Math.min(until ?? Number.POSITIVE_INFINITY, catalog.now() + makeshiftMs) : until,
  };
}

/** Pages with list prices, by product, in one call. They are a makeshift when pricing does not answer, or answers for another
 * edition of the shelf. */
async function freshPages(
  { pricing, shelf: memory, now }: Shelving,
  listed: Listed,
  missing: readonly ShownProduct[],
): Promise<{ readonly pages: ReadonlyMap<string, Page>; readonly isMakeshift: boolean }> {
  const { marketId, currency, edition } = listed;
  const pages = new Map<string, Page>();
  if (missing.length === 0) return { pages, isMakeshift: false };
  const goods = missing.flatMap(({ page }) => goodsOn(page, currency));
  try {
    const answer = await withDeadline(pricing.shelfPrices({ marketId, currency, goods }), patienceMs);
    const prices = byVariant(goods, answer);
    const isMakeshift = editionOf(answer) !== edition;
    if (isMakeshift) memory.forget();
    for (const product of missing) {
      const page = listedPage(product.page, prices, currency);
      pages.set(product.id, page);
      if (!isMakeshift) memory.pages.set(keyOf(listed, product), { version: product.version, edition, page });
    }
    return { pages, isMakeshift };
  } catch (error) {
    silent(memory, error, now());
    return { pages, isMakeshift: true };
  }
}

const keyOf = ({ marketId, currency }: Listed, { id }: ShownProduct) => `${marketId} ${currency} ${id}`;

const editionOf = ({ version, until }: ShelfEdition) => `${version}/${until}`;

function byVariant(goods: readonly ShelfGoods[], { prices }: ShelfPrices): ReadonlyMap<string, ShelfPrice> {
  const found = new Map<string, ShelfPrice>();
  for (const [index, { variantId }] of goods.entries()) {
    const price = prices[index];
    if (price !== null && price !== undefined) found.set(variantId, price);
  }
  return found;
}

function silent(memory: ShelfMemory, error: unknown, now: number): Recalled {
  reportDefect('Pages show prices of the catalogue while pricing does not answer', error);
  return memory.keepSilence(now);
}
