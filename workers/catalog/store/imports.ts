/** Imports in D1: one row per job, which is also the lock that lets only one run, and the report of each. */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { decodeCursor, encodeCursor } from '../../../shared/http/pagination.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { secondMs } from '../../../shared/values/time.ts';
import type { RowFault } from '../domain/shopify-row.ts';

/** A running import says at least this often that it is alive, however long one commit takes. */
export const heartbeatEveryMs = 4 * secondMs;
/** Three heartbeats and some patience. An import that has been silent for so long was cut off. */
export const silenceMsMax = 15 * secondMs;

export const lostError = 'The import was cut off. Repeating it imports the rest.';

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
  readonly error: string | null;
}

export interface NumberedFault extends RowFault {
  readonly number: number;
  readonly handle: string;
}

const columns: SQL = sql`id, status, started_at as startedAt, heartbeat_at as heartbeatAt, finished_at as finishedAt,
  rows_total as rowsTotal, rows_done as rowsDone, rows_rejected as rowsRejected, created, updated, unchanged, rejected, faults, error`;

/** Begins an import unless another one runs: then answers that one. */
export async function beginImport(
  db: DrizzleD1Database,
  job: ImportJob,
): Promise<'begun' | Pick<ImportJob, 'heartbeatAt' | 'rowsDone' | 'rowsTotal'>> {
  await db.run(sql`update imports set status = 'failed', finished_at = heartbeat_at, error = ${lostError}
      where status = 'running' and heartbeat_at < ${job.startedAt - silenceMsMax}`);
  const started = await db.all<{ id: string }>(sql`insert into imports
        (id, status, started_at, heartbeat_at, rows_total, rows_done, rows_rejected, created, updated, unchanged, rejected, faults)
      select ${job.id}, 'running', ${job.startedAt}, ${job.heartbeatAt}, ${job.rowsTotal}, 0, 0, 0, 0, 0, 0, 0
      where not exists (select 1 from imports where status = 'running') returning id`);
  if (started.length > 0) return 'begun';
  const [running] = await db.all<ImportJob>(sql`select ${columns} from imports where status = 'running'`);
  // It may have ended in this moment: then there is nothing left to wait for.
  return running ?? { heartbeatAt: job.startedAt - silenceMsMax, rowsDone: 0, rowsTotal: 0 };
}

/** Says that an import is alive, between two commits. */
export async function noteAlive(db: DrizzleD1Database, id: string, now: number): Promise<void> {
  await db.run(sql`update imports set heartbeat_at = ${now} where id = ${id} and status = 'running'`);
}

/** Writes how far an import is, and what it has to report since the last time. */
export function noteProgress(db: DrizzleD1Database, job: ImportJob, faults: readonly NumberedFault[]): Statement[] {
  const rows = JSON.stringify(
    faults.map(({ number, line, column, handle, severity, reason }) => [
      number,
      line,
      column,
      handle,
      severity,
      reason,
    ]),
  );
  return [
    // A job that was taken for dead and buried meanwhile must not go on: the column refuses null.
    db.run(sql`update imports set status = case when status = 'running' then ${job.status} else null end,
      heartbeat_at = max(heartbeat_at, ${job.heartbeatAt}), finished_at = ${job.finishedAt}, rows_done = ${job.rowsDone}, rows_rejected = ${job.rowsRejected},
      created = ${job.created}, updated = ${job.updated}, unchanged = ${job.unchanged}, rejected = ${job.rejected},
      faults = ${job.faults}, error = ${job.error} where id = ${job.id}`),
    ...(faults.length === 0
      ? []
      : [
          db.run(sql`insert into import_faults (import_id, number, line, column_name, handle, severity, reason)
            select ${job.id}, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 from json_each(${rows})`),
        ]),
  ];
}

export interface ImportPage {
  readonly items: readonly ImportJob[];
  readonly next: string | null;
}

/** The newest first; null when the cursor is not one of this list. */
export async function listImports(
  db: DrizzleD1Database,
  limit: number,
  cursor: string | undefined,
): Promise<ImportPage | null> {
  const after = cursor === undefined ? null : decodeCursor(cursor, 'imports', ['string']);
  if (cursor !== undefined && after === null) return null;
  const beyond = after === null ? sql`` : sql`where id < ${after[0]}`;
  const rows = await db.all<ImportJob>(
    sql`select ${columns} from imports ${beyond} order by id desc limit ${limit + 1}`,
  );
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encodeCursor('imports', [last.id]) : null };
}

export interface StoredReport {
  readonly job: ImportJob;
  readonly faults: readonly NumberedFault[];
  readonly next: string | null;
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
  const [jobs, faults] = await Promise.all([
    db.all<ImportJob>(sql`select ${columns} from imports where id = ${id}`),
    db.all<NumberedFault>(sql`select number, line, column_name as "column", handle, severity, reason from import_faults
      where import_id = ${id} and number > ${after[0]} order by number limit ${limit + 1}`),
  ]);
  const [job] = jobs;
  if (job === undefined) return 'not-found';
  const page = faults.slice(0, limit);
  const last = page.at(-1);
  const next = faults.length > limit && last !== undefined ? encodeCursor(list, [last.number]) : null;
  return { job, faults: page, next };
}
