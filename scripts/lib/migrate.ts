/**
 * Applies D1 migrations to a state folder, in the table that `wrangler d1 migrations` keeps, so both can be used on the same
 * state. A migration and its record are one batch, which D1 commits as one transaction: killed at any moment, the next start
 * continues with the first migration that is not recorded.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DatabaseConfig } from '../configs.ts';
import { tieRuntimeToProcess } from './runtime.ts';

export interface AppliedMigration {
  readonly databaseName: string;
  readonly file: string;
}

interface Migration {
  readonly file: string;
  readonly sql: string;
}

interface DatabaseMigrations {
  readonly database: DatabaseConfig;
  readonly migrations: readonly Migration[];
}

/** As wrangler creates it. */
const migrationsTable = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Brings every database below `storagePath` up to date and answers what was applied. No Worker may be running on the state.
 * A stamp beside the databases lets a start with nothing to apply skip the work.
 */
export async function migrate(
  databases: readonly DatabaseConfig[],
  storagePath: string,
): Promise<readonly AppliedMigration[]> {
  const wanted = await Promise.all(databases.map(readMigrations));
  const stampPath = path.join(storagePath, 'migrations.stamp');
  const stamp = createHash('sha256')
    .update(JSON.stringify(wanted.map(({ database, migrations }) => [database.databaseId, migrations])))
    .digest('hex');
  if ((await readFile(stampPath, 'utf8').catch(() => '')) === stamp) return [];

  const [{ Miniflare }, { unstable_splitSqlQuery: splitSql }] = await Promise.all([
    import('miniflare'),
    import('wrangler'),
  ]);
  await mkdir(storagePath, { recursive: true });
  tieRuntimeToProcess();
  const miniflare = new Miniflare({
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    resourcePersistencePath: storagePath,
    workers: [migratorOf(databases)],
  });
  try {
    const applied = await Promise.all(
      wanted.map(async ({ database, migrations }) =>
        applyAll(await miniflare.getD1Database(database.databaseName), database, migrations, splitSql),
      ),
    );
    await writeFile(stampPath, stamp);
    return applied.flat();
  } finally {
    await miniflare.dispose();
  }
}

/** A Worker that does nothing but bind every database under its own name. */
function migratorOf(databases: readonly DatabaseConfig[]) {
  const contents = 'export default { fetch: () => new Response(null, { status: 404 }) };';
  return {
    config: {
      name: 'migrator',
      compatibilityDate: '2026-11-01',
      manifest: {
        mainModule: 'index.mjs',
        modulesRoot: '/',
        modules: { 'index.mjs': { type: 'esm' as const, contents } },
      },
      env: Object.fromEntries(
        databases.map(({ databaseName, databaseId }) => [databaseName, { type: 'd1' as const, id: databaseId }]),
      ),
    },
  };
}

/** The files of a database in their order. */
export async function readMigrations(database: DatabaseConfig): Promise<DatabaseMigrations> {
  const files = (await readdir(database.migrationsPath)).filter((file) => file.endsWith('.sql')).sort();
  const migrations = files.map(async (file) => ({
    file,
    sql: await readFile(path.join(database.migrationsPath, file), 'utf8'),
  }));
  return { database, migrations: await Promise.all(migrations) };
}

async function applyAll(
  d1: D1Database,
  { databaseName }: DatabaseConfig,
  migrations: readonly Migration[],
  splitSql: (sql: string) => string[],
): Promise<readonly AppliedMigration[]> {
  if (migrations.length === 0) return [];
  await d1.prepare(migrationsTable).run();
  const { results } = await d1.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const recorded = new Set(results.map(({ name }) => name));
  const applied: AppliedMigration[] = [];
  for (const { file, sql } of migrations) {
    if (recorded.has(file)) continue;
    const record = d1.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file);
    try {
      await d1.batch([...splitSql(sql).map((statement) => d1.prepare(statement)), record]);
    } catch (cause) {
      throw new Error(
        `Migration ${file} of ${databaseName} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
    applied.push({ databaseName, file });
  }
  return applied;
}
