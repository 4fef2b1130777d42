/**
 * The files of a backup in its folder: written, read back, and proven. Sealed ones are never on the disk of the backup as they are
 * inside.
 */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, createWriteStream, existsSync, fsyncSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SettingError } from '../lib/arguments.ts';
import { type BackupFile, Manifest, manifestName, sealedSuffix } from './manifest.ts';
import { SealError, type SealKey, seal, unseal } from './seal.ts';

/** A backup that cannot be trusted; the message says what is wrong with it. */
export class BackupError extends Error {}

const nameOf = (name: string, key: SealKey | null): string => (key === null ? name : name + sealedSuffix);

/** Writes one file of a backup and answers what it holds. */
export async function putFile(source: string, folder: string, name: string, key: SealKey | null): Promise<BackupFile> {
  return putBytes(createReadStream(source), folder, name, key);
}

export async function putManifest(manifest: Manifest, folder: string, key: SealKey | null): Promise<void> {
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  await putBytes(Readable.from([text]), folder, manifestName, key);
}

async function putBytes(
  source: AsyncIterable<Buffer>,
  folder: string,
  name: string,
  key: SealKey | null,
): Promise<BackupFile> {
  const target = path.join(folder, nameOf(name, key));
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of source) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  };
  const content = key === null ? counted() : seal(counted(), key, name);
  await pipeline(content, createWriteStream(target, { mode: 0o600, flags: 'wx', flush: true }));
  return { path: name, bytes, sha256: hash.digest('hex') };
}

/** Reads the manifest of a backup. Throws a `BackupError` where there is none, or the key does not fit. */
export async function readManifest(folder: string, key: SealKey | null): Promise<Manifest> {
  const plainPath = path.join(folder, manifestName);
  const isSealed = existsSync(plainPath + sealedSuffix);
  if (!isSealed && !existsSync(plainPath))
    throw new BackupError(
      `${folder} is no backup: it has no ${manifestName}, which is written last. A backup that was cut short has none.`,
    );
  if (isSealed && key === null) throw new SettingError(`The backup ${folder} is sealed. Give its key file with --key.`);
  let text: string;
  if (isSealed && key !== null) {
    const pieces: Buffer[] = [];
    for await (const piece of contentOf(folder, manifestName, key)) pieces.push(piece);
    text = Buffer.concat(pieces).toString();
  } else {
    text = await readFile(plainPath, 'utf8');
  }
  return parseManifest(text, folder);
}

function parseManifest(text: string, folder: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BackupError(`The manifest of ${folder} is damaged or cut short.`);
  }
  const format = formatOf(json);
  if (format !== null && format > 1)
    throw new BackupError(
      `The backup ${folder} has format ${format}, and this release reads format 1. Use a newer release.`,
    );
  const parsed = Manifest.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new BackupError(
    `The manifest of ${folder} is damaged: ${parsed.error.issues[0]?.message ?? ''} at ${parsed.error.issues[0]?.path.join('.')}.`,
  );
}

function formatOf(json: unknown): number | null {
  if (typeof json !== 'object' || json === null || !('format' in json)) return null;
  return typeof json.format === 'number' ? json.format : null;
}

/** Proves a file of a backup against its manifest, and writes what is inside to `target` where one is given. */
export async function takeFile(
  folder: string,
  file: BackupFile,
  key: SealKey | null,
  target: string | null,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of contentOf(folder, file.path, key)) {
      hash.update(piece);
      bytes += piece.length;
      yield piece;
    }
  };
  if (target === null) for await (const _piece of counted());
  else {
    await mkdir(path.dirname(target), { recursive: true });
    await pipeline(counted(), createWriteStream(target, { mode: 0o600, flags: 'wx', flush: true }));
  }
  if (bytes === file.bytes && hash.digest('hex') === file.sha256) return;
  const why = bytes === file.bytes ? 'its content is another' : `it has ${bytes} bytes instead of ${file.bytes}`;
  throw new BackupError(`${file.path} of the backup ${folder} is damaged: ${why}.`);
}

async function* contentOf(folder: string, name: string, key: SealKey | null): AsyncGenerator<Buffer> {
  const source = path.join(folder, nameOf(name, key));
  try {
    const content: AsyncIterable<Buffer> = createReadStream(source);
    yield* key === null ? content : unseal(content, key, name);
  } catch (error) {
    if (error instanceof SealError) throw new BackupError(`The backup ${folder} cannot be opened: ${error.message}`);
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      throw new BackupError(`The backup ${folder} is not whole: ${name} cannot be read (${error.code}).`);
    throw error;
  }
}

/** A rename counts after a loss of power once its folder is on the disk. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
