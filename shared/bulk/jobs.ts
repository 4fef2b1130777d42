/**
 * Long lists as jobs: taken in whole before anything is done, worked off part by part, and gone on with after a crash where they
 * were. Jobs run one after the other, in the order in which they came.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { RowResult } from '../contracts/bulk.ts';
import type { Statement } from '../messaging/d1.ts';
import { reportDefect } from '../messaging/report.ts';
import { backoffMs, minuteMs, secondMs } from '../values/time.ts';
import {
  type BulkJob,
  type BulkPart,
  type BulkSettings,
  beginBulk,
  bulkPartDone,
  nextBulkPart,
  noteBulkAttempt,
} from './store.ts';

/** A part that fails so often fails its job: by then about two minutes have passed. */
const attemptsMax = 8;

export interface BulkRequest {
  readonly id: string;
  /** All rows in their order; each part is one step of the job. */
  readonly parts: readonly (readonly unknown[])[];
  readonly settings: BulkSettings;
  readonly now: number;
}

/**
 * Rows in parts of so many. `areTogether` says of a row, by its index, that it belongs to the one before it: then the part goes on.
 */
export function inParts<Row>(
  rows: readonly Row[],
  rowsPerPart: number,
  areTogether: (index: number) => boolean = () => false,
): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  for (const [index, row] of rows.entries()) {
    const part = parts.at(-1);
    if (part === undefined || (part.length >= rowsPerPart && !areTogether(index))) parts.push([row]);
    else part.push(row);
  }
  return parts;
}

/**
 * Begins a job that goes on by itself.
 *
 * @param arm promises that somebody goes on with it; called before it is stored, so that a crash cannot strand it
 * @param also what belongs into the commit of the job, made from the job as it is answered
 */
export async function startBulk(
  { db, arm }: { readonly db: DrizzleD1Database; readonly arm: () => Promise<void> },
  { id, parts, settings, now }: BulkRequest,
  also: (job: BulkJob) => readonly Statement[],
): Promise<BulkJob> {
  const job: BulkJob = {
    ...{ id, status: 'running', startedAt: now, heartbeatAt: now, finishedAt: null, error: null },
    ...{
      rowsTotal: parts.reduce((sum, { length }) => sum + length, 0),
      rowsDone: 0,
      done: 0,
      unchanged: 0,
      rejected: 0,
    },
    ...{ partsTotal: parts.length, partsDone: 0, attempts: 0 },
  };
  await arm();
  await beginBulk(db, job, settings, parts, also(job));
  return job;
}

export interface BulkWork {
  readonly db: DrizzleD1Database;
  readonly now: () => number;
  /**
   * Takes the rows of a part and commits what `done` answers for their results: with what they change, where that is in the same
   * database; else afterwards, and then taking a row twice must be harmless.
   */
  readonly take: (part: BulkPart, done: (results: readonly RowResult[]) => readonly Statement[]) => Promise<void>;
}

/**
 * Takes the next part of the oldest job. Answers when to go on, in milliseconds since 1970, or null when no job runs. A part that
 * fails is tried again later.
 */
export async function advanceBulk({ db, now, take }: BulkWork): Promise<number | null> {
  const part = await nextBulkPart(db);
  if (part === null) return null;
  const { job } = part;
  try {
    // A part tells its rows from 1 on.
    const placed = (results: readonly RowResult[]) => results.map((one) => ({ ...one, row: job.rowsDone + one.row }));
    await take(part, (results) => bulkPartDone(db, job, placed(results), now()));
    return now();
  } catch (error) {
    reportDefect(`The list ${job.id} could not go on behind row ${job.rowsDone}`, error);
    const message = error instanceof Error ? error.message : String(error);
    await noteBulkAttempt(db, job, now(), job.attempts + 1 < attemptsMax ? null : message);
    return now() + backoffMs(secondMs, job.attempts, minuteMs);
  }
}
