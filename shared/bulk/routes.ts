/** Long lists over HTTP: how a job is answered when it begins, how far it is, and what became of its rows. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { BulkJob as BulkJobView, bulkJobOperations, RowResult } from '../contracts/bulk.ts';
import { type App, json, refused, serve } from '../http/app.ts';
import { type CsvPieces, csvFile, csvStream } from '../http/csv-stream.ts';
import type { Attempt } from '../http/d1-idempotency.ts';
import { makeId } from '../values/ids.ts';
import { toTimestamp } from '../values/time.ts';
import { type BulkRequest, startBulk } from './jobs.ts';
import { type BulkJob, loadBulk, resultsAfter } from './store.ts';

const noJob = { code: 'not-found', detail: 'There is no such job.' } as const;

function viewOfJob(job: BulkJob): BulkJobView {
  const { id, status, rowsTotal, rowsDone, done, unchanged, rejected, error } = job;
  return {
    ...{ id, status, rowsTotal, rows: rowsDone, done, unchanged, rejected, error },
    startedAt: toTimestamp(job.startedAt),
    heartbeatAt: toTimestamp(job.heartbeatAt),
    finishedAt: job.finishedAt === null ? null : toTimestamp(job.finishedAt),
  };
}

/**
 * Begins a job and answers it. The answer is kept in the same commit under the key of the request, so that a repetition begins
 * no second one.
 */
export async function answerJob(
  desk: { readonly db: DrizzleD1Database; readonly arm: () => Promise<void> },
  path: string,
  list: Omit<BulkRequest, 'id'>,
  { answered }: Attempt,
): Promise<Response> {
  const id = makeId('bulkJob', { now: list.now, random: crypto.getRandomValues(new Uint8Array(16)) });
  const answerOf = (job: BulkJob) => ({
    status: 202,
    headers: { 'content-type': 'application/json', location: `${path}/jobs/${job.id}` },
    body: JSON.stringify(viewOfJob(job)),
  });
  const { body, ...init } = answerOf(await startBulk(desk, { ...list, id }, (job) => answered(answerOf(job))));
  return new Response(body, init);
}

/** The report of a list that was taken at once. */
export function reportOf(results: readonly RowResult[]) {
  const count = (wanted: RowResult['status']) => results.filter(({ status }) => status === wanted).length;
  return {
    rowsTotal: results.length,
    ...{ done: count('done'), unchanged: count('unchanged'), rejected: count('rejected') },
    results,
  };
}

export function serveBulkJobs<Env extends object>(
  app: App<Env>,
  { read, results }: ReturnType<typeof bulkJobOperations>,
  dbOf: (env: Env) => DrizzleD1Database,
): void {
  serve(app, read, async ({ params, env, actor }) => {
    const job = await loadBulk(dbOf(env), params.jobId);
    return job === null ? refused(noJob, actor) : json(viewOfJob(job));
  });

  serve(app, results, async ({ params, env, actor }) => {
    const job = await loadBulk(dbOf(env), params.jobId);
    if (job === null) return refused(noJob, actor);
    return csvFile(`${job.id}.csv`, csvStream(rowsOf(dbOf(env), job.id)));
  });
}

async function* rowsOf(db: DrizzleD1Database, id: string): CsvPieces {
  yield [['Row', 'SKU', 'Status', 'Reason']];
  for (let number = -1; ; ) {
    const next = await resultsAfter(db, id, number);
    if (next === null) return undefined;
    yield next.results.map(({ row, sku, status, reason }) => [row, sku, status, reason ?? '']);
    number = next.number;
  }
}
