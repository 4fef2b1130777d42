/** A page with the prices of lists is the view of the product with those prices, and nothing else is different. */
import { expect, test } from 'vitest';
import type { ShelfPrice } from '../../../shared/contracts/pricing/shelf.ts';
import { makeId } from '../../../shared/values/ids.ts';
import { composeProduct } from './compose.ts';
import { goodsOn, listedPage } from './listed-page.ts';
import { fillPage, pageOf, readPage } from './page.ts';
import { type Product, stockUnitOf } from './product.ts';

function productOf(): Product {
  let made = 0;
  const newId = (kind: 'product' | 'variant' | 'image') => {
    made += 1;
    return makeId(kind, { now: 1_700_000_000_000 + made, random: new Uint8Array(16).fill(made) });
  };
  const eur = (amount: number) => ({ amount, currency: 'EUR' as const });
  const variants = [
    { sku: 'S', options: { Size: 'S' }, price: eur(1000), compareAtPrice: eur(1200) },
    { sku: 'M', options: { Size: 'M "wide" \\u0001' }, price: eur(2000) },
  ];
  const composing = {
    now: 1_700_000_000_000,
    newId,
    quantityOfKnown: 'refused' as const,
    ingredients: [],
    defaultSku: () => null,
  };
  const composed = composeProduct(null, { title: 'Tea', handle: 'tea', variants }, composing);
  if (!composed.ok) throw new Error(composed.refusal.code);
  return composed.value.product;
}

const product = productOf();
const [small = '', medium = ''] = product.variants.map(({ id }) => id);
const page = readPage(pageOf(product, null));
const stock = [{ stockUnitId: stockUnitOf(small), available: 3, asOf: 5 }];
const shown = (filled: typeof page) => JSON.parse(fillPage(filled, stock));
const plain = (priceMinor: number): ShelfPrice => ({ priceMinor, compareAtMinor: null, tiers: [] });

test('names its goods in the currency in which it is shown, and none in another', () => {
  expect(goodsOn(page, 'EUR')).toEqual([
    { variantId: small, priceMinor: 1000 },
    { variantId: medium, priceMinor: 2000 },
  ]);
  expect(goodsOn(page, 'USD')).toEqual([]);
});

test('shows price, comparison, tiers and range of the lists, and stock as before', () => {
  const tiers = [{ minQuantity: 3, priceMinor: 400 }];
  const listed = listedPage(page, new Map([[small, { priceMinor: 500, compareAtMinor: 1000, tiers }]]), 'EUR');
  const before = shown(page);
  expect(shown(listed)).toEqual({
    ...before,
    variants: [
      {
        ...before.variants[0],
        price: { amount: 500, currency: 'EUR' },
        compareAtPrice: { amount: 1000, currency: 'EUR' },
        priceTiers: [{ minQuantity: 3, price: { amount: 400, currency: 'EUR' } }],
      },
      before.variants[1],
    ],
    priceRange: { min: { amount: 500, currency: 'EUR' }, max: { amount: 2000, currency: 'EUR' } },
  });
  expect(before.variants[0]).toMatchObject({ availableForSale: true, available: 3 });
});

test('a list that names no comparison takes that of the catalogue away, as in a cart', () => {
  expect(shown(listedPage(page, new Map([[small, plain(900)]]), 'EUR')).variants[0].compareAtPrice).toBeNull();
});

test('other prices, and the same prices on other variants, have another tag', () => {
  const tags = [
    [[small, plain(500)]],
    [[small, plain(501)]],
    [[medium, plain(500)]],
    [[small, { ...plain(500), compareAtMinor: 501 }]],
    [[small, { ...plain(500), tiers: [{ minQuantity: 2, priceMinor: 1 }] }]],
  ].map((entries) => listedPage(page, new Map(entries as [string, ShelfPrice][]), 'EUR').pricesTag);
  expect(new Set(tags).size).toBe(5);
  expect(listedPage(page, new Map([['var_other', plain(1)]]), 'EUR')).toBe(page);
});
