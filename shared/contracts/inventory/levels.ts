/** Levels of many SKUs at once over HTTP, as JSON or CSV. Each row stands by itself and is answered by itself. */
import * as z from 'zod';
import { readCsvRows } from '../../http/csv-rows.ts';
import { listRows } from '../../http/list-rows.ts';
import { operation } from '../../http/operation.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { filledText, text } from '../../values/text.ts';

export const levelRowsMax = 10_000;

/** A number, or its text in a file. What is neither is said of its row alone. */
const Written = z.union([z.number(), text(30)]).optional();

export const LevelRow = z.strictObject({
  sku: forLongNumbers(text(255), 'a SKU'),
  locationId: text(60).optional().describe('The default location where it is left out.'),
  onHand: Written.describe('What was counted, whatever is promised.'),
  delta: Written.describe('What has come, or gone where it is negative, in the place of a count.'),
});
export type WrittenLevel = z.infer<typeof LevelRow>;

export const RowResult = z.strictObject({
  row: z.int().describe('The first is 1.'),
  sku: z.string(),
  status: z.enum(['done', 'unchanged', 'rejected']),
  reason: z.string().nullable(),
});

export const BulkReport = z.strictObject({
  rowsTotal: z.int(),
  done: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  results: z.array(RowResult),
});

export const setLevels = operation({
  id: 'setLevels',
  method: 'POST',
  path: '/admin/v1/inventory/levels',
  summary:
    'Count or move stock of up to 10,000 SKUs, as JSON or CSV (sku, location, on hand or delta); each row once per key',
  body: z.strictObject({
    reason: filledText(200).default('List of levels'),
    rows: z.array(listRows(LevelRow)).min(1).max(levelRowsMax),
  }),
  readCsv: readCsvRows({
    sku: 'sku',
    variantsku: 'sku',
    location: 'locationId',
    locationid: 'locationId',
    onhand: 'onHand',
    quantity: 'onHand',
    inventoryquantity: 'onHand',
    variantinventoryqty: 'onHand',
    delta: 'delta',
    change: 'delta',
  }),
  answer: BulkReport,
  refusals: ['malformed-csv', 'unsupported-media-type'],
  bodyBytesMax: 5 * 1024 * 1024,
  timeoutSeconds: 5 * 60,
});
