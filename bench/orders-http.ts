/**
 * `node scripts/run.mjs bench/orders-http.ts [--orders N] [--port P]`: lists and exports of a shop with many orders (100,000), over
 * HTTP. Each filter alone and some together are asked for twenty times; the exports are read as fast as they come, beside the
 * memory of the runtime. The orders are written into the shop's own database before it starts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { databasesOf, readWorkers } from '../scripts/configs.ts';
import { portOf, readFlags } from '../scripts/lib/arguments.ts';
import { bundleWorkers } from '../scripts/lib/bundle.ts';
import { migrate } from '../scripts/lib/migrate.ts';
import { nextFreePort } from '../scripts/lib/ports.ts';
import { waitUntilAnswering } from '../scripts/lib/ready.ts';
import { keepSecrets, variablesOf } from '../scripts/lib/settings.ts';
import { startShop } from '../scripts/lib/shop.ts';
import { makeStateFolder } from '../scripts/lib/state-folder.ts';
import { runtimeProcesses } from './cpu.ts';
import { insertDetails, insertOrders, insertTexts } from './many-orders.ts';

const ordersDefault = '100000';
const ordersPerFill = 20_000;
const asks = 20;
const memoryEveryMs = 100;

const queries = [
  ...['', 'status=paid', 'paymentStatus=captured', 'fulfillmentStatus=unfulfilled', 'outstanding=true'],
  ...['customer=BUYER12@example.org', 'customerId=customer-12', 'number=0000-0012', 'country=DE', 'country=LI'],
  ...['placedFrom=2020-01-01T10:00:00Z&placedBefore=2020-01-01T11:00:00Z', 'q=buyer12', 'q=example', 'q=a+m'],
  ...[
    'name=m%C3%BCller',
    'q=%E5%B1%B1%E7%94%B0',
    'sku=HAT-3',
    'tag=vip',
    'sort=total',
    'sort=-number',
    'sort=updatedAt',
  ],
  ...['q=example&country=LI&sort=-total', 'status=canceled&fulfillmentStatus=fulfilled&sort=total'],
  'country=DE&outstanding=true&paymentStatus=captured',
  'q=anna&sku=hat-1&tag=vip&country=DE&status=paid&placedFrom=2020-01-01&sort=-total',
] as const;

async function main(given: readonly string[]): Promise<void> {
  const flags = readFlags(['orders', 'port'], given);
  const count = Number(flags.orders ?? ordersDefault);
  const statePath = mkdtempSync(path.join(tmpdir(), 'vitrine-orders-'));
  process.on('exit', () => rmSync(statePath, { recursive: true, force: true }));
  makeStateFolder(statePath);
  const port = await nextFreePort(portOf(flags.port ?? '9790'));
  const url = `http://127.0.0.1:${port}`;
  const variables = variablesOf(keepSecrets(statePath), url, process.env);
  const workers = readWorkers();
  const storagePath = path.join(statePath, 'storage');
  const [bundles] = await Promise.all([bundleWorkers(workers), migrate(databasesOf(workers), storagePath)]);
  fill(ordersDatabaseIn(storagePath), count);
  const shop = await startShop({
    workers,
    bundles,
    variables,
    host: '127.0.0.1',
    port,
    storagePath,
    onLog: console.error,
  });
  try {
    await waitUntilAnswering(url);
    const headers = { authorization: `Bearer ${variables.VITRINE_ADMIN_KEY}` };
    const [pid = 0] = [...runtimeProcesses()];
    console.log(`${count.toLocaleString('en')} orders\n\n| list | median, ms | slowest, ms |\n| --- | --- | --- |`);
    for (const query of queries) {
      const times = await timesOf(`${url}/admin/v1/orders?${query}`, headers);
      console.log(`| ${query === '' ? 'all' : query} | ${at(times, 0.5)} | ${at(times, 1)} |`);
    }
    console.log('\n| export | MB | seconds | memory before, MB | most memory, MB |\n| --- | --- | --- | --- | --- |');
    for (const name of ['orders', 'order-lines', 'refunds']) {
      const { bytes, seconds, before, most } = await exported(`${url}/admin/v1/exports/${name}.csv`, headers, pid);
      console.log(`| ${name} | ${(bytes / 1e6).toFixed(1)} | ${seconds.toFixed(1)} | ${before} | ${most} |`);
    }
  } finally {
    await shop.stop();
  }
}

/** The file of the database that has the orders. */
function ordersDatabaseIn(storagePath: string): string {
  const files = readdirSync(storagePath, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.sqlite'),
  );
  const found = files
    .map((name) => path.join(storagePath, name))
    .find((file) => {
      const database = new DatabaseSync(file, { readOnly: true });
      const tables = database.prepare("select 1 from sqlite_master where name = 'order_texts'").all();
      database.close();
      return tables.length > 0;
    });
  if (found === undefined) throw new Error(`There is no database of orders in ${storagePath}`);
  return found;
}

function fill(file: string, count: number): void {
  const database = new DatabaseSync(file);
  for (let start = 0; start < count; start += ordersPerFill)
    for (const statement of [insertTexts, insertOrders, insertDetails])
      database.prepare(statement).run(start, Math.min(start + ordersPerFill, count));
  database.close();
}

type Headers = Readonly<Record<string, string>>;

/** Milliseconds until the whole answer is there, the quickest first. */
async function timesOf(address: string, headers: Headers): Promise<readonly number[]> {
  const times: number[] = [];
  for (let ask = 0; ask <= asks; ask += 1) {
    const began = performance.now();
    const answer = await fetch(address, { headers });
    const body = await answer.text();
    if (answer.status !== 200) throw new Error(`${address}: ${answer.status} ${body}`);
    // The first one warms up.
    if (ask > 0) times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b);
}

function at(times: readonly number[], share: number): string {
  return (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(1);
}

async function exported(address: string, headers: Headers, pid: number) {
  const before = memoryMbOf(pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryMbOf(pid));
  }, memoryEveryMs);
  const began = performance.now();
  const answer = await fetch(address, { headers });
  let bytes = 0;
  for await (const piece of answer.body ?? []) bytes += piece.length;
  clearInterval(watch);
  return { bytes, seconds: (performance.now() - began) / 1000, before, most };
}

function memoryMbOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

await main(process.argv.slice(2));
