/** Runs inside workerd before each test file: brings the Worker's own databases up to date. */
/// <reference types="@cloudflare/vitest-plugin/types" />
import { applyD1Migrations, type D1Migration } from 'cloudflare:test';
import { env } from 'cloudflare:workers';

declare global {
  namespace Cloudflare {
    interface Env {
      /** By the name of the database's binding. Bound by `project.ts`. */
      readonly TEST_MIGRATIONS: Readonly<Record<string, D1Migration[]>>;
    }
  }
}

for (const [name, migrations] of Object.entries(env.TEST_MIGRATIONS)) {
  const database: D1Database = Reflect.get(env, name);
  await applyD1Migrations(database, migrations);
}
