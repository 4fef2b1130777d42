/**
 * The event log in D1, the outbox of messages, and what the shop says of itself. Appending is one statement for any number of events,
 * and an event that is there already stays as it is: the log is its own record of what was handled.
 */
import { and, asc, desc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ShopProfile } from '../../shared/contracts/notifications/shop-http.ts';
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
  return db
    .select()
    .from(events)
    .where(
      and(
        gt(events.position, after),
        type === undefined ? undefined : eq(events.type, type),
        subject === undefined ? undefined : eq(events.subject, subject),
      ),
    )
    .orderBy(asc(events.position))
    .limit(limit);
}

export async function eventById(db: DrizzleD1Database, eventId: string): Promise<EventRow | undefined> {
  return db.select().from(events).where(eq(events.eventId, eventId)).get();
}

const messages = sqliteTable('messages', {
  position: integer('position').primaryKey({ autoIncrement: true }),
  id: text('id').notNull().unique(),
  to: text('recipient').notNull(),
  template: text('template').notNull(),
  subject: text('subject').notNull(),
  text: text('text').notNull(),
  html: text('html').notNull(),
  createdAt: integer('created_at').notNull(),
  expiresAt: integer('expires_at').notNull(),
});

export type MessageRow = typeof messages.$inferSelect;

/** Keeps a message once, and drops those that are of no use any more. Answers the text that is kept under its name. */
export async function addMessage(db: DrizzleD1Database, message: Omit<MessageRow, 'position'>): Promise<string> {
  const [, , kept] = await db.batch([
    db.delete(messages).where(lte(messages.expiresAt, message.createdAt)),
    db.insert(messages).values(message).onConflictDoNothing({ target: messages.id }),
    db.select({ text: messages.text }).from(messages).where(eq(messages.id, message.id)),
  ]);
  return kept[0]?.text ?? message.text;
}

/** The newest first. */
export function newestMessages(db: DrizzleD1Database, limit: number): Promise<MessageRow[]> {
  return db.select().from(messages).orderBy(desc(messages.position)).limit(limit);
}

/** In the order in which they were written. */
export function messagesAfter(
  db: DrizzleD1Database,
  { after, limit, now }: { readonly after: number; readonly limit: number; readonly now: number },
): Promise<MessageRow[]> {
  return db
    .select()
    .from(messages)
    .where(and(gt(messages.position, after), sql`+${messages.expiresAt} > ${now}`))
    .orderBy(asc(messages.position))
    .limit(limit);
}

/** What the shop was told of itself; null where nothing ever was. */
export async function readProfile(
  db: DrizzleD1Database,
): Promise<{ readonly profile: Partial<ShopProfile>; readonly version: number } | null> {
  const row = await db.get<{ readonly profile: string; readonly version: number } | undefined>(
    sql`select profile, version from shop_profile where id = 1`,
  );
  return row === undefined ? null : { profile: JSON.parse(row.profile), version: row.version };
}

/** Writes the next version over the one before it. False when another writer was faster. */
export async function saveProfile(
  db: DrizzleD1Database,
  { version, ...profile }: ShopProfile,
  { by, now }: { readonly by: string; readonly now: number },
): Promise<boolean> {
  const saved = await db.all(sql`insert into shop_profile (id, profile, version, updated_at, updated_by)
    values (1, ${JSON.stringify(profile)}, ${version}, ${now}, ${by})
    on conflict (id) do update set profile = excluded.profile, version = excluded.version,
      updated_at = excluded.updated_at, updated_by = excluded.updated_by
    where shop_profile.version = ${version - 1}
    returning version`);
  return saved.length > 0;
}
