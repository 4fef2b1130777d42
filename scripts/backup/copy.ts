/**
 * Copies the files of a state folder that make up the shop: databases with their write-ahead logs, and the secrets. Large
 * databases are copied while the shop still runs, and again in the moment of standstill only if they were written since, so that
 * the shop stands still for what has changed and not for all there is.
 */
import { constants, copyFileSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { SettingError } from '../lib/arguments.ts';

/** A file of the state, relative to its folder, with `/` between the parts. */
interface StateFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was last written and how long it is: another text means that it was written since. */
  readonly mark: string;
  readonly modifiedMs: number;
}

/** The keys of the shop, and which release wrote its state. */
export const besideStorage = ['secrets.json', 'written-by.json'] as const;
/** A cache is made anew, and an index of shared memory belongs to the processes that run. */
const leftOut = /^storage\/cache\/|-shm$/;
/** Copying less than this takes no time worth saving. */
const earlyBytesMin = 1_000_000;
/** The clock of a file system is coarse: a file written this short before may be written again under the same time. */
const settledMs = 2_000;
/** What must stay free on the disk of a shop beside the copy. */
const spareBytes = 64 * 1024 * 1024;

/** All files of the shop in a state folder. */
export function listStateFiles(statePath: string): readonly StateFile[] {
  const storage = path.join(statePath, 'storage');
  const names = readdirSync(storage, { recursive: true, encoding: 'utf8' }).map((name) =>
    path.posix.join('storage', ...name.split(path.sep)),
  );
  return [...names, ...besideStorage].flatMap((name) => {
    const found = leftOut.test(name)
      ? undefined
      : statSync(path.join(statePath, name), { bigint: true, throwIfNoEntry: false });
    if (found?.isFile() !== true) return [];
    const mark = `${found.ino} ${found.size} ${found.mtimeNs}`;
    return [{ path: name, bytes: Number(found.size), mark, modifiedMs: Number(found.mtimeMs) }];
  });
}

/** What was copied before the standstill: the mark of each file as it was before its copy was begun. */
export type EarlyCopies = ReadonlyMap<string, string>;

/** Copies the large files that nobody has written lately. */
export function copyEarly(statePath: string, workPath: string): EarlyCopies {
  const copied = new Map<string, string>();
  for (const file of listStateFiles(statePath)) {
    if (file.bytes < earlyBytesMin || Date.now() - file.modifiedMs < settledMs) continue;
    copyFile(statePath, workPath, file.path);
    copied.set(file.path, file.mark);
  }
  return copied;
}

/** Copies all that is not copied yet, and takes away what was copied and is gone. Nobody may write meanwhile. */
export function copyRest(statePath: string, workPath: string, early: EarlyCopies): void {
  const files = listStateFiles(statePath);
  for (const file of files) if (early.get(file.path) !== file.mark) copyFile(statePath, workPath, file.path);
  const present = new Set(files.map((file) => file.path));
  for (const name of early.keys()) if (!present.has(name)) rmSync(path.join(workPath, name), { force: true });
}

/** Throws unless the files are as they were: of a shop that this process cannot see, such as one in another container. */
export function assertUntouched(statePath: string, before: readonly StateFile[]): void {
  const marks = (files: readonly StateFile[]) => files.map((file) => `${file.path} ${file.mark}`).join('\n');
  if (marks(before) === marks(listStateFiles(statePath))) return;
  throw new SettingError(
    `Something wrote to ${statePath} while it was copied, and no shop that runs here holds its lock. Run the backup where the shop runs: in the same container, as the same user.`,
  );
}

/** Throws when the copy would fill the disk of the shop. Where the file system can share blocks, it takes far less. */
export function assertRoom(folder: string, bytes: number, what: string): void {
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= bytes + spareBytes) return;
  throw new SettingError(
    `There is too little room in ${folder} for ${what}: ${megabytes(bytes + spareBytes)} are needed, ${megabytes(freeBytes)} are free.`,
  );
}

export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`;

/** By sharing its blocks where the file system can (btrfs, XFS), which takes no time. */
function copyFile(statePath: string, workPath: string, name: string): void {
  const target = path.join(workPath, name);
  mkdirSync(path.dirname(target), { recursive: true });
  copyFileSync(path.join(statePath, name), target, constants.COPYFILE_FICLONE);
}
