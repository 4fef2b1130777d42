/**
 * How SQLite runs each statement of each store: nothing that grows is read from end to end or sorted. The statements are those
 * that the stores really make, and a part of a store that makes SQL and was not run by a tour is a failure.
 */
import path from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/configs.ts';
import { migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { isTest, readSources } from '../architecture/sources.ts';
import { tours } from './all-tours.ts';
import { type Coverage, startCoverage } from './coverage.ts';
import { exceptions, smallTables } from './exceptions.ts';
import { costlySteps, namesIn, type PlanStep } from './plans.ts';
import { recordingD1, recordingSql, type Statements } from './recorder.ts';
import { pretendMillions } from './statistics.ts';

interface Explained {
  readonly owner: string;
  readonly statement: string;
  readonly plan: readonly PlanStep[];
}

/** Files that make SQL: they use the query builder or a database itself. */
const sqlFiles = readSources()
  .filter(
    ({ file }) => /^(?:workers|durable-objects|shared)\//.test(file) && !isTest(file) && !/\/testing\//.test(file),
  )
  .filter(({ text }) => /\bsql`|\.prepare\(|\bsql\s*\.exec\b|#sql\b|\{[^}]*\} from 'drizzle-orm'/.test(text))
  .map(({ file }) => file);

let coverage: Coverage;
let orders: TestDatabase;
const explained: Explained[] = [];

beforeAll(async () => {
  coverage = await startCoverage();
  orders = await migratedDatabase('orders');
  for (const [owner, modules] of Object.entries(tours)) {
    const database = await migratedDatabase(owner);
    const seen: Statements = new Map();
    for (const load of modules) await (await load()).tour(recordingD1(database.db, seen));
    const explain = async (when: string) => {
      for (const [statement, values] of seen)
        explained.push({ owner: `${owner} ${when}`, statement, plan: await planIn(database.db, statement, values) });
    };
    await explain('as it is deployed');
    await pretendMillions(database.db);
    await explain('with the statistics of a large shop');
    await database.close();
  }
  const { tourOfStreams, tourOfSandbox } = await import('./tours/objects.ts');
  for (const [owner, tour] of [
    ['objects', tourOfStreams],
    ['sandbox', tourOfSandbox],
  ] as const) {
    const seen: Statements = new Map();
    const { sql, database } = recordingSql(seen);
    tour(sql);
    for (const [statement] of seen) explained.push({ owner, statement, plan: planOf(database, statement) });
  }
}, 600_000);
afterAll(async () => {
  coverage.stop();
  await orders.close();
});

async function planIn(db: D1Database, statement: string, values: readonly unknown[]): Promise<PlanStep[]> {
  const query = db.prepare(`explain query plan ${statement}`).bind(...values);
  return (await query.all<{ detail: string }>()).results;
}

function planOf(database: DatabaseSync, statement: string): PlanStep[] {
  return database
    .prepare(`explain query plan ${statement}`)
    .all()
    .map(({ detail }) => ({ detail: String(detail) }));
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

test('no statement reads or sorts a whole table that grows', () => {
  const costly = explained.flatMap(({ owner, statement, plan }) =>
    costlySteps(statement, plan, smallTables, exceptions).map((step) => `${owner}: ${step}: ${oneLine(statement)}`),
  );
  expect(costly).toEqual([]);
});

test.each([
  ['pricing', /\(c\.disabled_at is null\) = /, '_and_state'],
  ['notifications', /"subject" = .*"type" = |"type" = .*"subject" = /s, 'events_by_subject_and_type'],
  ['orders', /where customer_id = .*status = /s, 'orders_customer_id'],
])('of two conditions of %s, both are searched by, or the one that fewer rows have', (owner, conditions, index) => {
  const found = explained.filter((one) => one.owner.startsWith(owner) && conditions.test(one.statement));
  expect(found.length).toBeGreaterThan(0);
  for (const { plan } of found) expect(plan.map(({ detail }) => detail).join('\n')).toContain(index);
});

test('every part of a store that makes SQL has run', async () => {
  const unexecuted = await coverage.unexecuted();
  const missing = sqlFiles.flatMap((file) => {
    const blocks = unexecuted.get(path.join(projectRoot, file));
    return blocks === undefined ? [`${file} was not loaded`] : blocks.map((block) => `${file}: ${oneLine(block)}`);
  });
  expect(missing).toEqual([]);
});

test('no small table and no exception is idle', () => {
  const tables = new Set(explained.flatMap(({ statement }) => [...namesIn(statement).values()]));
  expect(smallTables.filter(({ table }) => !tables.has(table))).toEqual([]);
  const isUsed = ({ statement, step }: (typeof exceptions)[number]) =>
    explained.some((one) => statement.test(one.statement) && one.plan.some(({ detail }) => step.test(detail)));
  expect(exceptions.filter((one) => !isUsed(one))).toEqual([]);
});

describe('a planted statement', () => {
  test.each([
    ['without an index', 'select id from orders where checkout_id = ?', ['1'], ['SCAN orders']],
    [
      'that walks one index to find what another column has',
      'select id from orders where total_minor > ? order by placed_at desc, id desc limit 20',
      [1],
      ['SCAN orders USING INDEX orders_placed_at'],
    ],
    [
      'that sorts what it found',
      "select id from orders where status = 'paid' order by total_minor limit 20",
      [],
      ['USE TEMP B-TREE FOR ORDER BY'],
    ],
    [
      'that hides behind the first page of another part',
      'select id from orders where name in (select name from orders order by placed_at desc, id desc limit 20)',
      [],
      ['SCAN orders'],
    ],
    ['that counts everything', 'select count(*) as n from orders', [], ['SCAN orders USING COVERING INDEX']],
  ])('%s is caught', async (_name, statement, values, steps) => {
    const plan = await planIn(orders.db, statement, values);
    const costly = costlySteps(statement, plan, smallTables, exceptions);
    expect(costly).toEqual(steps.map((step) => expect.stringContaining(step)));
  });

  test.each([
    'select id from orders order by placed_at desc, id desc limit 20',
    "select id from orders where status = 'paid' order by placed_at desc, id desc limit 20",
    'select o.id from json_each(?) wanted join orders o on o.id = wanted.value',
  ])('that walks an index to a limit is not: %s', async (statement) => {
    const plan = await planIn(orders.db, statement, statement.includes('?') ? ['[]'] : []);
    expect(costlySteps(statement, plan, smallTables, exceptions)).toEqual([]);
  });

  test('that no tour runs is missed, as a function and as a branch', async () => {
    const { runs } = await import('./planted-store.ts');
    await runs(drizzle(orders.db), false);
    const blocks = (await coverage.unexecuted()).get(path.join(import.meta.dirname, 'planted-store.ts')) ?? [];
    expect(blocks.filter((block) => block.includes('planted_statement'))).toHaveLength(1);
    expect(blocks.filter((block) => block.includes('planted_condition'))).toHaveLength(1);
  });
});
