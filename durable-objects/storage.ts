/**
 * The streams of an object in its own SQLite: all the SQL of Cart, Stock and Order objects. Every statement is synchronous,
 * so what is written without an await in between is one commit.
 */
import type { Subscriber } from '../shared/events/subscriptions.ts';
import type { OutboxRow } from '../shared/messaging/outbox.ts';
import type { StoredAnswer } from '../shared/streams/kept-answers.ts';
import type { StoredStream, StreamStorage, StreamWrite, TakenName } from '../shared/streams/ports.ts';

/** Append-only: an object that is years old runs the ones it has not seen. */
const schema = [
  `create table events (stream text not null, sequence integer not null, event text not null, primary key (stream, sequence)) without rowid;
   create table snapshots (stream text not null, part integer not null, version integer not null, state text not null, primary key (stream, part)) without rowid;
   create table outbox (position integer primary key autoincrement, event_id text not null unique, envelope text not null, pending text not null);
   create table wakes (stream text primary key, at integer not null) without rowid;
   create index wakes_at on wakes (at);
   create table answers (key text primary key, fingerprint text not null, status integer not null, body text not null, expires_at integer not null) without rowid;
   create index answers_expires_at on answers (expires_at);`,
  `create table names (kind text not null, name text not null, owner text not null, expires_at integer, primary key (kind, name)) without rowid;
   create index names_expires_at on names (expires_at) where expires_at is not null;`,
  // Without a rowid, the text of an answer lies in the tree of its random keys: an answer of 18 KB cost 148 microseconds, now 43.
  `drop table answers;
   create table answers (key text primary key, fingerprint text not null, status integer not null, body text not null, expires_at integer not null);
   create index answers_expires_at on answers (expires_at);`,
  // Fewer pages per commit. Answers expire in the order in which they were kept, which is that of their rows, so no index says
  // when; positions of the outbox may be used again once their rows are gone, so nobody counts them.
  `alter table answers rename to answers_before;
   create table answers (expires_at integer not null, key text not null unique, fingerprint text not null, status integer not null, body text not null);
   insert into answers select expires_at, key, fingerprint, status, body from answers_before order by expires_at;
   drop table answers_before;
   alter table outbox rename to outbox_before;
   create table outbox (position integer primary key, event_id text not null unique, envelope text not null, pending text not null);
   insert into outbox select position, event_id, envelope, pending from outbox_before;
   drop table outbox_before;`,
];

/** What a new object is made with. A backup says which schema its objects have. */
export const objectSchemaVersion = schema.length;

/** A statement binds at most a hundred parameters, and an event takes three. */
const eventsPerStatement = 30;
/** A row holds 2 MB; a snapshot longer than this is kept in parts. UTF-8 takes at most three bytes per unit. */
const snapshotPartLength = 600_000;

export class SqliteStreamStorage<Event> implements StreamStorage<Event> {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#migrate();
  }

  #migrate(): void {
    this.#sql.exec('create table if not exists schema_versions (version integer primary key)');
    const done =
      this.#sql.exec<{ version: number | null }>('select max(version) as version from schema_versions').one().version ??
      0;
    for (const [index, statements] of schema.entries()) {
      if (index < done) continue;
      this.#sql.exec(statements);
      this.#sql.exec('insert into schema_versions (version) values (?)', index + 1);
    }
  }

  read(streamId: string): StoredStream<Event> | null {
    const parts = this.#sql
      .exec<{ version: number; state: string }>(
        'select version, state from snapshots where stream = ? order by part',
        streamId,
      )
      .toArray();
    const version = parts[0]?.version ?? 0;
    const events = this.#sql
      .exec<{ event: string }>(
        'select event from events where stream = ? and sequence > ? order by sequence',
        streamId,
        version,
      )
      .toArray()
      .map((row): Event => JSON.parse(row.event));
    if (parts.length === 0 && events.length === 0) return null;
    return {
      snapshot: parts.length === 0 ? null : { version, json: parts.map((part) => part.state).join('') },
      events,
    };
  }

  /** The first stream whose id begins so; null when there is none. Ids are in ASCII, and `~` is the last sign of that. */
  streamBeginning(start: string): string | null {
    return (
      this.#sql
        .exec<{ stream: string }>(
          'select stream from events where stream >= ? and stream < ? limit 1',
          start,
          `${start}~`,
        )
        .toArray()[0]?.stream ?? null
    );
  }

  firstEvents(streamId: string, count: number): Event[] {
    return this.history(streamId, 0, count).map(({ event }) => event);
  }

  /** The events of a stream from the beginning, for a ledger that can be replayed. */
  history(
    streamId: string,
    afterSequence: number,
    limit: number,
  ): { readonly sequence: number; readonly event: Event }[] {
    return this.#sql
      .exec<{ sequence: number; event: string }>(
        'select sequence, event from events where stream = ? and sequence > ? order by sequence limit ?',
        streamId,
        afterSequence,
        limit,
      )
      .toArray()
      .map((row) => ({ sequence: row.sequence, event: JSON.parse(row.event) }));
  }

  write({ streamId, sequence, events, outbox, wakeAt, snapshot }: StreamWrite<Event>): void {
    for (let start = 0; start < events.length; start += eventsPerStatement) {
      const some = events.slice(start, start + eventsPerStatement);
      this.#sql.exec(
        `insert into events (stream, sequence, event) values ${some.map(() => '(?, ?, ?)').join(', ')}`,
        ...some.flatMap((event, index) => [streamId, sequence + start + index, JSON.stringify(event)]),
      );
    }
    for (const row of outbox) {
      this.#sql.exec(
        'insert into outbox (event_id, envelope, pending) values (?, ?, ?)',
        row.eventId,
        row.envelope,
        JSON.stringify(row.pending),
      );
    }
    if (wakeAt !== undefined) this.setWake(streamId, wakeAt);
    if (snapshot === null) return;
    this.#sql.exec('delete from snapshots where stream = ?', streamId);
    for (const [part, state] of partsOf(snapshot.json).entries()) {
      this.#sql.exec(
        'insert into snapshots (stream, part, version, state) values (?, ?, ?, ?)',
        streamId,
        part,
        snapshot.version,
        state,
      );
    }
  }

  setWake(streamId: string, at: number | null): void {
    if (at === null) this.#sql.exec('delete from wakes where stream = ?', streamId);
    else
      this.#sql.exec(
        'insert into wakes (stream, at) values (?, ?) on conflict (stream) do update set at = excluded.at',
        streamId,
        at,
      );
  }

  dueStreams(now: number, limit: number): string[] {
    return this.#sql
      .exec<{ stream: string }>('select stream from wakes where at <= ? order by at limit ?', now, limit)
      .toArray()
      .map((row) => row.stream);
  }

  nextWakeAt(): number | null {
    return this.#sql.exec<{ at: number | null }>('select min(at) as at from wakes').one().at;
  }

  dropStream(streamId: string): void {
    this.#sql.exec('delete from events where stream = ?', streamId);
    this.#sql.exec('delete from snapshots where stream = ?', streamId);
    this.#sql.exec('delete from wakes where stream = ?', streamId);
  }

  openOutbox(limit: number, skip: number): OutboxRow[] {
    return this.#sql
      .exec<{ event_id: string; envelope: string; pending: string }>(
        'select event_id, envelope, pending from outbox order by position limit ? offset ?',
        limit,
        skip,
      )
      .toArray()
      .map((row) => ({
        eventId: row.event_id,
        envelope: row.envelope,
        pending: parse<Subscriber[]>(row.pending),
      }));
  }

  settleOutbox(rows: readonly { readonly eventId: string; readonly pending: readonly Subscriber[] }[]): void {
    for (const { eventId, pending } of rows) {
      if (pending.length === 0) this.#sql.exec('delete from outbox where event_id = ?', eventId);
      else this.#sql.exec('update outbox set pending = ? where event_id = ?', JSON.stringify(pending), eventId);
    }
  }

  answer(key: string): StoredAnswer | null {
    const row = this.#sql
      .exec<{ key: string; fingerprint: string; status: number; body: string; expires_at: number }>(
        'select key, fingerprint, status, body, expires_at from answers where key = ?',
        key,
      )
      .toArray()[0];
    return row === undefined
      ? null
      : { key: row.key, fingerprint: row.fingerprint, status: row.status, body: row.body, expiresAt: row.expires_at };
  }

  saveAnswer({ key, fingerprint, status, body, expiresAt }: StoredAnswer): void {
    this.#sql.exec(
      'insert or replace into answers (key, fingerprint, status, body, expires_at) values (?, ?, ?, ?, ?)',
      key,
      fingerprint,
      status,
      body,
      expiresAt,
    );
  }

  ownerOf(kind: string, name: string): string | null {
    return (
      this.#sql.exec<{ owner: string }>('select owner from names where kind = ? and name = ?', kind, name).toArray()[0]
        ?.owner ?? null
    );
  }

  takeName({ kind, name, owner, expiresAt }: TakenName): void {
    this.#sql.exec(
      'insert or replace into names (kind, name, owner, expires_at) values (?, ?, ?, ?)',
      kind,
      name,
      owner,
      expiresAt,
    );
  }

  dropExpired(now: number): void {
    this.#sql.exec(
      `delete from answers
        where rowid < coalesce((select rowid from answers where expires_at > ? order by rowid limit 1), 9223372036854775807)`,
      now,
    );
    this.#sql.exec('delete from names where expires_at <= ?', now);
  }

  nextExpiryAt(): number | null {
    return this.#sql
      .exec<{ at: number | null }>(
        `select min(at) as at from (select (select expires_at from answers order by rowid limit 1) as at
           union all select min(expires_at) from names where expires_at is not null)`,
      )
      .one().at;
  }
}

/** Cuts text into parts that a row can hold, never between the halves of a surrogate pair. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + snapshotPartLength, text.length);
    const isPairCut = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
    parts.push(text.slice(start, isPairCut ? end - 1 : end));
    start = isPairCut ? end - 1 : end;
  }
  return parts;
}

/** Our own rows, written by the methods above. */
function parse<Value>(json: string): Value {
  return JSON.parse(json);
}
