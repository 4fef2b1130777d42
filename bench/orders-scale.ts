/**
 * `node scripts/run.mjs bench/orders-scale.ts [--size N]`: what lists of orders cost in a large shop, with any filter, any of
 * them together, and in any order. One database is filled to 100,000 orders and then to 1,000,000 (or to N alone); each question
 * is asked for its first page and for one from the middle, with the very functions of the store. Time is processor time of a
 * whole question in SQLite itself, so other load does not disturb it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseArgs } from 'node:util';
import { drizzle } from 'drizzle-orm/d1';
import { projectRoot } from '../scripts/configs.ts';
import { orderSorts } from '../shared/contracts/orders/order-lists-http.ts';
import type { OrderFilter } from '../workers/orders/store/order-filters.ts';
import { listOrders, type OrderListQuery } from '../workers/orders/store/order-lists.ts';
import { hasOrdered } from '../workers/orders/store/orders.ts';
import { insertOrders, insertTexts, placedAtOf } from './many-orders.ts';

const { values: given } = parseArgs({ options: { size: { type: 'string' } } });
const sizes = given.size === undefined ? [100_000, 1_000_000] : [Number(given.size)];
const rowsPerFill = 20_000;
const asks = 20;
const pageSize = 21;

const filters: readonly (readonly [name: string, filter: OrderFilter])[] = [
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
  ['outstanding (0.2 %)', { isOutstanding: true }],
  ['one e-mail address', { email: 'BUYER12@example.org' }],
  ['one customer', { customerId: 'customer-12' }],
  ['one customer, paid', { customerId: 'customer-12', status: 'paid' }],
  ['one number', { number: '12' }],
  ['a country (70 %)', { country: 'DE' }],
  ['a country (none)', { country: 'LI' }],
  ['a country, unfulfilled', { country: 'DE', fulfillmentStatus: 'unfulfilled' }],
  ['a country, outstanding (none)', { country: 'DE', isOutstanding: true }],
  ['a region (1 %)', { country: 'AT', regions: ['AT-3'] }],
  ['a region (1 %), unfulfilled (none)', { country: 'AT', regions: ['AT-3'], fulfillmentStatus: 'unfulfilled' }],
  ['two regions, canceled', { country: 'AT', regions: ['AT-3', 'AT-4'], status: 'canceled' }],
  ['a telephone number', { q: '+49 30 2000010' }],
  ['a telephone number that nobody has', { q: '030 9999999' }],
  ['an e-mail address in words', { q: 'buyer12@example.org' }],
  ['a country and a week', { country: 'AT', placedFrom: placedAtOf(50_000), placedBefore: placedAtOf(60_000) }],
  [
    'a week, canceled and fulfilled (none)',
    { placedFrom: placedAtOf(50_000), status: 'canceled', fulfillmentStatus: 'fulfilled' },
  ],
  ['a beginning that 4 % have', { q: 'buyer12' }],
  ['a name and an e-mail address', { q: 'anton buyer1234 example' }],
  ['a word that all orders have', { q: 'example' }],
  ['the beginnings that all names have', { q: 'a m' }],
  ['a word that all have, and a country that none has', { q: 'example', country: 'LI' }],
  [
    'a word that all have, canceled and fulfilled (none)',
    { q: 'example', status: 'canceled', fulfillmentStatus: 'fulfilled' },
  ],
  ['a name (5 %)', { name: 'müller' }],
  ['a name (5 %), unfulfilled', { name: 'müller', fulfillmentStatus: 'unfulfilled' }],
  ['a SKU (10 %)', { sku: 'hat-3' }],
  ['a SKU (10 %) and another state (none)', { sku: 'hat-3', status: 'canceled', fulfillmentStatus: 'fulfilled' }],
  ['a tag (33 %)', { tags: ['vip'] }],
  [
    'everything together',
    { q: 'anna', sku: 'hat-3', tags: ['vip'], country: 'DE', status: 'paid', placedFrom: placedAtOf(10) },
  ],
];

function fill(database: DatabaseSync, from: number, to: number): void {
  for (let start = from; start < to; start += rowsPerFill) {
    const end = Math.min(start + rowsPerFill, to);
    database.prepare(insertTexts).run(start, end);
    database.prepare(insertOrders).run(start, end);
  }
}

/** As much of D1 as the store uses, on SQLite in this process. */
function d1Over(database: DatabaseSync) {
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const client = {
    prepare: (text: string) => {
      const statement = prepared.get(text) ?? database.prepare(text);
      prepared.set(text, statement);
      return {
        bind: (...values: readonly (string | number)[]) => ({
          all: async () => ({ results: statement.all(...values) }),
          raw: async () => statement.all(...values).map((row) => Object.values(row)),
        }),
      };
    },
  };
  return drizzle(client as unknown as D1Database);
}

type Ask = () => Promise<unknown>;

/** Processor time of one question, in microseconds. */
async function costOf(ask: Ask): Promise<number> {
  await ask();
  const before = process.cpuUsage();
  for (let turn = 0; turn < asks; turn += 1) await ask();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / asks;
}

async function measure(database: DatabaseSync, size: number): Promise<ReadonlyMap<string, number>> {
  const db = d1Over(database);
  const middle = [placedAtOf(size >> 1), ''] as const;
  const costs = new Map<string, number>();
  const listed = (query: Omit<OrderListQuery, 'limit'>) => () => listOrders(db, { ...query, limit: pageSize });
  for (const [name, filter] of filters) {
    costs.set(`${name}, first page`, await costOf(listed({ filter, sort: '-placedAt', after: null })));
    costs.set(`${name}, from the middle`, await costOf(listed({ filter, sort: '-placedAt', after: middle })));
    let worst = 0;
    for (const sort of orderSorts) worst = Math.max(worst, await costOf(listed({ filter, sort, after: null })));
    costs.set(`${name}, in the costliest order`, worst);
  }
  for (const [name, customer] of [
    ['a customer who has ordered', 'hash12'],
    ['a customer who has not', 'nobody'],
  ] as const)
    costs.set(name, await costOf(() => hasOrdered(db, customer, placedAtOf(size))));
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
  const [first] = results;
  console.log(`| list | ${sizes.map((size) => `${size.toLocaleString('en')} orders, ms`).join(' | ')} |`);
  console.log(`| --- |${sizes.map(() => ' --- |').join('')}`);
  for (const name of first?.keys() ?? []) {
    const costs = results.map((costs) => ((costs.get(name) ?? 0) / 1000).toFixed(2));
    console.log(`| ${name} | ${costs.join(' | ')} |`);
  }
} finally {
  database.close();
  rmSync(folder, { recursive: true, force: true });
}
