/** Imports of product files on the wire: the job, its counts, and the rows that were rejected or adjusted. */
import * as z from 'zod';
import { Id } from '../../values/ids.ts';
import { Timestamp } from '../../values/time.ts';

export const ImportFault = z.strictObject({
  /** The physical line in the file; the header is line 1. */
  line: z.int(),
  column: z.string().nullable(),
  handle: z.string(),
  /** `rejected`: the product was not imported because of it. `adjusted`: it was, after the change that the reason names. */
  severity: z.enum(['rejected', 'adjusted']),
  reason: z.string(),
});

export const Import = z.strictObject({
  id: Id('import'),
  status: z.enum(['running', 'done', 'failed']),
  startedAt: Timestamp,
  /** When it was last worked on. */
  heartbeatAt: Timestamp,
  finishedAt: Timestamp.nullable(),
  rowsTotal: z.int(),
  rows: z.int(),
  rowsRejected: z.int(),
  products: z.strictObject({ created: z.int(), updated: z.int(), unchanged: z.int(), rejected: z.int() }),
  faultsTotal: z.int(),
  /** Why it failed, when it did. */
  error: z.string().nullable(),
  dryRun: z.boolean().describe('True where nothing was changed: the counts say what an import would do.'),
  variantsRemoved: z.int().describe('Variants of changed products for which the file has no row any more.'),
});
export type Import = z.infer<typeof Import>;
export type ImportFault = z.infer<typeof ImportFault>;

export const ImportReport = Import.extend({
  /** A page of what was rejected or adjusted, in the order of the file. */
  faults: z.array(ImportFault),
  next: z.string().nullable(),
});
export type ImportReport = z.infer<typeof ImportReport>;
