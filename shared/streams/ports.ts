/** What streams are given: the type of a domain's streams, storage that commits synchronously, and an alarm. */
import type { Envelope } from '../events/envelope.ts';
import type { Subscriber } from '../events/subscriptions.ts';
import type { OutboxRow } from '../messaging/outbox.ts';
import type { AnswerStorage } from './kept-answers.ts';

/** What the owner's domain says about its streams. Everything here is pure. */
export interface StreamType<State, Event> {
  readonly initial: State;
  evolve(state: State, event: Event): State;
  /** Reads a snapshot back from its JSON. */
  revive(json: string): State;
  /** The integration events that follow from a commit. */
  publish(commit: StreamCommit<State, Event>): readonly Envelope[];
  /** True when an event tells the whole state: one that was not sent yet is then dropped for a newer one. */
  readonly isNewestEnough?: boolean;
  /** When this stream wants to be woken, in milliseconds since 1970; null for never. */
  wakeAt(state: State): number | null;
  /** Drops from a state what nobody will ask for again. Called when a snapshot is taken. */
  compact?(state: State, now: number): State;
}

export interface StreamCommit<State, Event> {
  readonly streamId: string;
  readonly state: State;
  readonly version: number;
  readonly events: readonly Event[];
  readonly now: number;
  readonly traceparent: string | undefined;
}

export interface StoredStream<Event> {
  readonly snapshot: { readonly version: number; readonly json: string } | null;
  /** The events after the snapshot, in order. */
  readonly events: readonly Event[];
}

export interface StreamWrite<Event> {
  readonly streamId: string;
  /** The sequence of the first event. */
  readonly sequence: number;
  readonly events: readonly Event[];
  readonly outbox: readonly OutboxRow[];
  /** Undefined leaves the wake-up as it is. */
  readonly wakeAt: number | null | undefined;
  readonly snapshot: { readonly version: number; readonly json: string } | null;
}

/** A name that only one may have: the number of an order, for example. Whose name it is stays known until it expires. */
export interface TakenName {
  /** What kind of name it is; the same name may be taken once for each kind. */
  readonly kind: string;
  readonly name: string;
  readonly owner: string;
  /** Null for never. */
  readonly expiresAt: number | null;
}

/** Synchronous storage: writes without an await between them are one commit. */
export interface StreamStorage<Event> extends AnswerStorage {
  read(streamId: string): StoredStream<Event> | null;
  /** The first events of a stream, in order. */
  firstEvents(streamId: string, count: number): Event[];
  write(write: StreamWrite<Event>): void;
  setWake(streamId: string, at: number | null): void;
  dueStreams(now: number, limit: number): string[];
  nextWakeAt(): number | null;
  dropStream(streamId: string): void;
  openOutbox(limit: number, skip: number): OutboxRow[];
  settleOutbox(rows: readonly { readonly eventId: string; readonly pending: readonly Subscriber[] }[]): void;
  /** Who took a name; null while nobody has. */
  ownerOf(kind: string, name: string): string | null;
  takeName(taken: TakenName): void;
  /** Drops the answers and names whose time is over. */
  dropExpired(now: number): void;
  /** When the first answer or name expires; null when none does. */
  nextExpiryAt(): number | null;
}

export interface AlarmClock {
  set(at: number): void;
}
