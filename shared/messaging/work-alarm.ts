/**
 * When work is done that a database says is left, such as relaying its outbox. A database has no alarms, so an object lends its
 * own: it is armed before the write that needs it, which leaves no moment in which a row exists that nobody will look at. It
 * knows no platform.
 */
import { minuteMs, secondMs } from '../values/time.ts';
import { type OutboxPort, type RelayMemory, relay } from './outbox.ts';

/** Long enough for the write to land and for its neighbours to share the run. */
const delayMs = 500;
/** After a run that found nothing: the write it was armed for may still be under way, and D1 gives up after 30 seconds. */
const graceMs = minuteMs;
/** After a run that failed. */
const retryMs = 10 * secondMs;

/** The part of an object's storage that holds its alarm. */
interface AlarmPort {
  /** Milliseconds since 1970, or null when none is set. */
  getAlarm(): Promise<number | null>;
  setAlarm(at: number): Promise<void>;
}

interface Work {
  /** Does some of it. Answers when to go on, in milliseconds since 1970, or null when nothing is left. */
  run(now: number): Promise<number | null>;
  report(message: string, error: unknown): void;
}

/** The relaying of an outbox as such work. */
export function relayWork(port: OutboxPort): Work {
  const memory: RelayMemory = new Map();
  return { run: (now) => relay(port, memory, now), report: port.report };
}

export class WorkAlarm {
  readonly #work: Work;
  readonly #alarm: AlarmPort;
  #armedUntil = 0;
  /** Since when runs find nothing; null after an arming, and in an instance that has yet to run: it may follow one that was armed. */
  #emptySince: number | null = null;

  constructor(work: Work, alarm: AlarmPort) {
    this.#work = work;
    this.#alarm = alarm;
  }

  /** Promises a run soon after now. Call it before the write that leaves the work. */
  async arm(now: number): Promise<void> {
    this.#emptySince = null;
    if (now < this.#armedUntil) return;
    await this.#setEarlier(now + delayMs);
    this.#armedUntil = now + delayMs;
  }

  /** What the alarm does. It never throws: an alarm that fails six times is dropped for good. */
  async run(now: number): Promise<void> {
    let nextAt: number | null = now + retryMs;
    try {
      nextAt = (await this.#work.run(now)) ?? this.#onceMore(now);
    } catch (error) {
      this.#work.report('work that is left could not be done', error);
    }
    if (nextAt !== null) await this.#setEarlier(nextAt);
  }

  /** Outlasts the grace time before it believes that there is nothing to do. */
  #onceMore(now: number): number | null {
    this.#emptySince ??= now;
    const until = this.#emptySince + graceMs;
    return now < until ? until : null;
  }

  async #setEarlier(at: number): Promise<void> {
    const set = await this.#alarm.getAlarm();
    if (set === null || set > at) await this.#alarm.setAlarm(at);
  }
}
