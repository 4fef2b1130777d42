/**
 * Which release these commands belong to, and which schemas it knows. They run from a checkout and from a release folder alike, and
 * both have a folder of migrations beside or above the command.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { objectSchemaVersion } from '../../durable-objects/storage.ts';
import { release } from '../lib/release.ts';

export interface Release {
  readonly version: string;
  readonly commit: string | null;
  /** The migrations of each database that it knows, by the name of their folder. */
  readonly migrations: Readonly<Record<string, readonly string[]>>;
  /** The schema of the objects with streams. */
  readonly objectSchema: number;
}

/** A checkout is two levels above this file, a release folder is where its command is. */
const levelsMax = 3;

export function thisRelease(from: string = import.meta.dirname): Release {
  let folder = from;
  for (let level = 0; level < levelsMax; level += 1, folder = path.dirname(folder)) {
    const migrations = path.join(folder, 'migrations');
    if (!existsSync(migrations)) continue;
    const built = path.join(folder, 'release.json');
    const commit = existsSync(built) ? (Built.parse(JSON.parse(readFileSync(built, 'utf8'))).commit ?? null) : null;
    return { version: release, commit, migrations: migrationsIn(migrations), objectSchema: objectSchemaVersion };
  }
  throw new Error(`There is neither a release nor a checkout around ${from}`);
}

const Built = z.looseObject({ commit: z.string().nullish() });

function migrationsIn(folder: string): Record<string, readonly string[]> {
  const databases = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Object.fromEntries(databases.map(({ name }) => [name, filesIn(path.join(folder, name))]));
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql') || file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, '.sql'))
    .sort();

/** Below zero when the first version is older. What follows a hyphen comes before the release of that number. */
export function compareVersions(one: string, other: string): number {
  const [first, second] = [one, other].map((version) => {
    const [numbers = '', ...rest] = version.split('-');
    return [...numbers.split('.').map(Number), rest.length > 0 ? 0 : 1];
  });
  for (let index = 0; index < 4; index += 1) {
    const difference = (first?.[index] ?? 0) - (second?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Why a release cannot run what another one has left, in one sentence; null when it can. */
export function newerThan(own: Release, other: Omit<Release, 'commit'>): string | null {
  if (compareVersions(other.version, own.version) > 0)
    return `It was made by release ${other.version}, and this is ${own.version}`;
  if (other.objectSchema > own.objectSchema)
    return `Its objects have schema ${other.objectSchema}, and this release knows ${own.objectSchema}`;
  for (const [database, applied] of Object.entries(other.migrations)) {
    const known = own.migrations[database];
    if (known === undefined) return `It has a database ${database} that this release does not know`;
    const foreign = applied.find((migration) => !known.includes(migration));
    if (foreign !== undefined)
      return `Its database ${database} has the migration ${foreign}, which this release does not know`;
  }
  return null;
}
