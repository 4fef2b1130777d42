/** The precomputed page and the view made on the spot must be the same text, whatever is in the product. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeId } from '../../../shared/values/ids.ts';
import { composeProduct } from './compose.ts';
import { fillPage, pageOf, readPage } from './page.ts';
import { type Product, stockUnitOf } from './product.ts';
import { tagOf, viewOf } from './view.ts';

let made = 0;
const newId = (kind: 'product' | 'variant' | 'image') => {
  made += 1;
  return makeId(kind, { now: 1_700_000_000_000 + made, random: new Uint8Array(16).fill(made % 251) });
};

function productOf(title: string, html: string, skus: readonly string[]): Product {
  const variants = skus.map((sku, index) => ({
    sku,
    options: { Size: `${index}` },
    price: { amount: 100 * index, currency: 'EUR' as const },
    prices: index % 2 === 0 ? [{ amount: 7, currency: 'USD' as const }] : [],
    policy: index % 3 === 0 ? ('continue' as const) : ('deny' as const),
  }));
  const composing = {
    now: 1_700_000_000_000,
    newId,
    quantityOfKnown: 'refused' as const,
    ingredients: [],
    defaultSku: () => null,
  };
  const composed = composeProduct(null, { title, descriptionHtml: html, handle: 'a', variants }, composing);
  if (!composed.ok) throw new Error(JSON.stringify(composed.refusal));
  return composed.value.product;
}

const shopper = { currency: null, isMerchant: false };
const tricky = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\\u0001', '"\\u0001"', '\u2028', '</script>', '\\', '"'),
);

test('a filled page is the view, to the letter', () => {
  fc.assert(
    fc.property(
      tricky,
      tricky,
      fc.constantFrom(null, 'EUR' as const, 'USD' as const, 'GBP' as const, 'none' as const),
      fc.uniqueArray(tricky, { minLength: 1, maxLength: 6 }),
      fc.array(fc.record({ available: fc.integer({ min: -5, max: 50 }), asOf: fc.integer({ min: 0, max: 2e12 }) }), {
        maxLength: 8,
      }),
      (title, html, currency, skus, figures) => {
        const product = productOf(title, html, skus);
        const stock = product.variants.flatMap(({ id }, index) => {
          const figure = figures[index];
          return figure === undefined ? [] : [{ stockUnitId: stockUnitOf(id), ...figure }];
        });
        expect(fillPage(readPage(pageOf(product, currency)), stock)).toBe(
          JSON.stringify(viewOf(product, stock, { currency, isMerchant: false })),
        );
      },
    ),
  );
});

test('a variant that is not sold in the wished currency has no price and is not for sale, and no other price is shown', () => {
  const product = productOf('A', '', ['x', 'y']);
  const stock = product.variants.map(({ id }) => ({ stockUnitId: stockUnitOf(id), available: 5, asOf: 1 }));
  const inDollars = viewOf(product, stock, { ...shopper, currency: 'USD' });
  expect(inDollars.variants.map(({ price, availableForSale }) => [price, availableForSale])).toEqual([
    [{ amount: 7, currency: 'USD' }, true],
    [null, false],
  ]);
  expect(inDollars).toMatchObject({ priceRange: { min: { amount: 7 }, max: { amount: 7 } }, availableForSale: true });
  for (const currency of ['GBP', 'none'] as const) {
    const nowhere = viewOf(product, stock, { ...shopper, currency });
    expect(nowhere).toMatchObject({ priceRange: null, availableForSale: false });
    for (const variant of nowhere.variants) expect(variant).toMatchObject({ price: null, compareAtPrice: null });
  }
  const single = productOf('A', '', ['x']);
  expect(viewOf(single, [], { ...shopper, currency: 'USD' }).priceRange).toEqual({
    min: { amount: 7, currency: 'USD' },
    max: { amount: 7, currency: 'USD' },
  });
});

test('only an active product is for sale, and backorder sells below zero down to its floor', () => {
  const product = productOf('A', '', ['backorder', 'counted']);
  const sold = (available: number, status: Product['status'] = 'active') =>
    viewOf(
      { ...product, status },
      product.variants.map(({ id }) => ({ stockUnitId: stockUnitOf(id), available, asOf: 1 })),
      shopper,
    ).variants.map(({ availableForSale, available: shown }) => [availableForSale, shown]);
  expect(sold(1)).toEqual([
    [true, 1],
    [true, 1],
  ]);
  expect(sold(0)).toEqual([
    [true, 0],
    [false, 0],
  ]);
  expect(sold(-3)).toEqual([
    [true, 0],
    [false, 0],
  ]);
  expect(sold(-1_000_000)).toEqual([
    [false, 0],
    [false, 0],
  ]);
  expect(sold(1, 'draft')).toEqual([
    [false, 1],
    [false, 1],
  ]);
});

test('the tag changes with the stock, the currency, the reader and the prices of lists, not only with the version', () => {
  const figures = [{ stockUnitId: 'stk_1', available: 1, asOf: 5 }];
  const tags = new Set([
    tagOf({ version: 1, stock: figures }, shopper),
    tagOf({ version: 2, stock: figures }, shopper),
    tagOf({ version: 1, stock: [{ stockUnitId: 'stk_1', available: 2, asOf: 5 }] }, shopper),
    tagOf({ version: 1, stock: figures }, { ...shopper, currency: 'USD' }),
    tagOf({ version: 1, stock: figures }, { ...shopper, isMerchant: true }),
    tagOf({ version: 1, stock: figures, page: { pricesTag: 7 } }, shopper),
  ]);
  expect(tags.size).toBe(6);
  expect(tagOf({ version: 1, stock: figures }, shopper)).toBe(tagOf({ version: 1, stock: figures }, shopper));
});
