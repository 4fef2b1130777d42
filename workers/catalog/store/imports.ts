/**
 * Imports in D1: one row per job, which is also the lock that lets only one run, the chunks of its file that are still to do,
 * and the report of each.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { ImportChange, ImportFault } from '../../../shared/contracts/catalog/imports.ts';
import { decodeCursor, encodeCursor } from '../../../shared/http/pagination.ts';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { dayMs } from '../../../shared/values/time.ts';
import type { ChangeCounts } from '../domain/import-changes.ts';
import { forgetForeseen } from './foreseen.ts';

export interface ImportJob {
  readonly id: string;
  readonly status: 'running' | 'done' | 'failed';
  /** Milliseconds since 1970, as are all times here. */
  readonly startedAt: number;
  readonly heartbeatAt: number;
  readonly finishedAt: number | null;
  readonly rowsTotal: number;
  readonly rowsDone: number;
  readonly rowsRejected: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly faults: number;
  readonly dryRun: 0 | 1;
  readonly variantsRemoved: number;
  readonly changes: Partial<ChangeCounts>;
  /** The first changes of each kind. */
  readonly examples: readonly ImportChange[];
  readonly error: string | null;
  readonly chunksDone: number;
  readonly chunksTotal: number;
  /** Failed attempts at the next chunk. */
  readonly attempts: number;
}

/** What an import was asked to do, beside its rows. */
interface ImportSettings {
  readonly header: readonly string[];
  readonly currency: Currency;
  readonly openingStock: number;
  /** What quantities of variants that exist mean. */
  readonly stock: 'ignore' | 'set' | 'add';
  readonly traceparent?: string;
}

export interface NumberedFault extends Readonly<ImportFault> {
  readonly number: number;
}

const columns: SQL = sql`id, status, started_at as startedAt, heartbeat_at as heartbeatAt, finished_at as finishedAt,
  rows_total as rowsTotal, rows_done as rowsDone, rows_rejected as rowsRejected, created, updated, unchanged, rejected, faults, error, dry_run as dryRun,
  variants_removed as variantsRemoved, changes, examples,
  chunks_done as chunksDone, chunks_total as chunksTotal, attempts`;

interface StoredJob extends Omit<ImportJob, 'changes' | 'examples'> {
  /** As JSON, both. */
  readonly changes: string;
  readonly examples: string;
}

function jobIn(row: StoredJob): ImportJob {
  return { ...row, changes: JSON.parse(row.changes), examples: JSON.parse(row.examples) };
}

/** The import that runs; null when there is none. */
export async function runningImport(db: DrizzleD1Database): Promise<ImportJob | null> {
  const [job] = await db.all<StoredJob>(sql`select ${columns} from imports where status = 'running' limit 1`);
  return job === undefined ? null : jobIn(job);
}

/** Chunks per commit: about a megabyte. */
const chunksPerCommit = 20;

/** Stores the chunks of a file, before its import begins. */
export async function saveChunks(db: DrizzleD1Database, importId: string, chunks: readonly string[]): Promise<void> {
  for (let start = 0; start < chunks.length; start += chunksPerCommit) {
    const some = chunks.slice(start, start + chunksPerCommit);
    await commit(
      db,
      some.map((chunk, index) =>
        db.run(
          sql`insert into import_chunks (import_id, number, rows) values (${importId}, ${start + index}, ${chunk})`,
        ),
      ),
    );
  }
}

/** How long the report of an import is kept after its end. */
export const reportRetentionMs = 90 * dayMs;
/** Old reports that the beginning of an import may drop. */
const droppedPerImport = 2;

/**
 * Begins an import whose chunks are stored, unless another one runs. Chunks that an upload left behind in a crash are deleted,
 * and so are old reports.
 */
export async function beginImport(db: DrizzleD1Database, job: ImportJob, settings: ImportSettings): Promise<boolean> {
  await db.run(sql`insert into imports (id, status, started_at, heartbeat_at, rows_total, rows_done, rows_rejected,
      created, updated, unchanged, rejected, faults, chunks_total, dry_run, settings)
    select ${job.id}, 'running', ${job.startedAt}, ${job.heartbeatAt}, ${job.rowsTotal}, 0, 0, 0, 0, 0, 0, 0,
      ${job.chunksTotal}, ${job.dryRun}, ${JSON.stringify(settings)}
    where not exists (select 1 from imports where status = 'running')
      and (select count(*) from import_chunks where import_id = ${job.id}) = ${job.chunksTotal}`);
  const running = await runningImport(db);
  const kept = running?.id ?? '';
  await db.run(
    sql`delete from import_chunks where import_id < ${kept} or import_id = ${kept === job.id ? '' : job.id}`,
  );
  await forgetForeseen(db, kept, false);
  await db.run(sql`delete from imports where id in (select id from imports
    where finished_at < ${job.startedAt - reportRetentionMs} order by finished_at limit ${droppedPerImport})`);
  return kept === job.id;
}

export interface NextChunk {
  readonly job: ImportJob;
  readonly settings: ImportSettings;
  /** Packed. */
  readonly rows: string;
}

/** What the running import does next; null when none runs. */
export async function nextChunk(db: DrizzleD1Database): Promise<NextChunk | null> {
  const [row] = await db.all<StoredJob & { readonly settings: string; readonly rows: string }>(sql`
    select ${columns}, settings, (select rows from import_chunks c where c.import_id = id and c.number = chunks_done) as rows
    from imports where status = 'running' limit 1`);
  if (row === undefined) return null;
  const { settings, rows, ...job } = row;
  return { job: jobIn(job), settings: JSON.parse(settings), rows };
}

/**
 * Writes how far an import is, and what it has to report since the last time.
 *
 * @param before the import as it was read: when another runner was faster, null in the status refuses the commit
 */
export function noteProgress(
  db: DrizzleD1Database,
  before: ImportJob,
  job: ImportJob,
  faults: readonly NumberedFault[],
): Statement[] {
  return [
    db.run(sql`update imports set
      status = case when status = 'running' and chunks_done = ${before.chunksDone} then ${job.status} else null end,
      heartbeat_at = ${job.heartbeatAt}, finished_at = ${job.finishedAt}, rows_done = ${job.rowsDone},
      rows_rejected = ${job.rowsRejected}, created = ${job.created}, updated = ${job.updated}, unchanged = ${job.unchanged},
      rejected = ${job.rejected}, faults = ${job.faults}, variants_removed = ${job.variantsRemoved},
      changes = ${JSON.stringify(job.changes)}, examples = ${JSON.stringify(job.examples)}, chunks_done = ${job.chunksDone}, attempts = 0 where id = ${job.id}`),
    db.run(
      sql`delete from import_chunks where import_id = ${job.id} and (number < ${job.chunksDone} or ${job.status} <> 'running')`,
    ),
    ...(faults.length === 0
      ? []
      : [
          db.run(sql`insert into import_faults (import_id, number, line, column_name, handle, severity, reason)
            select ${job.id}, value ->> 'number', value ->> 'line', value ->> 'column', value ->> 'handle', value ->> 'severity',
              value ->> 'reason' from json_each(${JSON.stringify(faults)})`),
        ]),
  ];
}

/** Counts a failed attempt at the next chunk, unless another runner has done it. With an error the import fails. */
export async function noteAttempt(
  db: DrizzleD1Database,
  { id, chunksDone }: ImportJob,
  now: number,
  error: string | null,
): Promise<void> {
  const end = error === null ? sql`` : sql`, status = 'failed', finished_at = ${now}, error = ${error}`;
  await commit(db, [
    db.run(sql`update imports set attempts = attempts + 1, heartbeat_at = ${now} ${end}
      where id = ${id} and status = 'running' and chunks_done = ${chunksDone}`),
    db.run(sql`delete from import_chunks where import_id = ${id}
      and exists (select 1 from imports where id = ${id} and status = 'failed')`),
  ]);
}

/** The newest first. */
export async function listImports(db: DrizzleD1Database, afterId: string | null, limit: number): Promise<ImportJob[]> {
  const beyond = afterId === null ? sql`` : sql`where id < ${afterId}`;
  const rows = await db.all<StoredJob>(sql`select ${columns} from imports ${beyond} order by id desc limit ${limit}`);
  return rows.map(jobIn);
}

export interface StoredReport {
  readonly job: ImportJob;
  readonly faults: readonly NumberedFault[];
  readonly next: string | null;
}

/** One import; null when there is none. */
export async function loadImport(db: DrizzleD1Database, id: string): Promise<ImportJob | null> {
  const [row] = await db.all<StoredJob>(sql`select ${columns} from imports where id = ${id}`);
  return row === undefined ? null : jobIn(row);
}

/** One import with a page of its report. */
export async function loadReport(
  db: DrizzleD1Database,
  id: string,
  limit: number,
  cursor: string | undefined,
): Promise<StoredReport | 'not-found' | 'invalid-cursor'> {
  const list = `faults:${id}`;
  const after = cursor === undefined ? [0] : decodeCursor(cursor, list, ['number']);
  if (after === null) return 'invalid-cursor';
  const [job, faults] = await Promise.all([
    loadImport(db, id),
    db.all<NumberedFault>(sql`select number, line, column_name as "column", handle, severity, reason from import_faults
      where import_id = ${id} and number > ${after[0]} order by number limit ${limit + 1}`),
  ]);
  if (job === null) return 'not-found';
  const page = faults.slice(0, limit);
  const last = page.at(-1);
  const next = faults.length > limit && last !== undefined ? encodeCursor(list, [last.number]) : null;
  return { job, faults: page, next };
}
