/**
 * Rows of lists that grow with a shop, beside its orders, made by SQLite itself. Each statement takes the first row and the one
 * after the last. One stock unit in five events is the same, and one event in ten thousand is of a rare type.
 */
const made =
  'with recursive made (n) as (select cast(?1 as integer) union all select n + 1 from made where n + 1 < ?2)';
const begin = Date.UTC(2026, 0, 1);

const subject = `case when n % 5 = 0 then 'stk_busy' else 'ord_' || (n / 5) end`;
const type = `case when n % 10000 = 0 then 'inventory.stock.low' when n % 5 = 0 then 'inventory.stock.changed' else 'orders.order.paid' end`;
const insertEvents = `insert into events (event_id, type, subject, sequence, time, envelope, received_at) ${made}
  select 'evt_' || printf('%026d', n), ${type}, ${subject}, n, '2026-01-01T00:00:00.000Z',
    json_object('specversion', '1.0', 'id', 'evt_' || printf('%026d', n), 'source', '/bench', 'type', ${type}, 'subject', ${subject},
      'time', '2026-01-01T00:00:00.000Z', 'sequence', n, 'dataversion', 1, 'correlationid', 'req_' || n, 'data', json_object('note', printf('%0800d', n))),
    ${begin} + n from made`;

const insertUnits = `insert into stock_units (id, sku, opening_quantity, floor, on_hand, available, as_of, shortfall) ${made}
  select 'stk_' || printf('%026d', n), printf('SKU-%06d', n), 5, 0, 5, 5, ${begin}, case when n % 1000 = 999 then 1 else 0 end from made`;

const insertDrafts = `insert into drafts (document, id, email, email_key, name, country, currency, total_minor, quantity, order_id, created_by,
    created_at, updated_at) ${made}
  select n + 1, 'cart_' || printf('%026d', n), 'buyer' || (n / 40) || '@example.org', 'buyer' || (n / 40) || '@example.org', 'Anton Maier', 'DE',
    'EUR', 1000, 1, case when n % 100 <> 0 then 'ord_' || n end, 'key', ${begin} + n, ${begin} + n from made`;
const insertDraftWords = `insert into draft_words (rowid, words) ${made}
  select n + 1, 'buyer' || (n / 40) || ' example org anton maier hat ' || (n % 10) || case when n < 40000 then ' winterhut' else '' end from made`;

/** A table that says which database it is, and what fills it. */
export const fills: readonly (readonly [table: string, statements: readonly string[]])[] = [
  ['events', [insertEvents]],
  ['stock_units', [insertUnits]],
  ['drafts', [insertDrafts, insertDraftWords]],
];
