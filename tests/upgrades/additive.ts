/**
 * What a new migration may do to tables that a release has: only what the code of that release does not notice. Rows that it writes
 * are still accepted, and what it reads is still there.
 */

/** Its first line says so where a migration takes away what the last release did not use any more; the statements prove it. */
const contracting = /^-- contracts: ./;

interface NewMigration {
  readonly sql: string;
  /** The tables that no release has yet. A migration may do with them what it wants. */
  readonly newTables: ReadonlySet<string>;
}

/** Tables that a text makes, in lower case. */
export function tablesMadeBy(sql: string): string[] {
  const made = /\bcreate\s+(?:virtual\s+)?table\s+(?:if\s+not\s+exists\s+)?["`[]?(\w+)/gi;
  return [...withoutComments(sql).matchAll(made)].map(([, table = '']) => table.toLowerCase());
}

export function isContracting(sql: string): boolean {
  return contracting.test(sql);
}

/** Sentences that say what the code of the last release would stumble over. */
export function faultsOf({ sql, newTables }: NewMigration): string[] {
  const isNew = (table = '') => newTables.has(table.toLowerCase());
  const faults: string[] = [];
  const find = (pattern: RegExp, why: (found: RegExpMatchArray) => string | null) => {
    for (const found of withoutComments(sql).matchAll(pattern)) {
      const fault = why(found);
      if (fault !== null) faults.push(fault);
    }
  };
  if (!isContracting(sql)) {
    find(/\bdrop\s+(?:table|view)\s+(?:if\s+exists\s+)?["`[]?(\w+)/gi, ([, table]) =>
      isNew(table) ? null : `drops ${table}`,
    );
    find(/\balter\s+table\s+["`[]?(\w+)\W+drop\s+(?:column\s+)?["`[]?(\w+)/gi, ([, table, column]) =>
      isNew(table) ? null : `drops ${table}.${column}`,
    );
  }
  find(/\balter\s+table\s+["`[]?(\w+)\W+rename\b/gi, ([, table]) => (isNew(table) ? null : `renames in ${table}`));
  find(/\balter\s+table\s+["`[]?(\w+)["`\]]?\s+add\s+(?:column\s+)?([^;]*)/gi, ([, table, column = '']) => {
    if (isNew(table)) return null;
    const isDemanded = /\bnot\s+null\b/i.test(column) && !/\bdefault\b/i.test(column);
    if (isDemanded) return `adds a column to ${table} that rows of the last release do not have: ${column.trim()}`;
    return /\b(?:unique|references|check)\b/i.test(column) ? `adds a rule to ${table}: ${column.trim()}` : null;
  });
  find(/\bcreate\s+unique\s+index\s+(?:if\s+not\s+exists\s+)?\S+\s+on\s+["`[]?(\w+)/gi, ([, table]) =>
    isNew(table) ? null : `adds a unique index to ${table}`,
  );
  find(/\bcreate\s+trigger\b[\s\S]*?\bon\s+["`[]?(\w+)/gi, ([text, table]) =>
    isNew(table) || !/\bbefore\b|\binstead\b/i.test(text ?? '') ? null : `adds a trigger before writes to ${table}`,
  );
  find(/\bdelete\s+from\s+["`[]?(\w+)/gi, ([, table]) => (isNew(table) ? null : `deletes rows of ${table}`));
  return faults;
}

function withoutComments(sql: string): string {
  return sql.replaceAll(/--[^\n]*/g, '');
}
