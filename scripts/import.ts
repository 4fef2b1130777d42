/**
 * `npm run import -- FILE.csv[.gz]`: imports products into a running shop over its public admin API, with progress on the
 * error stream and the report on the output stream. Safe to interrupt and to repeat.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { createImport, listImports, readImport } from '../shared/contracts/catalog/http.ts';
import type { ImportFault, ImportReport } from '../shared/contracts/catalog/imports.ts';
import { answerHelp, UsageError } from './lib/arguments.ts';
import { type ImportOptions, importUsage, readImportOptions } from './lib/import-options.ts';
import { uploadWhenFree } from './lib/import-patience.ts';
import { Progress } from './lib/import-progress.ts';
import { reportLines } from './lib/import-report.ts';
import { type Answer, get, ImportError, upload } from './lib/import-upload.ts';
import { makeReportFile } from './lib/report-file.ts';

const exitCodes = { imported: 0, someRejected: 1, failed: 2 } as const;
const pollMs = 200;
/** A shop that is started again answers within this time. */
const patienceMs = 60_000;
const faultsPerPage = 100;

const Problem = z.looseObject({ title: z.string(), detail: z.string().optional() });

async function main(options: ImportOptions): Promise<number> {
  const progress = new Progress(process.stderr);
  const headers = { authorization: `Bearer ${options.adminKey}` };
  const address = new URL('/admin/v1/imports', options.url);
  address.searchParams.set('openingStock', String(options.openingStock));
  address.searchParams.set('currency', options.currency);
  address.searchParams.set('stock', options.stock);
  address.searchParams.set('dryRun', String(options.isDryRun));

  await checkShop(options, headers);
  if (options.reportFile !== null) await makeReportFile(options.reportFile);
  const answer = await uploadWhenFree(
    () =>
      upload(address, { ...headers, 'content-type': 'text/csv' }, options.file, (read, total) => {
        progress.show({ name: 'sending', done: read, total, unit: 'bytes' }, Date.now());
      }),
    {
      wait: (seconds) => sleep(seconds * 1_000),
      say: (line) => {
        progress.end();
        console.error(line);
      },
    },
  );
  const report = await follow(options, headers, read(answer, createImport.answer), progress);
  const faults = [...report.faults, ...(await moreFaults(options, headers, report.id, report.next))];
  for (const line of reportLines(report, faults, options.isVerbose || options.isDryRun)) console.log(line);
  if (options.reportFile !== null) await saveReport(options, headers, report.id, options.reportFile);
  if (report.status === 'failed')
    throw new ImportError(`The import failed: ${report.error}. Repeating it imports the rest.`);
  return report.products.rejected > 0 ? exitCodes.someRejected : exitCodes.imported;
}

/** Writes the whole report of an import into a file. */
async function saveReport(
  { url }: ImportOptions,
  headers: Readonly<Record<string, string>>,
  id: string,
  file: string,
): Promise<void> {
  const { status, body } = await get(new URL(`/admin/v1/imports/${id}/report.csv`, url), headers);
  if (status !== 200) throw new ImportError(`The shop answered ${status} when it was asked for the report.`);
  await writeFile(file, body);
  console.log(`all of it: ${file}`);
}

/** Shows how far the import is until it ends. It goes on by itself, also while the shop cannot be reached. */
async function follow(
  { url }: ImportOptions,
  headers: Readonly<Record<string, string>>,
  begun: ImportReport,
  progress: Progress,
): Promise<ImportReport> {
  const address = new URL(`/admin/v1/imports/${begun.id}?limit=${faultsPerPage}`, url);
  const show = ({ rows, rowsTotal }: ImportReport) =>
    progress.show({ name: 'importing', done: rows, total: rowsTotal, unit: 'rows' }, Date.now());
  let report = begun;
  let lastAnswerAt = Date.now();
  while (report.status === 'running') {
    show(report);
    await sleep(pollMs);
    try {
      report = read(await get(address, headers), readImport.answer);
      lastAnswerAt = Date.now();
    } catch (error) {
      if (Date.now() - lastAnswerAt > patienceMs) throw error;
    }
  }
  show(report);
  progress.end();
  return report;
}

/** Finds out before a large file is sent whether there is a shop, and whether the key opens it. */
async function checkShop({ url }: ImportOptions, headers: Readonly<Record<string, string>>): Promise<void> {
  read(await get(new URL('/admin/v1/imports?limit=1', url), headers), listImports.answer);
}

async function moreFaults(
  { url }: ImportOptions,
  headers: Readonly<Record<string, string>>,
  id: string,
  first: string | null,
): Promise<ImportFault[]> {
  const faults: ImportFault[] = [];
  for (let cursor = first; cursor !== null; ) {
    const address = new URL(`/admin/v1/imports/${id}`, url);
    address.searchParams.set('limit', String(faultsPerPage));
    address.searchParams.set('cursor', cursor);
    const page = read(await get(address, headers), createImport.answer);
    faults.push(...page.faults);
    cursor = page.next;
  }
  return faults;
}

/** Reads an answer, or says in one sentence why there is none. */
function read<Schema extends z.ZodType>({ status, body }: Answer, schema: Schema): z.infer<Schema> {
  if (status === 401 || status === 403)
    throw new ImportError('The shop does not take this admin key. Give the right one with --key or VITRINE_ADMIN_KEY.');
  const json = parseJson(body);
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    throw new ImportError('This address does not answer like a Vitrine shop.');
  }
  const problem = Problem.safeParse(json);
  if (!problem.success) throw new ImportError(`The shop answered ${status}. Is it a Vitrine shop?`);
  throw new ImportError(`The shop refused the file (${status}): ${problem.data.detail ?? problem.data.title}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

answerHelp(process.argv.slice(2), importUsage);
try {
  process.exitCode = await main(readImportOptions(process.argv.slice(2), process.env));
} catch (error) {
  process.exitCode = exitCodes.failed;
  if (error instanceof UsageError) console.error(`${error.message}\n\n${importUsage}`);
  else if (error instanceof ImportError) console.error(error.message);
  else console.error(error);
}
