/**
 * The settings as this isolate holds them, so that a quote costs no storage round trip. They are looked at again every few
 * seconds while the caller is already being answered, and waited for only when they have grown old. A database that does
 * not answer leaves the old ones in use: a stale price is better than no shop.
 */
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { minuteMs, secondMs } from '../../../shared/values/time.ts';
import type { PricingSettings } from '../domain/settings.ts';

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

  /**
   * The settings, from memory when there are any, and waiting for the database when those are older than the caller bears.
   * Throws only when none were ever read and the database does not answer.
   */
  async read(source: SettingsSource, moment: Moment, bearsMs = staleMaxMs): Promise<PricingSettings> {
    const held = this.#settings;
    if (held === null) {
      const settings = await withDeadline(source.load(), deadlineMs);
      this.replace(settings, moment.now);
      return settings;
    }
    if (moment.now - this.#askedAt < checkEveryMs) return held;
    this.#askedAt = moment.now;
    const refresh = this.#refresh(held, source, moment);
    if (this.ageMs(moment.now) < bearsMs) moment.later(refresh);
    else await refresh;
    return this.#settings ?? held;
  }

  /** How long ago the held settings were known to be current. */
  ageMs(now: number): number {
    return now - this.#currentAt;
  }

  /** Takes what was just read, or what this isolate has just written, so that its own next quote knows it. */
  replace(settings: PricingSettings, now: number): void {
    this.#settings = settings;
    this.#currentAt = now;
    this.#askedAt = now;
  }

  async #refresh(held: PricingSettings, source: SettingsSource, moment: Moment): Promise<void> {
    try {
      const isCurrent = (await withDeadline(source.version(), deadlineMs)) === held.version;
      const settings = isCurrent ? held : await withDeadline(source.load(), deadlineMs);
      // A write through this isolate may have come in between; what it left is newer than what was read.
      if (this.#settings === held) this.replace(settings, moment.now);
    } catch (error) {
      moment.report('settings could not be read again; the old ones stay in use', error);
    }
  }
}
