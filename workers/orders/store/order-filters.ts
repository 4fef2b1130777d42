/** What orders are chosen by, and the conditions that it makes. */
import { type SQL, sql } from 'drizzle-orm';
import { foldCase } from '../../../shared/values/search-words.ts';
import type { WordFilter } from './order-words.ts';
import type { OrderRow } from './orders.ts';

type StateFilter = {
  readonly [State in 'status' | 'paymentStatus' | 'fulfillmentStatus']?: OrderRow[State] | undefined;
};

export interface OrderFilter extends StateFilter, WordFilter {
  readonly number?: string | undefined;
  readonly email?: string | undefined;
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

/** Filters that a row is asked for; words are kept beside it. */
export type RowFilter = Exclude<keyof OrderFilter, keyof WordFilter>;

/** The conditions of a filter, or of some parts of it, on orders or on `o.` */
export function conditionsOf(filter: OrderFilter, alias: '' | 'o.', only?: readonly RowFilter[]): readonly SQL[] {
  const of = (column: string) => sql.raw(`${alias}${column}`);
  const equal = (column: string) => (value: string) => sql`${of(column)} = ${value}`;
  const { email, number, placedFrom, placedBefore, regions } = filter;
  const conditions: Readonly<Record<RowFilter, SQL | undefined>> = {
    number: made(number, (value) => equal('number')(numberForm(value))),
    customerId: made(filter.customerId, equal('customer_id')),
    email: made(email, (value) => equal('email_key')(foldCase(value))),
    country: made(filter.country, equal('country')),
    regions: made(regions, (codes) => regionIn(of('region'), codes)),
    status: made(filter.status, equal('status')),
    paymentStatus: made(filter.paymentStatus, equal('payment_status')),
    fulfillmentStatus: made(filter.fulfillmentStatus, equal('fulfillment_status')),
    isOutstanding: filter.isOutstanding === true ? sql`${of('outstanding_minor')} > 0` : undefined,
    placedFrom: made(placedFrom, (first) => sql`${of('placed_at')} >= ${first}`),
    placedBefore: made(placedBefore, (end) => sql`${of('placed_at')} < ${end}`),
  };
  const wanted = only === undefined ? Object.values(conditions) : only.map((name) => conditions[name]);
  return wanted.filter((condition) => condition !== undefined);
}

/** The filters that are given, without words. */
export function givenIn(filter: OrderFilter): ReadonlySet<RowFilter> {
  const { q, name, sku, tags, isOutstanding, ...others } = filter;
  const given = { ...others, isOutstanding: isOutstanding === true ? true : undefined };
  const names: readonly RowFilter[] = [
    ...(['number', 'customerId', 'email', 'country', 'regions', 'status', 'paymentStatus'] as const),
    ...(['fulfillmentStatus', 'isOutstanding', 'placedFrom', 'placedBefore'] as const),
  ];
  return new Set(names.filter((one) => given[one] !== undefined));
}

function made<Value>(value: Value | undefined, condition: (value: Value) => SQL): SQL | undefined {
  return value === undefined ? undefined : condition(value);
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
