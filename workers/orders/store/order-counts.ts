/**
 * Where all that a list of orders can show are few, if they are anywhere: among the orders that lie together in an index, or among
 * those that have its words. Each is counted up to a bound, all in one statement, so the answer costs the same in any shop.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { conditionsOf, givenIn, type OrderFilter } from './order-filters.ts';
import { type Narrow, narrowsOf } from './order-indexes.ts';
import type { Question } from './order-words.ts';

/** So many orders are read and sorted; of more, an index in the order of the list shows a page sooner. */
export const sortedMax = 500;
/** Where filters or words come together, which may leave nothing, a walk may be long: more are read. */
const togetherMax = 1_000;

/** Few orders. `documents` is JSON; where they do not yet have all the words, they are to be tested. */
export type Few = (Pick<Narrow, 'index'> | { readonly documents: string }) & { readonly hasWords: boolean };

interface Counted {
  /** How many lie together in each index, as JSON. */
  readonly sizes: string;
  /** The orders that may have the words, as JSON; null where no words are asked for. */
  readonly documents: string | null;
  /** Whether those are all that have the leading word. */
  readonly isLed: number;
}

/** Null: they are few nowhere. */
export async function fewOf(
  db: DrizzleD1Database,
  filter: OrderFilter,
  question: Question | null,
): Promise<Few | 'none' | null> {
  const narrows = narrowsOf(filter);
  if (question === null && narrows.length === 0) return null;
  const isAlone = question === null && narrows[0]?.by.length === givenIn(filter).size;
  const max = isAlone ? sortedMax : togetherMax;
  const sizes = sql.join(
    narrows.map(
      ({ index, by }) => sql`(select count(*) from (select 1 from orders indexed by ${sql.raw(index)}
        where ${sql.join([...conditionsOf(filter, '', by)], sql` and `)} limit ${max + 1}))`,
    ),
    sql`, `,
  );
  const [counted] = await db.all<Counted>(
    question === null
      ? sql`select json_array(${sizes}) as sizes, null as documents, 0 as isLed`
      : countedWords(sizes, question),
  );
  if (counted === undefined) return null;
  const found = numbersIn(counted.sizes).map((size, at) => ({ size, max, few: fewAt(narrows[at]) }));
  const { documents } = counted;
  if (documents !== null) {
    const isLed = counted.isLed === 1;
    const few: Few = { documents, hasWords: !isLed };
    found.push({ size: numbersIn(documents).length, max: isLed ? togetherMax : sortedMax, few });
  }
  const [least] = found.filter(({ size, max }) => size <= max).sort((a, b) => a.size - b.size);
  return least === undefined ? null : least.size === 0 ? 'none' : least.few;
}

const fewAt = (narrow: Narrow | undefined): Few | null =>
  narrow === undefined ? null : { index: narrow.index, hasWords: false };

const numbersIn = (json: string): readonly number[] => JSON.parse(json);

/** The sizes, and the orders that have the leading word of a question where those are few, or else those that have all of them. */
function countedWords(sizes: SQL, { match, lead }: Question): SQL {
  const max = match === lead ? sortedMax : togetherMax;
  const leading = sql`(select json_group_array(document) from lead)`;
  const isFew = sql`(select count(*) from lead) <= ${togetherMax}`;
  const all = sql`(select json_group_array(document) from (
    select rowid as document from order_words where order_words match ${match} limit ${sortedMax + 1}))`;
  const [documents, isLed] = match === lead ? [leading, sql`0`] : [sql`iif(${isFew}, ${leading}, ${all})`, isFew];
  return sql`with lead as materialized (
      select rowid as document from order_words where order_words match ${lead} limit ${max + 1}
    ) select json_array(${sizes}) as sizes, ${documents} as documents, ${isLed} as isLed`;
}
