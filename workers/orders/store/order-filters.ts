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
  const made = conditionsBy(filter, alias);
  return [...made].flatMap(([name, condition]) => (only === undefined || only.includes(name) ? [condition] : []));
}

/** The filters that are given, without words. */
export function givenIn(filter: OrderFilter): ReadonlySet<RowFilter> {
  return new Set(conditionsBy(filter, '').keys());
}

function conditionsBy(filter: OrderFilter, alias: '' | 'o.'): ReadonlyMap<RowFilter, SQL> {
  const of = (column: string) => sql.raw(`${alias}${column}`);
  const made = new Map<RowFilter, SQL>();
  const on = <Name extends RowFilter>(name: Name, condition: (value: NonNullable<OrderFilter[Name]>) => SQL) => {
    const value = filter[name];
    if (value !== undefined && value !== null && value !== false) made.set(name, condition(value));
  };
  on('number', (typed) => sql`${of('number')} = ${numberForm(typed)}`);
  on('customerId', (id) => sql`${of('customer_id')} = ${id}`);
  on('email', (email) => sql`${of('email_key')} = ${foldCase(email)}`);
  on('country', (country) => sql`${of('country')} = ${country}`);
  on('regions', (codes) => regionIn(of('region'), codes));
  on('status', (status) => sql`${of('status')} = ${status}`);
  on('paymentStatus', (status) => sql`${of('payment_status')} = ${status}`);
  on('fulfillmentStatus', (status) => sql`${of('fulfillment_status')} = ${status}`);
  on('isOutstanding', () => sql`${of('outstanding_minor')} > 0`);
  on('placedFrom', (first) => sql`${of('placed_at')} >= ${first}`);
  on('placedBefore', (end) => sql`${of('placed_at')} < ${end}`);
  return made;
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
