/** What a release leaves of its schema: its migrations by hash, the tables of its objects, and every statement of its stores. */

import { stateFormat } from '../../../scripts/lib/release.ts';
import { migratedDatabase } from '../../../shared/testing/d1.ts';
import { tours } from '../../query-plans/all-tours.ts';
import { recordingD1, recordingSql, type Statements } from '../../query-plans/recorder.ts';
import { tourOfStreams } from '../../query-plans/tours/objects.ts';
import { objectDatabase, tablesOf } from '../databases.ts';
import { type ReleasedSchema, readMigrations, sha256Of } from '../releases.ts';

export function schemaNow(): ReleasedSchema {
  const object = objectDatabase();
  const steps = Number(object.prepare('select max(version) as steps from schema_versions').get()?.steps);
  return {
    format: stateFormat,
    migrations: Object.fromEntries(readMigrations().map(({ name, sql }) => [name, sha256Of(sql)])),
    object: { steps, tables: tablesOf(object) },
  };
}

/** By database, from the tours, of which a test says that they leave out no statement; those of objects with streams under `objects`. */
export async function statementsNow(): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const [owner, modules] of Object.entries(tours)) {
    const database = await migratedDatabase(owner);
    const seen: Statements = new Map();
    for (const load of modules) await (await load()).tour(recordingD1(database.db, seen));
    await database.close();
    found[owner] = [...seen.keys()].sort();
  }
  const seen: Statements = new Map();
  tourOfStreams(recordingSql(seen).sql);
  found.objects = [...seen.keys()].sort();
  return found;
}
