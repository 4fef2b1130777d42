/** Dead letters in D1. Storing is repeatable: a delivery that comes again changes nothing. */
import { and, count, desc, eq, lt, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Subscriber } from '../../shared/events/subscriptions.ts';
import { commit } from '../../shared/messaging/d1.ts';
import { dayMs } from '../../shared/values/time.ts';

const deadLetters = sqliteTable('dead_letters', {
  id: text('id').primaryKey(),
  queue: text('queue').notNull(),
  subscriber: text('subscriber').$type<Subscriber>(),
  bodySha256: text('body_sha256').notNull(),
  body: text('body').notNull(),
  eventId: text('event_id'),
  eventType: text('event_type'),
  messageId: text('message_id').notNull(),
  deaths: integer('deaths').notNull(),
  status: text('status').$type<'open' | 'replayed'>().notNull(),
  firstDeadAt: integer('first_dead_at').notNull(),
  deadAt: integer('dead_at').notNull(),
  replayedAt: integer('replayed_at'),
  replayKey: text('replay_key'),
});

export type DeadLetterRow = typeof deadLetters.$inferSelect;
/** A letter as it arrives. It may be stored already. */
export type Arrival = Omit<DeadLetterRow, 'deaths' | 'status' | 'firstDeadAt' | 'replayedAt' | 'replayKey'>;

export interface LetterQuery {
  readonly status?: DeadLetterRow['status'] | undefined;
  /** Only letters with a smaller id: ids grow with time. */
  readonly before: string | null;
  readonly limit: number;
}

/** How long a letter is shown after it was sent again. An open one stays until a person has looked at it. */
export const replayedRetentionMs = 90 * dayMs;
/** Old letters that are dropped for each one that arrives: the table shrinks faster than it grows, and no arrival pays for many. */
const droppedPerArrival = 2;

/**
 * Keeps letters in one commit. A letter that is stored already counts one more death and is open again, unless this message was
 * counted before. Letters that were replayed long ago are dropped.
 */
export async function keepLetters(db: DrizzleD1Database, arrivals: readonly Arrival[]): Promise<void> {
  const newestAt = Math.max(...arrivals.map(({ deadAt }) => deadAt));
  await commit(db, [
    ...arrivals.map((arrival) =>
      db
        .insert(deadLetters)
        .values({ ...arrival, deaths: 1, status: 'open', firstDeadAt: arrival.deadAt, replayedAt: null })
        .onConflictDoUpdate({
          target: [deadLetters.queue, deadLetters.bodySha256],
          set: {
            deaths: sql`${deadLetters.deaths} + 1`,
            status: 'open',
            messageId: arrival.messageId,
            deadAt: arrival.deadAt,
          },
          setWhere: sql`${deadLetters.messageId} <> ${arrival.messageId}`,
        }),
    ),
    db.run(sql`delete from dead_letters where id in (select id from dead_letters where status = 'replayed'
      and replayed_at < ${newestAt - replayedRetentionMs} order by replayed_at limit ${droppedPerArrival * arrivals.length})`),
  ]);
}

export async function letterById(db: DrizzleD1Database, id: string): Promise<DeadLetterRow | undefined> {
  return db.select().from(deadLetters).where(eq(deadLetters.id, id)).get();
}

/** The newest first. */
export async function listLetters(
  db: DrizzleD1Database,
  { status, before, limit }: LetterQuery,
): Promise<DeadLetterRow[]> {
  const isWanted = status === undefined ? undefined : eq(deadLetters.status, status);
  return db
    .select()
    .from(deadLetters)
    .where(and(isWanted, before === null ? undefined : lt(deadLetters.id, before)))
    .orderBy(desc(deadLetters.id))
    .limit(limit);
}

/** Marks a letter as sent again, unless it has died once more since it was read. Answers the row as it is afterwards. */
export async function markReplayed(
  db: DrizzleD1Database,
  letter: DeadLetterRow,
  now: number,
  replayKey: string | null,
): Promise<DeadLetterRow | undefined> {
  await db
    .update(deadLetters)
    .set({ status: 'replayed', replayedAt: now, replayKey })
    .where(and(eq(deadLetters.id, letter.id), eq(deadLetters.deaths, letter.deaths)));
  return letterById(db, letter.id);
}

export async function countOpenLetters(db: DrizzleD1Database): Promise<number> {
  const [row] = await db.select({ open: count() }).from(deadLetters).where(eq(deadLetters.status, 'open'));
  return row?.open ?? 0;
}
