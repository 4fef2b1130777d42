/** Which shop a command speaks to, and with which key: found where it should be, and never guessed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readTarget } from './shop-target.ts';
import { keepAddress } from './state-address.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-target-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}
const url = 'https://shop.example';

describe('the address', () => {
  test('is that of the shop that runs in the folder', () => {
    put('lock.json', JSON.stringify({ pid: process.pid, startedAt: '' }));
    keepAddress(folder, 'http://127.0.0.1:8787');
    const target = readTarget({ state: folder }, { VITRINE_ADMIN_KEY: 'k' });
    expect(target).toEqual({ url: 'http://127.0.0.1:8787', adminKey: 'k', statePath: folder });
  });

  test('is not that of the shop that a folder was copied from', () => {
    keepAddress(folder, 'http://127.0.0.1:8787');
    expect(() => readTarget({ state: folder }, { VITRINE_ADMIN_KEY: 'k' })).toThrow('No shop runs in');
    put('lock.json', JSON.stringify({ pid: process.pid + 1, startedAt: '' }));
    expect(() => readTarget({ state: folder }, { VITRINE_ADMIN_KEY: 'k' })).toThrow('No shop runs in');
  });

  test('may be named beside the folder', () => {
    expect(readTarget({ url: `${url}/`, state: folder }, { VITRINE_ADMIN_KEY: 'k' }).url).toBe(url);
  });

  test.each(['shop.example', 'ftp://shop.example', `${url}/admin`, 'https://me:key@shop.example'])(
    'is not %s',
    (text) => {
      expect(() => readTarget({ url: text }, { VITRINE_ADMIN_KEY: 'k' })).toThrow('--url');
    },
  );

  test('has to be named somehow', () => {
    expect(() => readTarget({}, { VITRINE_ADMIN_KEY: 'k' })).toThrow('--url');
    expect(() => readTarget({ state: path.join(folder, 'none') }, {})).toThrow('no state folder');
  });
});

describe('the key', () => {
  test('is that of the file, else of the environment, else of the folder', () => {
    const file = put('key', ' from-file\n');
    put('secrets.json', JSON.stringify({ adminKey: 'from-folder' }));
    const flags = { url, state: folder };
    expect(readTarget({ ...flags, 'key-file': file }, { VITRINE_ADMIN_KEY: 'k' }).adminKey).toBe('from-file');
    expect(readTarget(flags, { VITRINE_ADMIN_KEY: 'k' }).adminKey).toBe('k');
    expect(readTarget(flags, { VITRINE_ADMIN_KEY_FILE: file }).adminKey).toBe('from-file');
    expect(readTarget(flags, {}).adminKey).toBe('from-folder');
  });

  test('has to be there, and to be one word', () => {
    expect(() => readTarget({ url }, {})).toThrow('VITRINE_ADMIN_KEY');
    expect(() => readTarget({ url, 'key-file': path.join(folder, 'none') }, {})).toThrow('cannot be read');
    expect(() => readTarget({ url, 'key-file': put('key', 'two words') }, {})).toThrow('one word');
    put('secrets.json', '{');
    expect(() => readTarget({ url, state: folder }, {})).toThrow('secrets.json');
  });
});
