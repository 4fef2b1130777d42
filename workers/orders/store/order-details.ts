/** Orders with their details, for exports: a page of a list, and what is kept of each beside its row. */
import { sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { listOrders, type OrderListQuery } from './order-lists.ts';
import type { OrderDetails, OrderRow } from './orders.ts';

export interface DetailedOrder {
  readonly row: OrderRow;
  /** Null of an order to which nothing has happened since details are kept. */
  readonly details: OrderDetails | null;
}

export async function detailedOrders(db: DrizzleD1Database, query: OrderListQuery): Promise<DetailedOrder[]> {
  const rows = await listOrders(db, query);
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const found = await db.all<{ id: string; details: string }>(
    sql`select d.id, d.details from json_each(${ids}) wanted cross join order_details d on d.id = wanted.value`,
  );
  const details = new Map(found.map((one) => [one.id, one.details] as const));
  return rows.map((row) => {
    const json = details.get(row.id);
    return { row, details: json === undefined ? null : JSON.parse(json) };
  });
}
