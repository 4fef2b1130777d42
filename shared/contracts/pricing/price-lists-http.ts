/** The admin operations on price lists and their entries. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { ListPrice, ListPricesPatch, PriceList, PriceListDraft, PriceListPatch } from './price-lists.ts';

const PriceListParams = z.strictObject({ id: Id('priceList') });

export const listPriceLists = operation({
  id: 'listPriceLists',
  method: 'GET',
  path: '/admin/v1/price-lists',
  summary: 'All price lists, in the order of their making',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(PriceList),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const createPriceList = operation({
  id: 'createPriceList',
  method: 'POST',
  path: '/admin/v1/price-lists',
  summary: 'Adds a price list',
  body: PriceListDraft,
  answer: PriceList,
  status: 201,
  refusals: ['settings-changed', 'settings-full'],
  clears: ['prices'],
});

export const readPriceList = operation({
  id: 'readPriceList',
  method: 'GET',
  path: '/admin/v1/price-lists/:id',
  summary: 'One price list',
  params: PriceListParams,
  answer: PriceList,
  status: 200,
});

export const patchPriceList = operation({
  id: 'patchPriceList',
  method: 'PATCH',
  path: '/admin/v1/price-lists/:id',
  summary: 'Changes a price list; If-Match guards against a lost update',
  params: PriceListParams,
  body: PriceListPatch,
  answer: PriceList,
  status: 200,
  refusals: ['precondition-failed', 'settings-changed', 'settings-full'],
  clears: ['prices'],
});

export const deletePriceList = operation({
  id: 'deletePriceList',
  method: 'DELETE',
  path: '/admin/v1/price-lists/:id',
  summary: 'Removes a price list',
  params: PriceListParams,
  answer: z.null(),
  status: 204,
  refusals: ['precondition-failed', 'settings-changed'],
  clears: ['prices'],
});

export const listListPrices = operation({
  id: 'listListPrices',
  method: 'GET',
  path: '/admin/v1/price-lists/:id/prices',
  summary: 'The entries of a price list, by variant',
  params: PriceListParams,
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(ListPrice),
  status: 200,
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
  status: 200,
  refusals: ['precondition-failed', 'settings-changed', 'settings-full'],
  clears: ['prices'],
});

export const priceListOperations = [
  listPriceLists,
  createPriceList,
  readPriceList,
  patchPriceList,
  deletePriceList,
  listListPrices,
  patchListPrices,
];
