/**
 * Takes a backup: one moment of all files of a shop, which may be running; then, from the copy, everything is proven before the
 * backup gets its name. What is cut short leaves nothing that could be taken for a backup.
 */
import { accessSync, constants, existsSync, mkdirSync, realpathSync, renameSync } from 'node:fs';
import path from 'node:path';
import { SettingError } from '../lib/arguments.ts';
import { makeFolder } from '../lib/state-folder.ts';
import { holderOf, lockState } from '../lib/state-lock.ts';
import { putFile, putManifest, readManifest, syncFolder, takeFile } from './archive.ts';
import { checkFacts, type Findings } from './checks.ts';
import { assertRoom, assertUntouched, copyEarly, copyRest, listStateFiles, megabytes } from './copy.ts';
import { type StateDatabase, schemaOf, settleDatabases } from './databases.ts';
import { gatherFacts } from './facts.ts';
import { noteBackup, removeOlder } from './history.ts';
import { type BackupFile, backupNameAt, type Manifest } from './manifest.ts';
import { newerThan, thisRelease } from './release.ts';
import type { SealKey } from './seal.ts';
import { withShopStopped } from './shop-process.ts';
import { openWork, type Work } from './work.ts';

export interface BackupOptions {
  readonly statePath: string;
  readonly toPath: string;
  readonly key: SealKey | null;
  /** How many verified backups stay; null for all. */
  readonly keep: number | null;
  /** Told what is being done, a line at a time. */
  readonly onProgress: (line: string) => void;
}

export interface BackupSummary extends Omit<Manifest, 'files' | 'format' | 'schema'> {
  readonly to: string;
  readonly verified: boolean;
  readonly files: number;
  readonly bytes: number;
  readonly removed: readonly string[];
}

export async function takeBackup(options: BackupOptions): Promise<BackupSummary> {
  const { statePath, toPath, keep, onProgress } = options;
  assertShop(statePath);
  makeTarget(statePath, toPath);
  const work = await openWork(statePath);
  try {
    const totalBytes = listStateFiles(statePath).reduce((sum, { bytes }) => sum + bytes, 0);
    assertRoom(statePath, totalBytes, 'the copy');
    assertRoom(toPath, totalBytes, 'the backup');
    const copied = await copyMoment(statePath, work.path, onProgress);
    const { databases, findings } = prove(work.path, onProgress);
    const manifest = await write({ options, work, copied, databases, findings });
    const to = nameFinally(work.partialPath(toPath, copied.at), path.join(toPath, backupNameAt(copied.at)));
    const verified = findings.faults.length === 0;
    noteBackup(statePath, { at: manifest.at, to, verified });
    const removed = keep === null || !verified ? [] : removeOlder(statePath, toPath, keep);
    const { files, format: _format, schema: _schema, ...facts } = manifest;
    return {
      ...facts,
      to,
      verified,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      removed,
    };
  } finally {
    work.close();
  }
}

function assertShop(statePath: string): void {
  if (!existsSync(path.join(statePath, 'storage')))
    throw new SettingError(
      `There is no shop in ${statePath}: it has no folder "storage". Give its state folder with --state.`,
    );
  try {
    if (existsSync(path.join(statePath, 'secrets.json')))
      accessSync(path.join(statePath, 'secrets.json'), constants.R_OK);
  } catch {
    throw new SettingError(`${statePath}/secrets.json cannot be read. Run the backup as the user of the shop.`);
  }
}

function makeTarget(statePath: string, toPath: string): void {
  const state = realpathSync(statePath);
  const target = realPathOf(toPath);
  if (target === state || target.startsWith(state + path.sep))
    throw new SettingError(
      `${toPath} lies in the state folder, and would be lost with it. Give a folder on another disk with --to.`,
    );
  try {
    makeFolder(toPath);
    accessSync(toPath, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingError(`Backups cannot be written to ${toPath}: ${reason}.`);
  }
}

/** Also of what is not there yet, by the folder that it will lie in. */
function realPathOf(wanted: string): string {
  const parent = path.dirname(wanted);
  if (existsSync(wanted) || parent === wanted) return realpathSync(wanted);
  return path.join(realPathOf(parent), path.basename(wanted));
}

interface Copied {
  readonly at: Date;
  readonly pausedMs: number;
  readonly wasRunning: boolean;
}

async function copyMoment(statePath: string, workPath: string, onProgress: (line: string) => void): Promise<Copied> {
  const early = copyEarly(statePath, workPath);
  let at = new Date();
  const shopPid = holderOf(statePath);
  if (shopPid !== null) {
    const { pausedMs } = await withShopStopped(shopPid, () => {
      at = new Date();
      copyRest(statePath, workPath, early);
    });
    onProgress(`copied one moment of the running shop, which stood still for ${pausedMs} ms`);
    return { at, pausedMs, wasRunning: true };
  }
  const lock = await lockState(statePath);
  try {
    const before = listStateFiles(statePath);
    at = new Date();
    copyRest(statePath, workPath, early);
    assertUntouched(statePath, before);
  } finally {
    lock.release();
  }
  onProgress('copied the shop, which is not running');
  return { at, pausedMs: 0, wasRunning: false };
}

interface Proven {
  readonly databases: readonly StateDatabase[];
  readonly findings: Findings;
}

function prove(workPath: string, onProgress: (line: string) => void): Proven {
  const databases = settleDatabases(workPath);
  onProgress(`${databases.length} databases are sound`);
  const newer = newerThan(thisRelease(), { version: '0', ...schemaOf(databases) });
  if (newer !== null)
    throw new SettingError(
      `This release is older than the shop. ${newer}. Use the backup command of the shop's release.`,
    );
  const facts = gatherFacts(databases, path.join(path.dirname(workPath), 'facts.sqlite'));
  try {
    const findings = checkFacts(facts);
    onProgress(
      `${findings.counts.orders} orders, ${findings.counts.ordersInFlight} on their way: ${findings.faults.length} faults`,
    );
    return { databases, findings };
  } finally {
    facts.close();
  }
}

interface Writing {
  readonly options: BackupOptions;
  readonly work: Work;
  readonly copied: Copied;
  readonly databases: readonly StateDatabase[];
  readonly findings: Findings;
}

/** Writes the backup beside its name, reads it back from there, and then only its manifest. */
async function write({ options, work, copied, databases, findings }: Writing): Promise<Manifest> {
  const { toPath, key, onProgress } = options;
  const { at, pausedMs, wasRunning } = copied;
  const partial = work.partialPath(toPath, at);
  mkdirSync(partial, { mode: 0o700 });
  const files: BackupFile[] = [];
  for (const { path: name } of listStateFiles(work.path))
    files.push(await putFile(path.join(work.path, name), partial, name, key));
  for (const file of files) await takeFile(partial, file, key, null);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  onProgress(`wrote and read back ${files.length} files of ${megabytes(bytes)}${key === null ? '' : ', sealed'}`);
  const { version, commit } = thisRelease();
  const { migrations, objectSchema } = schemaOf(databases);
  const manifest: Manifest = {
    format: 1,
    at: at.toISOString(),
    finishedAt: new Date().toISOString(),
    release: { version, commit },
    schema: {
      migrations: Object.fromEntries(Object.entries(migrations).map(([name, all]) => [name, [...all]])),
      objectSchema,
    },
    isSealed: key !== null,
    wasRunning,
    pausedMs,
    files,
    counts: { ...findings.counts },
    faults: [...findings.faults],
  };
  await putManifest(manifest, partial, key);
  return readManifest(partial, key);
}

/** Two backups of one second get names of their own. */
function nameFinally(partial: string, wanted: string): string {
  let to = wanted;
  for (let number = 2; existsSync(to); number += 1) to = `${wanted}-${number}`;
  syncFolder(partial);
  renameSync(partial, to);
  syncFolder(path.dirname(to));
  return to;
}
