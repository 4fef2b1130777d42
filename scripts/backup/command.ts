/** What the commands of backups have in common: how they end, and what they say when something stands in their way. */
import { SettingError, UsageError } from '../lib/arguments.ts';
import { BackupError } from './archive.ts';

/** Runs a command to its end. What the system refuses is no defect of ours: it says itself which file, and why. */
export async function runCommand(usage: string, main: (given: readonly string[]) => Promise<void>): Promise<void> {
  // What is taken away at the end of the process is taken away then too.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(explain(error, usage));
    process.exitCode = 1;
  }
}

function explain(error: unknown, usage: string): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage}`;
  if (error instanceof SettingError || error instanceof BackupError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOSPC')
    return `The disk is full: ${error.message}. What was begun is taken away.`;
  if ('syscall' in error) return `The system refuses: ${error.message}. What was begun is taken away.`;
  return error.stack ?? error.message;
}
