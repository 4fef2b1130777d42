/**
 * The one base of the objects that hold streams: it joins `Streams` with an object's own storage and alarm. A subclass adds
 * its commands as RPC methods and says what waking a stream means; rules stay in the owner's domain.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Envelope } from '../shared/events/envelope.ts';
import { type Reaches, reachPort } from '../shared/messaging/relay-port.ts';
import type { StreamType } from '../shared/streams/ports.ts';
import { Streams } from '../shared/streams/streams.ts';
import { SqliteStreamStorage } from './storage.ts';

export abstract class AggregateObject<Env, State, Event> extends DurableObject<Env> {
  protected readonly streams: Streams<State, Event>;
  protected readonly storage: SqliteStreamStorage<Event>;

  constructor(ctx: DurableObjectState, env: Env, type: StreamType<State, Event>) {
    super(ctx, env);
    this.storage = new SqliteStreamStorage<Event>(ctx.storage.sql);
    // Not awaited on purpose: it joins the commit of the write before it, and the output gate waits for both.
    const alarm = { set: (at: number) => void ctx.storage.setAlarm(at) };
    this.streams = new Streams(type, this.storage, alarm, undefined, (envelopes) => this.published(envelopes));
  }

  /** The subscribers that this object's events go to. */
  protected abstract reaches(): Reaches;

  /** Learns at once of what was committed, ahead of the alarm that relays it. */
  protected published(_envelopes: readonly Envelope[]): void {}

  /** Does for each stream what its time has come for. */
  protected abstract wake(streamIds: readonly string[], now: number): Promise<void>;

  override async alarm(): Promise<void> {
    const now = Date.now();
    await this.streams.onAlarm(now, (streamIds) => this.wake(streamIds, now), reachPort(this.reaches()));
  }
}
