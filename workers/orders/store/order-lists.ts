/**
 * Lists of orders: any filters together, in one of several orders, page after page. What may be few is counted first, up to a
 * bound: the orders that have the words, and those that lie together in an index. Where one of these is few, they are read and
 * sorted; otherwise the list walks an index that is in its order and holds all that is filtered by, and reads only the rows that it
 * shows.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { type Few, fewOf } from './order-counts.ts';
import { conditionsOf, type OrderFilter } from './order-filters.ts';
import { keyOf, keys, type OrderSort, walkFor } from './order-indexes.ts';
import { type Question, questionOf } from './order-words.ts';
import { type OrderRow, shownColumns } from './orders.ts';

export interface OrderListQuery {
  readonly filter: OrderFilter;
  readonly sort: OrderSort;
  /** The key and the id of the last row that was seen. */
  readonly after: readonly [key: string | number, id: string] | null;
  readonly limit: number;
}

/** What a row is sorted by. */
export function sortKeyOf(row: OrderRow, sort: OrderSort): string | number {
  const { name } = keyOf(sort);
  return name === 'total' ? row.totalMinor : row[name];
}

/** So many orders are tested for words before the index of words is asked for all that have them, or ten for each that is wanted. */
const testedMin = 1_000;
const testedPerRow = 10;

export async function listOrders(db: DrizzleD1Database, query: OrderListQuery): Promise<OrderRow[]> {
  const { filter, sort } = query;
  const question = questionOf(filter);
  if (question === 'nothing') return [];
  const { index, isDirect } = walkFor(filter, sort);
  if (question === null && isDirect) return read(db, walk(query, index, null), sort);
  const few = await fewOf(db, filter, question);
  if (few === 'none') return [];
  if (few !== null) return read(db, sortFew(query, few, question), sort);
  if (question === null) return read(db, walk(query, index, null), sort);
  // Where many orders have the words, the next ones in the order of the list fill a page.
  const page = await read(db, tested(query, index, question), sort);
  return page.length === query.limit
    ? page
    : read(db, walk(query, walkFor(filter, sort, 'with words').index, question), sort);
}

/** A few orders, sorted. Words are looked at before the rest is read, where they have to be. */
function sortFew(query: OrderListQuery, few: Few, question: Question | null): SQL {
  const { conditions, order } = partsOf(query, 'o.');
  const test = question === null || few.hasWords ? null : question.test;
  const worded = test === null ? sql`` : sql` and ${test}`;
  return sql`select ${shownColumns} from ${fewIn(few, test !== null)} where ${conditions}${worded} ${order} limit ${query.limit}`;
}

function fewIn(few: Few, isTested: boolean): SQL {
  if ('index' in few) {
    const texts = isTested ? sql` cross join order_texts t on t.document = o.document` : sql``;
    return sql`orders o indexed by ${sql.raw(few.index)}${texts}`;
  }
  return isTested
    ? sql`json_each(${few.documents}) few cross join order_texts t on t.document = few.value
        cross join orders o on o.document = t.document`
    : sql`json_each(${few.documents}) few cross join orders o on o.document = few.value`;
}

/** A walk over an index to a page of ids, whose rows are then read. */
function walk(query: OrderListQuery, index: string, question: Question | null): SQL {
  const { conditions, order } = partsOf(query, '');
  const worded =
    question === null
      ? sql``
      : sql` and document in (select rowid from order_words where order_words match ${question.match})`;
  return sql`with page as (
      select id from orders indexed by ${sql.raw(index)} where ${conditions}${worded}
      ${order} limit ${query.limit}
    ) select ${shownColumns} from page cross join orders o on o.id = page.id`;
}

/** Those of the next orders that have the words. Less than a page says nothing of the orders behind them. */
function tested(query: OrderListQuery, index: string, { test }: Question): SQL {
  const { key, direction, conditions, order } = partsOf(query, '');
  return sql`with next as (
      select id, document, ${key} as key from orders indexed by ${sql.raw(index)} where ${conditions}
      ${order} limit ${Math.max(testedMin, testedPerRow * query.limit)}
    ), page as (
      select next.id from next cross join order_texts t on t.document = next.document where ${test}
      order by next.key ${direction}, next.id ${direction} limit ${query.limit}
    ) select ${shownColumns} from page cross join orders o on o.id = page.id`;
}

function partsOf({ filter, sort, after }: OrderListQuery, alias: '' | 'o.') {
  const { name, isDescending } = keyOf(sort);
  const key = sql.raw(`${alias}${keys[name].column}`);
  const id = sql.raw(`${alias}id`);
  const [direction, beyond] = isDescending ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`];
  const conditions = [
    ...conditionsOf(filter, alias),
    ...(after === null ? [] : [sql`(${key}, ${id}) ${beyond} (${after[0]}, ${after[1]})`]),
  ];
  return {
    key,
    direction,
    conditions: conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `),
    order: sql`order by ${key} ${direction}, ${id} ${direction}`,
  };
}

type Selected = Omit<OrderRow, 'tags'> & { readonly tags: string };

/** The rows of a page, in its order: joining them keeps it, but no plan has to. */
async function read(db: DrizzleD1Database, statement: SQL, sort: OrderSort): Promise<OrderRow[]> {
  const selected = await db.all<Selected>(statement);
  const rows = selected.map((row): OrderRow => ({ ...row, tags: JSON.parse(row.tags) }));
  const sign = keyOf(sort).isDescending ? -1 : 1;
  return rows.sort((a, b) => sign * (compare(sortKeyOf(a, sort), sortKeyOf(b, sort)) || compare(a.id, b.id)));
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
