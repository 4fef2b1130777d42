/**
 * Keeps the keys of charged prices as price lists say: a job, because a list may change the price of every product at once, and
 * begins and ends by itself. Prices on pages are always those of the moment; the order of a list follows within seconds.
 */
import type { ShelfPrice } from '../../../shared/contracts/pricing/shelf.ts';
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { chargedKeyOf, chargedSortsOf, goodsOf } from '../domain/charged-keys.ts';
import type { Product } from '../domain/product.ts';
import { lowestPrice } from '../domain/view.ts';
import {
  type ChargedRow,
  chargedRows,
  editsSettled,
  type KeysWritten,
  keysIn,
  productsAfter,
  productsEdited,
  sortRemoved,
  walkAdvanced,
  walkBegun,
} from '../store/charged-keys.ts';
import type { Catalog } from './catalog.ts';

type Charging = Pick<Catalog, 'db' | 'pricing' | 'variants' | 'now'>;

const patienceMs = 5 * secondMs;
/** How long pricing is left alone when it does not answer. */
const silenceMs = 10 * secondMs;

/** Takes the next step. Answers when to go on, in milliseconds since 1970: now, when a list begins or ends, or never. */
export async function advanceCharged(catalog: Charging): Promise<number | null> {
  try {
    const shelf = await withDeadline(catalog.pricing.shelf(), patienceMs);
    const wanted = chargedSortsOf(shelf);
    const rows = await chargedRows(catalog.db);
    if (wanted.length === 0 && rows.length === 0) return shelf.until;
    const isMoving = await takeStep(catalog, wanted, rows);
    return isMoving ? catalog.now() : shelf.until;
  } catch (error) {
    reportDefect('lists by price stay as they are while pricing does not answer', error);
    return catalog.now() + silenceMs;
  }
}

async function takeStep(
  catalog: Charging,
  wanted: ReturnType<typeof chargedSortsOf>,
  rows: readonly ChargedRow[],
): Promise<boolean> {
  const { db } = catalog;
  for (const sort of wanted) {
    const row = rows.find((one) => one.sort === sort.sort);
    if (row?.tag === sort.tag && (row.isForRules === 1) === sort.isForRules) continue;
    await walkBegun(db, sort);
    return true;
  }
  const left = rows.find(({ sort }) => !wanted.some((one) => one.sort === sort));
  if (left !== undefined) {
    await sortRemoved(db, left.sort);
    catalog.variants.clear();
    return true;
  }
  const edited = await productsEdited(db);
  if (edited.ids.length > 0) {
    const written = await Promise.all(rows.map((row) => writtenFor(catalog, row, edited.products)));
    await editsSettled(db, written, edited.edits);
    catalog.variants.clear();
    return true;
  }
  const open = rows.find(({ afterId }) => afterId !== null);
  if (open === undefined) return false;
  const next = await productsAfter(db, open.afterId ?? '');
  const written = await writtenFor(catalog, open, next.products);
  await walkAdvanced(db, written, { tag: open.tag, upTo: next.ids.at(-1) ?? null });
  if (written.reruled.length > 0) catalog.variants.clear();
  return true;
}

/** The keys of products in a sort that are not as they should be. */
async function writtenFor(
  { db, pricing }: Charging,
  { sort, marketId, currency, isForRules }: ChargedRow,
  products: readonly Product[],
): Promise<KeysWritten> {
  const goods = goodsOf(products, currency);
  if (goods.length === 0) return { sort, keys: [], reruled: [] };
  const [{ prices }, known] = await Promise.all([
    withDeadline(pricing.shelfPrices({ marketId, currency, goods }), patienceMs),
    keysIn(
      db,
      sort,
      products.map(({ id }) => id),
    ),
  ]);
  const charged = new Map<string, ShelfPrice>();
  for (const [index, { variantId }] of goods.entries()) {
    const price = prices[index];
    if (price != null) charged.set(variantId, price);
  }
  const keys = products.flatMap((product): [string, number][] => {
    const key = chargedKeyOf(product, currency, charged);
    return key === null || known.get(product.id) === key ? [] : [[product.id, key]];
  });
  const catalogPriceOf = new Map(products.map((product) => [product.id, lowestPrice(product, currency)]));
  const reruled = keys.filter(([id, key]) => (known.get(id) ?? catalogPriceOf.get(id)) !== key).map(([id]) => id);
  return { sort, keys, reruled: isForRules === 1 ? reruled : [] };
}
