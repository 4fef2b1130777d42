/** What may be read whole or sorted, because it does not grow with products, orders, customers or edits; each with its reason. */
import type { Exception, SmallTable } from './plans.ts';

export const smallTables: readonly SmallTable[] = [
  { table: 'locations', reason: 'A merchant has a handful of warehouses.' },
  { table: 'variant_revision', reason: 'One row.' },
  { table: 'charged_keys', reason: 'One row per market and currency in which a price list holds.' },
  { table: 'schema_versions', reason: 'One row per change of the schema.' },
];

export const exceptions: readonly Exception[] = [
  {
    statement: /from ledger_entries where payment_key = \?/,
    step: /TEMP B-TREE FOR ORDER BY/,
    reason: 'The bookings of one payment: a few per capture and refund.',
  },
  {
    statement: /from payments where payment_key in \(\s*select \* from/,
    step: /TEMP B-TREE/,
    reason: 'At most two steps of the reconciliation: both parts of the union have a limit.',
  },
  {
    statement: /from orders indexed by orders_outstanding\s/,
    step: /^SCAN orders USING (?:COVERING )?INDEX orders_outstanding$/,
    reason: 'The index holds only orders of which money is owed, newest first: a page is its beginning.',
  },
  {
    statement: /from drafts d indexed by drafts_(?:open|completed) /,
    step: /^SCAN d USING INDEX drafts_(?:open|completed)$/,
    reason: 'The index holds only drafts of that state, newest first: a page is its beginning.',
  },
  {
    statement:
      /from drafts d indexed by drafts_by_creation where true .*and d\.document in \(select rowid from draft_words/s,
    step: /^SCAN d USING INDEX drafts_by_creation$/,
    reason: 'Drafts by words that many have, where the newest do not: merchants make drafts by hand.',
  },
  {
    statement: /from draft_words w cross join drafts d on d.document = w.rowid/,
    step: /TEMP B-TREE FOR ORDER BY/,
    reason: 'The drafts that have the words: merchants make drafts by hand.',
  },
  {
    statement:
      /select id(?:, document, \w+ as key)? from orders indexed by orders_(?:placed_at|by_updated_at|by_number|by_total) /,
    step: /^SCAN orders USING COVERING INDEX/,
    reason:
      'Filters of which none alone leaves few orders, decided from one index: 0.1 µs an order (bench/orders-scale.ts).',
  },
  {
    statement: /from (?:json_each\(\?\) few cross join|orders o indexed by \w+)/,
    step: /TEMP B-TREE FOR ORDER BY/,
    reason: 'As many orders as are read and sorted at most: they were counted before.',
  },
  {
    statement: /from orders indexed by orders_(?:customer_id|email|by_number) /,
    step: /TEMP B-TREE FOR ORDER BY/,
    reason: 'The many orders of one customer, in another order than they were placed in.',
  },
  {
    statement: /from \(\s*select \* from \(select d\.id as id/,
    step: /TEMP B-TREE FOR ORDER BY|^SCAN h$/,
    reason: 'The products that a filter drives: 2,000 at most, of which a page is read.',
  },
  {
    statement: /from \(select product_id, edit from charged_work/,
    step: /^SCAN w$/,
    reason: 'The edited products of one step: 250 at most.',
  },
  {
    statement: /^delete from answers/,
    step: /^SCAN answers$/,
    reason: 'From the oldest answer to the first that has not expired: what it reads, it deletes.',
  },
  {
    statement: /^select (?:intent|sequence, intent_id as intentId, .*)\s+from (?:intents|entries)\s+order by/,
    step: /^SCAN (?:intents|entries)$/,
    reason: 'The whole books of the sandbox, which exists in development only.',
  },
];
