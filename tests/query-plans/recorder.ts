/**
 * Databases that remember every statement: a D1 database, and the SQLite of an object. Statements are remembered by their
 * text, with the values of their first use, because SQLite explains a statement only when its parameters are bound.
 */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';

/** The values of the first use, by the text of the statement. */
export type Statements = Map<string, readonly unknown[]>;

/** The same database, which writes into `seen` what is prepared on it. */
export function recordingD1(db: D1Database, seen: Statements): D1Database {
  const originals = new WeakMap<D1PreparedStatement, D1PreparedStatement>();
  const note = (text: string, values: readonly unknown[]) => {
    if ((seen.get(text)?.length ?? 0) === 0) seen.set(text, values);
  };
  const wrap = (statement: D1PreparedStatement, text: string): D1PreparedStatement => {
    const wrapped = new Proxy(statement, {
      get: (target, name) =>
        name === 'bind'
          ? (...values: unknown[]) => {
              note(text, values);
              return wrap(target.bind(...values), text);
            }
          : methodOf(target, name),
    });
    originals.set(wrapped, statement);
    return wrapped;
  };
  return new Proxy(db, {
    get: (target, name) => {
      if (name === 'prepare')
        return (text: string) => {
          note(text, []);
          return wrap(target.prepare(text), text);
        };
      if (name === 'batch')
        return (statements: readonly D1PreparedStatement[]) =>
          target.batch(statements.map((statement) => originals.get(statement) ?? statement));
      return methodOf(target, name);
    },
  });
}

function methodOf(target: object, name: string | symbol): unknown {
  const member: unknown = Reflect.get(target, name);
  return typeof member === 'function' ? member.bind(target) : member;
}

/** What the storage classes of objects use of an object's SQLite. */
export type ObjectSql = Pick<SqlStorage, 'exec'>;

/** SQLite in memory with the interface of an object's storage. Texts of several statements define tables and are left out. */
export function recordingSql(seen: Statements): { readonly sql: ObjectSql; readonly database: DatabaseSync } {
  const database = new DatabaseSync(':memory:');
  const exec = (text: string, ...values: SQLInputValue[]) => {
    if (/^\s*(?:create|alter|drop)\s/i.test(text)) {
      database.exec(text);
      return { toArray: () => [], one: () => undefined };
    }
    if (!seen.has(text)) seen.set(text, values);
    const rows = database.prepare(text).all(...values);
    return { toArray: () => rows, one: () => rows[0] };
  };
  // The two methods of a cursor that storage classes call; a cursor of the platform has more.
  return { sql: { exec } as unknown as ObjectSql, database };
}
