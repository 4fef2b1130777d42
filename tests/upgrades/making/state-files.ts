/** The SQLite files of a state folder: found by their tables, made small, and packed with the rest of the folder. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';

export function sqliteFiles(stateDir: string, kind: 'd1' | 'do' | '' = ''): string[] {
  const storage = path.join(stateDir, 'storage', kind);
  return readdirSync(storage, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => path.join(storage, name));
}

/** The database of D1 that has a table with a column. */
export function databaseFile(stateDir: string, table: string, column: string): string {
  const found = sqliteFiles(stateDir, 'd1').find((file) => {
    const database = new DatabaseSync(file, { readOnly: true });
    const row = database.prepare('select 1 from pragma_table_info(?) where name = ?').get(table, column);
    database.close();
    return row !== undefined;
  });
  if (found === undefined) throw new Error(`No database has ${table}.${column}`);
  return found;
}

/** Takes what is in the write-ahead log into each file, and makes the file as small as it can be. */
export function shrink(stateDir: string): void {
  for (const file of sqliteFiles(stateDir)) {
    const database = new DatabaseSync(file);
    database.exec('pragma wal_checkpoint(truncate); vacuum; pragma wal_checkpoint(truncate);');
    database.close();
  }
}

/** What belongs to the state itself: neither locks nor what a running shop keeps beside it. */
const isState = (name: string) => !/(?:^tmp\/|\.lock$|^lock\.json$|-wal$|-shm$|\/cache\/)/.test(name);

/** The files of a folder by their names, as one packed text: the same for the same files. */
export function packed(stateDir: string): Buffer {
  const names = readdirSync(stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(stateDir, path.join(entry.parentPath, entry.name)))
    .filter(isState)
    .sort();
  const files = names.map((name) => [name, readFileSync(path.join(stateDir, name)).toString('latin1')]);
  return gzipSync(Buffer.from(JSON.stringify(files), 'latin1'), { level: 9 });
}

export function unpack(bytes: Buffer, stateDir: string): void {
  const files: readonly (readonly [name: string, content: string])[] = JSON.parse(gunzipSync(bytes).toString('latin1'));
  for (const [name, content] of files) {
    const file = path.join(stateDir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, Buffer.from(content, 'latin1'), { mode: 0o600 });
  }
}
