/** The whole reports of imports in D1: one packed part for each chunk of a file, written in the commit of that chunk. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Statement } from '../../../shared/messaging/d1.ts';
import { unzipJson, zipJson } from '../../../shared/messaging/zipped.ts';
import type { ReportPart } from '../domain/import-report.ts';

/** Adds what is said of a chunk; nothing where there is nothing to say. */
export function reportAdded(
  db: DrizzleD1Database,
  importId: string,
  number: number,
  { faults, changes }: ReportPart,
): Statement[] {
  if (faults.length + changes.length === 0) return [];
  const entries = zipJson({ faults, changes });
  return [
    db.run(sql`insert into import_reports (import_id, number, entries) values (${importId}, ${number}, ${entries})`),
  ];
}

/** The part behind another one; null when there is none. */
export async function reportAfter(
  db: DrizzleD1Database,
  importId: string,
  after: number,
): Promise<{ readonly number: number; readonly part: ReportPart } | null> {
  const [row] = await db.all<{ readonly number: number; readonly entries: string }>(sql`
    select number, entries from import_reports where import_id = ${importId} and number > ${after} order by number limit 1`);
  return row === undefined ? null : { number: row.number, part: unzipJson<ReportPart>(row.entries) };
}
