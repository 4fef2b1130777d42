/**
 * Brings a backup back into a new state folder. All of it is proven before anything is written; until the last file is in its place
 * the folder holds a mark at which no shop starts, so a restore that is cut short is never taken for a shop.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { SettingError } from '../lib/arguments.ts';
import { makeStateFolder, restoringName } from '../lib/state-folder.ts';
import { lockState, StateInUseError, type StateLock } from '../lib/state-lock.ts';
import { BackupError, readManifest, syncFolder, takeFile } from './archive.ts';
import { assertRoom, besideStorage } from './copy.ts';
import type { Manifest } from './manifest.ts';
import { newerThan, thisRelease } from './release.ts';
import type { SealKey } from './seal.ts';

/** Reads every file of a backup and compares it with the manifest. Throws a `BackupError` that names the first that is wrong. */
export async function verifyBackup(from: string, key: SealKey | null): Promise<Manifest> {
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new BackupError(
      `There is no backup ${from}. Give the folder of one backup, such as BACKUPS/vitrine-20260131T020000Z.`,
    );
  const manifest = await readManifest(from, key);
  for (const file of manifest.files) await takeFile(from, file, key, null);
  return manifest;
}

export async function bringBack(from: string, statePath: string, key: SealKey | null): Promise<Manifest> {
  assertNew(statePath);
  const manifest = await verifyBackup(from, key);
  const newer = newerThan(thisRelease(), { ...manifest.schema, version: manifest.release.version });
  if (newer !== null)
    throw new BackupError(
      `The backup ${from} is newer than this release. ${newer}. Restore it with the release that made it, or a later one.`,
    );
  const restoring = path.join(statePath, restoringName);
  if (!existsSync(restoring)) makeStateFolder(statePath);
  mkdirSync(restoring, { recursive: true, mode: 0o700 });
  const lock = await lockRestoring(restoring, statePath);
  const clear = (): void => {
    for (const name of ['storage', ...besideStorage])
      rmSync(path.join(statePath, name), { recursive: true, force: true });
    rmSync(path.join(restoring, 'copy'), { recursive: true, force: true });
  };
  try {
    // Nothing of an earlier try is used.
    clear();
    await fill(from, statePath, path.join(restoring, 'copy'), manifest, key);
  } catch (error) {
    clear();
    throw error;
  } finally {
    lock.release();
    rmSync(restoring, { recursive: true, force: true });
  }
  syncFolder(statePath);
  return manifest;
}

async function fill(
  from: string,
  statePath: string,
  copy: string,
  manifest: Manifest,
  key: SealKey | null,
): Promise<void> {
  mkdirSync(copy);
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  assertRoom(statePath, bytes, 'the restored shop');
  for (const file of manifest.files) await takeFile(from, file, key, path.join(copy, file.path));
  for (const name of readdirSync(copy)) renameSync(path.join(copy, name), path.join(statePath, name));
  syncFolder(statePath);
}

/** A new disk has a folder of its own in it, and a restore that was cut short has left its mark. */
function assertNew(statePath: string): void {
  const found = statSync(statePath, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isDirectory()) throw new SettingError(`${statePath} is not a folder. Give a new one with --state.`);
  const names = readdirSync(statePath).filter((name) => name !== 'lost+found');
  if (names.length === 0 || names.includes(restoringName)) return;
  throw new SettingError(
    `${statePath} is not empty, and nothing is ever restored over something. Give a new folder with --state, and start the shop with that one.`,
  );
}

async function lockRestoring(restoring: string, statePath: string): Promise<StateLock> {
  try {
    return await lockState(restoring);
  } catch (error) {
    if (!(error instanceof StateInUseError)) throw error;
    throw new SettingError(`Another restore into ${statePath} is running.`);
  }
}
