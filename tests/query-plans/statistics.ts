/**
 * Statistics of a large shop for SQLite's planner, without its rows: a deployed D1 database has none until somebody analyzes
 * it, and then plans may change.
 */

const rowsTotal = 1_000_000;
/** Different values of the columns that have few of them. */
const valuesOf: Readonly<Record<string, number>> = {
  ...{ status: 4, payment_status: 6, fulfillment_status: 4, kind: 5, type: 20, currency: 3, queue: 4 },
  ...{ list_id: 20, location_id: 5, finished_at: 1_000, collection_id: 200, until: 1_000 },
};
/** Of any other: a few rows share a value. */
const valuesOfOthers = rowsTotal / 5;

/** Makes the planner believe that each table has a million rows. */
export async function pretendMillions(db: D1Database): Promise<void> {
  await db.prepare('analyze').run();
  await db.prepare('delete from sqlite_stat1').run();
  const { results } = await db
    .prepare(
      `select m.name as tableName, i.name as indexName, i."unique" as isUnique, group_concat(c.name) as columns
       from sqlite_master m join pragma_index_list(m.name) i join pragma_index_xinfo(i.name) c
       where m.type = 'table' and m.name not glob 'sqlite*' and m.name not glob '_cf*' and c.key = 1 and c.cid >= 0
       group by m.name, i.name order by c.seqno`,
    )
    .all<{ tableName: string; indexName: string; isUnique: number; columns: string }>();
  const insert = db.prepare('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)');
  await db.batch(
    results.map(({ tableName, indexName, isUnique, columns }) =>
      insert.bind(tableName, indexName, [rowsTotal, ...rowsPerPrefix(columns.split(','), isUnique === 1)].join(' ')),
    ),
  );
  // Reads the statistics anew; nothing is counted again.
  await db.prepare('analyze sqlite_schema').run();
}

/** How many rows share the first column of an index, the first two, and so on. */
function rowsPerPrefix(columns: readonly string[], isUnique: boolean): number[] {
  let rows = rowsTotal;
  return columns.map((column, index) => {
    rows = Math.max(1, Math.round(rows / (valuesOf[column] ?? valuesOfOthers)));
    return isUnique && index === columns.length - 1 ? 1 : rows;
  });
}
