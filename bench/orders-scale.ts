/**
 * `node scripts/run.mjs bench/orders-scale.ts`: whether the lists of orders cost more as a shop grows. One database is filled to
 * 34,000 orders and then to 1,000,000; at both sizes each filter is asked for its first page and for one from the middle, by the
 * store's own statements on a real D1. Time is what the database takes for one statement, seen from Node.
 */
import { databaseOf } from '../shared/messaging/d1.ts';
import { migratedDatabase } from '../shared/testing/d1.ts';
import { recordingD1, type Statements } from '../tests/query-plans/recorder.ts';
import { hasOrdered, listOrders, type OrderFilter } from '../workers/orders/store.ts';

const sizes = [34_000, 1_000_000] as const;
const rowsPerFill = 20_000;
const asks = 60;
const pageSize = 21;

const none: OrderFilter = {
  ...{ status: undefined, paymentStatus: undefined, fulfillmentStatus: undefined },
  ...{ email: undefined, customerId: undefined, after: null },
};
const filters: readonly (readonly [name: string, filter: Partial<OrderFilter>])[] = [
  ['all', {}],
  ['paid (94 %)', { status: 'paid' }],
  ['placed (1 %)', { status: 'placed' }],
  ['payment captured (90 %)', { paymentStatus: 'captured' }],
  ['unfulfilled (2 %)', { fulfillmentStatus: 'unfulfilled' }],
  ['captured and unfulfilled', { paymentStatus: 'captured', fulfillmentStatus: 'unfulfilled' }],
  ['paid and refunded', { status: 'paid', paymentStatus: 'refunded' }],
  ['canceled and fulfilled (none)', { status: 'canceled', fulfillmentStatus: 'fulfilled' }],
  [
    'canceled, captured and fulfilled (none)',
    { status: 'canceled', paymentStatus: 'captured', fulfillmentStatus: 'fulfilled' },
  ],
  ['one e-mail address', { email: 'buyer7@example.org' }],
  ['one customer', { customerId: 'customer-7' }],
  ['one customer, paid', { customerId: 'customer-7', status: 'paid' }],
];

interface Cost {
  readonly ms: number;
  readonly rowsRead: number;
}

const begin = Date.UTC(2020, 0, 1);
const idOf = (index: number) => `ord_${String(index).padStart(26, '0')}`;
const placedAtOf = (index: number) => begin + index * 1_000;

/** Adds orders whose states are spread as in a shop that ships what it sells, without a word of JavaScript per row. */
async function fill(db: D1Database, from: number, to: number): Promise<void> {
  const insert = `insert into orders (id, checkout_id, number, status, email, customer, customer_id, currency, total_minor,
      captured_minor, refunded_minor, payment_status, fulfillment_status, payment_provider, quantity, placed_at, sequence)
    with recursive orders_to_make (n) as (select ?1 union all select n + 1 from orders_to_make where n + 1 < ?2)
    select 'ord_' || printf('%026d', n), 'chk_' || n, cast(n as text),
      case when n % 100 = 0 then 'placed' when n % 20 = 7 then 'canceled' else 'paid' end,
      'buyer' || (n % 5000) || '@example.org', 'hash' || (n % 5000), case when n % 5 = 2 then 'customer-' || (n % 5000) end,
      'EUR', 1000 + n % 9000, 1000, 0,
      case when n % 100 = 0 then 'authorized' when n % 20 = 7 then 'voided' when n % 25 = 3 then 'refunded' else 'captured' end,
      case when n % 20 = 7 then 'canceled' when n % 50 = 1 then 'unfulfilled' else 'fulfilled' end,
      'manual', 1 + n % 3, ?3 + n * 1000, 3 from orders_to_make`;
  for (let start = from; start < to; start += rowsPerFill) {
    await db
      .prepare(insert)
      .bind(start, Math.min(start + rowsPerFill, to), begin)
      .run();
  }
}

/** The median time of one statement, and the rows that it reads. */
async function costOf(db: D1Database, make: (recorded: D1Database) => Promise<unknown>): Promise<Cost> {
  const seen: Statements = new Map();
  await make(recordingD1(db, seen));
  const [[text, values] = ['', []]] = seen;
  const times: number[] = [];
  let rowsRead = 0;
  for (let turn = 0; turn < asks; turn += 1) {
    const startedAt = performance.now();
    const { meta } = await db
      .prepare(text)
      .bind(...values)
      .all();
    times.push(performance.now() - startedAt);
    rowsRead = meta.rows_read;
  }
  return { ms: times.sort((a, b) => a - b)[asks >> 1] ?? 0, rowsRead };
}

async function measure(db: D1Database, size: number): Promise<ReadonlyMap<string, Cost>> {
  const middle = { placedAt: placedAtOf(size >> 1), id: idOf(size >> 1) };
  const costs = new Map<string, Cost>();
  costs.set('(a statement that reads nothing)', await costOf(db, (recorded) => recorded.prepare('select 1').all()));
  for (const [name, filter] of filters) {
    for (const [page, after] of [
      ['first page', null],
      ['from the middle', middle],
    ] as const) {
      const ask = (recorded: D1Database) => listOrders(databaseOf(recorded), { ...none, ...filter, after }, pageSize);
      costs.set(`${name}, ${page}`, await costOf(db, ask));
    }
  }
  const asked = (customer: string) => (recorded: D1Database) =>
    hasOrdered(databaseOf(recorded), customer, placedAtOf(size));
  costs.set('has ordered before: yes', await costOf(db, asked('hash7')));
  costs.set('has ordered before: no', await costOf(db, asked('nobody')));
  return costs;
}

const database = await migratedDatabase('orders');
const results: ReadonlyMap<string, Cost>[] = [];
let filled = 0;
for (const size of sizes) {
  const startedAt = performance.now();
  await fill(database.db, filled, size);
  filled = size;
  process.stderr.write(`${size} orders after ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
  results.push(await measure(database.db, size));
}
await database.close();

const [small, large] = results;
const head = sizes.map((size) => `${size.toLocaleString('en')} ms | rows`).join(' | ');
console.log(`| list | ${head} | ratio |\n| --- | --- | --- | --- | --- | --- |`);
for (const [name, before] of small ?? []) {
  const after = large?.get(name) ?? before;
  const cells = [before, after].map(({ ms, rowsRead }) => `${ms.toFixed(2)} | ${rowsRead}`).join(' | ');
  console.log(`| ${name} | ${cells} | ${(after.ms / before.ms).toFixed(2)} |`);
}
