/**
 * The folder in which a backup is prepared: beside the state, so that the shop never waits for the disk of the backup. One backup
 * works in it at a time, and nothing stays of one that was cut short.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SettingError } from '../lib/arguments.ts';
import { holderOf, lockState, StateInUseError, type StateLock } from '../lib/state-lock.ts';
import { backupNameAt } from './manifest.ts';

const workName = 'backup-work';

export interface Work {
  readonly path: string;
  /** Where the backup lies until it is whole. */
  partialPath(toPath: string, at: Date): string;
  /** Takes away all that is not a finished backup. */
  close(): void;
}

/** One backup at a time. What one that was killed has left is taken away first. */
export async function openWork(statePath: string): Promise<Work> {
  const folder = path.join(statePath, workName);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let lock: StateLock;
  try {
    lock = await lockState(folder);
  } catch (error) {
    if (!(error instanceof StateInUseError)) throw error;
    throw new SettingError(
      `Another backup of ${statePath} is running, as process ${holderOf(folder)}. Wait until it has ended.`,
    );
  }
  const notePath = path.join(folder, 'partial');
  const copyPath = path.join(folder, 'copy');
  const clear = (): void => {
    if (existsSync(notePath)) rmSync(readFileSync(notePath, 'utf8'), { recursive: true, force: true });
    for (const one of [copyPath, notePath, path.join(folder, 'facts.sqlite')])
      rmSync(one, { recursive: true, force: true });
  };
  clear();
  mkdirSync(copyPath, { mode: 0o700 });
  const close = (): void => {
    process.removeListener('exit', close);
    clear();
    lock.release();
    rmSync(folder, { recursive: true, force: true });
  };
  // A signal ends the process, and what it was at is taken away with it.
  process.once('exit', close);
  return {
    path: copyPath,
    partialPath: (toPath, at) => {
      const partial = path.join(toPath, `.${backupNameAt(at)}.partial-${process.pid}`);
      writeFileSync(notePath, partial, { mode: 0o600 });
      return partial;
    },
    close,
  };
}
