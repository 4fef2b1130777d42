/**
 * One migration on the platform, in the table that wrangler keeps. The file and its record are one text, as wrangler sends it. It is
 * sent once: an answer that is lost is looked for in the table.
 */
import * as z from 'zod';
import type { Api } from './api.ts';
import type { Migration } from './wanted.ts';
import { appliedMigrations } from './world.ts';

const migrationsTable = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);`;

export async function migrateDatabase(
  api: Api,
  id: string,
  { database, migration }: { readonly database: string; readonly migration: Migration },
): Promise<void> {
  const path = `/d1/database/${id}/query`;
  await api.call('POST', path, z.unknown(), { body: { sql: migrationsTable } });
  const record = `INSERT INTO d1_migrations (name) VALUES ('${migration.file}');`;
  try {
    await api.call('POST', path, z.unknown(), { body: { sql: `${migration.sql}\n${record}` }, isTriedOnce: true });
  } catch (error) {
    if ((await appliedMigrations(api, id)).includes(migration.file)) return;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The migration ${migration.file} of ${database} failed, and nothing after it was done. ${reason}`, {
      cause: error,
    });
  }
}
