/** Imports of product files on the wire: the job, its counts, what it changes, and the rows that were rejected or adjusted. */
import * as z from 'zod';
import { Id } from '../../values/ids.ts';
import { changeKinds, examplesPerKind } from '../../values/import-changes.ts';
import { Timestamp } from '../../values/time.ts';

export const ImportFault = z.strictObject({
  /** The physical line in the file; the header is line 1. */
  line: z.int(),
  /** As the header of the file writes it. */
  column: z.string().nullable(),
  handle: z.string(),
  /** `rejected`: the product was not imported because of it. `adjusted`: it was, after the change that the reason names. */
  severity: z.enum(['rejected', 'adjusted']),
  reason: z.string(),
});

export const ImportChange = z
  .strictObject({
    kind: z.enum(changeKinds),
    line: z.int().describe('The line in the file; of what has no row any more, the first line of its product.'),
    handle: z.string().describe('As the file writes it.'),
    sku: z.string().nullable().describe('Of the variant; null where the whole product is meant.'),
    fields: z.array(z.string()).describe('The names of the fields that change, where something is changed.'),
    skuBefore: z.string().nullable().describe('The former SKU, where it changes.'),
    locationId: z.string().nullable().describe('Where stock is opened, set or added.'),
    quantity: z.int().nullable().describe('How much of it.'),
  })
  .meta({ title: 'ImportChange' });
export type ImportChange = z.infer<typeof ImportChange>;

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
  changes: z.record(z.enum(changeKinds), z.int()).describe('How much of each kind is changed; in a dry run, would be.'),
});
export type Import = z.infer<typeof Import>;
export type ImportFault = z.infer<typeof ImportFault>;

export const ImportReport = Import.extend({
  /** A page of what was rejected or adjusted, in the order of the file, with bundles behind everything else. */
  faults: z.array(ImportFault),
  next: z.string().nullable(),
  examples: z
    .array(ImportChange)
    .describe(`The first ${examplesPerKind} changes of each kind; \`report.csv\` has all of them.`),
});
export type ImportReport = z.infer<typeof ImportReport>;
