/**
 * The words that a list of orders asks for, in two forms that find the same orders: as a question to the index of words, and as
 * a test of the words that are kept of one order. The index finds the few that have a rare word; where most orders have the words,
 * testing a few orders is cheaper than asking the index for all of them.
 */
import { type SQL, sql } from 'drizzle-orm';
import { type PhoneEnds, phoneEndsOf, phoneMatchOf } from '../../../shared/values/phone-words.ts';
import { exactWord, matchOfWanted, wantedOf } from '../../../shared/values/search-words.ts';

/** What orders are found by in words. */
export interface WordFilter {
  /** Words of the number, the e-mail address, the telephone number, names and goods. */
  readonly q?: string | undefined;
  readonly name?: string | undefined;
  readonly sku?: string | undefined;
  /** All of them. */
  readonly tags?: readonly string[] | undefined;
}

export interface Question {
  /** For FTS5. */
  readonly match: string;
  /** A part of it that every order it finds has to have, and that few may have; the whole where it has one part only. */
  readonly lead: string;
  /** Of one order: a condition on its row `t` of `order_texts`. */
  readonly test: SQL;
}

/** One of the things that all have to be found. */
type Part = Pick<Question, 'match' | 'test'> & { readonly words: readonly string[] };

/** Null asks for no words; `nothing`: a filter has none that an order could have. */
export function questionOf({ q, name, sku, tags = [] }: WordFilter): Question | 'nothing' | null {
  const exact = [...(sku === undefined ? [] : [exactWord('s', sku)]), ...tags.map((tag) => exactWord('t', tag))];
  const parts = [
    ...(q === undefined ? [] : anywhere(q)),
    ...(name === undefined ? [] : partsOf(wantedOf(name), 'names')),
    ...exact.map((word): Part => ({ match: `exact : ${word}`, test: hasWhole('exact', word), words: [word] })),
  ];
  if (q !== undefined && wantedOf(q).length === 0) return 'nothing';
  if (name !== undefined && wantedOf(name).length === 0) return 'nothing';
  const [first] = parts;
  if (first === undefined) return null;
  // A word with digits is the rarest as a rule, and the part of an e-mail address before its domain is rarer than the domain.
  const lead = parts.find(({ words }) => words.some((word) => /\d/.test(word))) ?? first;
  return {
    match: parts.map(({ match }) => match).join(' AND '),
    lead: lead.match,
    test: sql.join(
      parts.map(({ test }) => test),
      sql` and `,
    ),
  };
}

/** A telephone number is also found in other groups of digits, and with or without the code of its country. */
function anywhere(typed: string): readonly Part[] {
  const wanted = wantedOf(typed);
  const ends = phoneEndsOf(typed);
  const parts = partsOf(wanted);
  if (ends === null || parts.length === 0) return parts;
  const tests = sql.join(
    parts.map(({ test }) => test),
    sql` and `,
  );
  return [
    {
      match: `(${matchOfWanted(wanted)} OR ${phoneMatchOf(ends, 'contact')})`,
      test: sql`((${tests}) or ${hasPhone(ends)})`,
      words: wanted,
    },
  ];
}

function partsOf(wanted: readonly string[], column?: Column): readonly Part[] {
  return wanted.map((words) => ({
    match: matchOfWanted([words], column),
    test: hasBeginning(words, column),
    words: [words],
  }));
}

const columns = ['number', 'contact', 'names', 'goods', 'exact'] as const;
type Column = (typeof columns)[number];

/** Words stand one space apart. Two spaces between columns: what is found does not reach from one into the next. */
const textOf = (column?: Column): SQL =>
  sql.raw(
    `' ' || ${(column === undefined ? columns : [column]).map((name) => `t.${name}`).join(` || '  ' || `)} || ' '`,
  );

const hasBeginning = (words: string, column?: Column): SQL => sql`instr(${textOf(column)}, ${` ${words}`}) > 0`;
const hasWhole = (column: Column, word: string): SQL => sql`instr(${textOf(column)}, ${` ${word} `}) > 0`;

function hasPhone({ beginning, whole }: PhoneEnds): SQL {
  const tests = [hasBeginning(beginning, 'contact'), ...whole.map((word) => hasWhole('contact', word))];
  return sql`(${sql.join(tests, sql` or `)})`;
}
