/**
 * Looks into the state folder of a shop, past its code: how many events still wait in outboxes. It reads the SQLite files of
 * objects and databases as they lie on disk, which a running shop allows.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Journey, until } from './shopping.ts';

/** Rows in all outboxes, by the folder of the object class or database. Empty when all events are proven to be handled. */
export function openOutboxRows(stateDir: string): Record<string, number> {
  const storage = path.join(stateDir, 'storage');
  const files = ['do', 'd1'].flatMap((kind) => sqliteFilesBelow(path.join(storage, kind)));
  const open: Record<string, number> = {};
  for (const file of files) {
    const rows = outboxRowsIn(file);
    const folder = path.basename(path.dirname(file));
    if (rows > 0) open[folder] = (open[folder] ?? 0) + rows;
  }
  return open;
}

/** Waits until everybody has heard of all that has happened: from then on lists, pages and the event log stay as they are. */
export async function untilAllIsTold({ shop }: Pick<Journey, 'shop'>): Promise<void> {
  await until(
    async () => openOutboxRows(shop.stateDir),
    (rows) => Object.keys(rows).length === 0,
  );
}

/** How many databases have an outbox at all: none would mean that the look goes past them. */
export function outboxesIn(stateDir: string): number {
  const storage = path.join(stateDir, 'storage');
  return ['do', 'd1'].flatMap((kind) => sqliteFilesBelow(path.join(storage, kind))).filter(hasOutbox).length;
}

function sqliteFilesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => path.join(folder, name));
}

function hasOutbox(file: string): boolean {
  return withDatabase(file, (database) => {
    const found = database.prepare("select 1 from sqlite_master where type = 'table' and name = 'outbox'").get();
    return found !== undefined;
  });
}

function outboxRowsIn(file: string): number {
  if (!hasOutbox(file)) return 0;
  return withDatabase(file, (database) =>
    Number(database.prepare('select count(*) as total from outbox').get()?.total ?? 0),
  );
}

function withDatabase<Value>(file: string, look: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return look(database);
  } finally {
    database.close();
  }
}
