/**
 * The import of a product file, as a job. The file is read whole before anything is written; then its products go in by
 * chunks, each one commit: products, events, progress and report together. So a job that is cut off has imported the first
 * so many products entirely and the others not at all, and running it again changes only those.
 */

import { commit } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { Columns } from '../domain/shopify-columns.ts';
import {
  beginImport,
  heartbeatEveryMs,
  type ImportJob,
  type ImportPage,
  listImports,
  loadReport,
  lostError,
  type NumberedFault,
  noteAlive,
  noteProgress,
  type StoredReport,
  silenceMsMax,
} from '../store/imports.ts';
import { saveProducts } from '../store/products.ts';
import { type Catalog, newIdAt, openStock, traceOf } from './catalog.ts';
import type { CsvRow } from './csv/reader.ts';
import type { SpooledCsv } from './csv/spool.ts';
import { type ImportedProduct, importChunk, type ProductGroup } from './import-chunk.ts';

export interface ImportRequest {
  readonly file: SpooledCsv;
  readonly columns: Columns;
  readonly currency: Currency;
  readonly openingStock: number;
}

/** Products per commit. More would save little and make the JSON of a statement large. */
const chunkProducts = 150;
/** Characters of CSV per commit: documents, snapshots and their escapes are several times that, and D1 takes 2 MB per value. */
const chunkCharacters = 200_000;
/** More rows than a product may have variants and images. */
const groupRowsMax = 500;
/** Kept of each report. The counts go on. */
const faultsKeptMax = 20_000;
const attemptsMax = 5;
const pauseMs = 1;

export interface ImportRefusal {
  readonly code: 'import-running';
  readonly detail: string;
  /** By then the running import has said that it is alive, or counts as failed. */
  readonly retryAfterSeconds: number;
}

/** Runs an import to its end. Throws on a defect, after the job was marked as failed. */
export async function importProducts(catalog: Catalog, request: ImportRequest): Promise<Result<string, ImportRefusal>> {
  const now = catalog.now();
  const id = newIdAt(now)('import');
  const job = new Job(catalog, id, request.file.rowsTotal);
  const begun = await beginImport(catalog.db, job.state);
  if (begun !== 'begun') return refuse(importRunning(begun, catalog.now()));
  const heart = setInterval(() => void noteAlive(catalog.db, id, catalog.now()).catch(() => {}), heartbeatEveryMs);
  try {
    for await (const chunk of chunksOf(request)) {
      await job.take(chunk, request);
      await pause();
    }
    await job.finish(null);
  } catch (error) {
    await job.finish(error instanceof Error ? error.message : String(error)).catch(() => {});
    throw error;
  } finally {
    clearInterval(heart);
  }
  return accept(id);
}

function importRunning(
  running: { readonly heartbeatAt: number; readonly rowsDone: number; readonly rowsTotal: number },
  now: number,
): ImportRefusal {
  const retryAfterSeconds = Math.max(1, Math.ceil((running.heartbeatAt + silenceMsMax - now) / secondMs));
  const detail = `Another import is at row ${running.rowsDone} of ${running.rowsTotal}. Try again in ${retryAfterSeconds} s: if it was cut off, it counts as failed by then. GET /admin/v1/imports shows how far it is.`;
  return { code: 'import-running', detail, retryAfterSeconds };
}

/** Lets waiting requests in between two chunks: without it a local shop answers nobody until the import is done. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

/** Gathers consecutive rows of one handle, and so many of these groups as go into one commit. */
async function* chunksOf({ file, columns }: ImportRequest): AsyncGenerator<readonly ProductGroup[]> {
  const handlePlace = columns.places.get('Handle') ?? 0;
  // Handles only: about 40 MB for the longest file that is taken, far less for any real one.
  const seen = new Map<string, number>();
  let chunk: ProductGroup[] = [];
  let characters = 0;
  let rows: CsvRow[] = [];
  let handle = '';
  const closeGroup = () => {
    const [first] = rows;
    if (first === undefined) return;
    const seenAtLine = handle === '' ? null : (seen.get(handle) ?? null);
    if (handle !== '' && seenAtLine === null) seen.set(handle, first.line);
    const fault =
      seenAtLine !== null
        ? `The rows of one product stand together; "${handle}" began in line ${seenAtLine} already.`
        : rows.length > groupRowsMax
          ? `A product has at most ${groupRowsMax} rows.`
          : null;
    chunk.push({ handle, rows, fault });
    rows = [];
  };
  for await (const batch of file.rows()) {
    for (const row of batch) {
      const written = (row.cells[handlePlace] ?? '').trim();
      if (rows.length > 0 && (written !== handle || written === '')) {
        closeGroup();
        if (chunk.length >= chunkProducts || characters >= chunkCharacters) {
          yield chunk;
          chunk = [];
          characters = 0;
        }
      }
      handle = written;
      rows.push(row);
      for (const cell of row.cells) characters += cell.length;
    }
  }
  closeGroup();
  if (chunk.length > 0) yield chunk;
}

/** The state of a running import, and how a chunk moves it. */
class Job {
  readonly #catalog: Catalog;
  #state: ImportJob;

  constructor(catalog: Catalog, id: string, rowsTotal: number) {
    this.#catalog = catalog;
    const now = catalog.now();
    this.#state = {
      id,
      status: 'running',
      startedAt: now,
      heartbeatAt: now,
      finishedAt: null,
      rowsTotal,
      rowsDone: 0,
      rowsRejected: 0,
      created: 0,
      updated: 0,
      unchanged: 0,
      rejected: 0,
      faults: 0,
      error: null,
    };
  }

  get state(): ImportJob {
    return this.#state;
  }

  /** Imports one chunk, in one commit. When a writer came in between, it is worked out anew. */
  async take(groups: readonly ProductGroup[], request: ImportRequest): Promise<void> {
    const catalog = this.#catalog;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const now = catalog.now();
      const products = await importChunk(catalog, groups, request, now);
      const compositions = products.flatMap(({ composition }) => composition ?? []);
      const changed = compositions.filter(({ isChanged }) => isChanged);
      const openings = changed.flatMap((composition) => composition.openings);
      if (changed.length > 0) await Promise.all([openStock(catalog, openings), catalog.armRelay()]);
      const { state, faults } = this.#after(products, catalog.now());
      const outcome = await saveProducts(
        catalog.db,
        changed,
        { now, ...traceOf(catalog) },
        noteProgress(catalog.db, state, faults),
      );
      catalog.variants.clear();
      if (outcome !== 'saved') continue;
      this.#state = state;
      return;
    }
    throw new Error('Products changed under every attempt to import them');
  }

  async finish(error: string | null): Promise<void> {
    const now = this.#catalog.now();
    this.#state = {
      ...this.#state,
      status: error === null ? 'done' : 'failed',
      heartbeatAt: now,
      finishedAt: now,
      error,
    };
    await commit(this.#catalog.db, noteProgress(this.#catalog.db, this.#state, []));
  }

  #after(
    products: readonly ImportedProduct[],
    now: number,
  ): { readonly state: ImportJob; readonly faults: readonly NumberedFault[] } {
    const count = (outcome: ImportedProduct['outcome']) =>
      products.filter((product) => product.outcome === outcome).length;
    const rows = (some: readonly ImportedProduct[]) => some.reduce((sum, { rows: own }) => sum + own, 0);
    const reported = products.flatMap(({ handle, faults }) => faults.map((fault) => ({ ...fault, handle })));
    const before = this.#state;
    const state = {
      ...before,
      heartbeatAt: now,
      rowsDone: before.rowsDone + rows(products),
      rowsRejected: before.rowsRejected + rows(products.filter(({ outcome }) => outcome === 'rejected')),
      created: before.created + count('created'),
      updated: before.updated + count('updated'),
      unchanged: before.unchanged + count('unchanged'),
      rejected: before.rejected + count('rejected'),
      faults: before.faults + reported.length,
    };
    const kept = reported.slice(0, Math.max(0, faultsKeptMax - before.faults));
    return { state, faults: kept.map((fault, index) => ({ ...fault, number: before.faults + index + 1 })) };
  }
}

/** A page of imports; null when the cursor is not one of this list. */
export async function browseImports(
  { db, now }: Catalog,
  limit: number,
  cursor: string | undefined,
): Promise<ImportPage | null> {
  const page = await listImports(db, limit, cursor);
  return page === null ? null : { ...page, items: page.items.map((job) => asSeen(job, now())) };
}

/** One import with a page of its report. */
export async function readReport(
  { db, now }: Catalog,
  id: string,
  limit: number,
  cursor: string | undefined,
): Promise<StoredReport | 'not-found' | 'invalid-cursor'> {
  const report = await loadReport(db, id, limit, cursor);
  return typeof report === 'string' ? report : { ...report, job: asSeen(report.job, now()) };
}

/** An import that has been silent for too long was cut off, whatever its row says. */
function asSeen(job: ImportJob, now: number): ImportJob {
  if (job.status !== 'running' || job.heartbeatAt >= now - silenceMsMax) return job;
  return { ...job, status: 'failed', finishedAt: job.heartbeatAt, error: lostError };
}
