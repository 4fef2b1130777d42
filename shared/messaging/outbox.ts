/**
 * The relay of an outbox: it sends what is open to the inboxes of its subscribers and closes a row only on proof of
 * handling. A send that returned proves nothing, because a queue may lose what it took. When something was sent it is
 * kept in memory only: a relay that restarts sends again, and inboxes ignore what they have handled.
 *
 * It never throws: an alarm that fails six times is dropped for good, so every failure ends in a later run instead.
 */
import type { Envelope } from '../events/envelope.ts';
import { type Subscriber, subscribersOf } from '../events/subscriptions.ts';
import { backoffMs, minuteMs, secondMs } from '../values/time.ts';

export interface OutboxRow {
  readonly eventId: string;
  /** As JSON. A row is read in every run until it is proven, and its event only in the one that sends it. */
  readonly envelope: string;
  /** Subscribers that have not yet proved that they handled it. */
  readonly pending: readonly Subscriber[];
}

/** A row for an event that nobody has handled yet. */
export function outboxRow(envelope: Envelope): OutboxRow {
  return { eventId: envelope.id, envelope: JSON.stringify(envelope), pending: subscribersOf(envelope.type) };
}

/** What a relay needs from the owner of the outbox. */
export interface OutboxPort {
  /** The oldest open rows after the first `skip`. */
  open(limit: number, skip: number): Promise<readonly OutboxRow[]> | readonly OutboxRow[];
  /** Puts events into a subscriber's inbox queue: as many as one batch takes, which have at most so many bytes. */
  send(subscriber: Subscriber, envelopes: readonly Envelope[], bytesMax: number): Promise<void>;
  /** Asks a subscriber which of these events it has handled. */
  handled(subscriber: Subscriber, eventIds: readonly string[]): Promise<readonly string[]>;
  /** Stores what is still pending per row; a row without any is deleted. One commit. */
  settle(rows: readonly { readonly eventId: string; readonly pending: readonly Subscriber[] }[]): Promise<void> | void;
  report(message: string, error: unknown): void;
}

/** By then a subscriber has handled an event as a rule. A run that happens anyway asks it for proof; none happens only to ask. */
export const askAfterMs = 1.5 * secondMs;
/** How long a subscriber has for its proof before the event is sent again; grows with each fruitless send. */
export const proofAfterMs = 5 * secondMs;
const proofAfterMsMax = minuteMs;
const retryAfterMs = 2 * secondMs;
/** Rows per page: bounds what is read at once. */
export const relayRowsMax = 500;
/** Pages per run: 10,000 rows may wait for a subscriber that is away before others feel it. */
const relayPagesMax = 20;
/** A queue takes at most 100 messages or 256 KB per batch; envelopes are far below 2.5 KB on average, so bytes are counted too. */
export const batchMessagesMax = 100;
export const batchBytesMax = 240_000;

interface Attempt {
  readonly sentAt: number;
  readonly sends: number;
  /** Asked for proof since. */
  readonly isAsked: boolean;
}

/** What a relay remembers between runs: when each open pair of event and subscriber was last sent. */
export type RelayMemory = Map<string, Attempt>;

const pairKey = (eventId: string, subscriber: Subscriber) => `${eventId}\n${subscriber}`;
const proofAt = ({ sentAt, sends }: Attempt) =>
  sentAt + backoffMs(proofAfterMs, Math.max(0, sends - 1), proofAfterMsMax);
/** When a run asks the subscriber: once soon after the send, and then before it sends the event again. */
const askAt = (attempt: Attempt) => (attempt.isAsked ? proofAt(attempt) : attempt.sentAt + askAfterMs);

/**
 * Runs once: asks for proof where it is due, closes what is proven, sends what is new or unproven, page by page, so that rows
 * which wait for a subscriber that is away hold up nobody else's.
 * Answers when to run again (milliseconds since 1970), or null when nothing is open.
 */
export async function relay(port: OutboxPort, memory: RelayMemory, now: number): Promise<number | null> {
  let nextAt: number | null = null;
  for (let page = 0, skip = 0; page < relayPagesMax; page += 1) {
    const rows = await port.open(relayRowsMax, skip);
    const read = readingOnce();
    const [proven] = await Promise.all([
      askForProof(port, rows, memory, now),
      send(port, rows, read, memory, now, (attempt) => attempt === undefined),
    ]);
    const open = await settleProven(port, rows, proven, memory);
    await send(port, open, read, memory, now, (attempt) => attempt !== undefined && now >= proofAt(attempt));
    if (open.length > 0) nextAt = Math.min(nextAt ?? Number.POSITIVE_INFINITY, nextSendAt(open, memory, now));
    if (rows.length < relayRowsMax) {
      if (nextAt === null) memory.clear();
      return nextAt;
    }
    // What was closed is gone, so the next page begins after what is left of this one.
    skip += open.length;
  }
  return Math.min(nextAt ?? now, now + retryAfterMs);
}

async function askForProof(
  port: OutboxPort,
  rows: readonly OutboxRow[],
  memory: RelayMemory,
  now: number,
): Promise<ReadonlySet<string>> {
  const proven = new Set<string>();
  const due = bySubscriber(rows, (row, subscriber) => {
    const attempt = memory.get(pairKey(row.eventId, subscriber));
    return attempt !== undefined && now >= askAt(attempt);
  });
  await Promise.all(
    [...due].map(async ([subscriber, asked]) => {
      for (const { eventId } of asked) {
        const key = pairKey(eventId, subscriber);
        const attempt = memory.get(key);
        if (attempt !== undefined) memory.set(key, { ...attempt, isAsked: true });
      }
      try {
        const eventIds = asked.map((row) => row.eventId);
        for (const eventId of await port.handled(subscriber, eventIds)) proven.add(pairKey(eventId, subscriber));
      } catch (error) {
        port.report(`could not ask ${subscriber} for proof`, error);
      }
    }),
  );
  return proven;
}

async function settleProven(
  port: OutboxPort,
  rows: readonly OutboxRow[],
  proven: ReadonlySet<string>,
  memory: RelayMemory,
): Promise<readonly OutboxRow[]> {
  if (proven.size === 0) return rows;
  const settled = rows
    .map((row) => ({
      ...row,
      pending: row.pending.filter((subscriber) => !proven.has(pairKey(row.eventId, subscriber))),
    }))
    .filter((row, index) => row.pending.length !== rows[index]?.pending.length);
  try {
    await port.settle(settled);
  } catch (error) {
    port.report('could not close proven rows', error);
    return rows;
  }
  for (const key of proven) memory.delete(key);
  const after = new Map(settled.map((row) => [row.eventId, row]));
  return rows.map((row) => after.get(row.eventId) ?? row).filter((row) => row.pending.length > 0);
}

/** Sends the pairs of row and subscriber that are due by their last attempt. What fails is not remembered as sent. */
async function send(
  port: OutboxPort,
  rows: readonly OutboxRow[],
  read: (row: OutboxRow) => Envelope,
  memory: RelayMemory,
  now: number,
  isDue: (attempt: Attempt | undefined) => boolean,
): Promise<void> {
  const due = bySubscriber(rows, (row, subscriber) => isDue(memory.get(pairKey(row.eventId, subscriber))));
  await Promise.all(
    [...due].map(async ([subscriber, unsent]) => {
      for (const { batch, bytes } of batches(unsent)) {
        try {
          await port.send(subscriber, batch.map(read), bytes);
          for (const { eventId } of batch) {
            const key = pairKey(eventId, subscriber);
            memory.set(key, { sentAt: now, sends: (memory.get(key)?.sends ?? 0) + 1, isAsked: false });
          }
        } catch (error) {
          port.report(`could not send to ${subscriber}`, error);
        }
      }
    }),
  );
}

/** Reads the event of a row. The rows of a page are read once, however many subscribers they go to. */
function readingOnce(): (row: OutboxRow) => Envelope {
  const known = new Map<string, Envelope>();
  return ({ eventId, envelope }) => {
    const before = known.get(eventId);
    if (before !== undefined) return before;
    const parsed: Envelope = JSON.parse(envelope);
    known.set(eventId, parsed);
    return parsed;
  };
}

/** When the next pair of row and subscriber is sent, again or, where that failed just now, for the first time. */
function nextSendAt(rows: readonly OutboxRow[], memory: RelayMemory, now: number): number {
  let nextAt = Number.POSITIVE_INFINITY;
  for (const { eventId, pending } of rows) {
    for (const subscriber of pending) {
      const attempt = memory.get(pairKey(eventId, subscriber));
      const isFailing = attempt === undefined || proofAt(attempt) <= now;
      nextAt = Math.min(nextAt, isFailing ? now + retryAfterMs : proofAt(attempt));
    }
  }
  return Number.isFinite(nextAt) ? nextAt : now + retryAfterMs;
}

function bySubscriber(
  rows: readonly OutboxRow[],
  wanted: (row: OutboxRow, subscriber: Subscriber) => boolean,
): Map<Subscriber, OutboxRow[]> {
  const groups = new Map<Subscriber, OutboxRow[]>();
  for (const row of rows) {
    for (const subscriber of row.pending) {
      if (!wanted(row, subscriber)) continue;
      const group = groups.get(subscriber);
      if (group === undefined) groups.set(subscriber, [row]);
      else group.push(row);
    }
  }
  return groups;
}

function* batches(rows: readonly OutboxRow[]): Generator<{ readonly batch: OutboxRow[]; readonly bytes: number }> {
  let batch: OutboxRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    // UTF-8 takes at most three bytes per UTF-16 unit; counting exactly would cost more than it saves.
    const size = row.envelope.length * 3;
    if (batch.length > 0 && (batch.length === batchMessagesMax || bytes + size > batchBytesMax)) {
      yield { batch, bytes };
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield { batch, bytes };
}
