/**
 * The admin operations on what a merchant sets up in pricing. Storefronts never call these; they see prices only as part of
 * a cart. The schemas are in the `pricing-*.ts` files beside this one.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Page } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { Market, MarketDraft, MarketPatch, ShippingRate, ShippingRateDraft, ShippingRatePatch } from './markets.ts';

export { Market, ShippingRate };

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
  refusals: ['country-taken', 'settings-changed', 'settings-full'],
  clears: ['prices'],
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
  refusals: ['country-taken', 'default-market-needed', 'precondition-failed', 'settings-changed', 'settings-full'],
  clears: ['prices'],
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
  refusals: ['unknown-market', 'settings-changed', 'settings-full'],
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
  refusals: ['unknown-market', 'precondition-failed', 'settings-changed', 'settings-full'],
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

export const marketOperations = [
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
