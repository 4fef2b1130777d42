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

export interface Migration {
  readonly file: string;
  /** SHA-256 of its text. */
  readonly hash: string;
  readonly statements: () => Promise<readonly string[]>;
}

/** A database of a state folder and what it has to hold, in order. */
export interface MigratedDatabase {
  readonly databaseName: string;
  readonly databaseId: string;
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
  return applyMigrations((await Promise.all(databases.map(readMigrations))).map(toApply), storagePath);
}

/** The same for migrations that were read elsewhere. */
export async function applyMigrations(
  databases: readonly MigratedDatabase[],
  storagePath: string,
): Promise<readonly AppliedMigration[]> {
  const stampPath = path.join(storagePath, 'migrations.stamp');
  const stamp = hashOf(
    JSON.stringify(databases.map(({ databaseId, migrations }) => [databaseId, migrations.map(({ hash }) => hash)])),
  );
  if ((await readFile(stampPath, 'utf8').catch(() => '')) === stamp) return [];

  // Before the runtime starts, because it drops connections that are idle while a program is loaded.
  const [{ Miniflare }, cut] = await Promise.all([import('miniflare'), Promise.all(databases.map(cutUp))]);
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
      cut.map(async (database) => applyAll(await miniflare.getD1Database(database.databaseName), database)),
    );
    await writeFile(stampPath, stamp);
    return applied.flat();
  } finally {
    await miniflare.dispose();
  }
}

/** A Worker that does nothing but bind every database under its own name. */
function migratorOf(databases: readonly MigratedDatabase[]) {
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

interface DatabaseMigrations {
  readonly database: DatabaseConfig;
  readonly migrations: readonly { readonly file: string; readonly sql: string }[];
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

/** They are cut into statements only where they are applied. */
export function toApply({ database: { databaseName, databaseId }, migrations }: DatabaseMigrations): MigratedDatabase {
  return {
    databaseName,
    databaseId,
    migrations: migrations.map(({ file, sql }) => ({ file, hash: hashOf(sql), statements: () => statementsOf(sql) })),
  };
}

async function statementsOf(sql: string): Promise<readonly string[]> {
  const { unstable_splitSqlQuery: splitSql } = await import('wrangler');
  return splitSql(sql);
}

interface CutDatabase {
  readonly databaseName: string;
  readonly migrations: readonly { readonly file: string; readonly statements: readonly string[] }[];
}

async function cutUp({ databaseName, migrations }: MigratedDatabase): Promise<CutDatabase> {
  const cut = migrations.map(async ({ file, statements }) => ({ file, statements: await statements() }));
  return { databaseName, migrations: await Promise.all(cut) };
}

async function applyAll(
  d1: D1Database,
  { databaseName, migrations }: CutDatabase,
): Promise<readonly AppliedMigration[]> {
  if (migrations.length === 0) return [];
  await d1.prepare(migrationsTable).run();
  const { results } = await d1.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const recorded = new Set(results.map(({ name }) => name));
  const applied: AppliedMigration[] = [];
  for (const { file, statements } of migrations) {
    if (recorded.has(file)) continue;
    const record = d1.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file);
    try {
      await d1.batch([...statements.map((statement) => d1.prepare(statement)), record]);
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

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
