/**
 * The storage of one simulated object. A write is whole at once and survives every death of its object; what is read back
 * has been through JSON, as it would have been. It also keeps the list of its commits, which the invariants replay.
 */

import type { Subscriber } from '../events/subscriptions.ts';
import type { OutboxRow } from '../messaging/outbox.ts';
import type { StoredAnswer } from '../streams/kept-answers.ts';
import type { StoredStream, StreamStorage, StreamWrite, TakenName } from '../streams/ports.ts';

interface Kept<Event> {
  readonly events: Event[];
  snapshot: StoredStream<Event>['snapshot'];
}

export interface Commit<Event> {
  readonly streamId: string;
  readonly events: readonly Event[];
}

export class MemoryStreamStorage<Event> implements StreamStorage<Event> {
  readonly commits: Commit<Event>[] = [];
  readonly #streams = new Map<string, Kept<Event>>();
  readonly #wakes = new Map<string, number>();
  readonly #answers = new Map<string, StoredAnswer>();
  readonly #names = new Map<string, TakenName>();
  #outbox: OutboxRow[] = [];

  get streamIds(): string[] {
    return [...this.#streams.keys()];
  }

  get openOutboxCount(): number {
    return this.#outbox.length;
  }

  read(streamId: string): StoredStream<Event> | null {
    const kept = this.#streams.get(streamId);
    if (kept === undefined) return null;
    const events = kept.events.slice(kept.snapshot?.version ?? 0);
    return { snapshot: kept.snapshot, events: JSON.parse(JSON.stringify(events)) };
  }

  firstEvents(streamId: string, count: number): Event[] {
    return JSON.parse(JSON.stringify(this.history(streamId).slice(0, count)));
  }

  /** All events of a stream from its beginning. */
  history(streamId: string): readonly Event[] {
    return this.#streams.get(streamId)?.events ?? [];
  }

  write({ streamId, sequence, events, outbox, wakeAt, snapshot }: StreamWrite<Event>): void {
    const kept = this.#streams.get(streamId) ?? { events: [], snapshot: null };
    if (sequence !== kept.events.length + 1) throw new Error(`${streamId} has ${kept.events.length} events already`);
    this.#streams.set(streamId, kept);
    kept.events.push(...events);
    if (snapshot !== null) kept.snapshot = snapshot;
    this.commits.push({ streamId, events });
    this.addOutbox(outbox);
    if (wakeAt !== undefined) this.setWake(streamId, wakeAt);
  }

  addOutbox(rows: readonly OutboxRow[]): void {
    this.#outbox.push(...rows);
  }

  setWake(streamId: string, at: number | null): void {
    if (at === null) this.#wakes.delete(streamId);
    else this.#wakes.set(streamId, at);
  }

  dueStreams(now: number, limit: number): string[] {
    return [...this.#wakes]
      .filter(([, at]) => at <= now)
      .sort((a, b) => a[1] - b[1])
      .slice(0, limit)
      .map(([streamId]) => streamId);
  }

  nextWakeAt(): number | null {
    let least: number | null = null;
    for (const at of this.#wakes.values()) if (least === null || at < least) least = at;
    return least;
  }

  dropStream(streamId: string): void {
    this.#streams.delete(streamId);
    this.#wakes.delete(streamId);
  }

  openOutbox(limit: number, skip: number): OutboxRow[] {
    return this.#outbox.slice(skip, skip + limit);
  }

  settleOutbox(rows: readonly { readonly eventId: string; readonly pending: readonly Subscriber[] }[]): void {
    const settled = new Map(rows.map((row) => [row.eventId, row.pending]));
    this.#outbox = this.#outbox.flatMap((row) => {
      const pending = settled.get(row.eventId) ?? row.pending;
      if (pending.length === 0) return [];
      return pending === row.pending ? row : { ...row, pending };
    });
  }

  answer(key: string): StoredAnswer | null {
    return this.#answers.get(key) ?? null;
  }

  saveAnswer(answer: StoredAnswer): void {
    this.#answers.set(answer.key, answer);
  }

  ownerOf(kind: string, name: string): string | null {
    return this.#names.get(`${kind} ${name}`)?.owner ?? null;
  }

  takeName(taken: TakenName): void {
    this.#names.set(`${taken.kind} ${taken.name}`, taken);
  }

  dropExpired(now: number): void {
    for (const [key, { expiresAt }] of this.#answers) if (expiresAt <= now) this.#answers.delete(key);
    for (const [key, { expiresAt }] of this.#names) if (expiresAt !== null && expiresAt <= now) this.#names.delete(key);
  }

  nextExpiryAt(): number | null {
    let least: number | null = null;
    for (const kept of [this.#answers, this.#names])
      for (const { expiresAt } of kept.values())
        if (expiresAt !== null && (least === null || expiresAt < least)) least = expiresAt;
    return least;
  }
}
