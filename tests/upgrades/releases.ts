/**
 * What every release left behind for its successors to open: a folder per release with its migrations, its statements, its streams
 * and a state. `npm run fixtures` makes the folder of the release that is about to be tagged; afterwards it never changes.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { databasesOf, projectRoot, readWorkers } from '../../scripts/configs.ts';

export const folder = path.join(projectRoot, 'tests', 'upgrades');

const numbersOf = (release: string) => release.split('.').map(Number);

/** Oldest first. */
export const releases: readonly string[] = readdirSync(folder)
  .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
  .sort((a, b) => {
    const [one, other] = [numbersOf(a), numbersOf(b)];
    const index = one.findIndex((number, place) => number !== other[place]);
    return index < 0 ? 0 : (one[index] ?? 0) - (other[index] ?? 0);
  });

export const lastRelease: string = releases.at(-1) ?? '';

/** What a release says of itself, and of every migration that it had: never edited again. */
export interface ReleasedSchema {
  readonly format: number;
  /** SHA-256 by `database/file`. */
  readonly migrations: Readonly<Record<string, string>>;
  /** The tables of an object with streams, as `sqlite_master` has them, and how many of its schema's steps made them. */
  readonly object: { readonly steps: number; readonly tables: readonly string[] };
}

/** Our own files, written by `making`. */
export function readFixture<Value>(release: string, name: string): Value {
  const bytes = readFileSync(path.join(folder, release, name));
  return JSON.parse(name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString());
}

/** The same bytes for the same value. */
export function zipped(value: unknown): Buffer {
  return gzipSync(JSON.stringify(value), { level: 9 });
}

export interface MigrationFile {
  readonly database: string;
  /** `database/file`. */
  readonly name: string;
  readonly sql: string;
}

/** The migrations of this checkout, in the order in which they are applied. */
export function readMigrations(): readonly MigrationFile[] {
  return databasesOf(readWorkers()).flatMap(({ migrationsPath }) => {
    const database = path.basename(migrationsPath);
    return readdirSync(migrationsPath)
      .filter((file) => file.endsWith('.sql'))
      .sort()
      .map((file) => {
        return { database, name: `${database}/${file}`, sql: readFileSync(path.join(migrationsPath, file), 'utf8') };
      });
  });
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
