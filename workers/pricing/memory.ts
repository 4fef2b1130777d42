/**
 * The settings as this isolate holds them, so that a quote costs no storage round trip. They are looked at again every few
 * seconds while the caller is already being answered, and waited for only when they have grown old. A database that does
 * not answer leaves the old ones in use: a stale price is better than no shop.
 */
import { minuteMs, secondMs } from '../../shared/values/time.ts';
import type { PricingSettings } from './domain/settings.ts';

/** How often the database is asked whether the settings have changed. */
export const checkEveryMs = 5 * secondMs;
/** The oldest that settings may be while the database answers. */
export const staleMaxMs = minuteMs;
/** A stalled database is given up on after this long. */
const deadlineMs = 3 * secondMs;

export interface SettingsSource {
  version(): Promise<number>;
  load(): Promise<PricingSettings>;
}

export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Keeps work alive beyond the answer. */
  later(work: Promise<unknown>): void;
  report(message: string, error: unknown): void;
}

export class SettingsMemory {
  #settings: PricingSettings | null = null;
  /** When the held settings were last known to be current. */
  #currentAt = Number.NEGATIVE_INFINITY;
  /** When the database was last asked, with or without success. */
  #askedAt = Number.NEGATIVE_INFINITY;

  /** The settings, from memory when there are any. Throws only when none were ever read and the database does not answer. */
  async read(source: SettingsSource, moment: Moment): Promise<PricingSettings> {
    const held = this.#settings;
    if (held === null) {
      const settings = await withDeadline(source.load());
      this.#keep(settings, moment.now);
      return settings;
    }
    if (moment.now - this.#askedAt < checkEveryMs) return held;
    this.#askedAt = moment.now;
    const refresh = this.#refresh(held, source, moment);
    if (moment.now - this.#currentAt < staleMaxMs) moment.later(refresh);
    else await refresh;
    return this.#settings ?? held;
  }

  /** Takes what this isolate has just written, so that its own next quote knows it. */
  replace(settings: PricingSettings, now: number): void {
    this.#keep(settings, now);
  }

  async #refresh(held: PricingSettings, source: SettingsSource, moment: Moment): Promise<void> {
    try {
      const isCurrent = (await withDeadline(source.version())) === held.version;
      const settings = isCurrent ? held : await withDeadline(source.load());
      // A write through this isolate may have come in between; what it left is newer than what was read.
      if (this.#settings === held) this.#keep(settings, moment.now);
    } catch (error) {
      moment.report('settings could not be read again; the old ones stay in use', error);
    }
  }

  #keep(settings: PricingSettings, now: number): void {
    this.#settings = settings;
    this.#currentAt = now;
    this.#askedAt = now;
  }
}

async function withDeadline<Value>(work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
