/**
 * Encryption of backups with a key file. A sealed file is a header, then chunks of 64 KB, each sealed by AES-256-GCM. Promised: a
 * wrong key is told from damage; a flipped byte, a file cut anywhere, chunks in another order, and a file in the place of another
 * are refused.
 *
 * Header: `VITRINE1`, 16 bytes that name the key, 32 random bytes (salt). The key of a file is HKDF-SHA-256 of the key file's 32
 * bytes with that salt and the file's path in the backup. The nonce of a chunk is its number (11 bytes) and 1 for the last chunk, else
 * 0; the header is authenticated with every chunk. No key is used for two files, so no nonce is used twice.
 *
 * @see https://eprint.iacr.org/2015/189 (the STREAM construction)
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { SettingError } from '../lib/arguments.ts';

const magic = Buffer.from('VITRINE1');
const keyNameBytes = 16;
const saltBytes = 32;
const headerBytes = magic.length + keyNameBytes + saltBytes;
const chunkBytes = 64 * 1024;
const tagBytes = 16;
const keyPrefix = 'vitrine-backup-key-1:';

export interface SealKey {
  readonly bytes: Buffer;
  /** Tells which key a file was sealed with, and nothing about the key. */
  readonly name: Buffer;
}

/** A sealed file that cannot be opened; the message says why. */
export class SealError extends Error {}

const derive = (bytes: Buffer, salt: Buffer, purpose: string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', bytes, salt, purpose, length));

function sealKeyOf(bytes: Buffer): SealKey {
  return { bytes, name: derive(bytes, Buffer.alloc(0), 'vitrine-backup/name', keyNameBytes) };
}

/** Makes a key file, readable by its owner only. Throws when there is a file of that name. */
export function makeKeyFile(file: string): void {
  try {
    writeFileSync(file, `${keyPrefix}${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(file, 0o600);
  } catch (error) {
    throw new SettingError(
      `The key cannot be written to ${file}: ${messageOf(error)}. A key that is there is never replaced.`,
    );
  }
}

export function readKeyFile(file: string): SealKey {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new SettingError(`The key file ${file} cannot be read: ${messageOf(error)}`);
  }
  const bytes = Buffer.from(text.slice(keyPrefix.length), 'base64url');
  if (text.startsWith(keyPrefix) && bytes.length === 32) return sealKeyOf(bytes);
  throw new SettingError(`${file} holds no backup key. One is made by: npm run backup -- --make-key FILE`);
}

/** Seals a file of a backup, a piece at a time. */
export async function* seal(plain: AsyncIterable<Buffer>, key: SealKey, path: string): AsyncGenerator<Buffer> {
  const header = Buffer.concat([magic, key.name, randomBytes(saltBytes)]);
  const fileKey = fileKeyOf(key, header, path);
  yield header;
  let index = 0;
  for await (const { chunk, isLast } of chunksOf(plain, chunkBytes)) {
    const cipher = createCipheriv('aes-256-gcm', fileKey, nonceOf(index, isLast));
    cipher.setAAD(header);
    yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    index += 1;
  }
}

/** Opens a sealed file. Nothing is given out that was not proven; whether all came is known at the end only. */
export async function* unseal(sealed: AsyncIterable<Buffer>, key: SealKey, path: string): AsyncGenerator<Buffer> {
  let fileKey: Buffer | undefined;
  let header = Buffer.alloc(0);
  let index = 0;
  for await (const { chunk, isLast } of chunksOf(sealed, chunkBytes + tagBytes, headerBytes)) {
    if (fileKey === undefined) {
      header = chunk;
      assertHeader(header, key, path);
      fileKey = fileKeyOf(key, header, path);
      if (isLast) throw new SealError(`${path} is cut short: it ends behind its header.`);
      continue;
    }
    if (chunk.length < tagBytes) throw new SealError(`${path} is cut short.`);
    const decipher = createDecipheriv('aes-256-gcm', fileKey, nonceOf(index, isLast));
    decipher.setAAD(header);
    decipher.setAuthTag(chunk.subarray(-tagBytes));
    let plain: Buffer;
    try {
      plain = Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
    } catch {
      throw new SealError(
        `${path} is damaged or cut short, at chunk ${index + 1}: what was sealed is not what is there.`,
      );
    }
    yield plain;
    index += 1;
  }
}

function assertHeader(header: Buffer, key: SealKey, path: string): void {
  if (header.length < headerBytes || !header.subarray(0, magic.length).equals(magic))
    throw new SealError(`${path} is no sealed file of a backup, or its beginning is damaged.`);
  if (!header.subarray(magic.length, magic.length + keyNameBytes).equals(key.name))
    throw new SealError(`${path} was sealed with another key. Give the key file that made this backup.`);
}

function fileKeyOf(key: SealKey, header: Buffer, path: string): Buffer {
  return derive(key.bytes, header.subarray(-saltBytes), `vitrine-backup/file/${path}`, 32);
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Cuts bytes into chunks of one length, the first of another where one is given. The last may be shorter, also empty. */
async function* chunksOf(
  source: AsyncIterable<Buffer>,
  length: number,
  firstLength = length,
): AsyncGenerator<{ readonly chunk: Buffer; readonly isLast: boolean }> {
  let wanted = firstLength;
  let pieces: Buffer[] = [];
  let held = 0;
  for await (const piece of source) {
    pieces.push(piece);
    held += piece.length;
    // A chunk goes out once more follows it: only then it is not the last.
    while (held > wanted) {
      const all = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
      yield { chunk: all.subarray(0, wanted), isLast: false };
      pieces = [all.subarray(wanted)];
      held -= wanted;
      wanted = length;
    }
  }
  yield { chunk: Buffer.concat(pieces), isLast: true };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
