/**
 * Relays the outbox of a D1 database, whose writers arm it. When it relays is decided in `shared/messaging`; this joins that
 * with the object's alarm, the database, and whom its Worker reaches.
 */
import { DurableObject } from 'cloudflare:workers';
import { d1OutboxPort, databaseOf } from '../../shared/messaging/d1.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { relayWork, WorkAlarm } from '../../shared/messaging/work-alarm.ts';

interface OutboxRelayEnv {
  readonly DB: D1Database;
}

/** A publishing Worker exports its own class of this shape, which says whom it reaches. */
export abstract class OutboxRelayBase<Env extends OutboxRelayEnv> extends DurableObject<Env> {
  readonly #relay: WorkAlarm;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#relay = new WorkAlarm(relayWork(d1OutboxPort(databaseOf(env.DB), this.reaches())), ctx.storage);
  }

  protected abstract reaches(): Reaches;

  /** Promises a run soon after now. Call it before the write that leaves the work. */
  arm(): Promise<void> {
    return this.#relay.arm(Date.now());
  }

  override alarm(): Promise<void> {
    return this.#relay.run(Date.now());
  }
}
