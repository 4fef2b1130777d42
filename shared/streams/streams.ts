/**
 * The streams of one object: load, decide, append events and outbox rows in one commit, evolve, wake, relay. It knows no
 * platform: storage and alarm are handed in, which is how the simulation runs this very code under its own scheduler.
 *
 * An object has one writer and every commit here is synchronous, so the state in memory is always the state on disk.
 */
import type { Envelope } from '../events/envelope.ts';
import type { Decision } from '../holds/holds.ts';
import { type OutboxPort, type OutboxRow, outboxRow, type RelayMemory, relay } from '../messaging/outbox.ts';
import { BoundedMap, MemoryBudget, megabyte } from '../values/bounded-map.ts';
import { secondMs } from '../values/time.ts';
import { dropAnswersEveryMs, KeptAnswers } from './kept-answers.ts';
import type { AlarmClock, StreamStorage, StreamType } from './ports.ts';

export interface Loaded<State> {
  readonly state: State;
  /** The number of events so far; 0 when the stream does not exist. */
  readonly version: number;
}

interface Entry<State> extends Loaded<State> {
  readonly snapshotVersion: number;
  /** The wake-up in storage, which may be earlier than the state wants; NaN while it is not known. */
  readonly wakeAt: number | null;
}

/** Bounds what a load has to fold. */
const snapshotEveryEvents = 100;
/**
 * What the streams of all objects of an isolate keep in memory, of the 128 MB that an isolate has: the least recently used
 * state goes first, whichever object it belongs to.
 */
const isolateMemory = new MemoryBudget(8 * megabyte);
/**
 * Alarms ring at whole multiples of this. What falls due in between shares the next run, and objects of one isolate that run
 * together share their calls to neighbours. Nothing that an alarm does is bound to less.
 */
const alarmGridMs = 2 * secondMs;
/** Lets the events of one request share a relay run, and keeps alarms away from its path. */
export const relayDelayMs = 250;
/** What a wake-up asks of a neighbour goes in one call for all of them, and a call takes a hundred. */
const wakesPerRunMax = 100;
/** After a wake-up that failed or brought nothing, so that one stream cannot keep the alarm spinning. */
const wakeAgainMs = 10 * secondMs;

export class Streams<State, Event> {
  /** What was answered under idempotency keys. */
  readonly answers: KeptAnswers;
  readonly #type: StreamType<State, Event>;
  readonly #storage: StreamStorage<Event>;
  readonly #alarm: AlarmClock;
  readonly #onPublished: (envelopes: readonly Envelope[]) => void;
  readonly #entries: BoundedMap<string, Entry<State>>;
  /** Streams that are not there: one that is about to begin is asked for several times. */
  readonly #absent: BoundedMap<string, true>;
  readonly #relayMemory: RelayMemory = new Map();
  /** Events since the last relay began, by stream: none of them was sent. */
  readonly #unsent: BoundedMap<string, readonly string[]>;
  /** The earliest alarm that this instance has set; null when it has set none that is still to come. */
  #alarmAt: number | null = null;
  /** When the work is due that an earlier instance left. Its alarm may be set in storage, and setting a later one would lose it. */
  #leftAt: number | null;

  constructor(
    type: StreamType<State, Event>,
    storage: StreamStorage<Event>,
    alarm: AlarmClock,
    memory: MemoryBudget = isolateMemory,
    /** Called with the events of a commit, in the moment of the commit; the relay sends them whatever it does. */
    onPublished: (envelopes: readonly Envelope[]) => void = () => undefined,
  ) {
    this.#type = type;
    this.#storage = storage;
    this.#alarm = alarm;
    this.#onPublished = onPublished;
    this.#entries = new BoundedMap(memory);
    this.#absent = new BoundedMap(memory);
    this.#unsent = new BoundedMap(memory);
    this.answers = new KeptAnswers(storage, (expiresAt) => this.#needAlarm(dropAt(expiresAt)));
    const [unsent] = storage.openOutbox(1, 0);
    this.#leftAt = unsent === undefined ? this.#nextOwnAt() : happenedAt(unsent) + relayDelayMs;
  }

  get storage(): StreamStorage<Event> {
    return this.#storage;
  }

  load(streamId: string): Loaded<State> {
    return this.#find(streamId) ?? { state: this.#type.initial, version: 0 };
  }

  #find(streamId: string): Entry<State> | null {
    const known = this.#entries.use(streamId);
    if (known !== undefined) return known;
    const stored = this.#absent.has(streamId) ? null : this.#storage.read(streamId);
    if (stored === null) {
      this.#absent.set(streamId, true);
      return null;
    }
    const snapshotVersion = stored.snapshot?.version ?? 0;
    const start = stored.snapshot === null ? this.#type.initial : this.#type.revive(stored.snapshot.json);
    const state = stored.events.reduce((folded, event) => this.#type.evolve(folded, event), start);
    return this.#remember(streamId, {
      state,
      version: snapshotVersion + stored.events.length,
      snapshotVersion,
      wakeAt: Number.NaN,
    });
  }

  /** A stream as it was at a version of its past; null when it is gone. Every event until then is read. */
  loadPast(streamId: string, version: number): Loaded<State> | null {
    const events = this.#storage.firstEvents(streamId, version);
    if (events.length < version) return null;
    const state = events.reduce((folded, event) => this.#type.evolve(folded, event), this.#type.initial);
    return { state, version };
  }

  /** The id of this stream was made a moment ago: it need not be looked for. Were it there all the same, its first event would clash. */
  expectNew(streamId: string): void {
    if (!this.#entries.has(streamId)) this.#absent.set(streamId, true);
  }

  /** Decides on the present state and appends what follows, in one commit. A refusal keeps its events too. */
  execute<No>(
    streamId: string,
    now: number,
    decide: (loaded: Loaded<State>) => Decision<Event, No>,
    traceparent?: string,
  ): Loaded<State> & { readonly refusal: No | null } {
    const loaded = this.load(streamId);
    const { events, refusal } = decide(loaded);
    const after = events.length === 0 ? loaded : this.append(streamId, events, now, traceparent);
    return { state: after.state, version: after.version, refusal };
  }

  append(streamId: string, events: readonly Event[], now: number, traceparent?: string): Loaded<State> {
    const before = this.#find(streamId) ?? { state: this.#type.initial, version: 0, snapshotVersion: 0, wakeAt: null };
    const version = before.version + events.length;
    let state = events.reduce((folded, event) => this.#type.evolve(folded, event), before.state);
    const isSnapshotDue = version - before.snapshotVersion >= snapshotEveryEvents;
    if (isSnapshotDue) state = this.#type.compact?.(state, now) ?? state;
    const wakeAt = this.#type.wakeAt(state);
    // One that has moved later, or is not needed any more, is left where it is: the alarm finds that out, and most commits are spared.
    const isLeft = before.wakeAt !== null && (wakeAt === null || wakeAt >= before.wakeAt);
    const isKept = isLeft || wakeAt === before.wakeAt;
    const envelopes = this.#type.publish({ streamId, state, version, events, now, traceparent });
    this.#absent.delete(streamId);
    this.#storage.write({
      streamId,
      sequence: before.version + 1,
      events,
      outbox: envelopes.map(outboxRow),
      wakeAt: isKept ? undefined : wakeAt,
      snapshot: isSnapshotDue ? { version, json: JSON.stringify(state) } : null,
    });
    if (envelopes.length > 0) {
      this.#supersede(streamId, envelopes);
      this.#needAlarm(now + relayDelayMs);
      this.#onPublished(envelopes);
    }
    if (wakeAt !== null) this.#needAlarm(wakeAt);
    return this.#remember(streamId, {
      state,
      version,
      snapshotVersion: isSnapshotDue ? version : before.snapshotVersion,
      wakeAt: isKept ? before.wakeAt : wakeAt,
    });
  }

  /** Drops the older events of a stream that were not sent yet, in the commit of newer ones that say all they said. */
  #supersede(streamId: string, newer: readonly Envelope[]): void {
    if (this.#type.isNewestEnough !== true) return;
    const older = this.#unsent.get(streamId) ?? [];
    if (older.length > 0) this.#storage.settleOutbox(older.map((eventId) => ({ eventId, pending: [] })));
    this.#unsent.set(
      streamId,
      newer.map((envelope) => envelope.id),
    );
  }

  /** Wakes a stream later than its state says, without an event: a retry that is put off. */
  postpone(streamId: string, at: number): void {
    this.#setWake(streamId, at);
    this.#needAlarm(at);
  }

  #setWake(streamId: string, wakeAt: number | null): void {
    this.#storage.setWake(streamId, wakeAt);
    const entry = this.#entries.get(streamId);
    if (entry !== undefined) this.#entries.set(streamId, { ...entry, wakeAt });
  }

  /** Forgets a stream for good. */
  drop(streamId: string): void {
    this.#entries.delete(streamId);
    this.#storage.dropStream(streamId);
  }

  /** One alarm: wakes what is due, relays the outbox, sets the next alarm. It never throws, because alarms give up. */
  async onAlarm(
    now: number,
    wake: (streamIds: readonly string[]) => Promise<void>,
    port: Pick<OutboxPort, 'send' | 'handled' | 'report'>,
  ): Promise<void> {
    this.#alarmAt = null;
    // An alarm that is set while this one runs replaces its repetition after a death, so it must not be a late one.
    this.#leftAt = now + wakeAgainMs;
    const due = this.#storage.dueStreams(now, wakesPerRunMax);
    if (due.length > 0) await this.#wakeDue(due, now, wake, port);
    let relayAt: number | null = now + wakeAgainMs;
    this.#unsent.clear();
    try {
      relayAt = await relay(
        {
          ...port,
          open: (limit, skip) => this.#storage.openOutbox(limit, skip),
          settle: (rows) => this.#storage.settleOutbox(rows),
        },
        this.#relayMemory,
        now,
      );
    } catch (error) {
      port.report('the outbox could not be relayed', error);
    }
    this.#storage.dropExpired(now);
    const wakeAt = this.#nextOwnAt();
    this.#leftAt = null;
    const nextAt = Math.min(relayAt ?? Number.POSITIVE_INFINITY, wakeAt ?? Number.POSITIVE_INFINITY);
    // A backlog goes on at once.
    if (due.length === wakesPerRunMax) this.#setAlarm(now);
    else if (Number.isFinite(nextAt)) this.#needAlarm(Math.max(nextAt, now + 1));
  }

  /** A wake-up that nothing came of is set to what the state wants now, or is tried again when that is overdue. */
  async #wakeDue(
    due: readonly string[],
    now: number,
    wake: (streamIds: readonly string[]) => Promise<void>,
    port: Pick<OutboxPort, 'report'>,
  ): Promise<void> {
    let isFailed = false;
    try {
      await wake(due);
    } catch (error) {
      isFailed = true;
      port.report('a wake-up failed', error);
    }
    for (const streamId of this.#storage.dueStreams(now, wakesPerRunMax)) {
      if (!due.includes(streamId)) continue;
      const wakeAt = isFailed ? now : this.#type.wakeAt(this.load(streamId).state);
      this.#setWake(streamId, wakeAt !== null && wakeAt <= now ? now + wakeAgainMs : wakeAt);
    }
  }

  /** The next wake-up or dropping; null when neither is to come. */
  #nextOwnAt(): number | null {
    const wakeAt = this.#storage.nextWakeAt();
    const expiryAt = this.#storage.nextExpiryAt();
    if (expiryAt === null) return wakeAt;
    return Math.min(wakeAt ?? Number.POSITIVE_INFINITY, dropAt(expiryAt));
  }

  /** An alarm in each commit costs a quarter of the throughput, so it is set only when it would ring too late. */
  #needAlarm(wantedAt: number): void {
    const at = onAlarmGrid(Math.min(wantedAt, this.#leftAt ?? wantedAt));
    this.#leftAt = null;
    if (this.#alarmAt === null || at < this.#alarmAt) this.#setAlarm(at);
  }

  #setAlarm(at: number): void {
    this.#alarmAt = at;
    this.#alarm.set(at);
  }

  #remember(streamId: string, entry: Entry<State>): Entry<State> {
    this.#entries.set(streamId, entry);
    return entry;
  }
}

/** The time of an event, in milliseconds since 1970. */
function happenedAt({ envelope }: OutboxRow): number {
  const { time }: Envelope = JSON.parse(envelope);
  return Date.parse(time);
}

/** When the alarm rings for what is due at a time. */
export function onAlarmGrid(at: number): number {
  return Math.ceil(at / alarmGridMs) * alarmGridMs;
}

/** When what expires is dropped: together with all else that expires in the same hour. */
function dropAt(expiresAt: number): number {
  return Math.ceil((expiresAt + 1) / dropAnswersEveryMs) * dropAnswersEveryMs;
}
