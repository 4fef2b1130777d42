/**
 * Fills an empty shop through its own public admin API: nothing here knows how a product is stored. Safe to repeat, and safe
 * to cut short: a product that exists is not created twice.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import { projectRoot } from '../configs.ts';
import { uploadWhenFree } from './import-patience.ts';
import type { Answer } from './import-upload.ts';

export interface SeedTarget {
  readonly url: string;
  readonly adminKey: string;
}

export type Seed = 'demo' | 'none' | { readonly csvPath: string };

export interface SeedReport {
  /** Why nothing was done, or what was done; one line for the terminal. */
  readonly summary: string;
}

/** A shop that was started with a file is there to be tried: where the file names no quantity, there is something to buy. */
const openingStock = 100;
/** An import of 15,000 products takes some seconds; a job that stands still longer than this is lost. */
const importTimeoutMs = 300_000;

const Products = z.object({ items: z.array(z.unknown()) });
/** What is read of an import; the whole answer is `Import` in the catalog's contract. */
const Job = z.looseObject({
  id: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  products: z.object({ created: z.int(), updated: z.int(), unchanged: z.int(), rejected: z.int() }),
  error: z.string().nullable(),
});

/** Seeds the shop unless it has products already. Throws when the admin API refuses. */
export async function seedShop(target: SeedTarget, seed: Seed): Promise<SeedReport> {
  if (seed === 'none') return { summary: 'not seeded' };
  const { items } = Products.parse(await call(target, 'GET', '/admin/v1/products?limit=1'));
  if (items.length > 0) return { summary: 'kept the products that are there' };
  await takeInvoices(target);
  if (seed !== 'demo') return { summary: await importCsv(target, seed.csvPath, openingStock) };

  const folder = path.join(projectRoot, 'scripts', 'demo');
  const name = JSON.stringify({ name: 'Vitrine, the demo shop' });
  await call(target, 'PATCH', '/admin/v1/shop', name, 'application/json');
  const summary = await importCsv(target, path.join(folder, 'products.csv'));
  const collections = await seedCollections(target, path.join(folder, 'collections.json'));
  return { summary: `${summary}, ${collections} collections` };
}

/** A shop that is there to be tried can be bought from without any provider. */
async function takeInvoices(target: SeedTarget): Promise<void> {
  const change = { methods: [{ id: 'manual', isEnabled: true }] };
  await call(target, 'PATCH', '/admin/v1/payment-methods', JSON.stringify(change), 'application/json');
}

/** `opening` is the stock of variants for which the file names none. */
async function importCsv(target: SeedTarget, csvPath: string, opening = 0): Promise<string> {
  const file = await readFile(csvPath);
  const csv = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file;
  const route = `/admin/v1/imports?openingStock=${opening}`;
  // A start that was cut off in its import leaves one that goes on by itself.
  const started = await uploadWhenFree(() => send(target, 'POST', route, csv, 'text/csv'), {
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
    say: (line) => console.log(`seed: ${line}`),
  });
  let job = Job.parse(readAnswer(started, `POST ${route}`));
  const deadline = performance.now() + importTimeoutMs;
  while (job.status === 'running') {
    if (performance.now() > deadline)
      throw new Error(`The import ${job.id} did not finish within ${importTimeoutMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    job = Job.parse(await call(target, 'GET', `/admin/v1/imports/${encodeURIComponent(job.id)}`));
  }
  if (job.status === 'failed') throw new Error(`The import of ${csvPath} failed: ${job.error ?? 'no reason given'}`);
  const { created, updated, unchanged, rejected } = job.products;
  return `${created + updated + unchanged} products from ${path.basename(csvPath)}${rejected === 0 ? '' : ` (${rejected} rejected)`}`;
}

async function seedCollections(target: SeedTarget, file: string): Promise<number> {
  if (!existsSync(file)) return 0;
  const collections = z.array(z.looseObject({ handle: z.string() })).parse(JSON.parse(await readFile(file, 'utf8')));
  for (const collection of collections) {
    await call(target, 'POST', '/admin/v1/collections', JSON.stringify(collection), 'application/json', [409]);
  }
  return collections.length;
}

type Method = 'GET' | 'POST' | 'PATCH';

async function call(
  target: SeedTarget,
  method: Method,
  route: string,
  body?: string,
  type?: string,
  alsoFine: readonly number[] = [],
): Promise<unknown> {
  return readAnswer(await send(target, method, route, body, type), `${method} ${route}`, alsoFine);
}

async function send(
  { url, adminKey }: SeedTarget,
  method: Method,
  route: string,
  body?: string | Buffer,
  type?: string,
): Promise<Answer> {
  const headers = { authorization: `Bearer ${adminKey}`, ...(type === undefined ? {} : { 'content-type': type }) };
  const response = await fetch(url + route, {
    method,
    headers,
    ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
  });
  return { status: response.status, body: await response.text() };
}

function readAnswer({ status, body }: Answer, asked: string, alsoFine: readonly number[] = []): unknown {
  if (status >= 300 && !alsoFine.includes(status))
    throw new Error(`${asked} answered ${status}: ${body.slice(0, 500)}`);
  return JSON.parse(body);
}
