/**
 * What SQLite's plan of a statement may look like: no table that grows is read from end to end, and nothing that grows is
 * sorted. What is small for good stands in `exceptions.ts`, with the reason.
 */

/** A row of `EXPLAIN QUERY PLAN`. */
export interface PlanStep {
  readonly detail: string;
}

export interface SmallTable {
  readonly table: string;
  readonly reason: string;
}

/** A statement that may do what others may not. */
export interface Exception {
  /** Matches the text of the statement. */
  readonly statement: RegExp;
  /** Matches the step of the plan. */
  readonly step: RegExp;
  readonly reason: string;
}

/** Every step of a plan that costs more as the shop grows, and that no exception allows. */
export function costlySteps(
  statement: string,
  plan: readonly PlanStep[],
  small: readonly SmallTable[],
  exceptions: readonly Exception[],
): readonly string[] {
  const names = namesIn(statement);
  const tableOf = (name: string) => names.get(name.toLowerCase()) ?? name;
  const isSmall = (step: string) =>
    / VIRTUAL TABLE /.test(step) || small.some(({ table }) => table === tableOf(readIn(step) ?? ''));
  // What a part of the statement has found: its own steps are judged by themselves.
  const parts = statement.matchAll(/(?:\bwith(?: recursive)?|\),)\s+(\w+)(?: \([\w, ]*\))? as (?:materialized )?\(/gi);
  const found = new Set([...parts].map(([, name]) => name));
  const steps = plan.map(({ detail }) => detail);
  const isAllSmall = steps.filter((step) => readIn(step) !== undefined).every(isSmall);
  const pages = isSorted(plan) ? [] : firstPages(statement);
  return steps
    .filter((step) => {
      if (/AUTOMATIC/.test(step)) return true;
      if (/TEMP B-TREE/.test(step)) return !isAllSmall;
      if (!/^SCAN (?!CONSTANT ROW|\(?(?:subquery|join)-)/.test(step) || isSmall(step)) return false;
      if (found.has(readIn(step))) return false;
      const page = pages.indexOf(tableOf(readIn(step) ?? ''));
      // Each page from the end of an index explains one scan.
      return page === -1 || pages.splice(page, 1).length === 0;
    })
    .filter((step) => !exceptions.some((one) => one.statement.test(statement) && one.step.test(step)));
}

/** What a step reads, by the name that the statement gives it. */
function readIn(step: string): string | undefined {
  return /^(?:SCAN|SEARCH) (\S+)/.exec(step)?.[1];
}

const isSorted = (plan: readonly PlanStep[]) => plan.some(({ detail }) => /TEMP B-TREE/.test(detail));

/** The tables of which a part of the statement reads the first page of an index: in order, to a limit, without a condition. */
function firstPages(statement: string): string[] {
  return selectsIn(statement).flatMap((select) => {
    const isPage = /\border by\b.*\blimit\b/is.test(select) && !/\bwhere (?!true\b(?!\s*and))/i.test(select);
    const table = /\bfrom\s+"?(\w+)/i.exec(select)?.[1];
    return isPage && table !== undefined ? [table.toLowerCase()] : [];
  });
}

/** A statement and its parts in parentheses, each without the parts inside it. */
function selectsIn(statement: string): string[] {
  const open: string[] = [''];
  const found: string[] = [];
  for (const character of statement) {
    if (character === '(') open.push('');
    else if (character === ')' && open.length > 1) found.push(open.pop() ?? '');
    else open.push(`${open.pop()}${character}`);
  }
  return [...found, ...open];
}

/** The tables of a statement by the names that a plan gives them: a table's alias, or its own name. */
export function namesIn(statement: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [, table = '', alias] of statement.matchAll(
    /\b(?:from|join|update|into)\s+"?(\w+)"?(?:\s+(?:as\s+)?"?(\w+)"?)?/gi,
  )) {
    names.set(table.toLowerCase(), table.toLowerCase());
    if (alias !== undefined && !keywords.has(alias.toLowerCase())) names.set(alias.toLowerCase(), table.toLowerCase());
  }
  return names;
}

const keywords = new Set([
  'where',
  'join',
  'cross',
  'left',
  'on',
  'order',
  'limit',
  'set',
  'values',
  'select',
  'union',
]);
