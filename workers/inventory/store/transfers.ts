/** The table of transfers: what was requested, and how much of it has arrived. Of two concurrent changes the second is refused. */
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

type TransferStatus = 'requested' | 'in_transit' | 'received' | 'canceled';

interface TransferItem {
  readonly sku: string;
  readonly stockUnitId: string;
  readonly quantity: number;
  /** The sum of all that has arrived. */
  readonly received: number;
}

const transfers = sqliteTable('transfers', {
  id: text('id').primaryKey(),
  fromLocationId: text('from_location_id').notNull(),
  toLocationId: text('to_location_id').notNull(),
  status: text('status').$type<TransferStatus>().notNull(),
  items: text('items', { mode: 'json' }).$type<TransferItem[]>().notNull(),
  note: text('note').notNull(),
  version: integer('version').notNull(),
  createdAt: integer('created_at').notNull(),
  updatedAt: integer('updated_at').notNull(),
});
export type TransferRow = typeof transfers.$inferSelect;

/** Stores a new transfer, unless there is one with its id. */
export async function addTransfer(db: DrizzleD1Database, row: TransferRow): Promise<void> {
  await db.insert(transfers).values(row).onConflictDoNothing();
}

export async function transferById(db: DrizzleD1Database, id: string): Promise<TransferRow | undefined> {
  return db.select().from(transfers).where(eq(transfers.id, id)).get();
}

/** Where a page of transfers ended. */
export interface TransferMark {
  readonly createdAt: number;
  readonly id: string;
}

/** The newest first, older than a mark. */
export async function listTransfers(
  db: DrizzleD1Database,
  before: TransferMark | null,
  limit: number,
): Promise<TransferRow[]> {
  return db
    .select()
    .from(transfers)
    .where(
      before === null
        ? undefined
        : sql`(${transfers.createdAt}, ${transfers.id}) < (${before.createdAt}, ${before.id})`,
    )
    .orderBy(desc(transfers.createdAt), desc(transfers.id))
    .limit(limit);
}

/** Changes the status of a transfer, if it has one of the given statuses. */
export async function moveTransfer(
  db: DrizzleD1Database,
  id: string,
  from: readonly TransferStatus[],
  status: TransferStatus,
  now: number,
): Promise<void> {
  await db
    .update(transfers)
    .set({ status, updatedAt: now, version: sql`${transfers.version} + 1` })
    .where(and(eq(transfers.id, id), inArray(transfers.status, [...from])));
}

/** False when the row has changed since it was read. */
export async function saveTransferItems(
  db: DrizzleD1Database,
  read: TransferRow,
  changes: Pick<TransferRow, 'items' | 'status'>,
  now: number,
): Promise<boolean> {
  const saved = await db
    .update(transfers)
    .set({ ...changes, updatedAt: now, version: read.version + 1 })
    .where(and(eq(transfers.id, read.id), eq(transfers.version, read.version)))
    .returning({ id: transfers.id });
  return saved.length > 0;
}

/** Deletes a transfer that was refused before anything was sent. */
export async function dropTransfer(db: DrizzleD1Database, id: string): Promise<void> {
  await db.delete(transfers).where(eq(transfers.id, id));
}
