/**
 * Which backups were made, for the operator: they are noted in the state folder, and old ones are removed. A backup that failed its
 * checks never leads to the removal of an older one.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { isBackupName, manifestName, sealedSuffix } from './manifest.ts';

const Noted = z.looseObject({ at: z.string(), to: z.string(), verified: z.boolean() });
const History = z.looseObject({ backups: z.array(Noted) });
type Noted = z.infer<typeof Noted>;

const historyName = 'backups.json';
/** What falls off the list is never removed by `--keep`, so it is longer than any number that may be kept. */
const notedMax = 2_000;
export const keepMax = 999;

/** Adds a backup to `backups.json` of a state folder, the newest first. */
export function noteBackup(statePath: string, backup: Noted): void {
  const file = path.join(statePath, historyName);
  const backups = [backup, ...readHistory(statePath)].slice(0, notedMax);
  writeFileSync(`${file}.new`, `${JSON.stringify({ backups }, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** A list that is damaged begins anew: it says nothing that is not in the backups. */
export function readHistory(statePath: string): readonly Noted[] {
  try {
    return History.parse(JSON.parse(readFileSync(path.join(statePath, historyName), 'utf8'))).backups;
  } catch {
    return [];
  }
}

/**
 * Removes all verified backups of this shop but the newest `keep`. Whether one was verified is known of those that were noted here;
 * backups of another shop in the same folder, and what is no backup, stay. Answers what was removed.
 */
export function removeOlder(statePath: string, toPath: string, keep: number): readonly string[] {
  const verified = new Set(
    readHistoryOf(statePath, toPath)
      .filter(({ verified }) => verified)
      .map(({ to }) => path.basename(to)),
  );
  const present = readdirSync(toPath)
    .filter((name) => isBackupName(name) && verified.has(name))
    .filter((name) =>
      [manifestName, manifestName + sealedSuffix].some((one) => existsSync(path.join(toPath, name, one))),
    );
  const older = present.sort().reverse().slice(keep);
  for (const name of older) {
    // Without its manifest it is no backup any more, should the rest be cut short.
    for (const one of [manifestName, manifestName + sealedSuffix])
      rmSync(path.join(toPath, name, one), { force: true });
    rmSync(path.join(toPath, name), { recursive: true, force: true });
  }
  return older;
}

const readHistoryOf = (statePath: string, toPath: string): readonly Noted[] =>
  readHistory(statePath).filter(({ to }) => path.dirname(to) === toPath);
