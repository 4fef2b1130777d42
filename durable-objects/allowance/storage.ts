/**
 * The SQL of the Allowance object beside its streams: the read model of levels in D1, of which a row only ever moves
 * forward, and the names of the streams that an object holds, from which the read model is rebuilt.
 */
import type { AllowanceLevels } from '../../shared/contracts/pricing/allowances.ts';

/** Writes rows of the read model; a sequence that is not newer changes nothing. One statement, one commit. */
export async function saveLevels(db: D1Database, levels: readonly AllowanceLevels[], now: number): Promise<void> {
  if (levels.length === 0) return;
  const statement = `insert into allowance_levels (allowance, total, held, committed, is_disabled, sequence, as_of)
    select value ->> 'allowance', value ->> 'total', value ->> 'held', value ->> 'committed', value ->> 'isDisabled',
      value ->> 'version', ?2 from json_each(?1) where true
    on conflict (allowance) do update set total = excluded.total, held = excluded.held, committed = excluded.committed,
      is_disabled = excluded.is_disabled, sequence = excluded.sequence, as_of = excluded.as_of
      where excluded.sequence > allowance_levels.sequence`;
  await db.prepare(statement).bind(JSON.stringify(levels), now).run();
}

/** The streams of an object by name, after one of them. */
export function streamsAfter(sql: SqlStorage, after: string, limit: number): string[] {
  return sql
    .exec<{ stream: string }>(
      'select distinct stream from events where stream > ? order by stream limit ?',
      after,
      limit,
    )
    .toArray()
    .map((row) => row.stream);
}
