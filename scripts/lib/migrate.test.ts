/** Migrations are applied once each, whole or not at all, in the table that wrangler keeps. */
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatabaseConfig } from '../configs.ts';
import { migrate } from './migrate.ts';

let folder = '';
let database: DatabaseConfig;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'vitrine-migrate-'));
  const migrationsPath = path.join(folder, 'migrations');
  mkdirSync(migrationsPath);
  database = {
    worker: 'catalog',
    binding: 'DB',
    databaseName: 'vitrine-catalog',
    databaseId: 'vitrine-catalog',
    migrationsPath,
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file: string, sql: string): void => writeFileSync(path.join(database.migrationsPath, file), sql);
const apply = async (): Promise<readonly string[]> =>
  (await migrate([database], path.join(folder, 'storage'))).map(({ file }) => file);

function query(sql: string): unknown[] {
  const [file] = globSync('storage/d1/*/[0-9a-f]*.sqlite', { cwd: folder });
  const sqlite = new DatabaseSync(path.join(folder, file ?? ''));
  try {
    return sqlite
      .prepare(sql)
      .all()
      .map((row) => Object.values(row));
  } finally {
    sqlite.close();
  }
}

const withTrigger = `-- A comment; with a semicolon.
CREATE TABLE products (id TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT 'a;b') STRICT;
CREATE TABLE log (body TEXT);
CREATE TRIGGER products_log AFTER INSERT ON products BEGIN
  INSERT INTO log (body) VALUES (new.id);
  INSERT INTO log (body) VALUES ('x;y');
END;`;

describe('an empty database', () => {
  it('gets every migration in order, and a second run applies none', async () => {
    write('0002_seed.sql', "INSERT INTO products (id) VALUES ('p1');");
    write('0001_products.sql', withTrigger);
    expect(await apply()).toEqual(['0001_products.sql', '0002_seed.sql']);
    expect(await apply()).toEqual([]);
    expect(query('SELECT name FROM d1_migrations ORDER BY id')).toEqual([['0001_products.sql'], ['0002_seed.sql']]);
    expect(query('SELECT body FROM log')).toEqual([['p1'], ['x;y']]);
  });
});

describe('a migration that fails in the middle', () => {
  it('leaves nothing of itself, and is applied once it is right', async () => {
    write('0001_products.sql', withTrigger);
    write('0002_broken.sql', 'CREATE TABLE prices (id TEXT); INSERT INTO nowhere VALUES (1);');
    await expect(apply()).rejects.toThrow(/0002_broken\.sql of vitrine-catalog failed.*nowhere/);
    expect(query("SELECT name FROM sqlite_master WHERE name = 'prices'")).toEqual([]);
    write('0002_broken.sql', 'CREATE TABLE prices (id TEXT);');
    expect(await apply()).toEqual(['0002_broken.sql']);
  });
});

describe('a migration that wrangler has applied', () => {
  it('is not applied again', async () => {
    write('0001_products.sql', withTrigger);
    await apply();
    rmSync(path.join(folder, 'storage', 'migrations.stamp'));
    expect(await apply()).toEqual([]);
  });
});
