/**
 * Relays the outbox of a D1 database. D1 has no alarms, so this object lends its own: it is armed before the write that
 * needs it, which leaves no moment in which a row exists that nobody will relay.
 */
import { DurableObject } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { d1OutboxPort, type Reaches } from '../../shared/messaging/d1.ts';
import { type RelayMemory, relay } from '../../shared/messaging/outbox.ts';
import { secondMs } from '../../shared/values/time.ts';

/** Long enough for the write to land and for its neighbours to share the run. */
const relayDelayMs = 500;
/** After a run that found nothing: the write it was armed for may still be under way. */
const graceMs = 10 * secondMs;

export interface OutboxRelayEnv {
  readonly DB: D1Database;
}

/** A publishing Worker exports its own class of this shape, which says whom it reaches. */
export abstract class OutboxRelayBase<Env extends OutboxRelayEnv> extends DurableObject<Env> {
  readonly #memory: RelayMemory = new Map();
  #armedUntil = 0;

  protected abstract reaches(): Reaches;

  /** Promises a run soon after now. Call it before the write that fills the outbox. */
  async arm(): Promise<void> {
    const now = Date.now();
    if (now < this.#armedUntil) return;
    const alarm = await this.ctx.storage.getAlarm();
    if (alarm === null || alarm > now + relayDelayMs) await this.ctx.storage.setAlarm(now + relayDelayMs);
    this.#armedUntil = now + relayDelayMs;
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    const isFirstEmptyRun = this.#armedUntil + graceMs > now;
    let nextAt: number | null = now + graceMs;
    try {
      nextAt = await relay(d1OutboxPort(drizzle(this.env.DB), this.reaches()), this.#memory, now);
      if (nextAt === null && isFirstEmptyRun) nextAt = now + graceMs;
    } catch (error) {
      console.error(JSON.stringify({ level: 'error', message: 'the outbox could not be read', error: String(error) }));
    }
    const armed = await this.ctx.storage.getAlarm();
    if (nextAt !== null && (armed === null || armed > nextAt)) await this.ctx.storage.setAlarm(nextAt);
  }
}
