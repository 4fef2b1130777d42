/**
 * `npm run cases -- FILE...`: runs files of numeric cases through the engines, prints every difference between what a case
 * expects and what comes out, and ends with `N passed, M failed`. The exit code is 1 when any failed or a file is unreadable.
 */
import { readFileSync } from 'node:fs';
import { runCaseFile } from './cases/run.ts';
import { UsageError } from './lib/arguments.ts';

function main(files: readonly string[]): boolean {
  if (files.length === 0) throw new UsageError('Usage: npm run cases -- FILE...');
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const report = runCaseFile(textOf(file), file);
    for (const line of report.lines) console.log(line);
    passed += report.passed;
    failed += report.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

try {
  process.exitCode = main(process.argv.slice(2)) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
