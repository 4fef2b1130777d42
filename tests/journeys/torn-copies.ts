/**
 * Copies of a shop of which one part is of an earlier moment than the rest, as they come of files that are copied one after the other;
 * and what the checks of a backup say of them.
 */
import { copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { checkFacts } from '../../scripts/backup/checks.ts';
import type { StateDatabase } from '../../scripts/backup/databases.ts';
import { gatherFacts } from '../../scripts/backup/facts.ts';

interface Part {
  /** A database, or a class of objects. */
  readonly name: string;
  /** Takes out what came later than the part was copied. */
  readonly sql: string;
  readonly fault: RegExp;
}

const allEvents = 'delete from events; delete from snapshots; delete from outbox';

export const parts: readonly Part[] = [
  {
    name: 'payments',
    sql: 'delete from payments where captured_minor > 0',
    fault: /^The order ord_\S+ (?:has no payment|was paid)/,
  },
  {
    name: 'payments',
    sql: "delete from ledger_entries where account = 'sales-clearing'",
    fault: /^The books of/,
  },
  { name: 'OrderObject', sql: allEvents, fault: /of the order ord_\S+ was told, and the order has none/ },
  { name: 'StockObject', sql: allEvents, fault: /^The stock \S+ has 0 promised, by its orders/ },
  { name: 'AllowanceObject', sql: allEvents, fault: /^The allowance \S+ has 0 promised, by its orders/ },
  {
    name: 'CartObject',
    sql: "delete from events where event like '%cart-frozen%' or event like '%cart-completed%'; delete from snapshots",
    fault: /could be bought again/,
  },
  { name: 'orders', sql: 'delete from orders', fault: /is in no list, and nothing waits/ },
];

/** Changes all databases of a name. Answers what makes them whole again. */
export function tear(databases: readonly StateDatabase[], { name, sql }: Part): () => void {
  const files = databases.filter((one) => one.name === name && one.kind !== 'runtime').map(({ file }) => file);
  if (files.length === 0) throw new Error(`The shop has no ${name}`);
  for (const file of files) {
    copyFileSync(file, `${file}.whole`);
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  }
  return () => {
    for (const file of files) copyFileSync(`${file}.whole`, file);
  };
}

export function faultsOf(databases: readonly StateDatabase[], folder: string): readonly string[] {
  const book = path.join(folder, 'facts.sqlite');
  const facts = gatherFacts(databases, book);
  try {
    return checkFacts(facts).faults;
  } finally {
    facts.close();
    rmSync(book, { force: true });
  }
}
