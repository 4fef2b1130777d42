/**
 * The schema that a release has is never edited, only added to, and the code of the last release runs on the newest one. That is
 * what lets a release be flipped Worker by Worker, and be taken back.
 */
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { SqliteStreamStorage } from '../../durable-objects/storage.ts';
import { stateFormat } from '../../scripts/lib/release.ts';
import { faultsOf, isContracting, tablesMadeBy } from './additive.ts';
import { brokenStatements, databaseWith, objectDatabase, sqlOf, tablesOf } from './databases.ts';
import { lastRelease, type ReleasedSchema, readFixture, readMigrations, releases, sha256Of } from './releases.ts';

type Statements = Readonly<Record<string, readonly string[]>>;

const migrations = readMigrations();
const schemaOf = (release: string) => readFixture<ReleasedSchema>(release, 'schema.json');
const released = schemaOf(lastRelease);
const added = migrations.filter(({ name }) => !(name in released.migrations));
const newTables = new Set(added.flatMap(({ sql }) => tablesMadeBy(sql)));

test.each(releases)('no migration of %s was edited, renamed or taken away', (release) => {
  const now = Object.fromEntries(migrations.map(({ name, sql }) => [name, sha256Of(sql)]));
  expect(now).toMatchObject(schemaOf(release).migrations);
});

test('a new migration comes after those that are applied everywhere', () => {
  for (const { name, database } of added) {
    const before = Object.keys(released.migrations).filter((known) => known.startsWith(`${database}/`));
    expect(name > (before.sort().at(-1) ?? ''), name).toBe(true);
  }
});

test('a new migration only adds', () => {
  const faults = added.flatMap(({ name, sql }) => faultsOf({ sql, newTables }).map((fault) => `${name} ${fault}`));
  expect(faults).toEqual([]);
});

test('what takes something away raises the number of the format', () => {
  if (added.some(({ sql }) => isContracting(sql))) expect(stateFormat).toBeGreaterThan(released.format);
  expect(stateFormat).toBeGreaterThanOrEqual(released.format);
});

describe('a planted migration', () => {
  test.each([
    ['drop table orders;', 'drops orders'],
    ['alter table orders drop column note;', 'drops orders.note'],
    ['alter table "orders" rename column note to remark;', 'renames in orders'],
    ['alter table orders rename to bought;', 'renames in orders'],
    ['alter table orders add column mood text not null;', 'adds a column to orders'],
    ['alter table orders add mood text unique;', 'adds a rule to orders'],
    ['create unique index orders_mood on orders (mood);', 'adds a unique index to orders'],
    ['CREATE TRIGGER t BEFORE INSERT ON orders BEGIN SELECT 1; END;', 'adds a trigger before writes to orders'],
    ['delete from orders where number is null;', 'deletes rows of orders'],
  ])('%s is caught', (sql, fault) => {
    expect(faultsOf({ sql, newTables: new Set() })).toEqual([expect.stringContaining(fault)]);
  });

  test.each([
    'alter table orders add column mood text;',
    "alter table orders add column mood text not null default 'calm';",
    'create table moods (mood text primary key); create unique index moods_mood on moods (mood); drop table moods;',
    'create index orders_mood on orders (note) where note is not null;',
    'drop index orders_placed_at;',
    '-- drop table orders;\nselect 1;',
    '-- contracts: nobody has read it since the last release\nalter table orders drop column note;',
    "update orders set note = '' where note is null;",
  ])('%s is none', (sql) => {
    expect(faultsOf({ sql, newTables: new Set(['moods']) })).toEqual([]);
  });
});

describe(`the statements of ${lastRelease}`, () => {
  const statements = readFixture<Statements>(lastRelease, 'statements.json.gz');

  test.each(Object.keys(statements))('all run on the newest schema of %s', (owner) => {
    const database = owner === 'objects' ? objectDatabase() : databaseWith(migrations, owner);
    expect(statements[owner]?.length).toBeGreaterThan(0);
    expect(brokenStatements(database, statements[owner] ?? [])).toEqual([]);
    database.close();
  });

  test('break where what one of them names is gone', () => {
    const database = databaseWith(migrations, 'orders');
    database.exec('alter table order_links rename column token_hash to planted');
    expect(brokenStatements(database, statements.orders ?? [])).toContainEqual(expect.stringContaining('token_hash'));
    database.close();
  });
});

describe('an object', () => {
  test.each(releases)('of %s comes to the newest tables', (release) => {
    const { object } = schemaOf(release);
    const old = new DatabaseSync(':memory:');
    for (const sql of object.tables) old.exec(sql);
    for (let step = 1; step <= object.steps; step += 1)
      old.prepare('insert into schema_versions (version) values (?)').run(step);
    new SqliteStreamStorage(sqlOf(old));
    const fresh = objectDatabase();
    expect(tablesOf(old)).toEqual(tablesOf(fresh));
    old.close();
    fresh.close();
  });
});
