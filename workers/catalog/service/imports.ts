/**
 * The import of a product file, as a job. The file is read whole before anything is written, and kept in chunks. Each chunk is
 * one commit: products, events, progress and report together. After a crash the next runner
 * goes on with the first chunk that was not committed; and importing the same file again changes nothing.
 */

import type { ImportChange } from '../../../shared/contracts/catalog/imports.ts';
import type { StockCount } from '../../../shared/contracts/inventory/api.ts';
import { type CsvPieces, csvStream } from '../../../shared/http/csv-stream.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { backoffMs, minuteMs, secondMs } from '../../../shared/values/time.ts';
import { countedChanges, firstOfEach } from '../domain/import-changes.ts';
import { type ReportPart, reportHeader, reportRows } from '../domain/import-report.ts';
import type { ImportedProduct } from '../domain/imported-product.ts';
import { stockUnitOf } from '../domain/product.ts';
import { type Columns, readHeader } from '../domain/shopify-columns.ts';
import { productsImported } from '../store/announcements.ts';
import { foresee, forgetForeseen } from '../store/foreseen.ts';
import { reportAdded, reportAfter } from '../store/import-reports.ts';
import {
  beginImport,
  type ImportJob,
  listImports,
  loadImport,
  loadReport,
  type NextChunk,
  type NumberedFault,
  nextChunk,
  noteAttempt,
  noteProgress,
  runningImport,
  type StoredReport,
  saveChunks,
} from '../store/imports.ts';
import { saveProducts } from '../store/products.ts';
import { type Catalog, newIdAt, openStock, traceOf } from './catalog.ts';
import { unpacked } from './csv/product-groups.ts';
import type { SpooledCsv } from './csv/spool.ts';
import { importChunk } from './import-chunk.ts';

interface ImportRequest {
  readonly file: SpooledCsv;
  readonly currency: Currency;
  readonly openingStock: number;
  readonly stock: 'ignore' | 'set' | 'add';
  readonly isDryRun: boolean;
}

/** Kept one by one, for the pages of a report. The counts go on, and the whole report as a file has them all. */
const faultsKeptMax = 20_000;
/** The inventory takes at most this many. */
const countsPerCall = 500;
/** A chunk that fails so often fails the import: by then about two minutes have passed. */
const attemptsMax = 8;

interface ImportRefusal {
  readonly code: 'import-running';
  readonly detail: string;
  readonly retryAfterSeconds: number;
}

/** Begins an import, which the jobs of the catalogue then do. Answers its id. */
export async function startImport(catalog: Catalog, request: ImportRequest): Promise<Result<string, ImportRefusal>> {
  const { db } = catalog;
  const { file, currency, openingStock, stock, isDryRun } = request;
  const now = catalog.now();
  const running = await runningImport(db);
  await catalog.armJobs();
  if (running !== null) return refuse(importRunning(running, now));
  const job = newJob(newIdAt(now)('import'), file, isDryRun, now);
  await saveChunks(db, job.id, file.chunks);
  const settings = { header: file.header, currency, openingStock, stock, ...traceOf(catalog) };
  if (await beginImport(db, job, settings)) return accept(job.id);
  return refuse(importRunning((await runningImport(db)) ?? job, now));
}

function newJob(id: string, { rowsTotal, chunks }: SpooledCsv, isDryRun: boolean, now: number): ImportJob {
  const dryRun = isDryRun ? 1 : 0;
  const nothing = { rowsDone: 0, rowsRejected: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, faults: 0 };
  const times = { startedAt: now, heartbeatAt: now, finishedAt: null };
  const progress = { chunksDone: 0, chunksTotal: chunks.length, attempts: 0 };
  return {
    id,
    status: 'running',
    dryRun,
    variantsRemoved: 0,
    changes: {},
    examples: [],
    ...times,
    rowsTotal,
    ...nothing,
    error: null,
    ...progress,
  };
}

const retryAfterSecondsMax = 60;

/** Says when to try again: when the running import is done, if it goes on as it did. */
function importRunning({ startedAt, rowsDone, rowsTotal }: ImportJob, now: number): ImportRefusal {
  const restMs = rowsDone === 0 ? secondMs : ((now - startedAt) / rowsDone) * (rowsTotal - rowsDone);
  const retryAfterSeconds = Math.min(retryAfterSecondsMax, Math.max(1, Math.ceil(restMs / secondMs)));
  const detail = `Another import is at row ${rowsDone} of ${rowsTotal}. Try again in ${retryAfterSeconds} s. GET /admin/v1/imports shows how far it is.`;
  return { code: 'import-running', detail, retryAfterSeconds };
}

/**
 * Imports the next chunk of the running import. Answers when to go on, in milliseconds since 1970, or null when no import
 * runs. A chunk that fails is tried again later.
 */
export async function advanceImport(catalog: Catalog): Promise<number | null> {
  const next = await nextChunk(catalog.db);
  if (next === null) return null;
  try {
    await take(catalog, next);
    return catalog.now();
  } catch (error) {
    return noteFailure(catalog, next.job, error);
  }
}

/** One chunk, in one commit. When a merchant edits one of its products at the same moment, it is worked out anew later. */
async function take(catalog: Catalog, { job, settings, rows }: NextChunk): Promise<void> {
  const columns = readHeader(settings.header);
  if (!columns.ok) throw new Error('A header that was taken cannot be read');
  const groups = job.chunksTotal === 0 ? [] : unpacked(rows);
  const now = catalog.now();
  const isReal = job.dryRun === 0;
  const request = { ...settings, columns: columns.value, dryRunId: isReal ? null : job.id, isAgain: job.attempts > 0 };
  const decided = await importChunk(catalog, groups, request, now);
  const changed = decided.flatMap(({ composition }) =>
    isReal && composition?.isChanged === true ? [composition] : [],
  );
  const openings = changed.flatMap((composition) => composition.openings);
  if (changed.length > 0) await Promise.all([openStock(catalog, openings), catalog.armRelay()]);
  const told =
    isReal && settings.stock !== 'ignore' ? await countStock(catalog, job.id, settings.stock, decided) : decided;
  const products = told.map((product, index) => {
    const written = asWritten(product, columns.value);
    return index === 0 && job.chunksDone === 0 ? withUnread(written, columns.value) : written;
  });
  const { state, faults, report } = after(job, products, catalog.now());
  const facts = { now, importId: job.id, changedBefore: job.created + job.updated, ...traceOf(settings) };
  const events = productsImported(
    changed.map(({ product }) => product),
    facts,
  );
  const progress = [
    ...noteProgress(catalog.db, job, state, faults),
    ...reportAdded(catalog.db, job.id, job.chunksDone, report),
    ...(isReal ? [] : foreseenAfter(catalog, state, products)),
  ];
  const outcome = await saveProducts(catalog.db, changed, events, now, progress);
  catalog.variants.clear();
  if (outcome !== 'saved') throw new Error(`Products changed while they were imported (${outcome})`);
}

/** A fault names its column as the file does. */
function asWritten(product: ImportedProduct, { written }: Columns): ImportedProduct {
  const faults = product.faults.map(({ column, ...fault }) => {
    return { ...fault, column: column === null ? null : (written.get(column) ?? column) };
  });
  return { ...product, faults };
}

/** The report begins with the columns of a file in another language that are not known. */
function withUnread(first: ImportedProduct, { unread }: Columns): ImportedProduct {
  const reason =
    'This column is not known in this language: what it says is kept as a metafield and does nothing else.';
  const faults = unread.map((column) => ({ line: 1, column, severity: 'adjusted' as const, reason }));
  return { ...first, faults: [...faults, ...first.faults] };
}

/** What the next chunk of a dry run is to meet; behind the last one nothing. */
function foreseenAfter({ db }: Catalog, { id, status }: ImportJob, products: readonly ImportedProduct[]): Statement[] {
  const changed = products.flatMap(({ composition }) => (composition?.isChanged === true ? [composition] : []));
  return status === 'running' ? foresee(db, id, changed) : [forgetForeseen(db, id, true)];
}

/**
 * Takes the quantities that the file states for variants that exist, each once per import however often a chunk is tried. What
 * is more than the inventory can count is said in the report.
 */
async function countStock(
  { inventory }: Catalog,
  importId: string,
  stock: 'set' | 'add',
  products: readonly ImportedProduct[],
): Promise<readonly ImportedProduct[]> {
  const counts = products.flatMap(({ counted }) =>
    counted.map(({ stockUnitId, quantity }): StockCount => {
      return { countKey: importId, stockUnitId, change: stock === 'set' ? { set: quantity } : { add: quantity } };
    }),
  );
  const refused = new Set<string>();
  for (let start = 0; start < counts.length; start += countsPerCall) {
    const some = counts.slice(start, start + countsPerCall);
    for (const id of await inventory.count(some, { reason: 'Import', actor: importId })) refused.add(id);
  }
  return refused.size === 0 ? products : products.map((product) => withoutRefused(product, refused));
}

/** What is told of a product after the inventory has refused the quantities of some units. */
function withoutRefused(imported: ImportedProduct, refused: ReadonlySet<string>): ImportedProduct {
  const skus = new Set(
    imported.composition?.product.variants.flatMap(({ id, sku }) => (refused.has(stockUnitOf(id)) ? [sku] : [])),
  );
  const isRefused = ({ kind, sku }: ImportChange) =>
    (kind === 'stock-set' || kind === 'stock-added') && sku !== null && skus.has(sku);
  const faults = imported.changes.filter(isRefused).map(({ line, sku }) => ({
    line,
    column: 'Variant Inventory Qty',
    severity: 'adjusted' as const,
    reason: `The stock of "${sku}" stays as it is: it would be more than can be counted.`,
  }));
  return faults.length === 0
    ? imported
    : {
        ...imported,
        changes: imported.changes.filter((change) => !isRefused(change)),
        faults: [...imported.faults, ...faults],
      };
}

async function noteFailure(catalog: Catalog, job: ImportJob, error: unknown): Promise<number> {
  const now = catalog.now();
  reportDefect(`The import ${job.id} could not go on behind row ${job.rowsDone}`, error);
  const message = error instanceof Error ? error.message : String(error);
  await noteAttempt(catalog.db, job, now, job.attempts + 1 < attemptsMax ? null : message);
  return now + backoffMs(secondMs, job.attempts, minuteMs);
}

function after(
  before: ImportJob,
  products: readonly ImportedProduct[],
  now: number,
): { readonly state: ImportJob; readonly faults: readonly NumberedFault[]; readonly report: ReportPart } {
  const count = (outcome: ImportedProduct['outcome']) =>
    products.filter((product) => product.outcome === outcome).length;
  const rows = (some: readonly ImportedProduct[]) => some.reduce((sum, { rows: own }) => sum + own, 0);
  const reported = products.flatMap(({ handle, faults }) => faults.map((fault) => ({ ...fault, handle })));
  const changes = products.flatMap((product) => product.changes);
  const chunksDone = before.chunksDone + 1;
  const isDone = chunksDone >= before.chunksTotal;
  const state: ImportJob = {
    ...before,
    status: isDone ? 'done' : 'running',
    heartbeatAt: now,
    finishedAt: isDone ? now : null,
    rowsDone: before.rowsDone + rows(products),
    rowsRejected: before.rowsRejected + rows(products.filter(({ outcome }) => outcome === 'rejected')),
    created: before.created + count('created'),
    updated: before.updated + count('updated'),
    unchanged: before.unchanged + count('unchanged'),
    rejected: before.rejected + count('rejected'),
    faults: before.faults + reported.length,
    variantsRemoved: before.variantsRemoved + changes.filter(({ kind }) => kind === 'variant-removed').length,
    changes: countedChanges(before.changes, changes),
    examples: firstOfEach(before.examples, changes),
    chunksDone,
    attempts: 0,
  };
  const kept = reported.slice(0, Math.max(0, faultsKeptMax - before.faults));
  const faults = kept.map((fault, index) => ({ ...fault, number: before.faults + index + 1 }));
  return { state, faults, report: { faults: reported, changes } };
}

export function browseImports({ db }: Catalog, afterId: string | null, limit: number): Promise<ImportJob[]> {
  return listImports(db, afterId, limit);
}

/** One import with a page of its report. */
export function readReport(
  { db }: Catalog,
  id: string,
  limit: number,
  cursor: string | undefined,
): Promise<StoredReport | 'not-found' | 'invalid-cursor'> {
  return loadReport(db, id, limit, cursor);
}

/** The whole report of an import as a file, made while it is read; null when there is no such import. */
export async function readWholeReport({ db }: Catalog, id: string): Promise<ReadableStream<Uint8Array> | null> {
  return (await loadImport(db, id)) === null ? null : csvStream(rowsOf(db, id));
}

async function* rowsOf(db: Catalog['db'], id: string): CsvPieces {
  yield [[...reportHeader]];
  for (let number = -1; ; ) {
    const next = await reportAfter(db, id, number);
    if (next === null) return undefined;
    yield reportRows(next.part);
    number = next.number;
  }
}
