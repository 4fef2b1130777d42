/** The admin operations on tax rates. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { TaxRateDraft, TaxRatePatch, TaxRateRow } from './taxes.ts';

const TaxRateRowParams = z.strictObject({ id: Id('taxRate') });

export const listTaxRates = operation({
  id: 'listTaxRates',
  method: 'GET',
  path: '/admin/v1/tax-rates',
  summary: 'All tax rates, in the order of their making',
  query: z.strictObject({ limit: PageLimit, cursor: Cursor }),
  answer: Page(TaxRateRow),
  status: 200,
  refusals: ['invalid-cursor'],
});

export const createTaxRate = operation({
  id: 'createTaxRate',
  method: 'POST',
  path: '/admin/v1/tax-rates',
  summary: 'Adds a tax rate',
  body: TaxRateDraft,
  answer: TaxRateRow,
  status: 201,
  refusals: ['settings-changed', 'settings-full'],
});

export const readTaxRate = operation({
  id: 'readTaxRate',
  method: 'GET',
  path: '/admin/v1/tax-rates/:id',
  summary: 'One tax rate',
  params: TaxRateRowParams,
  answer: TaxRateRow,
  status: 200,
});

export const patchTaxRate = operation({
  id: 'patchTaxRate',
  method: 'PATCH',
  path: '/admin/v1/tax-rates/:id',
  summary: 'Changes a tax rate; If-Match guards against a lost update',
  params: TaxRateRowParams,
  body: TaxRatePatch,
  answer: TaxRateRow,
  status: 200,
  refusals: ['precondition-failed', 'settings-changed', 'settings-full'],
});

export const deleteTaxRate = operation({
  id: 'deleteTaxRate',
  method: 'DELETE',
  path: '/admin/v1/tax-rates/:id',
  summary: 'Removes a tax rate',
  params: TaxRateRowParams,
  answer: z.null(),
  status: 204,
  refusals: ['precondition-failed', 'settings-changed'],
});

export const taxRateOperations = [listTaxRates, createTaxRate, readTaxRate, patchTaxRate, deleteTaxRate];
