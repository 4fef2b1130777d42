/**
 * `node scripts/run.mjs bench/lists-http.ts [--rows N] [--asks N] [--port P]`: lists and exports of a large shop (100,000 rows each), over
 * HTTP as a merchant has them. Each question takes turns with the plain list, so that what the machine does meanwhile falls on
 * both; exports are read as fast as they come, beside the memory of the runtime. Orders, drafts, events and stock are written into
 * the shop's own databases before it starts; the codes of a promotion are made by the shop.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
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
import { cpuMsOf, runtimeProcesses } from './cpu.ts';
import { Connection, type Exchange } from './http-client.ts';
import { type ListQueries, orderQueries, otherQueries } from './list-queries.ts';
import { insertDetails, insertOrders, insertTexts } from './many-orders.ts';
import { fills } from './many-rows.ts';

const rowsDefault = '100000';
const asksDefault = '100';
const rowsPerFill = 20_000;
const memoryEveryMs = 50;

interface Bench {
  readonly connection: Connection;
  readonly headers: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly asks: number;
}

async function main(given: readonly string[]): Promise<void> {
  const flags = readFlags(['rows', 'asks', 'port'], given);
  const rows = Number(flags.rows ?? rowsDefault);
  const statePath = mkdtempSync(path.join(tmpdir(), 'vitrine-lists-'));
  process.on('exit', () => rmSync(statePath, { recursive: true, force: true }));
  makeStateFolder(statePath);
  const port = await nextFreePort(portOf(flags.port ?? '9790'));
  const host = '127.0.0.1';
  const url = `http://${host}:${port}`;
  const variables = variablesOf(keepSecrets(statePath), url, process.env);
  const workers = readWorkers();
  const storagePath = path.join(statePath, 'storage');
  const [bundles] = await Promise.all([bundleWorkers(workers), migrate(databasesOf(workers), storagePath)]);
  fill(storagePath, 'order_texts', [insertTexts, insertOrders, insertDetails], rows);
  for (const [table, statements] of fills) fill(storagePath, table, statements, rows);
  const shop = await startShop({ workers, bundles, variables, host, port, storagePath, onLog: console.error });
  try {
    await waitUntilAnswering(url);
    const headers = { authorization: `Bearer ${variables.VITRINE_ADMIN_KEY}` };
    const [pid = 0] = [...runtimeProcesses()];
    const connection = await Connection.open(port);
    const bench: Bench = { connection, headers, pid, asks: Number(flags.asks ?? asksDefault) };
    console.log(
      `${rows.toLocaleString('en')} rows of each list, ${bench.asks} asks of each question, load ${loadOf()}`,
    );
    console.log(`a page of the health check, which asks no database: p50 ${(await bareMs(bench)).toFixed(1)} ms`);
    const promotionId = await makeCodes(bench, rows);
    console.log('\n| list | p50 ms | p99 ms | CPU ms | p50 to plain |\n|---|--:|--:|--:|--:|');
    for (const list of [orderQueries(rows), ...otherQueries(rows, promotionId)]) await printList(bench, list);
    console.log(
      '\n| export | MB | seconds | first byte, ms | memory before, MB | most, MB |\n|---|--:|--:|--:|--:|--:|',
    );
    for (const name of ['orders', 'order-lines', 'refunds'])
      console.log(await exported(`${url}/admin/v1/exports/${name}.csv`, headers, pid));
    console.log(`\nload ${loadOf()}`);
    connection.close();
  } finally {
    await shop.stop();
  }
}

const loadOf = () => loadavg()[0]?.toFixed(1);

/** Fills the database that has a table. */
function fill(storagePath: string, table: string, statements: readonly string[], rows: number): void {
  const files = readdirSync(storagePath, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.sqlite'),
  );
  for (const file of files) {
    const database = new DatabaseSync(path.join(storagePath, file));
    const isIt = database.prepare('select 1 from sqlite_master where name = ?').get(table) !== undefined;
    for (let start = 0; isIt && start < rows; start += rowsPerFill)
      for (const statement of statements) database.prepare(statement).run(start, Math.min(start + rowsPerFill, rows));
    database.close();
    if (isIt) return;
  }
  throw new Error(`No database has the table ${table}`);
}

async function makeCodes(bench: Bench, count: number): Promise<string> {
  const made = async (path: string, body: object): Promise<{ readonly id: string }> => {
    const headers = { ...bench.headers, 'idempotency-key': crypto.randomUUID() };
    const answer = await bench.connection.send({ method: 'POST', path, headers, body });
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body.toString());
  };
  const offer = { kind: 'percent-off-order', rate: '0.10' };
  const { id } = await made('/admin/v1/promotions', { title: 'Many codes', offer });
  const startedAt = performance.now();
  await made(`/admin/v1/promotions/${id}/codes`, { count });
  console.log(`${count.toLocaleString('en')} codes made in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return id;
}

async function bareMs(bench: Bench): Promise<number> {
  const times: number[] = [];
  for (let ask = 0; ask < bench.asks; ask += 1) times.push((await timeOf(bench, '/healthz')).ms);
  return at(times, 0.5);
}

async function printList(bench: Bench, { path, queries }: ListQueries): Promise<void> {
  const row = (name: string, times: readonly number[], cpuMs: number, ratio: number) =>
    console.log(
      `| ${name} | ${at(times, 0.5).toFixed(1)} | ${at(times, 0.99).toFixed(1)} | ${cpuMs.toFixed(1)} | ${ratio.toFixed(2)} |`,
    );
  const plain: number[] = [];
  let plainCpuMs = 0;
  for (const query of queries) {
    const times: number[] = [];
    const beside: number[] = [];
    let cpuMs = 0;
    for (let ask = -1; ask < bench.asks; ask += 1) {
      const asked = await timeOf(bench, `${path}?${query}`);
      const other = await timeOf(bench, path);
      // The first one warms up.
      if (ask < 0) continue;
      times.push(asked.ms);
      cpuMs += asked.cpuMs;
      beside.push(other.ms);
      plainCpuMs += other.cpuMs;
    }
    plain.push(...beside);
    row(
      decodeURIComponent(query).replace(/cursor=.*/, 'cursor=…'),
      times,
      cpuMs / bench.asks,
      at(times, 0.5) / at(beside, 0.5),
    );
  }
  row(`**${path.replace(/pro_\w+/, ':id')}**, plain`, plain, plainCpuMs / plain.length, 1);
}

/** Milliseconds until the whole answer is there, and of the runtime's processors. */
async function timeOf({ connection, headers, pid }: Bench, path: string) {
  const exchange: Exchange = { method: 'GET', path, headers };
  const cpuBefore = cpuMsOf(pid) ?? 0;
  const began = performance.now();
  const answer = await connection.send(exchange);
  const ms = performance.now() - began;
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
  return { ms, cpuMs: (cpuMsOf(pid) ?? 0) - cpuBefore };
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}

async function exported(address: string, headers: Bench['headers'], pid: number): Promise<string> {
  const before = memoryMbOf(pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryMbOf(pid));
  }, memoryEveryMs);
  const began = performance.now();
  const answer = await fetch(address, { headers });
  if (answer.status !== 200) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  let bytes = 0;
  let firstMs = 0;
  for await (const piece of answer.body ?? []) {
    if (bytes === 0) firstMs = performance.now() - began;
    bytes += piece.length;
  }
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  const name = path.basename(address);
  return `| ${name} | ${(bytes / 1e6).toFixed(1)} | ${seconds.toFixed(1)} | ${firstMs.toFixed(0)} | ${before} | ${most} |`;
}

function memoryMbOf(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

await main(process.argv.slice(2));
