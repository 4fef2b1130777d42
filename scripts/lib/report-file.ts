/** The file that the report of an import goes to: made before the import begins, because what it did is not to be lost behind it. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from './arguments.ts';

/** Makes the file where there is none, and leaves one that is there as it is. */
export async function makeReportFile(file: string): Promise<void> {
  try {
    await (await open(file, 'a')).close();
  } catch (error) {
    throw new UsageError(`The report cannot be written to ${path.resolve(file)}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such folder.';
  if (code === 'EISDIR') return 'that is a folder.';
  return 'it may not be written there.';
}
