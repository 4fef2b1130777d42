/**
 * Lists of orders: any filters together, in one of several orders, page after page. Words are looked up first. Where few orders
 * have them, those are read and sorted; otherwise the list walks an index that is in its order and holds all that is filtered by,
 * and reads only the rows that it shows.
 */
import { type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { orderSorts } from '../../../shared/contracts/orders/order-lists-http.ts';
import { phoneMatchOf } from '../../../shared/values/phone-words.ts';
import { exactWord, foldCase, matchOf } from '../../../shared/values/search-words.ts';
import { type OrderRow, shownColumns } from './orders.ts';

export type OrderSort = (typeof orderSorts)[number];

type StateFilter = {
  readonly [State in 'status' | 'paymentStatus' | 'fulfillmentStatus']?: OrderRow[State] | undefined;
};

export interface OrderFilter extends StateFilter {
  /** Words of the number, the e-mail address, the telephone number, names and goods. */
  readonly q?: string | undefined;
  readonly number?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly sku?: string | undefined;
  /** All of them. */
  readonly tags?: readonly string[] | undefined;
  readonly country?: string | undefined;
  /** Codes of regions of the country: any of them. */
  readonly regions?: readonly string[] | undefined;
  readonly customerId?: string | undefined;
  /** Milliseconds since 1970: from the first, and before the second. */
  readonly placedFrom?: number | undefined;
  readonly placedBefore?: number | undefined;
  /** Only orders of which money is owed beyond what is authorized. */
  readonly isOutstanding?: boolean;
}

export interface OrderListQuery {
  readonly filter: OrderFilter;
  readonly sort: OrderSort;
  /** The key and the id of the last row that was seen. */
  readonly after: readonly [key: string | number, id: string] | null;
  readonly limit: number;
}

const keys = {
  placedAt: { column: 'placed_at', index: 'orders_placed_at' },
  updatedAt: { column: 'updated_at', index: 'orders_by_updated_at' },
  number: { column: 'number', index: 'orders_by_number' },
  total: { column: 'total_minor', index: 'orders_by_total' },
} as const;

/** By what a sort orders, and whether its greatest comes first. */
function keyOf(sort: OrderSort): { readonly name: keyof typeof keys; readonly isDescending: boolean } {
  switch (sort) {
    case '-placedAt':
    case 'placedAt':
      return { name: 'placedAt', isDescending: sort !== 'placedAt' };
    case '-updatedAt':
    case 'updatedAt':
      return { name: 'updatedAt', isDescending: sort !== 'updatedAt' };
    case '-number':
    case 'number':
      return { name: 'number', isDescending: sort !== 'number' };
    case '-total':
    case 'total':
      return { name: 'total', isDescending: sort !== 'total' };
  }
}

/** What a row is sorted by. */
export function sortKeyOf(row: OrderRow, sort: OrderSort): string | number {
  const { name } = keyOf(sort);
  return name === 'total' ? row.totalMinor : row[name];
}

/** So many orders are read and sorted; of more, an index in the order of the list shows a page sooner. */
export const sortedMax = 2_000;

export async function listOrders(db: DrizzleD1Database, query: OrderListQuery): Promise<OrderRow[]> {
  const match = matchOfFilter(query.filter);
  if (match === null) return read(db, walk(query, null), query.sort);
  if (match === 'nothing') return [];
  // What it finds is not sent here: thousands of rows would cost more than the list.
  const [{ found } = { found: 0 }] = await db.all<{ found: number }>(
    sql`select count(*) as found from (select 1 from order_words where order_words match ${match} limit ${sortedMax + 1})`,
  );
  if (found === 0) return [];
  return read(db, found > sortedMax ? walk(query, match) : sortFew(query, match), query.sort);
}

/** Null asks for no words; `nothing`: a filter has none that an order could have. */
function matchOfFilter({ q, name, sku, tags = [] }: OrderFilter): string | 'nothing' | null {
  const parts = [
    ...(q === undefined ? [] : [wordsOrPhone(q)]),
    ...(name === undefined ? [] : [matchOf(name, 'names')]),
    ...(sku === undefined ? [] : [`exact : ${exactWord('s', sku)}`]),
    ...tags.map((tag) => `exact : ${exactWord('t', tag)}`),
  ];
  if (parts.length === 0) return null;
  return parts.includes(null) ? 'nothing' : parts.join(' AND ');
}

/** A telephone number is also found in other groups of digits, and with or without the code of its country. */
function wordsOrPhone(q: string): string | null {
  const [words, phone] = [matchOf(q), phoneMatchOf(q, 'contact')];
  return words === null || phone === null ? words : `(${words} OR ${phone})`;
}

/** The few orders that have the words, sorted. */
function sortFew({ filter, sort, after, limit }: OrderListQuery, match: string): SQL {
  const { column, direction, conditions } = partsOf(filter, sort, after, 'o.');
  return sql`select ${shownColumns} from order_words w cross join orders o on o.document = w.rowid
    where order_words match ${match} and ${conditions} order by o.${column} ${direction}, o.id ${direction} limit ${limit}`;
}

/** A walk over an index to a page of ids, whose rows are then read. */
function walk({ filter, sort, after, limit }: OrderListQuery, match: string | null): SQL {
  const { column, direction, conditions } = partsOf(filter, sort, after, '');
  const worded =
    match === null ? sql`` : sql` and document in (select rowid from order_words where order_words match ${match})`;
  return sql`with page as (
      select id from orders indexed by ${sql.raw(indexFor(filter, sort, match !== null))} where ${conditions}${worded}
      order by ${column} ${direction}, id ${direction} limit ${limit}
    ) select ${shownColumns} from page cross join orders o on o.id = page.id`;
}

function partsOf(filter: OrderFilter, sort: OrderSort, after: OrderListQuery['after'], alias: '' | 'o.') {
  const { name, isDescending } = keyOf(sort);
  const column = sql.raw(keys[name].column);
  const of = (other: string) => sql.raw(`${alias}${other}`);
  const { status, paymentStatus, fulfillmentStatus, customerId, country, number, email } = filter;
  const equal = Object.entries({
    ...{ customer_id: customerId, email_key: email === undefined ? undefined : foldCase(email) },
    ...{ number: number === undefined ? undefined : numberForm(number), country },
    ...{ status, payment_status: paymentStatus, fulfillment_status: fulfillmentStatus },
  });
  const { placedFrom, placedBefore, isOutstanding = false, regions } = filter;
  const beyond = isDescending ? sql`<` : sql`>`;
  const conditions = [
    ...equal.flatMap(([other, value]) => (value === undefined ? [] : [sql`${of(other)} = ${value}`])),
    ...(regions === undefined ? [] : [regionIn(of('region'), regions)]),
    ...(isOutstanding ? [sql`${of('outstanding_minor')} > 0`] : []),
    ...(placedFrom === undefined ? [] : [sql`${of('placed_at')} >= ${placedFrom}`]),
    ...(placedBefore === undefined ? [] : [sql`${of('placed_at')} < ${placedBefore}`]),
    ...(after === null ? [] : [sql`(${of(keys[name].column)}, ${of('id')}) ${beyond} (${after[0]}, ${after[1]})`]),
  ];
  return {
    column,
    direction: isDescending ? sql`desc` : sql`asc`,
    conditions: conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `),
  };
}

/** One region walks an index; of several, each order says which it is. */
function regionIn(column: SQL, regions: readonly string[]): SQL {
  const [only] = regions;
  return regions.length === 1
    ? sql`${column} = ${only}`
    : sql`${column} in (select value from json_each(${JSON.stringify(regions)}))`;
}

/** Letters and digits of a number; the rare longer one has its hyphen elsewhere. */
const usualLength = 8;

/** As numbers are given out; people write them in small letters, with a sign before them, or without the hyphen. */
function numberForm(typed: string): string {
  const letters = typed.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');
  const head = letters.length > usualLength ? 2 : 4;
  return `${letters.slice(0, head)}-${letters.slice(head)}`;
}

/**
 * The index is named, so that no statistics of the database can make SQLite choose another. A list of one customer or one number is
 * short, so all else is looked at row by row there. Newest first, orders in one state or country are next to each other; every other
 * combination is decided from the index that is in the order of the list.
 */
function indexFor(filter: OrderFilter, sort: OrderSort, isWorded: boolean): string {
  const {
    number,
    customerId,
    email,
    status,
    paymentStatus,
    fulfillmentStatus,
    country,
    regions,
    isOutstanding = false,
  } = filter;
  if (number !== undefined) return 'orders_by_number';
  if (customerId !== undefined) return 'orders_customer_id';
  if (email !== undefined) return 'orders_email';
  const { name } = keyOf(sort);
  const names = [
    ...(status === undefined ? [] : ['status']),
    ...(paymentStatus === undefined ? [] : ['payment']),
    ...(fulfillmentStatus === undefined ? [] : ['fulfillment']),
    ...(country === undefined ? [] : ['country']),
    ...(regions === undefined ? [] : [regions.length === 1 ? 'region' : 'regions']),
    ...(isOutstanding ? ['outstanding'] : []),
  ];
  const special = name === 'placedAt' && !isWorded ? indexesByStates[names.join(' ')] : undefined;
  return special ?? keys[name].index;
}

const indexesByStates: Readonly<Record<string, string>> = {
  status: 'orders_status',
  payment: 'orders_payment_status',
  fulfillment: 'orders_fulfillment_status',
  country: 'orders_country',
  'country region': 'orders_region',
  outstanding: 'orders_outstanding',
  'status payment': 'orders_by_status_and_payment',
  'status fulfillment': 'orders_by_status_and_fulfillment',
  'payment fulfillment': 'orders_by_payment_and_fulfillment',
  'status payment fulfillment': 'orders_by_states',
};

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
