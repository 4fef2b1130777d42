/**
 * A D1 database for tests that run in plain Node: a real one, in memory, with the migrations of its owner applied. It is
 * the same SQLite that `npm start` uses, without the Worker that owns it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import path from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { askingWorker, remoteD1 } from './remote-d1.ts';

export interface TestDatabase {
  readonly db: D1Database;
  /** Applies the migrations whose number is at most `last`, and that were not applied before. */
  migrate(last?: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens an empty database for the migrations of one folder below `migrations/`. */
export async function emptyDatabase(folder: string): Promise<TestDatabase> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: 'database',
      modules: true,
      script: askingWorker,
      compatibilityDate: '2026-11-01',
      d1Databases: { DB: 'database' },
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    }),
  );
  const agent = new Agent({ keepAlive: true });
  const db = remoteD1(await miniflare.unsafeGetDirectURL(), agent);
  const applied = new Set<string>();
  return {
    db,
    migrate: async (last = Number.POSITIVE_INFINITY) => {
      for (const { file, sql } of migrationsOf(folder)) {
        if (applied.has(file) || Number.parseInt(file, 10) > last) continue;
        await db.prepare(sql).run();
        applied.add(file);
      }
    },
    close: async () => {
      agent.destroy();
      await miniflare.dispose();
    },
  };
}

/** Opens a database with every migration of one folder below `migrations/` applied. */
export async function migratedDatabase(folder: string): Promise<TestDatabase> {
  const database = await emptyDatabase(folder);
  await database.migrate();
  return database;
}

function migrationsOf(folder: string): readonly { readonly file: string; readonly sql: string }[] {
  const root = path.resolve(import.meta.dirname, '../../migrations', folder);
  return readdirSync(root)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ file, sql: readFileSync(path.join(root, file), 'utf8') }));
}
