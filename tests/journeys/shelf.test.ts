/** What pages tell a stranger is what his cart charges: on the product's page, in lists and collections, whatever list holds. */
import { beforeAll, describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { listProducts, readProduct } from '../../shared/contracts/catalog/http.ts';
import type { Product } from '../../shared/contracts/catalog/products.ts';
import { PriceList } from '../../shared/contracts/pricing/price-lists.ts';
import { expectStatus } from './client.ts';
import { addPriceList, money, putUpVariant, startCart } from './merchant.ts';
import { fillCart, inTime, journeyOfFile, untilAfter } from './shopping.ts';
import { aud, cad, chf, openThreeMarkets, type ThreeMarkets } from './three-markets.ts';

const shop = journeyOfFile();
let markets: ThreeMarkets['markets'];
let variants: ThreeMarkets['variants'];
beforeAll(async () => {
  ({ markets, variants } = await openThreeMarkets(shop));
  const all = { title: 'Everything', rules: [{ field: 'price', relation: 'greater-than', value: money(0) }] };
  expectStatus(await shop.admin('POST', '/admin/v1/collections', all), 201);
});

type ShownVariant = z.infer<typeof Product>['variants'][number];

/** The variant of a SKU as its page, the list and a collection show it: everywhere the same. */
async function shown(sku: string, query = ''): Promise<ShownVariant> {
  const page = expectStatus(await shop.send('GET', `/v1/products/${sku.toLowerCase()}?${query}`), 200);
  const product = page.as(readProduct.answer);
  const price = product.variants[0]?.price ?? null;
  expect(product.priceRange).toEqual(price === null ? null : { min: price, max: price });
  for (const list of ['/v1/products?', '/v1/products?collection=everything&']) {
    const { items } = expectStatus(await shop.send('GET', `${list}${query}`), 200).as(listProducts.answer);
    expect(items.find(({ id }) => id === product.id)).toEqual(product);
  }
  const [variant] = product.variants;
  if (variant === undefined) throw new Error(`${sku} has no variant`);
  return variant;
}

const charged = async (sku: string, country: string, quantity = 1) => {
  const { lines } = await startCart(shop, { country, lines: [{ sku, quantity }] });
  return lines.map(({ unitPrice, compareAtPrice }) => [unitPrice, compareAtPrice]);
};

/** Holds the page of a SKU in a country against carts of it, and answers what both say of one piece. */
async function agreed(sku: string, country: 'CH' | 'CA' | 'AU') {
  const { price, compareAtPrice, priceTiers = [] } = await shown(sku, `country=${country}`);
  expect(await charged(sku, country)).toEqual([[price, compareAtPrice]]);
  for (const tier of priceTiers) {
    expect(await charged(sku, country, tier.minQuantity)).toEqual([[tier.price, compareAtPrice]]);
    expect(await charged(sku, country, tier.minQuantity - 1)).not.toEqual([[tier.price, compareAtPrice]]);
  }
  return [price?.amount, compareAtPrice?.amount ?? null, ...priceTiers.map((tier) => tier.price.amount)];
}

describe('a page', () => {
  it('shows the catalogue’s prices where no list holds, also when one holds elsewhere or for a group', async () => {
    expect(await agreed('CUP', 'AU')).toEqual([1999, null]);
    await addPriceList(shop, { name: 'Swiss', marketIds: [markets.ch], priority: 50 }, [
      { variantId: variants.cup, currency: 'CHF', amount: 1800 },
    ]);
    const group = { name: 'Staff', customerGroups: ['staff'], priority: 1 };
    await addPriceList(shop, { ...group, adjustment: { direction: 'down', rate: '0.5' } }, [
      { variantId: variants.tea, currency: 'AUD', amount: 1 },
    ]);
    expect(await agreed('CUP', 'AU')).toEqual([1999, null]);
    expect(await agreed('TEA', 'AU')).toEqual([1000, null]);
    expect(await agreed('CUP', 'CA')).toEqual([1999, null]);
  });

  it('compares the catalogue’s price as the catalogue does, in the currency that it names', async () => {
    const prices = [aud(800), cad(900)];
    await putUpVariant(shop, 'HAT', { price: money(700), prices, compareAtPrice: aud(1000) });
    expect(await agreed('HAT', 'AU')).toEqual([800, 1000]);
    expect(await agreed('HAT', 'CA')).toEqual([900, null]);
  });

  it('shows the fixed price of a list, and beside it those of the catalogue', async () => {
    expect(await agreed('CUP', 'CH')).toEqual([1800, null]);
    expect((await shown('CUP', 'country=CH')).prices).toContainEqual(chf(1999));
    // What the market does not sell in is charged in no cart.
    expect(await shown('CUP', 'country=CH&currency=EUR')).toMatchObject({ price: null, availableForSale: false });
  });

  it('shows from how many pieces on each costs less', async () => {
    const tiers = [
      { minQuantity: 10, amount: 700 },
      { minQuantity: 3, amount: 800 },
    ];
    await addPriceList(shop, { name: 'Tiers', marketIds: [markets.ch], priority: 40 }, [
      { variantId: variants.tea, currency: 'CHF', amount: 900, compareAtAmount: 1000, tiers },
    ]);
    expect(await agreed('TEA', 'CH')).toEqual([900, 1000, 800, 700]);
  });

  it('shows a percentage as a cart rounds it, and what is listed beside it', async () => {
    await addPriceList(
      shop,
      { name: 'Less', marketIds: [markets.ca], adjustment: { direction: 'down', rate: '0.15' } },
      [{ variantId: variants.tea, currency: 'CAD', amount: 950 }],
    );
    expect(await agreed('CUP', 'CA')).toEqual([1699, 1999]);
    expect(await agreed('TEA', 'CA')).toEqual([950, null]);
  });

  it('shows who names no country what a cart without one is charged', async () => {
    await addPriceList(shop, { name: 'All', adjustment: { direction: 'up', rate: '0.1' } });
    const { lines } = await fillCart(shop, { sku: 'BREAD', quantity: 1 });
    expect((await shown('BREAD')).price).toEqual(lines[0]?.unitPrice);
    expect(lines[0]?.unitPrice).toEqual(money(550));
  });

  it('shows an edit of a list at once', async () => {
    const list = await addPriceList(shop, { name: 'Chairs', marketIds: [markets.au], priority: 5 });
    const { id, price } = await shown('CHAIR', 'country=AU');
    expect(price?.amount).toBe(9900);
    for (const amount of [8000, 7000]) {
      const set = [{ variantId: id, currency: 'AUD', amount }];
      const edited = await shop.admin('PATCH', `/admin/v1/price-lists/${list.id}/prices`, { set });
      expectStatus(edited, 200).as(PriceList);
      expect(await agreed('CHAIR', 'AU')).toEqual([amount, null]);
    }
    expectStatus(await shop.admin('DELETE', `/admin/v1/price-lists/${list.id}`), 204);
    expect(await agreed('CHAIR', 'AU')).toEqual([9900, null]);
  });
});

describe('a sale', () => {
  it('begins and ends by itself, on page, list and cart at the same moment', async () => {
    const path = '/v1/products/cup?country=CH';
    const full = expectStatus(await shop.send('GET', path), 200);
    const old = { 'if-none-match': String(full.headers.etag) };
    const sold = { variantId: variants.cup, currency: 'CHF', amount: 1499, compareAtAmount: 1999 } as const;
    let saleId = '';
    const [start] = await inTime(async (startsAt) => {
      if (saleId !== '') expectStatus(await shop.admin('DELETE', `/admin/v1/price-lists/${saleId}`), 204);
      const sale = { name: 'Sale', marketIds: [markets.ch], priority: 10, startsAt };
      ({ id: saleId } = await addPriceList(shop, sale, [sold]));
      expect(await agreed('CUP', 'CH')).toEqual([1800, null]);
      const secondsLeftMax = Math.ceil((Date.parse(startsAt) - Date.now()) / 1000);
      const soon = expectStatus(await shop.send('GET', path), 200);
      expect(soon.headers.etag).toBe(full.headers.etag);
      const [, seconds] = /^public, max-age=0, s-maxage=(\d+)$/.exec(String(soon.headers['cache-control'])) ?? [];
      expect(Number(seconds)).toBeLessThanOrEqual(secondsLeftMax);
    });

    await untilAfter(start);
    const [end] = await inTime(async (endsAt) => {
      expectStatus(await shop.admin('PATCH', `/admin/v1/price-lists/${saleId}`, { endsAt }), 200);
      expect(await agreed('CUP', 'CH')).toEqual([1499, 1999]);
      const during = expectStatus(await shop.send('GET', path, { headers: old }), 200);
      expect(during.headers.etag).not.toBe(full.headers.etag);
    });

    await untilAfter(end);
    expect(await agreed('CUP', 'CH')).toEqual([1800, null]);
    expectStatus(await shop.send('GET', path, { headers: old }), 304);
  });
});
