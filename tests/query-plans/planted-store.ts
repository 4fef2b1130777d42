/** A store with a statement that no tour runs: the test beside it must find it. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';

export function runs(db: DrizzleD1Database, isNarrow: boolean) {
  return db.run(sql`select 1 ${isNarrow ? sql`where planted_condition` : sql``}`);
}

export function neverRuns(db: DrizzleD1Database) {
  return db.run(sql`select planted_statement`);
}
