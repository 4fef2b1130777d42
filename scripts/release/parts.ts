/** A shop as it lies in a release folder: the Workers of production in one module each, and migrations cut into statements. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { RunnableWorker } from '../configs.ts';
import { SettingError } from '../lib/arguments.ts';
import { applyMigrations, type MigratedDatabase } from '../lib/migrate.ts';
import type { ShopParts } from '../lib/serve.ts';
import { manifestFile, ReleasedMigration, ReleaseManifest, workersFile } from './contents.ts';

/** Reads a release. Throws a `SettingError` when something is missing or is not what was released. */
export function partsOfRelease(folder: string): ShopParts {
  refuseHalf(folder);
  // Its content is what `release.json` says it is.
  const workers: readonly RunnableWorker[] = JSON.parse(readFileSync(path.join(folder, workersFile), 'utf8'));
  return {
    workers,
    bundles: async () =>
      workers.map(({ name }) => {
        const code = readFileSync(path.join(folder, 'workers', `${name}.mjs`), 'utf8');
        return { name, code, sizeBytes: Buffer.byteLength(code) };
      }),
    migrate: (storagePath) => applyMigrations(databasesOf(workers, folder), storagePath),
  };
}

function databasesOf(workers: readonly RunnableWorker[], folder: string): readonly MigratedDatabase[] {
  return workers.flatMap(({ wrangler }) =>
    wrangler.d1_databases.map(({ database_name, database_id, migrations_dir }) => {
      const from = path.join(folder, 'migrations', path.basename(migrations_dir));
      const migrations = readdirSync(from)
        .sort()
        .map((file) => {
          const { hash, statements } = ReleasedMigration.parse(JSON.parse(readFileSync(path.join(from, file), 'utf8')));
          return { file: file.replace(/\.json$/, '.sql'), hash, statements: async () => statements };
        });
      return { databaseName: database_name, databaseId: database_id, migrations };
    }),
  );
}

/**
 * A copy that was cut short, or two releases in one folder, would run as neither. Sizes are looked at for every file; what is
 * Vitrine's own is read anyway and hashed too, which for the packages would take longer than the start.
 */
function refuseHalf(folder: string): void {
  const file = path.join(folder, manifestFile);
  let manifest: ReleaseManifest;
  try {
    manifest = ReleaseManifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new SettingError(`${file} is missing or damaged: this is no whole release. Copy it again.`);
  }
  for (const [name, { sha256, bytes }] of Object.entries(manifest.files)) {
    const target = path.join(folder, name);
    const found = statSync(target, { throwIfNoEntry: false });
    if (found?.size !== bytes)
      throw new SettingError(`${target} is missing or cut short: this is no whole release. Copy it again.`);
    if (!name.startsWith('node_modules/') && hashOf(readFileSync(target)) !== sha256)
      throw new SettingError(`${target} is not what was released. Copy the release again, or make your own.`);
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
