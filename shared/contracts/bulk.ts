/**
 * Lists of many rows on the wire, each of which stands by itself. A short list is answered at once with a result for each row; a
 * long one becomes a job that goes on by itself, whose progress and results are read under its id.
 */
import * as z from 'zod';
import { operation } from '../http/operation.ts';
import { Id } from '../values/ids.ts';
import { Timestamp } from '../values/time.ts';

export const bulkRowsMax = 50_000;
/** A list of so many rows is answered at once: within a second or two, and far below what one request may ask of a database. */
export const rowsAtOnceMax = 1_000;

export const RowResult = z.strictObject({
  row: z.int().describe('The first is 1.'),
  sku: z.string(),
  status: z.enum(['done', 'unchanged', 'rejected']),
  reason: z.string().nullable(),
});
export type RowResult = z.infer<typeof RowResult>;

export const BulkReport = z.strictObject({
  rowsTotal: z.int(),
  done: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  results: z.array(RowResult),
});

export const BulkJob = z
  .strictObject({
    id: Id('bulkJob'),
    status: z.enum(['running', 'done', 'failed']),
    startedAt: Timestamp,
    heartbeatAt: Timestamp.describe('When it was last worked on.'),
    finishedAt: Timestamp.nullable(),
    rowsTotal: z.int(),
    rows: z.int().describe('How many rows were taken so far, in their order.'),
    done: z.int(),
    unchanged: z.int(),
    rejected: z.int(),
    error: z.string().nullable().describe('Why it failed, when it did. Rows behind the last one taken were not taken.'),
  })
  .meta({ title: 'BulkJob' });
export type BulkJob = z.infer<typeof BulkJob>;

/** How every operation answers that takes a list. */
export const bulkTerms = {
  answer: z
    .union([BulkReport, BulkJob])
    .describe(`The report of a list of up to ${rowsAtOnceMax} rows; of a longer one the job that takes it (202).`),
  alsoStatus: [202],
  bodyBytesMax: 10 * 1024 * 1024,
  timeoutSeconds: 5 * 60,
} as const;

const JobKey = z.strictObject({ jobId: Id('bulkJob') });

/** The two questions about the jobs of an operation: how far one is, and what became of each row. */
export function bulkJobOperations(
  ids: { readonly read: string; readonly results: string },
  path: `/${string}`,
  what: string,
) {
  return {
    read: operation({
      id: ids.read,
      method: 'GET',
      path: `${path}/jobs/:jobId`,
      summary: `How far a long list of ${what} is`,
      params: JobKey,
      answer: BulkJob,
      refusals: ['not-found'],
    }),
    results: operation({
      id: ids.results,
      method: 'GET',
      path: `${path}/jobs/:jobId/results.csv`,
      summary: `What became of each row of a long list of ${what}, as a file`,
      params: JobKey,
      answer: z
        .string()
        .describe('RFC 4180 in UTF-8: row, SKU, status and reason, of the rows that were taken so far.'),
      answerType: 'text/csv',
      refusals: ['not-found'],
      timeoutSeconds: 5 * 60,
    }),
  };
}
