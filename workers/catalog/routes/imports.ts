/** Imports over HTTP: a file goes in, and a report of what became of its rows comes out. */

import * as contract from '../../../shared/contracts/catalog/http.ts';
import type { Import } from '../../../shared/contracts/catalog/imports.ts';
import { type App, json, refused, serve } from '../../../shared/http/app.ts';
import { csvFile } from '../../../shared/http/csv-stream.ts';
import { once } from '../../../shared/http/d1-idempotency.ts';
import { withContent } from '../../../shared/http/idempotency.ts';
import { answerPage } from '../../../shared/http/page.ts';
import { invalidCursor, nextLink } from '../../../shared/http/pagination.ts';
import { problem } from '../../../shared/http/problem.ts';
import { secondMs, toTimestamp } from '../../../shared/values/time.ts';
import { type CatalogEnv, contextOf } from '../context.ts';
import { countedChanges } from '../domain/import-changes.ts';
import { spoolCsv } from '../service/csv/spool.ts';
import { exportProducts } from '../service/exports.ts';
import { browseImports, readReport, readWholeReport, startImport } from '../service/imports.ts';
import type { ImportJob, StoredReport } from '../store/imports.ts';
import { notFound } from './answers.ts';

/** A file of some thousand rows is imported within this time: then its report is the answer. Else the answer says how far it is. */
const patienceMs = 3 * secondMs;
/** Faults in the answer of the upload; the others are read from the import. */
const faultsShown = 100;
const acceptedTypes = /^(?:text\/(?:csv|plain)|application\/(?:csv|octet-stream))\b/i;

export function serveImports(app: App<CatalogEnv>): void {
  serve(app, contract.createImport, async ({ query, env, actor, idempotency, c }) => {
    const type = c.req.header('content-type');
    if (type !== undefined && !acceptedTypes.test(type)) {
      await drain(c.req.raw.body);
      return problem('unsupported-media-type', {
        detail: 'Send the file as text/csv.',
        requestId: actor.requestId,
        headers: { accept: 'text/csv' },
      });
    }
    const spooled = await spoolCsv(c.req.raw.body);
    if (!spooled.ok) return refused(spooled.refusal, actor);
    const file = spooled.value;
    const catalog = contextOf(env, actor);
    const key = await withContent(idempotency, file.digest);
    return once(catalog, { actor, idempotency: key }, async () => {
      const started = await startImport(catalog, {
        file,
        currency: query.currency,
        openingStock: query.openingStock,
        stock: query.stock,
        isDryRun: query.dryRun === 'true',
      });
      if (!started.ok) {
        const { code, ...facts } = started.refusal;
        const headers = { 'retry-after': String(facts.retryAfterSeconds) };
        return problem(code, { ...facts, requestId: actor.requestId, headers });
      }
      await catalog.jobsDone(patienceMs);
      const report = await readReport(catalog, started.value, faultsShown, undefined);
      if (typeof report === 'string') throw new Error('An import that was just made is not there');
      return json(reportView(report), 201, { location: `/admin/v1/imports/${started.value}` });
    });
  });

  serve(app, contract.exportProducts, async ({ env, actor }) => {
    return csvFile('products.csv', exportProducts(contextOf(env, actor)));
  });

  serve(app, contract.listImports, (call) =>
    answerPage(call, {
      name: 'imports',
      key: ['string'],
      rowsAfter: (after, limit) => browseImports(contextOf(call.env, call.actor), after?.[0] ?? null, limit),
      keyOf: ({ id }) => [id],
      view: importView,
    }),
  );

  serve(app, contract.readImport, async ({ params, query, env, actor, c }) => {
    const catalog = contextOf(env, actor);
    const report = await readReport(catalog, params.importId, query.limit, query.cursor);
    if (report === 'not-found') return notFound(actor, 'import');
    if (report === 'invalid-cursor') return invalidCursor(actor);
    return json(reportView(report), 200, nextLink(c.req.url, report.next));
  });

  serve(app, contract.readImportReport, async ({ params, env, actor }) => {
    const report = await readWholeReport(contextOf(env, actor), params.importId);
    if (report === null) return notFound(actor, 'import');
    return csvFile(`${params.importId}.csv`, report);
  });
}

/** An unread body would close the client's connection. */
async function drain(body: ReadableStream<Uint8Array> | null): Promise<void> {
  await body?.pipeTo(new WritableStream());
}

function reportView({ job, faults, next }: StoredReport) {
  return {
    ...importView(job),
    faults: faults.map(({ line, column, handle, severity, reason }) => ({ line, column, handle, severity, reason })),
    next,
    examples: [...job.examples],
  };
}

function importView(job: ImportJob): Import {
  return {
    id: job.id,
    status: job.status,
    startedAt: toTimestamp(job.startedAt),
    heartbeatAt: toTimestamp(job.heartbeatAt),
    finishedAt: job.finishedAt === null ? null : toTimestamp(job.finishedAt),
    rowsTotal: job.rowsTotal,
    rows: job.rowsDone,
    rowsRejected: job.rowsRejected,
    products: { created: job.created, updated: job.updated, unchanged: job.unchanged, rejected: job.rejected },
    faultsTotal: job.faults,
    error: job.error,
    dryRun: job.dryRun === 1,
    variantsRemoved: job.variantsRemoved,
    changes: countedChanges(job.changes, []),
  };
}
