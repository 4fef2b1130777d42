/** The door that other Workers use, inside the runtime: its answers, and that a warm one needs no database. */
import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { CartQuestion, PricingApi } from '../../shared/contracts/pricing/api.ts';
import type { ShelfApi } from '../../shared/contracts/pricing/shelf.ts';
import { askQuote } from '../../shared/quoting/priceable.ts';

const pricing: PricingApi & ShelfApi = Reflect.get(exports, 'default');
const database: D1Database = Reflect.get(env, 'DB');

const cart = {
  country: 'AT',
  currency: 'EUR' as const,
  lines: [
    { lineId: 'lin_1', unitPriceMinor: 1999, quantity: 2, weightGrams: 100, requiresShipping: true, isTaxable: true },
    { lineId: 'lin_2', unitPriceMinor: 500, quantity: 1, weightGrams: 0, requiresShipping: false, isTaxable: false },
  ],
  shippingOptionId: null,
  address: null,
  codes: [],
  balances: [],
  buyer: null,
  usedUp: [],
};
const question: CartQuestion = { cart, now: Date.now(), seenAt: null };

test('a market and a quote cross RPC as plain data', async () => {
  expect(await pricing.market({ country: null, currency: 'GBP' })).toEqual({
    ok: true,
    value: { marketId: expect.stringMatching(/^mkt_/), country: 'GB', currency: 'GBP' },
  });
  expect(await pricing.market({ country: 'US', currency: 'EUR' })).toMatchObject({
    ok: false,
    refusal: { code: 'currency-not-in-market' },
  });
  // 39.98 with 20 % inside is 6.66, 4.90 shipping is 0.82.
  expect(await askQuote(pricing, question)).toMatchObject({
    ok: true,
    value: {
      quote: { pricingVersion: 1, subtotalMinor: 4498, shippingMinor: 490, taxMinor: 748, totalMinor: 4988 },
      usedUp: [],
    },
  });
});

test('the explanation of a quote crosses RPC too, and adds up to it', async () => {
  expect(await pricing.explainCart(question)).toMatchObject({
    ok: true,
    value: {
      pricingVersion: 1,
      entries: [{ key: 'lin_1' }, { key: 'lin_2' }, { from: 'shipping' }],
      totals: { subtotalMinor: 4498, shippingMinor: 490, taxMinor: 748, totalMinor: 4988 },
    },
  });
});

test('the shelf crosses RPC as plain data, and says nothing where there are no price lists', async () => {
  const { markets, ...edition } = await pricing.shelf();
  expect(edition).toEqual({ version: 1, until: null, ageMs: expect.any(Number) });
  expect(markets.map(({ currencies, listsTag }) => [currencies[0], listsTag])).toContainEqual(['GBP', '']);
  const [market] = markets;
  const goods = [{ variantId: 'var_1', priceMinor: 1999 }];
  expect(await pricing.shelfPrices({ marketId: market?.id ?? '', currency: 'EUR', goods })).toEqual({
    version: 1,
    until: null,
    prices: [null],
  });
});

test('a quote needs no database once the settings are in memory', async () => {
  const before = await askQuote(pricing, question);
  await database.exec('ALTER TABLE settings_rows RENAME TO gone');
  expect(await askQuote(pricing, question)).toEqual(before);
});
