/**
 * `node scripts/run.mjs bench/orders-scale.ts`: whether the lists of orders cost more as a shop grows. One database is filled to
 * 34,000 orders and then to 1,000,000; at both sizes each filter is asked for its first page and for one from the middle, with the
 * statements that the store makes. Time is processor time per statement in SQLite itself, so other load does not disturb it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { projectRoot } from '../scripts/configs.ts';
import { hasOrdered, listOrders, type OrderFilter } from '../workers/orders/store.ts';

const sizes = [34_000, 1_000_000] as const;
const rowsPerFill = 20_000;
const asks = 300;
const pageSize = 21;

const none: OrderFilter = {
  ...{ isOutstanding: false, status: undefined, paymentStatus: undefined, fulfillmentStatus: undefined },
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
  ['one e-mail address', { email: 'buyer12@example.org' }],
  ['one customer', { customerId: 'customer-12' }],
  ['one customer, paid', { customerId: 'customer-12', status: 'paid' }],
];

const begin = Date.UTC(2020, 0, 1);
const idOf = (index: number) => `ord_${String(index).padStart(26, '0')}`;
const placedAtOf = (index: number) => begin + index * 1_000;

/** Adds orders whose states are spread as in a shop that ships what it sells, forty to a buyer. */
const insert = `insert into orders (id, checkout_id, number, status, email, customer, customer_id, currency, total_minor,
    captured_minor, refunded_minor, payment_status, fulfillment_status, payment_provider, quantity, placed_at, sequence)
  with recursive made (n) as (select cast(?1 as integer) union all select n + 1 from made where n + 1 < ?2)
  select 'ord_' || printf('%026d', n), 'chk_' || printf('%026d', n), cast(n as text),
    case when n % 100 = 0 then 'placed' when n % 20 = 7 then 'canceled' else 'paid' end,
    'buyer' || (n / 40) || '@example.org', 'hash' || (n / 40), case when n / 40 % 2 = 0 then 'customer-' || (n / 40) end,
    'EUR', 1000 + n % 9000, 1000, 0,
    case when n % 100 = 0 then 'authorized' when n % 20 = 7 then 'voided' when n % 25 = 3 then 'refunded' else 'captured' end,
    case when n % 20 = 7 then 'canceled' when n % 50 = 1 then 'unfulfilled' else 'fulfilled' end,
    'manual', 1 + n % 3, cast(?3 as integer) + n * 1000, 3 from made`;

function fill(database: DatabaseSync, from: number, to: number): void {
  for (let start = from; start < to; start += rowsPerFill)
    database.prepare(insert).run(start, Math.min(start + rowsPerFill, to), begin);
}

/** The statement that a function of the store makes first, and its values. */
async function statementOf(ask: (db: DrizzleD1Database) => Promise<unknown>) {
  let made: { readonly text: string; readonly values: readonly SQLInputValue[] } | null = null;
  const answer = async () => ({ results: [] });
  const client = {
    prepare: (text: string) => ({
      bind: (...values: readonly SQLInputValue[]) => {
        made ??= { text, values };
        return { all: answer, raw: async () => [] };
      },
    }),
  };
  // Of D1 the store uses no more than this.
  await ask(drizzle(client as unknown as D1Database));
  if (made === null) throw new Error('The store makes a statement');
  return made as { readonly text: string; readonly values: readonly SQLInputValue[] };
}

/** Processor time of one statement with its rows, in microseconds. */
async function costOf(database: DatabaseSync, ask: (db: DrizzleD1Database) => Promise<unknown>): Promise<number> {
  const { text, values } = await statementOf(ask);
  const statement = database.prepare(text);
  for (let turn = 0; turn < asks; turn += 1) statement.all(...values);
  const before = process.cpuUsage();
  for (let turn = 0; turn < asks; turn += 1) statement.all(...values);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / asks;
}

async function measure(database: DatabaseSync, size: number): Promise<ReadonlyMap<string, number>> {
  const middle = { placedAt: placedAtOf(size >> 1), id: idOf(size >> 1) };
  const costs = new Map<string, number>();
  for (const [name, filter] of filters) {
    for (const [page, after] of [
      ['first page', null],
      ['from the middle', middle],
    ] as const) {
      const ask = (db: DrizzleD1Database) => listOrders(db, { ...none, ...filter, after }, pageSize);
      costs.set(`${name}, ${page}`, await costOf(database, ask));
    }
  }
  for (const [name, customer] of [
    ['a customer who has ordered', 'hash12'],
    ['a customer who has not', 'nobody'],
  ] as const)
    costs.set(name, await costOf(database, (db) => hasOrdered(db, customer, placedAtOf(size))));
  return costs;
}

const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-orders-'));
const database = new DatabaseSync(path.join(folder, 'orders.sqlite'));
try {
  database.exec('pragma journal_mode = off; pragma synchronous = off');
  const migrations = path.join(projectRoot, 'migrations/orders');
  for (const file of readdirSync(migrations).sort()) database.exec(readFileSync(path.join(migrations, file), 'utf8'));
  const results: ReadonlyMap<string, number>[] = [];
  let filled = 0;
  for (const size of sizes) {
    fill(database, filled, size);
    filled = size;
    results.push(await measure(database, size));
  }
  const [small, large] = results;
  console.log(`| list | ${sizes.map((size) => `${size.toLocaleString('en')} orders, µs`).join(' | ')} | ratio |`);
  console.log('| --- | --- | --- | --- |');
  for (const [name, before] of small ?? []) {
    const after = large?.get(name) ?? 0;
    console.log(`| ${name} | ${before.toFixed(0)} | ${after.toFixed(0)} | ${(after / before).toFixed(2)} |`);
  }
} finally {
  database.close();
  rmSync(folder, { recursive: true, force: true });
}
