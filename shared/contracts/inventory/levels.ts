/** Levels of many SKUs at once over HTTP, as JSON or CSV. Each row stands by itself and is answered by itself. */
import * as z from 'zod';
import { readCsvRows } from '../../http/csv-rows.ts';
import { listRows } from '../../http/list-rows.ts';
import { operation } from '../../http/operation.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { filledText, text } from '../../values/text.ts';
import { bulkJobOperations, bulkRowsMax, bulkTerms } from '../bulk.ts';

/** A number, or its text in a file. What is neither is said of its row alone. */
const Written = z.union([z.number(), text(30)]).optional();

export const LevelRow = z.strictObject({
  sku: forLongNumbers(text(255), 'a SKU'),
  locationId: text(60).optional().describe('The default location where it is left out.'),
  onHand: Written.describe('What was counted, whatever is promised.'),
  delta: Written.describe('What has come, or gone where it is negative, in the place of a count.'),
});
export type WrittenLevel = z.infer<typeof LevelRow>;

export const setLevels = operation({
  id: 'setLevels',
  method: 'POST',
  path: '/admin/v1/inventory/levels',
  summary:
    'Count or move stock of up to 50,000 SKUs, as JSON or CSV (sku, location, on hand or delta); each row once per key',
  body: z.strictObject({
    reason: filledText(200).default('List of levels'),
    rows: z.array(listRows(LevelRow)).min(1).max(bulkRowsMax),
  }),
  readCsv: readCsvRows(
    {
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
    },
    { sku: ['sku'], 'on hand': ['onHand', 'delta'] },
  ),
  refusals: ['malformed-csv', 'unsupported-media-type'],
  ...bulkTerms,
});

export const levelJobs = bulkJobOperations(
  { read: 'readLevelJob', results: 'readLevelJobResults' },
  setLevels.path,
  'levels',
);
