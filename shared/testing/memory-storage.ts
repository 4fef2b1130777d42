/** The storage of streams in memory, with the promises of the real one: synchronous, and JSON in between, as on disk. */
import type { StoredAnswer, StoredStream, StreamStorage, StreamWrite } from '../../durable-objects/streams.ts';
import type { Subscriber } from '../events/subscriptions.ts';
import type { OutboxRow } from '../messaging/outbox.ts';

interface Kept {
  readonly events: string[];
  snapshot: { readonly version: number; readonly json: string } | null;
}

export class MemoryStreamStorage<Event> implements StreamStorage<Event> {
  readonly wakes = new Map<string, number>();
  readonly answers = new Map<string, StoredAnswer>();
  readonly writes: StreamWrite<Event>[] = [];
  outbox: OutboxRow[] = [];
  /** How many streams were read. */
  reads = 0;
  readonly #streams = new Map<string, Kept>();

  read(streamId: string): StoredStream<Event> | null {
    this.reads += 1;
    const kept = this.#streams.get(streamId);
    if (kept === undefined) return null;
    const events = kept.events.slice(kept.snapshot?.version ?? 0).map((event): Event => JSON.parse(event));
    return { snapshot: kept.snapshot, events };
  }

  write(write: StreamWrite<Event>): void {
    this.writes.push(write);
    const kept: Kept = this.#streams.get(write.streamId) ?? { events: [], snapshot: null };
    if (write.sequence !== kept.events.length + 1) throw new Error(`${write.sequence} is no next sequence`);
    kept.events.push(...write.events.map((event) => JSON.stringify(event)));
    if (write.snapshot !== null) kept.snapshot = write.snapshot;
    this.#streams.set(write.streamId, kept);
    this.outbox.push(...write.outbox);
    if (write.wakeAt !== undefined) this.setWake(write.streamId, write.wakeAt);
  }

  setWake(streamId: string, at: number | null): void {
    if (at === null) this.wakes.delete(streamId);
    else this.wakes.set(streamId, at);
  }

  dueStreams(now: number, limit: number): string[] {
    return [...this.wakes]
      .filter(([, at]) => at <= now)
      .sort(([, a], [, b]) => a - b)
      .slice(0, limit)
      .map(([streamId]) => streamId);
  }

  nextWakeAt(): number | null {
    return this.wakes.size === 0 ? null : Math.min(...this.wakes.values());
  }

  dropStream(streamId: string): void {
    this.#streams.delete(streamId);
    this.wakes.delete(streamId);
  }

  openOutbox(limit: number): OutboxRow[] {
    return this.outbox.slice(0, limit);
  }

  settleOutbox(rows: readonly { readonly eventId: string; readonly pending: readonly Subscriber[] }[]): void {
    const settled = new Map(rows.map((row) => [row.eventId, row.pending]));
    this.outbox = this.outbox
      .map((row) => ({ ...row, pending: settled.get(row.eventId) ?? row.pending }))
      .filter((row) => row.pending.length > 0);
  }

  answer(key: string): StoredAnswer | null {
    return this.answers.get(key) ?? null;
  }

  saveAnswer(answer: StoredAnswer): void {
    this.answers.set(answer.key, answer);
  }

  dropAnswers(expiredBefore: number): void {
    for (const [key, { expiresAt }] of this.answers) if (expiresAt < expiredBefore) this.answers.delete(key);
  }
}
