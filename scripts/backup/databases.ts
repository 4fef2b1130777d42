/**
 * The SQLite files of a copied state: which is which, made whole, and proven to be readable. A write-ahead log is taken into its
 * database, page by page, so that one file stands for each. They are not rewritten by `VACUUM`, which may number the rows anew that a
 * table keeps in the order of their arrival.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SettingError } from '../lib/arguments.ts';

/** What a file holds: a database of D1 by the folder of its migrations, an object by its class, or what the runtime keeps beside them. */
export interface StateDatabase {
  readonly file: string;
  readonly kind: 'd1' | 'object' | 'runtime';
  readonly name: string;
  /** The names of the migrations of a database, the number of the schema of an object; empty where there is none. */
  readonly schema: readonly string[];
}

/** A table that each database has had from its first migration on, and no other has. */
const tableOf: Readonly<Record<string, string>> = {
  catalog: 'products',
  pricing: 'settings_versions',
  inventory: 'stock_units',
  orders: 'orders',
  payments: 'payments',
  notifications: 'events',
  observer: 'dead_letters',
};

/** Makes every database below a copied state whole, and answers what they are. Throws when one is damaged. */
export function settleDatabases(workPath: string): readonly StateDatabase[] {
  const storage = path.join(workPath, 'storage');
  const files = readdirSync(storage, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'));
  return files.sort().map((name) => settle(path.join(storage, name), name));
}

function settle(file: string, name: string): StateDatabase {
  try {
    const database = new DatabaseSync(file);
    let described: StateDatabase;
    try {
      const [checkpoint] = database.prepare('pragma wal_checkpoint(truncate)').all();
      if (checkpoint?.busy !== 0) throw new Error('its log cannot be taken in');
      const [answer] = database.prepare('pragma integrity_check(5)').all();
      if (answer?.integrity_check !== 'ok') throw new Error(String(answer?.integrity_check));
      described = describe(database, file, name);
    } finally {
      database.close();
    }
    for (const rest of ['-wal', '-shm']) if (existsSync(file + rest)) rmSync(file + rest);
    return described;
  } catch (error) {
    throw new SettingError(
      `The database storage/${name} is damaged: ${error instanceof Error ? error.message : String(error)}. No backup was made; keep the ones before.`,
    );
  }
}

function describe(database: DatabaseSync, file: string, name: string): StateDatabase {
  const [kind = '', folder = ''] = name.split(path.sep);
  if (path.basename(name) === 'metadata.sqlite') return { file, kind: 'runtime', name: folder, schema: [] };
  const has = (table: string): boolean =>
    database.prepare("select 1 from sqlite_master where type = 'table' and name = ?").get(table) !== undefined;
  if (kind === 'do') {
    const className = folder.slice(folder.lastIndexOf('-') + 1);
    const rows = has('schema_versions')
      ? database.prepare('select max(version) as version from schema_versions').all()
      : [];
    return { file, kind: 'object', name: className, schema: rows.map(({ version }) => String(version ?? 0)) };
  }
  const known = Object.entries(tableOf).find(([, table]) => has(table))?.[0];
  const rows = has('d1_migrations') ? database.prepare('select name from d1_migrations order by name').all() : [];
  // A database that no release so far has made is copied and restored like any other.
  return {
    file,
    kind: 'd1',
    name: known ?? path.basename(name, '.sqlite'),
    schema: rows.map((row) => String(row.name)),
  };
}

/** Reads a database of a copy. Opened for reading alone, it would leave the files of its log behind. */
export function withDatabase<Value>(file: string, read: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(file);
  try {
    database.exec('pragma query_only = 1');
    return read(database);
  } finally {
    database.close();
  }
}

/** The migrations of each database that is there, and the highest schema of its objects. */
export function schemaOf(databases: readonly StateDatabase[]): {
  readonly migrations: Readonly<Record<string, readonly string[]>>;
  readonly objectSchema: number;
} {
  const ofKind = (kind: StateDatabase['kind']) => databases.filter((one) => one.kind === kind);
  return {
    migrations: Object.fromEntries(
      ofKind('d1').flatMap(({ name, schema }) => (schema.length === 0 ? [] : [[name, schema]])),
    ),
    objectSchema: Math.max(0, ...ofKind('object').flatMap(({ schema }) => schema.map(Number))),
  };
}
