/** A sealed file opens with its key, in its place, as a whole, and not otherwise. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeKeyFile, readKeyFile, type SealKey, seal, unseal } from './seal.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-seal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newKey = (name: string): SealKey => {
  makeKeyFile(path.join(folder, name));
  return readKeyFile(path.join(folder, name));
};
const key = newKey('key');

async function joined(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** In pieces of an awkward length, as a stream may give them. */
async function* piecesOf(bytes: Buffer, length = 40_000): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += length) yield bytes.subarray(start, start + length);
}

const sealed = (plain: Buffer, name = 'a') => joined(seal(piecesOf(plain), key, name));
const opened = (bytes: Buffer, name = 'a', withKey = key) => joined(unseal(piecesOf(bytes), withKey, name));

const chunk = 64 * 1024;
const header = 56;

describe('a sealed file', () => {
  it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 200_000])('of %i bytes opens as it was', async (length) => {
    const plain = randomBytes(length);
    const bytes = await sealed(plain);
    expect((await opened(bytes)).equals(plain)).toBe(true);
    expect(length > 15 && bytes.includes(plain.subarray(0, 16))).toBe(false);
  });

  it('is another one each time', async () => {
    const plain = randomBytes(1_000);
    expect((await sealed(plain)).equals(await sealed(plain))).toBe(false);
  });

  it('says so when the key is another one', async () => {
    const other = newKey('other');
    await expect(opened(await sealed(randomBytes(10)), 'a', other)).rejects.toThrow(/another key/);
  });

  it('is refused with any byte flipped', async () => {
    const bytes = await sealed(randomBytes(2 * chunk + 5));
    const places = [0, 7, 8, 24, 30, header - 1, header, header + chunk, header + chunk + 16, bytes.length - 1];
    for (const place of places) {
      const flipped = Buffer.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ 1;
      await expect(opened(flipped), `byte ${place}`).rejects.toThrow(/^a /);
    }
  });

  it('is refused when it is cut anywhere, also between two chunks, and when something follows it', async () => {
    const bytes = await sealed(randomBytes(2 * chunk));
    const sealedChunk = chunk + 16;
    for (const length of [0, 10, header, header + 1, header + sealedChunk, header + sealedChunk + 1, bytes.length - 1])
      await expect(opened(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(/^a /);
    await expect(opened(Buffer.concat([bytes, Buffer.from('x')]))).rejects.toThrow(/^a /);
  });

  it('is refused with its chunks in another order, and in the place of another file', async () => {
    const bytes = await sealed(randomBytes(3 * chunk));
    const at = (index: number) => bytes.subarray(header + index * (chunk + 16), header + (index + 1) * (chunk + 16));
    await expect(opened(Buffer.concat([bytes.subarray(0, header), at(1), at(0), at(2)]))).rejects.toThrow(/chunk 1/);
    await expect(opened(bytes, 'b')).rejects.toThrow(/damaged/);
  });
});

describe('a key file', () => {
  it('is for its owner only, and is never replaced', () => {
    expect(statSync(path.join(folder, 'key')).mode & 0o777).toBe(0o600);
    expect(() => makeKeyFile(path.join(folder, 'key'))).toThrow(/never replaced/);
  });

  it('is told from any other file', () => {
    writeFileSync(path.join(folder, 'no-key'), 'correct horse battery staple\n');
    expect(() => readKeyFile(path.join(folder, 'no-key'))).toThrow(/holds no backup key/);
    expect(() => readKeyFile(path.join(folder, 'absent'))).toThrow(/cannot be read/);
  });
});
