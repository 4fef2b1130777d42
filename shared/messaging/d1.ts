/**
 * Outbox and inbox of a Worker whose truth is a D1 database: the two tables, and the ports that `relay` and `receive` need.
 * A domain write and its outbox rows go into one `batch()`, which D1 commits as a whole; so do the effects of events and
 * their ids.
 */
import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { BatchItem } from 'drizzle-orm/batch';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Envelope } from '../events/envelope.ts';
import { type Subscriber, subscribersOf } from '../events/subscriptions.ts';
import { dayMs } from '../values/time.ts';
import { handledAmong, rememberHandled } from './handled.ts';
import type { Handlers, InboxPort } from './inbox.ts';
import { receive } from './inbox.ts';
import type { OutboxPort, OutboxRow } from './outbox.ts';
import { type Reaches, reachPort } from './relay-port.ts';
import { reportDefect } from './report.ts';

/** A query that was built but not run: by drizzle's builders, or by `db.run(sql…)`. */
export type Statement = BatchItem<'sqlite'> & ({ toSQL(): BuiltQuery } | { getQuery(): BuiltQuery });

interface BuiltQuery {
  readonly sql: string;
  readonly params: readonly unknown[];
}

const outbox = sqliteTable('outbox', {
  eventId: text('event_id').primaryKey(),
  envelope: text('envelope').notNull(),
  pending: text('pending', { mode: 'json' }).$type<Subscriber[]>().notNull(),
  createdAt: integer('created_at').notNull(),
});

const inboxEvents = sqliteTable('inbox_events', {
  eventId: text('event_id').primaryKey(),
  handledAt: integer('handled_at').notNull(),
});

/** Far longer than any queue or relay keeps a duplicate alive. */
const inboxRetentionMs = 14 * dayMs;
/** Old ids that a batch may drop for each one that it adds: the table shrinks faster than it grows, and no batch pays for many. */
const droppedPerAdded = 2;

/**
 * Runs statements in one commit; none is fine too. drizzle's own `batch` cannot bind the parameters of a raw statement, so
 * the batch is D1's.
 */
export async function commit(db: DrizzleD1Database, statements: readonly Statement[]): Promise<void> {
  if (statements.length === 0) return;
  const client = clientOf(db);
  await client.batch(
    statements.map((statement) => {
      const { sql: text, params } = 'toSQL' in statement ? statement.toSQL() : statement.getQuery();
      return client.prepare(text).bind(...params);
    }),
  );
}

const databases = new WeakMap<D1Database, DrizzleD1Database>();

/** The drizzle of a binding, made once per isolate: making it costs as much as a small query. */
export function databaseOf(binding: D1Database): DrizzleD1Database {
  const known = databases.get(binding);
  if (known !== undefined) return known;
  const made = drizzle(binding);
  databases.set(binding, made);
  return made;
}

function clientOf(db: DrizzleD1Database): D1Database {
  if (!hasClient(db)) throw new Error('A database made by drizzle() has its client');
  return db.$client;
}

function hasClient(db: object): db is { readonly $client: D1Database } {
  return '$client' in db;
}

/**
 * The statements that put events into the outbox, to be committed together with the change that they are about. The rows travel as one JSON
 * parameter: D1 binds at most 100, and an import publishes that many events in each of its commits.
 */
export function publish(db: DrizzleD1Database, envelopes: readonly Envelope[], now: number): Statement[] {
  if (envelopes.length === 0) return [];
  const rows = JSON.stringify(envelopes.map((envelope) => [envelope.id, envelope, subscribersOf(envelope.type)]));
  return [
    db.run(sql`insert or ignore into outbox (event_id, envelope, pending, created_at)
      select value ->> 0, value -> 1, value -> 2, ${now} from json_each(${rows})`),
  ];
}

export function d1OutboxPort(db: DrizzleD1Database, reaches: Reaches): OutboxPort {
  return {
    ...reachPort(reaches),
    open: async (limit, skip): Promise<OutboxRow[]> =>
      db.select().from(outbox).orderBy(asc(outbox.createdAt), sql`rowid`).limit(limit).offset(skip),
    settle: async (rows) => {
      const closed = JSON.stringify(rows.filter((row) => row.pending.length === 0).map((row) => row.eventId));
      const open = rows.filter((row) => row.pending.length > 0);
      await commit(db, [
        db.run(sql`delete from outbox where event_id in (select value from json_each(${closed}))`),
        ...open.map((row) =>
          db
            .update(outbox)
            .set({ pending: [...row.pending] })
            .where(eq(outbox.eventId, row.eventId)),
        ),
      ]);
    },
  };
}

export function d1InboxPort(db: DrizzleD1Database, now: number): InboxPort<Statement> {
  return {
    handledAmong: async (eventIds) => new Set(await handledEventsIn(db, eventIds)),
    apply: async (effects, eventIds) => {
      const ids = JSON.stringify(eventIds);
      await commit(db, [
        ...effects,
        db.run(
          sql`insert or ignore into inbox_events (event_id, handled_at) select value, ${now} from json_each(${ids})`,
        ),
        db.run(sql`delete from inbox_events where event_id in (select event_id from inbox_events
          where handled_at < ${now - inboxRetentionMs} order by handled_at limit ${droppedPerAdded * eventIds.length})`),
      ]);
      rememberHandled(eventIds);
    },
    report: reportDefect,
  };
}

/** The answer of `handledEvents` for a D1 subscriber. */
export async function handledEventsIn(db: DrizzleD1Database, eventIds: readonly string[]): Promise<string[]> {
  return handledAmong(eventIds, async (unsure) => {
    const rows = await db
      .select({ eventId: inboxEvents.eventId })
      .from(inboxEvents)
      .where(inArray(inboxEvents.eventId, sql`(select value from json_each(${JSON.stringify(unsure)}))`));
    return rows.map((row) => row.eventId);
  });
}

/** A queue handler for a D1 subscriber. What a batch changes is written together: a statement per kind instead of one per event. */
export async function receiveTogether<Change>(
  db: DrizzleD1Database,
  batch: Pick<MessageBatch, 'messages'>,
  handlers: Handlers<Change>,
  statementsOf: (changes: readonly Change[]) => readonly Statement[],
  now: number,
): Promise<void> {
  const inbox = d1InboxPort(db, now);
  await receive(batch.messages, handlers, {
    ...inbox,
    apply: (changes, eventIds) => inbox.apply(statementsOf(changes), eventIds),
  });
}
