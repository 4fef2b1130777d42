/**
 * The event log in D1. Appending is one statement for any number of events, and an event that is there already stays as it
 * is: the log is its own record of what was handled.
 */
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Envelope } from '../../shared/events/envelope.ts';

const events = sqliteTable('events', {
  position: integer('position').primaryKey({ autoIncrement: true }),
  eventId: text('event_id').notNull().unique(),
  type: text('type').notNull(),
  subject: text('subject').notNull(),
  sequence: integer('sequence').notNull(),
  time: text('time').notNull(),
  envelope: text('envelope', { mode: 'json' }).$type<Envelope>().notNull(),
  receivedAt: integer('received_at').notNull(),
});

export type EventRow = typeof events.$inferSelect;

export interface FeedQuery {
  readonly after: number;
  readonly type?: string | undefined;
  readonly subject?: string | undefined;
  readonly limit: number;
}

/** Appends what is new, in the order given, in one commit. The envelopes together stay below 2 MB, D1's longest value. */
export async function appendEvents(db: DrizzleD1Database, envelopes: readonly Envelope[], now: number): Promise<void> {
  // `on conflict (event_id)` skips a known id only: `INSERT OR IGNORE` would also drop an event that breaks another rule.
  await db.run(sql`
    insert into events (event_id, type, subject, sequence, time, envelope, received_at)
    select value ->> 'id', value ->> 'type', value ->> 'subject', value ->> 'sequence', value ->> 'time', value, ${now}
    from json_each(${JSON.stringify(envelopes)})
    where true order by key
    on conflict (event_id) do nothing`);
}

/** The ids among these that are in the log. */
export async function knownEvents(db: DrizzleD1Database, eventIds: readonly string[]): Promise<string[]> {
  if (eventIds.length === 0) return [];
  const rows = await db
    .select({ eventId: events.eventId })
    .from(events)
    .where(inArray(events.eventId, sql`(select value from json_each(${JSON.stringify(eventIds)}))`));
  return rows.map((row) => row.eventId);
}

/** In the order of arrival, after a position. */
export async function eventsAfter(
  db: DrizzleD1Database,
  { after, type, subject, limit }: FeedQuery,
): Promise<EventRow[]> {
  // A subject has few events, a type may have millions: `+` keeps the index of types out of the choice.
  const column = subject === undefined ? sql`${events.type}` : sql`+${events.type}`;
  return db
    .select()
    .from(events)
    .where(
      and(
        gt(events.position, after),
        type === undefined ? undefined : sql`${column} = ${type}`,
        subject === undefined ? undefined : eq(events.subject, subject),
      ),
    )
    .orderBy(asc(events.position))
    .limit(limit);
}

export async function eventById(db: DrizzleD1Database, eventId: string): Promise<EventRow | undefined> {
  return db.select().from(events).where(eq(events.eventId, eventId)).get();
}
