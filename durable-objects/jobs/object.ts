/**
 * Works off the jobs of a Worker by its alarm, so that they go on by themselves after a restart. What there is to do and
 * how far it is stands in that Worker's database; this object keeps nothing but the alarm, and is the only one that works.
 */
import { DurableObject } from 'cloudflare:workers';
import { reportDefect } from '../../shared/messaging/report.ts';
import { WorkAlarm } from '../../shared/messaging/work-alarm.ts';
import { secondMs } from '../../shared/values/time.ts';

/** How long one alarm works before it sets the next one: well within the processor time that the platform gives to one. */
const turnMs = 5 * secondMs;
/** How often a request that waits for the end looks. */
const lookEveryMs = 20;

/** The Worker that owns the jobs exports its own class of this shape, which does them. */
export abstract class JobsBase<Env> extends DurableObject<Env> {
  readonly #alarm: WorkAlarm;
  #running: Promise<void> | null = null;
  /** When the last run said to go on; null when nothing was left. */
  #goOnAt: number | null = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const run = async (): Promise<number | null> => {
      this.#goOnAt = Date.now() + turnMs;
      this.#goOnAt = await this.run(turnMs);
      return this.#goOnAt;
    };
    this.#alarm = new WorkAlarm({ run, report: reportDefect }, ctx.storage);
  }

  /** Does the jobs for a while; answers when to go on, in milliseconds since 1970, or null when nothing is left. */
  protected abstract run(forMs: number): Promise<number | null>;

  /** Promises that the jobs go on soon after now. Call it before the write that leaves one. */
  arm(): Promise<void> {
    return this.#alarm.arm(Date.now());
  }

  /** Begins at once and waits until nothing is left, but no longer than that. */
  async done(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    this.#goOnAt = Date.now();
    // What is to be done later than that is not waited for.
    while (this.#goOnAt !== null && (this.#running !== null || this.#goOnAt < until) && Date.now() < until) {
      if (Date.now() >= this.#goOnAt) void this.#work();
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  override alarm(): Promise<void> {
    return this.#work();
  }

  #work(): Promise<void> {
    this.#running ??= this.#alarm.run(Date.now()).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }
}
