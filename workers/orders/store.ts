/** The orders' database: the read model that lists are answered from. */
import { and, eq, getTableColumns, lt, ne, or, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { OrderSummary } from '../../shared/events/orders.ts';
import type { Statement } from '../../shared/messaging/d1.ts';

const orders = sqliteTable('orders', {
  id: text('id').primaryKey(),
  checkoutId: text('checkout_id').notNull(),
  number: text('number').notNull(),
  status: text('status').$type<OrderSummary['status']>().notNull(),
  email: text('email'),
  /** Who ordered, as quotes know a guest: a hash of the e-mail address. */
  customer: text('customer'),
  /** Who ordered, as the merchant's system knows a customer. */
  customerId: text('customer_id'),
  currency: text('currency').$type<OrderSummary['currency']>().notNull(),
  totalMinor: integer('total_minor').notNull(),
  capturedMinor: integer('captured_minor').notNull(),
  refundedMinor: integer('refunded_minor').notNull(),
  outstandingMinor: integer('outstanding_minor').notNull(),
  paymentStatus: text('payment_status').$type<OrderSummary['paymentStatus']>().notNull(),
  fulfillmentStatus: text('fulfillment_status').$type<OrderSummary['fulfillmentStatus']>().notNull(),
  paymentProvider: text('payment_provider').notNull(),
  quantity: integer('quantity').notNull(),
  placedAt: integer('placed_at').notNull(),
  sequence: integer('sequence').notNull(),
});
export type OrderRow = typeof orders.$inferSelect;

/** The row of an order, from the summary that each of its events carries. */
export function orderRow(summary: OrderSummary, sequence: number, customer: string | null): OrderRow {
  const { orderId, cartId: _cartId, lines, placedAt, ...facts } = summary;
  const quantity = lines.reduce((sum, line) => sum + line.quantity, 0);
  return { id: orderId, ...facts, customer, quantity, placedAt: Date.parse(placedAt), sequence };
}

const columns = Object.entries(getTableColumns(orders)).map(([field, { name }]) => ({ field, name }));
const shown = sql.raw(columns.map(({ field, name }) => `${name} as "${field}"`).join(', '));
const names = sql.raw(columns.map(({ name }) => name).join(', '));
const values = sql.raw(columns.map(({ field }) => `value ->> '${field}'`).join(', '));
const changes = sql.raw(
  columns.flatMap(({ name }) => (name === 'id' ? [] : [`${name} = excluded.${name}`])).join(', '),
);

/** Keeps the newest row of each order, in one statement; an older sequence than the known one changes nothing. */
export function saveOrders(db: DrizzleD1Database, rows: readonly OrderRow[]): Statement[] {
  if (rows.length === 0) return [];
  const newest = new Map<string, OrderRow>();
  for (const row of rows) if (row.sequence > (newest.get(row.id)?.sequence ?? -1)) newest.set(row.id, row);
  return [
    db.run(sql`insert into orders (${names}) select ${values} from json_each(${JSON.stringify([...newest.values()])})
      where true on conflict (id) do update set ${changes} where excluded.sequence > orders.sequence`),
  ];
}

type FilterField = 'status' | 'paymentStatus' | 'fulfillmentStatus' | 'email' | 'customerId';
export type OrderFilter = { readonly [Field in FilterField]: NonNullable<OrderRow[Field]> | undefined } & {
  /** Only orders of which money is owed beyond what is authorized. */
  readonly isOutstanding: boolean;
  /** The last row that was seen. */
  readonly after: { readonly placedAt: number; readonly id: string } | null;
};

/** Whether a customer, by either name, had an order before a moment that was not canceled. */
export async function hasOrdered(db: DrizzleD1Database, customer: string, before: number): Promise<boolean> {
  const found = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(isOf(customer), lt(orders.placedAt, before), ne(orders.status, 'canceled')))
    .limit(1);
  return found.length > 0;
}

const isOf = (customer: string) => or(eq(orders.customer, customer), eq(orders.customerId, customer));

/** Which index a list walks, by its filter. A list of one customer is short, so the states are looked at row by row there. */
function indexFor(filter: OrderFilter): string {
  const { email, customerId, status, paymentStatus, fulfillmentStatus, isOutstanding } = filter;
  if (customerId !== undefined) return 'orders_customer_id';
  if (email !== undefined) return 'orders_email';
  if (isOutstanding) return 'orders_outstanding';
  const states = [
    ...(status === undefined ? [] : ['status']),
    ...(paymentStatus === undefined ? [] : ['payment']),
    ...(fulfillmentStatus === undefined ? [] : ['fulfillment']),
  ];
  return indexesByStates[states.join(' ')] ?? 'orders_placed_at';
}

const indexesByStates: Readonly<Record<string, string>> = {
  status: 'orders_status',
  payment: 'orders_payment_status',
  fulfillment: 'orders_fulfillment_status',
  'status payment': 'orders_by_status_and_payment',
  'status fulfillment': 'orders_by_status_and_fulfillment',
  'payment fulfillment': 'orders_by_payment_and_fulfillment',
  'status payment fulfillment': 'orders_by_states',
};

/** Newest first. The index is named, so that no statistics of the database can make SQLite sort a million orders instead. */
export async function listOrders(db: DrizzleD1Database, filter: OrderFilter, limit: number): Promise<OrderRow[]> {
  const { status, paymentStatus, fulfillmentStatus, email, customerId, isOutstanding, after } = filter;
  const states = { status, payment_status: paymentStatus, fulfillment_status: fulfillmentStatus };
  const wanted = Object.entries({ customer_id: customerId, email, ...states });
  const conditions = [
    ...wanted.flatMap(([column, value]) => (value === undefined ? [] : [sql`${sql.raw(column)} = ${value}`])),
    ...(isOutstanding ? [sql`outstanding_minor > 0`] : []),
    ...(after === null ? [] : [sql`(placed_at, id) < (${after.placedAt}, ${after.id})`]),
  ];
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`;
  return db.all<OrderRow>(sql`select ${shown} from orders indexed by ${sql.raw(indexFor(filter))} ${where}
    order by placed_at desc, id desc limit ${limit}`);
}
