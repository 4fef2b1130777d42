/** Orders, their lines and their refunds as files that spreadsheets and bookkeeping open. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { OrderFilterQuery } from './order-lists-http.ts';

const format =
  'RFC 4180 in UTF-8 with a byte order mark, oldest orders first, with the filters of the list. Amounts are decimal numbers in the currency that its column names. A text that a spreadsheet would take for a formula begins with an apostrophe.';

const csv = {
  method: 'GET',
  query: OrderFilterQuery,
  answer: z.string().describe(format),
  answerType: 'text/csv',
  scopes: ['orders:read'],
} as const;

export const exportOrders = operation({
  ...csv,
  id: 'exportOrders',
  path: '/admin/v1/exports/orders.csv',
  summary: 'Orders as a file, one row per order',
  answer: z
    .string()
    .describe(
      `${format} The money of a row adds up: total = captured + giftCards (store credit too) + received (recorded by hand) - refunded + credited (not owed any more, by refunds and cancellation) + capturable + outstanding. Beside that chargedBack is what payers took back by disputes, and pricesIncludeTax says whether subtotal, discount and shipping have tax inside.`,
    ),
});

export const exportOrderLines = operation({
  ...csv,
  id: 'exportOrderLines',
  path: '/admin/v1/exports/order-lines.csv',
  summary: 'The lines of orders as a file, one row per line',
});

export const exportRefunds = operation({
  ...csv,
  id: 'exportRefunds',
  path: '/admin/v1/exports/refunds.csv',
  summary: 'Refunds as a file, one row per refund',
  answer: z
    .string()
    .describe(
      `${format} An amount is the sum of toPayment (the provider), toGiftCards (store credit too) and toReceived (by hand, as it came). What was given back at the provider itself is a row without refundId, with the cause at-provider. The amounts of an order add up to refunded in its row of orders.csv.`,
    ),
});

export const exportsOperations = [exportOrders, exportOrderLines, exportRefunds];
