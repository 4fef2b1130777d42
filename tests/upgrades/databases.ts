/** Databases in memory with the schema of this checkout: those of D1, and that of an object with streams. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqliteStreamStorage } from '../../durable-objects/storage.ts';
import type { MigrationFile } from './releases.ts';

export function databaseWith(migrations: readonly MigrationFile[], owner: string): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  for (const { sql } of migrations.filter((one) => one.database === owner)) database.exec(sql);
  return database;
}

export function objectDatabase(): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  new SqliteStreamStorage(sqlOf(database));
  return database;
}

/** The two methods of a cursor that storage classes call; a cursor of the platform has more. */
export function sqlOf(database: DatabaseSync): SqlStorage {
  const exec = (text: string, ...values: SQLInputValue[]) => {
    if (values.length === 0 && !/^\s*select/i.test(text)) {
      database.exec(text);
      return { toArray: () => [], one: () => undefined };
    }
    const rows = database.prepare(text).all(...values);
    return { toArray: () => rows, one: () => rows[0] };
  };
  return { exec } as unknown as SqlStorage;
}

/** What makes its tables and indexes. */
export function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare("select sql from sqlite_master where sql is not null and name not like 'sqlite_%' order by rowid")
    .all()
    .map(({ sql }) => String(sql));
}

/** Statements that SQLite does not take on this schema, each with why: what it names is not there. */
export function brokenStatements(database: DatabaseSync, statements: readonly string[]): string[] {
  return statements.flatMap((statement) => {
    try {
      database.prepare(statement);
      return [];
    } catch (error) {
      return [`${error instanceof Error ? error.message : error}: ${statement}`];
    }
  });
}
