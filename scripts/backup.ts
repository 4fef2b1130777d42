/**
 * `npm run backup`: one moment of all files of a shop that may be running, proven and, with a key, sealed. What it does is told on
 * stderr, what came of it on stdout. Ends with 0 for a good backup, 2 for one of a shop that has a fault, and 1 for none.
 */
import path from 'node:path';
import { runCommand } from './backup/command.ts';
import { megabytes } from './backup/copy.ts';
import { keepMax } from './backup/history.ts';
import { makeKeyFile, readKeyFile } from './backup/seal.ts';
import { type BackupSummary, takeBackup } from './backup/take.ts';
import { answerHelp, readFlagsAndSwitches, UsageError } from './lib/arguments.ts';

const usage = `Usage: npm run backup -- --state FOLDER --to FOLDER [--key FILE] [--keep N] [--json]
       npm run backup -- --make-key FILE

  --state     the state folder of the shop, running or not
  --to        where backups are kept; each gets a folder of its own, named by its time. Best on another machine's disk
  --key       seals the backup with the key in this file (AES-256-GCM). Keep the key where the backups are not
  --keep      how many verified backups of this shop stay there; older ones are removed (all stay)
  --json      prints what came of it as one line of JSON
  --make-key  makes a key file, and no backup

Ends with 0 for a good backup, 2 for a backup of a shop with a fault, which it names, and 1 when there is none.`;

async function main(given: readonly string[]): Promise<void> {
  const { flags, isOn } = readFlagsAndSwitches(['state', 'to', 'key', 'keep', 'make-key'], ['json'], given);
  const keyPath = flags['make-key'];
  if (keyPath !== undefined) {
    if (Object.keys(flags).length > 1) throw new UsageError('--make-key stands alone: it makes a key, and no backup.');
    makeKeyFile(keyPath);
    console.log(
      `made ${keyPath}. Without it, no backup that it sealed can be read: keep a copy where the backups are not.`,
    );
    return;
  }
  if (flags.state === undefined || flags.to === undefined) throw new UsageError('--state and --to are needed.');
  const summary = await takeBackup({
    statePath: path.resolve(flags.state),
    toPath: path.resolve(flags.to),
    key: flags.key === undefined ? null : readKeyFile(flags.key),
    keep: flags.keep === undefined ? null : keepOf(flags.keep),
    onProgress: (line) => console.error(line),
  });
  for (const fault of summary.faults) console.error(`fault: ${fault}`);
  console.log(isOn('json') ? JSON.stringify(summary) : sentenceOf(summary));
  if (!summary.verified) process.exitCode = 2;
}

function keepOf(value: string): number {
  const keep = Number(value);
  if (/^\d{1,3}$/.test(value) && keep >= 1 && keep <= keepMax) return keep;
  throw new UsageError(`--keep must be a number from 1 to ${keepMax}, not "${value}".`);
}

function sentenceOf({ to, bytes, pausedMs, wasRunning, verified, removed }: BackupSummary): string {
  const what = `backup ${to}: ${megabytes(bytes)}${wasRunning ? `, the shop stood still for ${pausedMs} ms` : ''}`;
  const gone = removed.length === 0 ? '' : `, ${removed.length} older removed`;
  return `${what}${gone}${verified ? '' : '. The shop has faults: look at them before you rely on it'}`;
}

answerHelp(process.argv.slice(2), usage);
await runCommand(usage, main);
