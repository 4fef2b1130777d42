/**
 * Long lists in D1: one row per job, and its rows in packed parts, each of which holds the results in their place once it was
 * taken. A part is taken in one commit with the progress of its job, or can be repeated without harm.
 *
 * The database needs the tables `bulk_jobs` and `bulk_parts` (`migrations/catalog/0023_bulk_jobs.sql`).
 */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { BulkJob as BulkJobView, RowResult } from '../contracts/bulk.ts';
import { commit, type Statement } from '../messaging/d1.ts';
import { unzipJson, zipJson } from '../messaging/zipped.ts';
import { dayMs } from '../values/time.ts';

export interface BulkJob {
  readonly id: string;
  readonly status: BulkJobView['status'];
  /** Milliseconds since 1970, as are all times here. */
  readonly startedAt: number;
  readonly heartbeatAt: number;
  readonly finishedAt: number | null;
  readonly rowsTotal: number;
  readonly rowsDone: number;
  readonly done: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly error: string | null;
  readonly partsTotal: number;
  readonly partsDone: number;
  /** Failed attempts at the next part. */
  readonly attempts: number;
}

/** Who sent a list, and why. */
export interface BulkSettings {
  readonly actor: string;
  readonly reason: string;
  readonly traceparent: string;
}

const columns = sql`id, status, started_at as startedAt, heartbeat_at as heartbeatAt, finished_at as finishedAt,
  rows_total as rowsTotal, rows_done as rowsDone, done, unchanged, rejected, error, parts_total as partsTotal,
  parts_done as partsDone, attempts`;

/** How long results are kept after the end of a job. */
const resultsRetentionMs = 90 * dayMs;
/** Old jobs that the beginning of one may drop. */
const droppedPerJob = 2;

/** Stores a job with all its rows, and what else belongs into that commit. */
export async function beginBulk(
  db: DrizzleD1Database,
  job: BulkJob,
  settings: BulkSettings,
  parts: readonly (readonly unknown[])[],
  also: readonly Statement[],
): Promise<void> {
  const old = job.startedAt - resultsRetentionMs;
  await commit(db, [
    db.run(sql`delete from bulk_jobs where id in (select id from bulk_jobs
      where finished_at < ${old} order by finished_at limit ${droppedPerJob})`),
    db.run(sql`insert into bulk_jobs (id, status, started_at, heartbeat_at, rows_total, parts_total, settings)
      values (${job.id}, 'running', ${job.startedAt}, ${job.heartbeatAt}, ${job.rowsTotal}, ${parts.length},
        ${JSON.stringify(settings)})`),
    ...parts.map((rows, number) =>
      db.run(sql`insert into bulk_parts (job_id, number, rows) values (${job.id}, ${number}, ${zipJson(rows)})`),
    ),
    ...also,
  ]);
}

export interface BulkPart {
  readonly job: BulkJob;
  readonly settings: BulkSettings;
  readonly rows: readonly unknown[];
}

/** What is to be done next of the oldest job that runs; null when none does. */
export async function nextBulkPart(db: DrizzleD1Database): Promise<BulkPart | null> {
  const [row] = await db.all<BulkJob & { readonly settings: string; readonly packed: string }>(sql`
    select ${columns}, settings, (select rows from bulk_parts p where p.job_id = id and p.number = parts_done) as packed
    from bulk_jobs where status = 'running' order by id limit 1`);
  if (row === undefined) return null;
  const { settings, packed, ...job } = row;
  return { job, settings: JSON.parse(settings), rows: unzipJson<readonly unknown[]>(packed) };
}

/**
 * Notes what became of the next part.
 *
 * @param before the job as it was read: when another runner was faster, null in the status refuses the commit
 */
export function bulkPartDone(
  db: DrizzleD1Database,
  before: BulkJob,
  results: readonly RowResult[],
  now: number,
): Statement[] {
  const { id, partsDone, partsTotal } = before;
  const isLast = partsDone + 1 >= partsTotal;
  const count = (wanted: RowResult['status']) => results.filter(({ status }) => status === wanted).length;
  return [
    db.run(sql`update bulk_jobs set
      status = case when status = 'running' and parts_done = ${partsDone} then ${isLast ? 'done' : 'running'} else null end,
      heartbeat_at = ${now}, finished_at = ${isLast ? now : null}, rows_done = rows_done + ${results.length},
      done = done + ${count('done')}, unchanged = unchanged + ${count('unchanged')},
      rejected = rejected + ${count('rejected')}, parts_done = ${partsDone + 1}, attempts = 0 where id = ${id}`),
    db.run(sql`update bulk_parts set rows = null, results = ${zipJson(results)}
      where job_id = ${id} and number = ${partsDone}`),
  ];
}

/** Counts a failed attempt at the next part, unless another runner has done it. With an error the job fails. */
export async function noteBulkAttempt(
  db: DrizzleD1Database,
  { id, partsDone }: BulkJob,
  now: number,
  error: string | null,
): Promise<void> {
  const end = error === null ? sql`` : sql`, status = 'failed', finished_at = ${now}, error = ${error}`;
  await db.run(sql`update bulk_jobs set attempts = attempts + 1, heartbeat_at = ${now} ${end}
    where id = ${id} and status = 'running' and parts_done = ${partsDone}`);
}

export async function loadBulk(db: DrizzleD1Database, id: string): Promise<BulkJob | null> {
  const [job] = await db.all<BulkJob>(sql`select ${columns} from bulk_jobs where id = ${id}`);
  return job ?? null;
}

/** The results of the part behind another one; null where none was taken yet. */
export async function resultsAfter(
  db: DrizzleD1Database,
  id: string,
  after: number,
): Promise<{ readonly number: number; readonly results: readonly RowResult[] } | null> {
  const [row] = await db.all<{ readonly number: number; readonly results: string | null }>(sql`
    select number, results from bulk_parts where job_id = ${id} and number > ${after} order by number limit 1`);
  if (row === undefined || row.results === null) return null;
  return { number: row.number, results: unzipJson<readonly RowResult[]>(row.results) };
}
