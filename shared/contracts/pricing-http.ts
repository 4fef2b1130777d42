/**
 * Markets and shipping rates as merchants see them: the schemas and the admin operations on them. Storefronts never call
 * these; they see prices only as part of a cart.
 */
import * as z from 'zod';
import { operation } from '../http/operation.ts';
import { Page } from '../http/pagination.ts';
import { Id } from '../values/ids.ts';
import { Currency, Price } from '../values/money.ts';
import { Country, filledText } from '../values/text.ts';

/** More countries than there are, and more currencies than a market can sensibly sell in: both only bound a row. */
const countriesMax = 300;
const currenciesMax = 20;

const isDistinct = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** A decimal string between 0 and 1: `"0.19"` is 19 %. */
export const TaxRate = z
  .string()
  .max(12)
  .regex(/^(?:0(?:\.\d{1,8})?|1(?:\.0{1,8})?)$/, { error: 'A decimal between "0" and "1", such as "0.19" for 19 %.' });

/** Where and how a fraction of a minor unit is rounded: per line, or once per order. */
export const Rounding = z.strictObject({ mode: z.enum(['half-up', 'down']), level: z.enum(['line', 'order']) });

const marketFields = {
  name: filledText(100),
  /** Empty only for the fallback market, which takes every country that no market names. */
  countries: z.array(Country).max(countriesMax).refine(isDistinct, { error: 'A country is listed twice.' }),
  /** The first is the one a shopper gets who asks for none. */
  currencies: z.array(Currency).min(1).max(currenciesMax).refine(isDistinct, { error: 'A currency is listed twice.' }),
  taxRate: TaxRate,
  pricesIncludeTax: z.boolean(),
  rounding: Rounding,
  isDefault: z.boolean(),
  isFallback: z.boolean(),
};

export const Market = z.strictObject({ id: Id('market'), ...marketFields, version: z.int() });
export type Market = z.infer<typeof Market>;

export const MarketDraft = z.strictObject({
  ...marketFields,
  rounding: Rounding.default({ mode: 'half-up', level: 'line' }),
  isDefault: z.boolean().default(false),
  isFallback: z.boolean().default(false),
});
export type MarketDraft = z.infer<typeof MarketDraft>;

export const MarketPatch = z.strictObject(marketFields).partial();
export type MarketPatch = z.infer<typeof MarketPatch>;

const Prices = z
  .array(Price)
  .max(currenciesMax)
  .refine((prices) => isDistinct(prices.map((price) => price.currency)), { error: 'A currency is listed twice.' });

const shippingRateFields = {
  marketId: Id('market'),
  name: filledText(100),
  /** One price per currency; in a currency without one the rate is not offered. */
  prices: Prices.min(1),
  /** The subtotal from which the rate costs nothing, per currency; in a currency without one it always costs its price. */
  freeFrom: Prices,
};

export const ShippingRate = z.strictObject({ id: Id('shippingRate'), ...shippingRateFields, version: z.int() });
export type ShippingRate = z.infer<typeof ShippingRate>;

export const ShippingRateDraft = z.strictObject({ ...shippingRateFields, freeFrom: Prices.default([]) });
export type ShippingRateDraft = z.infer<typeof ShippingRateDraft>;

export const ShippingRatePatch = z.strictObject(shippingRateFields).partial();
export type ShippingRatePatch = z.infer<typeof ShippingRatePatch>;

const MarketParams = z.strictObject({ id: Id('market') });
const ShippingRateParams = z.strictObject({ id: Id('shippingRate') });

export const listMarkets = operation({
  id: 'listMarkets',
  method: 'GET',
  path: '/admin/v1/markets',
  summary: 'All markets, in the order in which they are searched',
  answer: Page(Market),
  status: 200,
});

export const createMarket = operation({
  id: 'createMarket',
  method: 'POST',
  path: '/admin/v1/markets',
  summary: 'Opens a market',
  body: MarketDraft,
  answer: Market,
  status: 201,
  refusals: ['country-taken', 'settings-changed'],
  idempotency: 'optional',
});

export const readMarket = operation({
  id: 'readMarket',
  method: 'GET',
  path: '/admin/v1/markets/:id',
  summary: 'One market',
  params: MarketParams,
  answer: Market,
  status: 200,
});

export const patchMarket = operation({
  id: 'patchMarket',
  method: 'PATCH',
  path: '/admin/v1/markets/:id',
  summary: 'Changes a market; If-Match guards against a lost update',
  params: MarketParams,
  body: MarketPatch,
  answer: Market,
  status: 200,
  refusals: ['country-taken', 'default-market-needed', 'precondition-failed', 'settings-changed'],
  idempotency: 'optional',
});

export const listShippingRates = operation({
  id: 'listShippingRates',
  method: 'GET',
  path: '/admin/v1/shipping-rates',
  summary: 'All shipping rates, or those of one market',
  query: z.strictObject({ market: Id('market').optional() }),
  answer: Page(ShippingRate),
  status: 200,
});

export const createShippingRate = operation({
  id: 'createShippingRate',
  method: 'POST',
  path: '/admin/v1/shipping-rates',
  summary: 'Adds a shipping rate to a market',
  body: ShippingRateDraft,
  answer: ShippingRate,
  status: 201,
  refusals: ['unknown-market', 'settings-changed'],
  idempotency: 'optional',
});

export const readShippingRate = operation({
  id: 'readShippingRate',
  method: 'GET',
  path: '/admin/v1/shipping-rates/:id',
  summary: 'One shipping rate',
  params: ShippingRateParams,
  answer: ShippingRate,
  status: 200,
});

export const patchShippingRate = operation({
  id: 'patchShippingRate',
  method: 'PATCH',
  path: '/admin/v1/shipping-rates/:id',
  summary: 'Changes a shipping rate; If-Match guards against a lost update',
  params: ShippingRateParams,
  body: ShippingRatePatch,
  answer: ShippingRate,
  status: 200,
  refusals: ['unknown-market', 'precondition-failed', 'settings-changed'],
  idempotency: 'optional',
});

export const deleteShippingRate = operation({
  id: 'deleteShippingRate',
  method: 'DELETE',
  path: '/admin/v1/shipping-rates/:id',
  summary: 'Removes a shipping rate',
  params: ShippingRateParams,
  answer: z.null(),
  status: 204,
  refusals: ['precondition-failed', 'settings-changed'],
});

export const pricingOperations = [
  listMarkets,
  createMarket,
  readMarket,
  patchMarket,
  listShippingRates,
  createShippingRate,
  readShippingRate,
  patchShippingRate,
  deleteShippingRate,
];
