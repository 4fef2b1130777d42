/**
 * The admin operations on what a merchant sets up in pricing. Storefronts never call these; they see prices only as part of
 * a cart.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { Market, MarketDraft, MarketPatch, ShippingRate, ShippingRateDraft, ShippingRatePatch } from './markets.ts';
import { patchPaymentMethods, readPaymentMethods } from './payment-methods.ts';
import { ListPrice, ListPricesPatch, PriceList, PriceListDraft, PriceListPatch } from './price-lists.ts';
import { Promotion, PromotionDraft, PromotionPatch } from './promotions.ts';
import { settingsOperations } from './settings-operations.ts';
import { TaxRateDraft, TaxRatePatch, TaxRateRow } from './taxes.ts';

/** A market is never removed, because orders name it. */
const { remove: _marketsStay, ...marketEdits } = settingsOperations({
  id: 'market',
  path: '/admin/v1/markets',
  one: 'market',
  many: 'markets',
  row: Market,
  draft: MarketDraft,
  patch: MarketPatch,
  createSummary: 'Opens a market',
  createRefusals: ['country-taken'],
  patchRefusals: ['country-taken', 'default-market-needed'],
  clears: ['prices'],
});

export const markets = {
  ...marketEdits,
  list: operation({
    id: 'listMarkets',
    method: 'GET',
    path: '/admin/v1/markets',
    summary: 'All markets, in the order in which they are searched',
    answer: Page(Market),
  }),
};

export const shippingRates = {
  ...settingsOperations({
    id: 'shippingRate',
    path: '/admin/v1/shipping-rates',
    one: 'shipping rate',
    many: 'shipping rates',
    row: ShippingRate,
    draft: ShippingRateDraft,
    patch: ShippingRatePatch,
    createSummary: 'Adds a shipping rate to a market',
    createRefusals: ['unknown-market'],
  }),
  list: operation({
    id: 'listShippingRates',
    method: 'GET',
    path: '/admin/v1/shipping-rates',
    summary: 'All shipping rates, or those of one market',
    query: z.strictObject({ market: Id('market').optional() }),
    answer: Page(ShippingRate),
  }),
};

export const promotions = settingsOperations({
  id: 'promotion',
  path: '/admin/v1/promotions',
  one: 'promotion',
  many: 'promotions',
  row: Promotion,
  draft: PromotionDraft,
  patch: PromotionPatch,
  createRefusals: ['code-taken'],
});

export const taxRates = settingsOperations({
  id: 'taxRate',
  path: '/admin/v1/tax-rates',
  one: 'tax rate',
  many: 'tax rates',
  row: TaxRateRow,
  draft: TaxRateDraft,
  patch: TaxRatePatch,
});

export const priceLists = settingsOperations({
  id: 'priceList',
  path: '/admin/v1/price-lists',
  one: 'price list',
  many: 'price lists',
  row: PriceList,
  draft: PriceListDraft,
  patch: PriceListPatch,
  clears: ['prices'],
});

const PriceListParams = z.strictObject({ id: Id('priceList') });

export const listListPrices = operation({
  id: 'listListPrices',
  method: 'GET',
  path: '/admin/v1/price-lists/:id/prices',
  summary: 'The entries of a price list, by variant',
  params: PriceListParams,
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(ListPrice),
  refusals: ['not-found', 'invalid-cursor'],
});

export const patchListPrices = operation({
  id: 'patchListPrices',
  method: 'PATCH',
  path: '/admin/v1/price-lists/:id/prices',
  summary: 'Sets and removes entries of a price list; all others stay',
  params: PriceListParams,
  body: ListPricesPatch,
  answer: PriceList,
  refusals: ['precondition-failed', 'settings-full'],
  clears: ['prices'],
});

export const settingsAdminOperations = [
  ...[markets, shippingRates, promotions, taxRates, priceLists].flatMap((kind) => Object.values(kind)),
  listListPrices,
  patchListPrices,
  readPaymentMethods,
  patchPaymentMethods,
];
