/** The admin operations on promotions. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { Promotion, PromotionDraft, PromotionPatch } from './promotions.ts';

const PromotionParams = z.strictObject({ id: Id('promotion') });

export const listPromotions = operation({
  id: 'listPromotions',
  method: 'GET',
  path: '/admin/v1/promotions',
  summary: 'All promotions, in the order of their making',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(Promotion),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const createPromotion = operation({
  id: 'createPromotion',
  method: 'POST',
  path: '/admin/v1/promotions',
  summary: 'Adds a promotion',
  body: PromotionDraft,
  answer: Promotion,
  status: 201,
  refusals: ['code-taken', 'settings-changed', 'settings-full'],
});

export const readPromotion = operation({
  id: 'readPromotion',
  method: 'GET',
  path: '/admin/v1/promotions/:id',
  summary: 'One promotion',
  params: PromotionParams,
  answer: Promotion,
  status: 200,
});

export const patchPromotion = operation({
  id: 'patchPromotion',
  method: 'PATCH',
  path: '/admin/v1/promotions/:id',
  summary: 'Changes a promotion; If-Match guards against a lost update',
  params: PromotionParams,
  body: PromotionPatch,
  answer: Promotion,
  status: 200,
  refusals: ['code-taken', 'precondition-failed', 'settings-changed', 'settings-full'],
});

export const deletePromotion = operation({
  id: 'deletePromotion',
  method: 'DELETE',
  path: '/admin/v1/promotions/:id',
  summary: 'Removes a promotion',
  params: PromotionParams,
  answer: z.null(),
  status: 204,
  refusals: ['precondition-failed', 'settings-changed'],
});

export const promotionOperations = [listPromotions, createPromotion, readPromotion, patchPromotion, deletePromotion];
