/**
 * `node scripts/run.mjs bench/catalog-scale.ts`: whether the cost of the catalogue grows with the number of products. Shops of
 * three sizes are filled by the import; each read is measured as processor time per request, and printed side by side. A state
 * folder that is named with `--state` keeps the shops, so that the next run only measures reads.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databasesOf, readWorkers } from '../scripts/configs.ts';
import { portOf, readFlags } from '../scripts/lib/arguments.ts';
import { bundleWorkers } from '../scripts/lib/bundle.ts';
import { get, upload } from '../scripts/lib/import-upload.ts';
import { migrate } from '../scripts/lib/migrate.ts';
import { nextFreePort } from '../scripts/lib/ports.ts';
import { waitUntilAnswering } from '../scripts/lib/ready.ts';
import { keepSecrets, variablesOf } from '../scripts/lib/settings.ts';
import { startShop } from '../scripts/lib/shop.ts';
import { makeStateFolder } from '../scripts/lib/state-folder.ts';
import { cpuMsOf, runtimeProcesses } from './cpu.ts';
import { Connection } from './http-client.ts';
import { ask } from './load.ts';

const sizesDefault = '1000,14650,100000';
const requestsPerRead = 200;
const lists: readonly (readonly [name: string, path: string, isAdmin?: boolean])[] = [
  ['products by title', '/v1/products?limit=20'],
  ['products by price', '/v1/products?limit=20&sort=price'],
  ['products by price, no such currency', '/v1/products?limit=20&sort=price&currency=JPY'],
  ['products by price, rare currency', '/v1/products?limit=100&sort=-price&currency=CHF'],
  ['products, newest', '/v1/products?limit=20&sort=newest'],
  ['collection of 20 by hand', '/v1/products?limit=20&collection=few'],
  ['collection of 20 by price', '/v1/products?limit=20&collection=few&sort=price'],
  ['collection of 20 by title', '/v1/products?limit=20&collection=few&sort=title'],
  ['collection of 20, newest', '/v1/products?limit=20&collection=few&sort=newest'],
  ['collection of all by price', '/v1/products?limit=20&collection=every&sort=price'],
  ['collection of all by title', '/v1/products?limit=20&collection=every&sort=title'],
  ['one product', '/v1/products/product-7'],
  ['every product (admin)', '/admin/v1/products?limit=20', true],
  ['drafts (admin)', '/admin/v1/products?limit=20&status=draft', true],
  ['collections (admin)', '/admin/v1/collections', true],
  ['imports (admin)', '/admin/v1/imports', true],
];

interface Bench {
  readonly port: number;
  readonly pid: number;
  readonly headers: { readonly authorization: string };
}

async function main(given: readonly string[]): Promise<void> {
  const flags = readFlags(['products', 'state', 'port'], given);
  const sizes = (flags.products ?? sizesDefault).split(',').map(Number);
  const parent = path.resolve(flags.state ?? mkdtempSync(path.join(tmpdir(), 'vitrine-scale-')));
  if (flags.state === undefined) process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
  const port = await nextFreePort(portOf(flags.port ?? '9790'));
  const columns: ReadonlyMap<string, number>[] = [];
  for (const size of sizes) columns.push(await measureShop(size, path.join(parent, String(size)), port));
  const names = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  console.log(
    `\n${'CPU in ms'.padEnd(40)}${sizes.map((size) => String(size).padStart(12)).join('')}${'last/first'.padStart(12)}`,
  );
  for (const name of names) {
    const values = columns.map((column) => column.get(name) ?? Number.NaN);
    const ratio = (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN);
    console.log(`${name.padEnd(40)}${[...values, ratio].map((value) => value.toFixed(2).padStart(12)).join('')}`);
  }
}

async function measureShop(size: number, statePath: string, port: number): Promise<ReadonlyMap<string, number>> {
  makeStateFolder(statePath);
  const isNew = !existsSync(path.join(statePath, 'filled'));
  const url = `http://127.0.0.1:${port}`;
  const variables = variablesOf(keepSecrets(statePath), url, process.env);
  const workers = readWorkers();
  const storagePath = path.join(statePath, 'storage');
  mkdirSync(storagePath, { recursive: true });
  const [bundles] = await Promise.all([bundleWorkers(workers), migrate(databasesOf(workers), storagePath)]);
  const others = runtimeProcesses();
  const shop = await startShop({
    workers,
    bundles,
    variables,
    host: '127.0.0.1',
    port,
    storagePath,
    onLog: console.error,
  });
  await waitUntilAnswering(url);
  const [pid = 0] = [...runtimeProcesses()].filter((one) => !others.has(one));
  const headers = { authorization: `Bearer ${variables.VITRINE_ADMIN_KEY}` };
  const bench: Bench = { port, pid, headers };
  try {
    const costs = isNew ? await fill(bench, size, statePath) : new Map<string, number>();
    if (isNew) writeFileSync(path.join(statePath, 'filled'), '');
    await quiet(bench);
    for (const [name, address, isAdmin] of lists) costs.set(name, await cpuPerRead(bench, address, isAdmin === true));
    for (const [name, address] of [
      ['a page of 100 on a walk by title', '/v1/products?limit=100'],
      ['a page of 100 on a walk by price', '/v1/products?limit=100&sort=price&collection=every'],
    ] as const)
      costs.set(name, await cpuPerWalkedPage(bench, address));
    return costs;
  } finally {
    await shop.stop();
  }
}

/** Imports the products while one shopper looks at a list, then makes the collections. */
async function fill(bench: Bench, size: number, statePath: string): Promise<Map<string, number>> {
  const costs = new Map<string, number>();
  const file = path.join(statePath, 'products.csv');
  writeFileSync(file, productsCsv(size));
  const address = new URL(`http://127.0.0.1:${bench.port}/admin/v1/imports`);
  const shopper = await lookOn(bench.port);
  const startedAt = performance.now();
  const cpuBefore = cpuMsOf(bench.pid) ?? 0;
  const newest = async () => JSON.parse((await get(new URL('?limit=1', address), bench.headers)).body).items[0];
  const begun = await newest();
  // A run that was cut off has left an import that goes on by itself.
  const answered = begun === undefined ? send(bench, address, file) : Promise.resolve();
  let last = { rows: 0, at: startedAt };
  const rates: string[] = [];
  for (let done = false; !done; ) {
    await sleep(250);
    const job = await newest();
    if (job === undefined) continue;
    if (job.status === 'failed') throw new Error(job.error);
    done = job.status === 'done';
    if (!done && job.rows - last.rows < size / 8) continue;
    const now = performance.now();
    rates.push(`${Math.round(((job.rows - last.rows) / (now - last.at)) * 1000)}`);
    last = { rows: job.rows, at: now };
  }
  await answered;
  const seconds = (performance.now() - startedAt) / 1000;
  const perRow = ((cpuMsOf(bench.pid) ?? 0) - cpuBefore) / size;
  costs.set('import, per row', perRow);
  console.log(`${size}: ${perRow.toFixed(3)} ms of CPU per row`);
  console.log(
    `${size}: ${seconds.toFixed(1)} s, ${Math.round(size / seconds)} rows/s in all, in eighths ${rates.join(' ')}`,
  );
  console.log(`${size}: a list during the import ${shopper.report()}`);
  const eventsCpu = cpuMsOf(bench.pid) ?? 0;
  const eventsAt = performance.now();
  await quiet(bench);
  costs.set('events after the import, per row', ((cpuMsOf(bench.pid) ?? 0) - eventsCpu) / size);
  console.log(`${size}: quiet ${((performance.now() - eventsAt) / 1000).toFixed(1)} s later`);
  await shopper.stop();
  const few = Array.from({ length: 20 }, (_, index) => `product-${Math.floor((index * size) / 20)}`);
  costs.set('create: collection of 20', await cpuOf(bench, () => create(bench, { title: 'Few', products: few })));
  const all = [{ field: 'tag', relation: 'equals', value: 'all' }];
  costs.set('create: rule for all, to quiet', await cpuOf(bench, () => create(bench, { title: 'Every', rules: all })));
  const rare = [{ field: 'vendor', relation: 'equals', value: 'vendor 7' }];
  costs.set(
    'create: rule for 1 in 100, to quiet',
    await cpuOf(bench, () => create(bench, { title: 'Rare', rules: rare })),
  );
  return costs;
}

async function send({ headers }: Bench, address: URL, file: string): Promise<void> {
  const startedAt = performance.now();
  const answer = await upload(address, { ...headers, 'content-type': 'text/csv' }, file, () => {});
  if (answer.status >= 300) throw new Error(`The import was refused: ${answer.body}`);
  console.log(`the import was answered after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

async function create({ port, headers }: Bench, body: object): Promise<void> {
  const connection = await Connection.open(port);
  const startedAt = performance.now();
  await ask(connection, { method: 'POST', path: '/admin/v1/collections', headers, body }, 201);
  connection.close();
  console.log(`a collection was answered after ${Math.round(performance.now() - startedAt)} ms`);
}

async function cpuOf(bench: Bench, work: () => Promise<void>): Promise<number> {
  const before = cpuMsOf(bench.pid) ?? 0;
  await work();
  await quiet(bench);
  return (cpuMsOf(bench.pid) ?? 0) - before;
}

/** Reads a list all the time, at a shopper's pace. */
async function lookOn(port: number) {
  const connection = await Connection.open(port);
  const latenciesMs: number[] = [];
  let isDone = false;
  const looking = (async () => {
    while (!isDone) {
      const startedAt = performance.now();
      await ask(connection, { method: 'GET', path: '/v1/products?limit=20' }, 200);
      latenciesMs.push(performance.now() - startedAt);
      await sleep(50);
    }
  })();
  return {
    report: () => {
      const sorted = latenciesMs.toSorted((a, b) => a - b);
      const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
      return `${sorted.length} times: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)} ms`;
    },
    stop: async () => {
      isDone = true;
      await looking;
      connection.close();
    },
  };
}

async function quiet({ pid }: Bench): Promise<void> {
  const windowMs = 1_000;
  const restMs = 80;
  for (let calm = 0, before = cpuMsOf(pid) ?? 0; calm < 3; ) {
    await sleep(windowMs);
    const now = cpuMsOf(pid) ?? 0;
    calm = now - before <= restMs ? calm + 1 : 0;
    before = now;
  }
}

async function cpuPerRead({ port, pid, headers }: Bench, address: string, isAdmin: boolean): Promise<number> {
  const connection = await Connection.open(port);
  // The router remembers pages for some seconds: the country makes each address a new one.
  const read = (index: number) => {
    const country = String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26));
    const path = isAdmin ? address : `${address}${address.includes('?') ? '&' : '?'}country=${country}`;
    return ask(connection, { method: 'GET', path, ...(isAdmin ? { headers } : {}) }, 200);
  };
  for (let index = 0; index < requestsPerRead / 4; index += 1) await read(requestsPerRead + index);
  const before = cpuMsOf(pid) ?? 0;
  for (let index = 0; index < requestsPerRead; index += 1) await read(index);
  connection.close();
  return ((cpuMsOf(pid) ?? 0) - before) / requestsPerRead;
}

async function cpuPerWalkedPage({ port, pid }: Bench, address: string): Promise<number> {
  const connection = await Connection.open(port);
  const before = cpuMsOf(pid) ?? 0;
  let pages = 0;
  for (let cursor = ''; pages === 0 || cursor !== ''; pages += 1) {
    const exchange = { method: 'GET', path: `${address}${cursor}` } as const;
    const { next } = JSON.parse((await ask(connection, exchange, 200)).body.toString());
    cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
  }
  connection.close();
  return ((cpuMsOf(pid) ?? 0) - before) / pages;
}

const adjectives =
  'amber brisk calm dark eager fine grand happy icy jade keen light mild neat olive plain quick royal soft true'.split(
    ' ',
  );
const nouns =
  'anvil basket candle desk easel fork globe hammer inkwell jar kettle lamp mirror needle oven plate quilt rope stool table'.split(
    ' ',
  );

/** Products whose order by title, price and file differ, so that indexes grow as they do in a real shop. */
function productsCsv(size: number): string {
  const header =
    'Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Variant SKU,Variant Inventory Qty,Variant Price,Price / CHF';
  const rows = Array.from({ length: size }, (_, index) => {
    const mixed = Math.imul(index, 2_654_435_761) >>> 0;
    const title = `${adjectives[mixed % 20]} ${nouns[(mixed >> 5) % 20]} ${mixed.toString(36)}`;
    const text = `<p>The ${title} is made of what the workshop had. It lasts for years; when it breaks it can be mended.</p>`;
    const francs = index % 1000 === 0 ? `${10 + (mixed % 300)}.00` : '';
    return `product-${index},${title},${text},Vendor ${mixed % 100},Type ${mixed % 30},"all, tag-${mixed % 50}",${index % 50 !== 0},SKU-${mixed.toString(36)},100,${1 + (mixed % 500)}.${10 + (mixed % 90)},${francs}`;
  });
  return [header, ...rows, ''].join('\n');
}

try {
  await main(process.argv.slice(2));
  process.exit(0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
