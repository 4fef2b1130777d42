/**
 * Which index of orders answers which list. An index is always named in a statement, so that no statistics of the database can make
 * SQLite choose another.
 */
import type { orderSorts } from '../../../shared/contracts/orders/order-lists-http.ts';
import { givenIn, type OrderFilter, type RowFilter } from './order-filters.ts';

export type OrderSort = (typeof orderSorts)[number];

/** What lists are in the order of. Each index holds all that is filtered by, so any combination is decided from it alone. */
export const keys = {
  placedAt: { column: 'placed_at', index: 'orders_placed_at' },
  updatedAt: { column: 'updated_at', index: 'orders_by_updated_at' },
  number: { column: 'number', index: 'orders_by_number' },
  total: { column: 'total_minor', index: 'orders_by_total' },
} as const;

/** By what a sort orders, and whether its greatest comes first. */
export function keyOf(sort: OrderSort): { readonly name: keyof typeof keys; readonly isDescending: boolean } {
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

/** An index in which all orders that have the same of some filters lie together. */
export interface Narrow {
  readonly index: string;
  /** The filters that it is searched by. */
  readonly by: readonly RowFilter[];
}

/** The rows of one customer or one number are few; an index in the order of the list does not have the e-mail address. */
const short: readonly Narrow[] = [
  { index: 'orders_by_number', by: ['number'] },
  { index: 'orders_customer_id', by: ['customerId'] },
  { index: 'orders_email', by: ['email'] },
];

/** Newest first within what they are searched by. Of two for the same purpose, the one that says more stands first. */
const groups: readonly (readonly Narrow[])[] = [
  [
    { index: 'orders_by_states', by: ['status', 'paymentStatus', 'fulfillmentStatus'] },
    { index: 'orders_by_status_and_payment', by: ['status', 'paymentStatus'] },
    { index: 'orders_by_status_and_fulfillment', by: ['status', 'fulfillmentStatus'] },
    { index: 'orders_by_payment_and_fulfillment', by: ['paymentStatus', 'fulfillmentStatus'] },
    { index: 'orders_status', by: ['status'] },
    { index: 'orders_payment_status', by: ['paymentStatus'] },
    { index: 'orders_fulfillment_status', by: ['fulfillmentStatus'] },
  ],
  [
    { index: 'orders_region', by: ['country', 'regions'] },
    { index: 'orders_country', by: ['country'] },
  ],
  [{ index: 'orders_outstanding', by: ['isOutstanding'] }],
];

const rangeFilters: readonly RowFilter[] = ['placedFrom', 'placedBefore'];

/** Where the orders that a filter wants may be few: all that it finds are in each of these. */
export function narrowsOf(filter: OrderFilter): readonly Narrow[] {
  const given = givenIn(filter);
  const isGiven = ({ by }: Narrow) => by.every((name) => given.has(name));
  const range = rangeFilters.filter((name) => given.has(name));
  return [
    ...short.filter(isGiven),
    ...groups.flatMap((group) => group.find(isGiven) ?? []),
    ...(range.length === 0 ? [] : [{ index: keys.placedAt.index, by: range }]),
  ];
}

interface Walk {
  readonly index: string;
  /** Whether it meets nothing on its way that the filter does not want. */
  readonly isDirect: boolean;
}

/**
 * The index by which a list is walked in its own order. Newest first, orders with the same of some filters are next to each other,
 * but a walk that looks words up decides from the index which orders to show, and only those in the order of a list hold all for it.
 */
export function walkFor(filter: OrderFilter, sort: OrderSort, words?: 'with words'): Walk {
  const given = givenIn(filter);
  const equal = [...given].filter((name) => !rangeFilters.includes(name));
  const { name } = keyOf(sort);
  const isByTime = name === 'placedAt';
  const one = short.find(({ by }) => by.every((name) => given.has(name)));
  if (one !== undefined) return { index: one.index, isDirect: equal.length === 1 && (isByTime || given.has('number')) };
  const inOrder: Walk = { index: keys[name].index, isDirect: equal.length === 0 && (isByTime || given.size === 0) };
  // Of several regions, each is in an order of its own.
  if (!isByTime || words !== undefined || (filter.regions?.length ?? 1) !== 1) return inOrder;
  const exact = groups.flat().find(({ by }) => by.length === equal.length && by.every((name) => given.has(name)));
  return exact === undefined ? inOrder : { index: exact.index, isDirect: true };
}
