/**
 * Puts the prices of price lists into a precomputed page. The page stays what `page.ts` reads and fills: only the pieces
 * between its holes change, once per product, market and edition of the shelf.
 */
import type { ShelfGoods, ShelfPrice } from '../../../shared/contracts/pricing/shelf.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { type Page, piecesOf, wholeOf } from './page.ts';
import type { ProductView, VariantView } from './product.ts';
import { mixText, priceRangeOf } from './view.ts';

/** What a page shows in a currency. A variant that is not sold in it has no price, and a list gives it none. */
export function goodsOn(page: Page, currency: Currency): readonly ShelfGoods[] {
  return documentOf(page).variants.flatMap(({ id, price }) =>
    price?.currency === currency ? [{ variantId: id, priceMinor: price.amount }] : [],
  );
}

/** The page with these prices, by variant, in the currency; a variant without one keeps the catalogue's. */
export function listedPage(page: Page, prices: ReadonlyMap<string, ShelfPrice>, currency: Currency): Page {
  const document = documentOf(page);
  const listed = document.variants.map(({ id }) => prices.get(id) ?? null);
  if (listed.every((price) => price === null)) return page;
  const variants = document.variants.map((variant, index) => withPrice(variant, listed[index] ?? null, currency));
  const shown = { ...document, variants, priceRange: priceRangeOf(variants.flatMap(({ price }) => price ?? [])) };
  return { ...page, pieces: piecesOf(shown), pricesTag: mixText(17, JSON.stringify(listed)) };
}

function withPrice(variant: VariantView, listed: ShelfPrice | null, currency: Currency): VariantView {
  if (listed === null) return variant;
  const money = (amount: number) => ({ amount, currency });
  const tiers = listed.tiers.map(({ minQuantity, priceMinor }) => ({ minQuantity, price: money(priceMinor) }));
  return {
    ...variant,
    price: money(listed.priceMinor),
    compareAtPrice: listed.compareAtMinor === null ? null : money(listed.compareAtMinor),
    ...(tiers.length === 0 ? {} : { priceTiers: tiers }),
  };
}

/** The document is the product's view, with a marker in the place of each hole. */
function documentOf(page: Page): ProductView {
  return JSON.parse(wholeOf(page));
}
