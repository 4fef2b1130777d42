/** Prices of many SKUs at once over HTTP, as JSON or CSV. Each row stands by itself and is answered by itself. */
import * as z from 'zod';
import { readCsvRows } from '../../http/csv-rows.ts';
import { listRows } from '../../http/list-rows.ts';
import { operation } from '../../http/operation.ts';
import { forLongNumbers } from '../../values/long-number.ts';
import { Currency, Price } from '../../values/money.ts';
import { text } from '../../values/text.ts';
import { bulkJobOperations, bulkRowsMax, bulkTerms } from '../bulk.ts';

/** Money, or its decimal text in a file. */
const WrittenPrice = z.union([Price, text(30)]);

export const PriceRow = z.strictObject({
  sku: forLongNumbers(text(255), 'a SKU'),
  price: WrittenPrice.optional().describe('Money, or a decimal text such as `12.50`. Left out or empty: it stays.'),
  compareAtPrice: WrittenPrice.nullable()
    .optional()
    .describe('The same; null or an empty text takes it away, left out it stays.'),
  currency: text(3)
    .optional()
    .describe('Of prices that are text; the first currency of the product where it is left out.'),
});
export type WrittenPrices = z.infer<typeof PriceRow>;

export const setPrices = operation({
  id: 'setPrices',
  method: 'POST',
  path: '/admin/v1/prices',
  summary: 'Change prices of up to 50,000 SKUs, as JSON or CSV (sku, price, compare-at price, currency)',
  body: z.strictObject({ rows: z.array(listRows(PriceRow)).min(1).max(bulkRowsMax) }),
  readCsv: readCsvRows(
    {
      sku: 'sku',
      variantsku: 'sku',
      price: 'price',
      variantprice: 'price',
      compareatprice: 'compareAtPrice',
      variantcompareatprice: 'compareAtPrice',
      currency: 'currency',
    },
    { sku: ['sku'], price: ['price', 'compareAtPrice'] },
  ),
  refusals: ['malformed-csv', 'unsupported-media-type'],
  ...bulkTerms,
  clears: ['products'],
});

export const priceJobs = bulkJobOperations(
  { read: 'readPriceJob', results: 'readPriceJobResults' },
  setPrices.path,
  'prices',
);

export const currencyOf = (written: string) => Currency.safeParse(written.toUpperCase()).data;
