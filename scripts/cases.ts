/**
 * `npm run cases -- FILE...`: runs files of numeric cases through the engines, prints every difference between what a case
 * expects and what comes out, and ends with `N passed, M failed`. The exit code is 1 when any failed; a file that cannot be
 * read as cases counts as one failure.
 */
import { readFileSync } from 'node:fs';
import { type CaseReport, runCaseFile } from './cases/run.ts';
import { UsageError } from './lib/arguments.ts';

async function main(files: readonly string[]): Promise<boolean> {
  const reports: CaseReport[] = [];
  for (const file of files) reports.push(await reportOf(file));
  for (const line of reports.flatMap((report) => report.lines)) console.log(line);
  const failed = reports.reduce((sum, report) => sum + report.failed, 0);
  console.log(`${reports.reduce((sum, report) => sum + report.passed, 0)} passed, ${failed} failed`);
  return failed === 0;
}

async function reportOf(file: string): Promise<CaseReport> {
  try {
    return await runCaseFile(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof UsageError || isMissing(error))) throw error;
    return { passed: 0, failed: 1, lines: [`FAILED ${file}`, `  ${error.message}`] };
  }
}

function isMissing(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

const files = process.argv.slice(2);
if (files.length === 0) console.error('Usage: npm run cases -- FILE...');
process.exitCode = files.length > 0 && (await main(files)) ? 0 : 1;
