/** Backups of a state folder without a running shop: what they hold, what they refuse, and what is left when they fail. */
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeStateFolder } from '../lib/state-folder.ts';
import { lockState } from '../lib/state-lock.ts';
import { bringBack, verifyBackup } from './bring-back.ts';
import { makeKeyFile, readKeyFile, type SealKey } from './seal.ts';
import { type BackupOptions, type BackupSummary, takeBackup } from './take.ts';

let folder: string;
let statePath: string;
let toPath: string;
let shop: DatabaseSync;
const databasePath = 'storage/d1/databases/shop.sqlite';
const at = (...parts: readonly string[]): string => path.join(folder, ...parts);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-backup-'));
  [statePath, toPath] = [at('state'), at('backups')];
  mkdirSync(path.join(statePath, path.dirname(databasePath)), { recursive: true });
  mkdirSync(path.join(statePath, 'storage/cache'));
  writeFileSync(path.join(statePath, 'storage/cache/page'), 'made anew');
  writeFileSync(path.join(statePath, 'secrets.json'), '{"secret":"only the shop knows"}');
  // Its rows lie in the log, and the database alone is empty, as with a running shop.
  shop = new DatabaseSync(path.join(statePath, databasePath));
  shop.exec(
    "pragma journal_mode = wal; pragma wal_autocheckpoint = 0; create table things (name text); insert into things values ('vase')",
  );
});
afterEach(() => {
  if (shop.isOpen) shop.close();
  rmSync(folder, { recursive: true, force: true });
});

const take = (more: Partial<BackupOptions> = {}): Promise<BackupSummary> =>
  takeBackup({ statePath, toPath, key: null, keep: null, onProgress: () => undefined, ...more });

function thingsIn(state: string): unknown[] {
  const database = new DatabaseSync(path.join(state, databasePath));
  try {
    return database
      .prepare('select name from things')
      .all()
      .map(({ name }) => name);
  } finally {
    database.close();
  }
}

const newKey = (name = 'key'): SealKey => {
  makeKeyFile(at(name));
  return readKeyFile(at(name));
};

/** No half backup, and nothing of its making. */
function expectNothingLeft(): void {
  expect(existsSync(toPath) ? readdirSync(toPath) : []).toEqual([]);
  expect(readdirSync(statePath).filter((name) => name.startsWith('backup'))).toEqual([]);
}

describe('a backup', () => {
  it('brings back what was in the logs of the databases, and the secrets, without the cache', async () => {
    const summary = await take();
    expect(summary).toMatchObject({ verified: true, wasRunning: false, isSealed: false, files: 2, pausedMs: 0 });
    await bringBack(summary.to, at('new'), null);
    expect(thingsIn(at('new'))).toEqual(['vase']);
    expect(readdirSync(at('new')).sort()).toEqual(['secrets.json', 'storage']);
    expect(statSync(at('new', 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(existsSync(at('new', 'storage/cache'))).toBe(false);
    expect(readdirSync(statePath).sort()).toEqual(['backups.json', 'secrets.json', 'storage']);
  });

  it('with a key shows nothing of what is inside, and opens with that key only', async () => {
    const key = newKey();
    const { to } = await take({ key });
    const files = readdirSync(to, { recursive: true, encoding: 'utf8' }).map((name) => path.join(to, name));
    for (const file of files.filter((name) => statSync(name).isFile()))
      expect(readFileSync(file).includes('only the shop knows'), file).toBe(false);
    await expect(verifyBackup(to, null)).rejects.toThrow(/is sealed. Give its key/);
    await expect(verifyBackup(to, newKey('other'))).rejects.toThrow(/another key/);
    await bringBack(to, at('new'), key);
    expect(thingsIn(at('new'))).toEqual(['vase']);
  });

  it('is noted in the state folder, and removes older ones but those that were not found in order', async () => {
    const first = await take();
    const foreign = path.join(toPath, 'vitrine-20200101T000000Z');
    cpSync(first.to, foreign, { recursive: true });
    const second = await take({ keep: 2 });
    expect(second.removed).toEqual([]);
    const third = await take({ keep: 1 });
    expect(third.removed.map((name) => path.join(toPath, name)).sort()).toEqual([first.to, second.to].sort());
    expect(
      readdirSync(toPath)
        .map((name) => path.join(toPath, name))
        .sort(),
    ).toEqual([foreign, third.to].sort());
    const { backups } = JSON.parse(readFileSync(path.join(statePath, 'backups.json'), 'utf8'));
    expect(backups[0]).toEqual({ at: third.at, to: third.to, verified: true });
  });
});

describe('no backup is made', () => {
  it.each([
    ['where there is no shop', () => take({ statePath: at('nowhere') }), /There is no shop in/],
    ['into the state folder', () => take({ toPath: path.join(statePath, 'backups') }), /lies in the state folder/],
    ['into a file', () => take({ toPath: path.join(statePath, 'secrets.json', 'x') }), /cannot be written|lies in/],
  ])('%s', async (_where, backup, message) => {
    await expect(backup()).rejects.toThrow(message);
    expectNothingLeft();
  });

  it('into the state folder by another name', async () => {
    symlinkSync(statePath, at('link'));
    await expect(take({ toPath: at('link', 'backups') })).rejects.toThrow(/lies in the state folder/);
  });

  it('while another one is at work', async () => {
    mkdirSync(path.join(statePath, 'backup-work'));
    const other = await lockState(path.join(statePath, 'backup-work'));
    await expect(take()).rejects.toThrow(/Another backup of .* is running/);
    other.release();
    expect((await take()).verified).toBe(true);
  });

  it('of a damaged database', async () => {
    const numbers = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < 200)';
    shop.exec(`${numbers} insert into things select hex(randomblob(500)) from n`);
    shop.close();
    const file = path.join(statePath, databasePath);
    truncateSync(file, statSync(file).size - 4096 * 10);
    await expect(take()).rejects.toThrow(/storage\/d1\/databases\/shop.sqlite is damaged/);
    expectNothingLeft();
  });

  it('of a state that a newer release has migrated', async () => {
    shop.exec(
      "create table payments (payment_key text); create table d1_migrations (name text); insert into d1_migrations values ('9999_later.sql')",
    );
    await expect(take()).rejects.toThrow(/older than the shop. Its database payments has the migration 9999_later.sql/);
    expectNothingLeft();
  });

  it('and what one that was killed has left is taken away by the next', async () => {
    const partial = path.join(toPath, '.vitrine-20260101T000000Z.partial-1');
    mkdirSync(partial, { recursive: true });
    mkdirSync(path.join(statePath, 'backup-work', 'copy', 'storage'), { recursive: true });
    writeFileSync(path.join(statePath, 'backup-work', 'partial'), partial);
    const { to } = await take();
    expect(readdirSync(toPath)).toEqual([path.basename(to)]);
  });
});

describe('a restore is refused', () => {
  it('of a file that is flipped, cut or gone, which it names', async () => {
    const { to } = await take();
    const file = path.join(to, databasePath);
    copyFileSync(file, at('good'));
    const bytes = readFileSync(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(file, bytes);
    await expect(bringBack(to, at('new'), null)).rejects.toThrow(/shop.sqlite of the backup .* its content is another/);
    truncateSync(file, 100);
    await expect(bringBack(to, at('new'), null)).rejects.toThrow(/100 bytes instead of/);
    rmSync(file);
    await expect(bringBack(to, at('new'), null)).rejects.toThrow(/not whole: .*shop.sqlite/);
    expect(existsSync(at('new'))).toBe(false);
    copyFileSync(at('good'), file);
    await bringBack(to, at('new'), null);
  });

  it('of a folder without a manifest, with half of one, or of a newer release', async () => {
    const { to } = await take();
    const manifest = path.join(to, 'manifest.json');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.slice(0, text.length / 2));
    await expect(verifyBackup(to, null)).rejects.toThrow(/damaged or cut short/);
    writeFileSync(manifest, text.replace('"format": 1', '"format": 2'));
    await expect(verifyBackup(to, null)).rejects.toThrow(/format 2, and this release reads format 1/);
    writeFileSync(manifest, text.replace(/"version": "[^"]+"/, '"version": "99.0.0"'));
    await expect(bringBack(to, at('new'), null)).rejects.toThrow(
      /newer than this release. It was made by release 99.0.0/,
    );
    writeFileSync(manifest, text.replace('storage/d1', '../../d1'));
    await expect(verifyBackup(to, null)).rejects.toThrow(/manifest of .* is damaged/);
    rmSync(manifest);
    await expect(verifyBackup(to, null)).rejects.toThrow(/is no backup: it has no manifest/);
    await expect(verifyBackup(at('nowhere'), null)).rejects.toThrow(/There is no backup/);
  });

  it('over something that is there', async () => {
    const { to } = await take();
    await expect(bringBack(to, statePath, null)).rejects.toThrow(
      /not empty, and nothing is ever restored over something/,
    );
  });
});

it('a restore that was killed leaves what no shop starts from, and is done again', async () => {
  const { to } = await take();
  mkdirSync(at('new', 'restoring', 'copy'), { recursive: true });
  mkdirSync(at('new', 'storage'));
  expect(() => makeStateFolder(at('new'))).toThrow(/was not brought back .* to the end/);
  await bringBack(to, at('new'), null);
  makeStateFolder(at('new'));
  expect(thingsIn(at('new'))).toEqual(['vase']);
});
