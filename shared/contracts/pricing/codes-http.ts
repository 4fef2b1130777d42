/**
 * Unique codes of a promotion: any number of them, made by the shop or brought along, each with uses of its own. A code belongs to
 * one promotion, whatever its case; what is true of all of them (time, conditions, limits) the promotion says.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Id } from '../../values/ids.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { filledText } from '../../values/text.ts';
import { Timestamp } from '../../values/time.ts';

/** Per request; a promotion may have any number. */
export const codesPerRequestMax = 100_000;
/** Room for so many codes in one file. */
const fileBytesMax = 8 * 1024 * 1024;
/** What is wrong with the rows of a list: the first of them. */
export const codeFaultsMax = 100;

export const UniqueCodeText = forLongNumbers(filledText(60), 'a discount code');
export const CodeUses = z
  .int()
  .min(1)
  .max(1_000_000_000)
  .nullable()
  .describe('How many orders each code may be used for; null for any number.');

export const DiscountCode = z.strictObject({
  id: Id('discountCode'),
  promotionId: Id('promotion'),
  code: z.string(),
  usesMax: CodeUses,
  used: z.int().describe('Orders that were placed with it. In lists a second behind.'),
  held: z.int().describe('Checkouts that are using it now.'),
  available: z.int().nullable().describe('Uses that are left; null where there is no limit.'),
  isActive: z.boolean(),
  batchId: Id('codeBatch').describe('The request that it was made by.'),
  createdAt: Timestamp,
});
export type DiscountCode = z.infer<typeof DiscountCode>;

const GeneratedCodes = z.strictObject({
  count: z.int().min(1).max(codesPerRequestMax),
  prefix: z
    .string()
    .max(20)
    .regex(/^[A-Za-z0-9-]*$/, { error: 'Use letters, digits and hyphens.' })
    .default(''),
  length: z.int().min(6).max(32).default(10).describe('Characters that nobody can guess, behind the prefix.'),
  usesMax: CodeUses.default(1),
});
export type GeneratedCodes = z.infer<typeof GeneratedCodes>;

const ListedCodes = z.strictObject({
  codes: z
    .array(z.union([z.strictObject({ code: UniqueCodeText, usesMax: CodeUses.optional() }), UniqueCodeText]))
    .min(1)
    .max(codesPerRequestMax),
  usesMax: CodeUses.default(1).describe('For codes that say nothing of their own.'),
});
export type ListedCodes = z.infer<typeof ListedCodes>;

/** A row of a list that became no code. The others did. */
const CodeFault = z.strictObject({
  row: z.int().describe('Counted from 1.'),
  code: z.string(),
  reason: z.enum(['taken', 'listed-twice', 'invalid']),
  detail: z.string(),
});
export type CodeFault = z.infer<typeof CodeFault>;

export const CodeBatch = z.strictObject({
  batchId: Id('codeBatch'),
  promotionId: Id('promotion'),
  created: z.int(),
  rejected: z.int(),
  faults: z.array(CodeFault).describe(`What is wrong with rows that were rejected, ${codeFaultsMax} of them at most.`),
});
export type CodeBatch = z.infer<typeof CodeBatch>;

const Params = z.strictObject({ id: Id('promotion') });
const CodeParams = z.strictObject({ id: Id('promotion'), codeId: Id('discountCode') });
const path = '/admin/v1/promotions/:id/codes';

/** Which codes of a promotion are meant. */
const Filter = z.strictObject({
  search: z.string().min(1).max(60).optional().describe('What the code begins with; case does not matter.'),
  batchId: Id('codeBatch').optional(),
  status: z.enum(['active', 'disabled']).optional(),
});
export type CodeFilter = z.infer<typeof Filter>;

export const createCodes = operation({
  id: 'createDiscountCodes',
  method: 'POST',
  path,
  summary: 'Makes unique codes, or takes a list of them',
  params: Params,
  body: z.union([ListedCodes, GeneratedCodes]),
  answer: CodeBatch,
  status: 201,
  refusals: ['not-found', 'settings-full'],
  bodyBytesMax: fileBytesMax,
  timeoutSeconds: 60,
});

export const importCodes = operation({
  id: 'importDiscountCodes',
  method: 'POST',
  path: `${path}/imports`,
  summary: 'Takes unique codes from a CSV file: a column `code` and, where there is one, `usesMax`',
  params: Params,
  bodyType: 'text/csv',
  answer: CodeBatch,
  status: 201,
  refusals: ['not-found', 'malformed-csv', 'content-too-large', 'settings-full'],
  bodyBytesMax: fileBytesMax,
  timeoutSeconds: 60,
});

export const listCodes = operation({
  id: 'listDiscountCodes',
  method: 'GET',
  path,
  summary: 'The unique codes of a promotion with their uses, in alphabetical order',
  params: Params,
  query: Filter.extend({ limit: PageLimit, cursor: Cursor }),
  answer: Page(DiscountCode),
  refusals: ['not-found', 'invalid-cursor'],
});

export const exportCodes = operation({
  id: 'exportDiscountCodes',
  method: 'GET',
  path: `${path}/export`,
  summary: 'The unique codes of a promotion with their uses, as a CSV file',
  params: Params,
  query: Filter,
  answer: z
    .string()
    .describe(
      'RFC 4180 in UTF-8, in the order of the codes. What a spreadsheet would take for a formula begins with an apostrophe.',
    ),
  answerType: 'text/csv',
  refusals: ['not-found'],
});

export const readCode = operation({
  id: 'readDiscountCode',
  method: 'GET',
  path: `${path}/:codeId`,
  summary: 'One unique code with its uses as they are now',
  params: CodeParams,
  answer: DiscountCode,
});

export const changeCode = operation({
  id: 'patchDiscountCode',
  method: 'PATCH',
  path: `${path}/:codeId`,
  summary: 'Disables a unique code, enables it again, or gives it another number of uses',
  params: CodeParams,
  body: z.strictObject({ isActive: z.boolean().optional(), usesMax: CodeUses.optional() }),
  answer: DiscountCode,
});

export const deleteCode = operation({
  id: 'deleteDiscountCode',
  method: 'DELETE',
  path: `${path}/:codeId`,
  summary: 'Takes a unique code away; orders that were placed with it stay as they are',
  params: CodeParams,
  answer: z.null(),
  status: 204,
});

export const changeCodes = operation({
  id: 'patchDiscountCodes',
  method: 'PATCH',
  path,
  summary: 'Disables all unique codes of a batch, or of the promotion, or enables them again',
  params: Params,
  body: z.strictObject({ batchId: Id('codeBatch').optional(), isActive: z.boolean() }),
  answer: z.strictObject({ changed: z.int() }),
  refusals: ['not-found'],
});

export const deleteCodes = operation({
  id: 'deleteDiscountCodes',
  method: 'DELETE',
  path,
  summary: 'Takes all unique codes of a batch away',
  params: Params,
  query: z.strictObject({ batchId: Id('codeBatch') }),
  answer: z.null(),
  status: 204,
  refusals: ['not-found'],
});

export const discountCodeOperations = [
  createCodes,
  importCodes,
  listCodes,
  exportCodes,
  readCode,
  changeCode,
  deleteCode,
  changeCodes,
  deleteCodes,
];
