/**
 * Unique codes as this isolate has met them, so that a cart with one is quoted without a storage round trip, as a cart with a code of
 * the settings is. They are as old as settings may be: looked at again behind the answer every few seconds, and waited for
 * when they have grown old. A code that was not found is asked for again soon, so guesses cost the database little.
 */
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { secondMs } from '../../../shared/values/time.ts';
import { normalizedCode } from '../../../shared/values/typed-codes.ts';
import type { DatedCode } from '../domain/codes.ts';
import type { PricingSettings } from '../domain/settings.ts';
import { checkEveryMs, type Moment, staleMaxMs } from './settings-memory.ts';

/** Some 10,000 codes. */
const bytesMax = 4 * megabyte;
const deadlineMs = 3 * secondMs;

export interface CodeSource {
  /** The codes among these, also those that are gone. */
  uniqueCodes(codes: readonly string[]): Promise<readonly DatedCode[]>;
}

interface Known {
  /** Null: there is none. */
  readonly found: DatedCode | null;
  readonly askedAt: number;
}

export class CodeMemory {
  readonly #known = new BoundedMap<string, Known>(bytesMax);
  /** Counts the times that everything was forgotten: an answer on its way is not kept then. */
  #generation = 0;

  /**
   * The unique codes among those that a cart names, also those that are gone.
   *
   * @param onRead is given those that were read for this very answer
   */
  async find(
    source: CodeSource,
    { promotions }: Pick<PricingSettings, 'promotions'>,
    codes: readonly string[],
    moment: Moment,
    onRead: (code: DatedCode) => void = () => {},
  ): Promise<readonly DatedCode[]> {
    if (codes.length === 0 || !promotions.some((one) => one.hasUniqueCodes)) return [];
    const wanted = [...new Set(codes.map(normalizedCode))].filter(
      (code) => !promotions.some((one) => one.codes.includes(code)),
    );
    const ageMs = (code: string) => moment.now - (this.#known.get(code)?.askedAt ?? Number.NEGATIVE_INFINITY);
    const unknown = wanted.filter(
      (code) => ageMs(code) >= (this.#known.get(code)?.found == null ? checkEveryMs : staleMaxMs),
    );
    if (unknown.length > 0) await this.#ask(source, unknown, moment.now);
    for (const code of unknown) {
      const read = this.#known.get(code)?.found;
      if (read != null) onRead(read);
    }
    const old = wanted.filter((code) => ageMs(code) >= checkEveryMs);
    for (const code of old) this.#known.set(code, { found: this.#known.get(code)?.found ?? null, askedAt: moment.now });
    if (old.length > 0)
      moment.later(
        this.#ask(source, old, moment.now).catch((error: unknown) =>
          moment.report('codes could not be read again; they stay as they are', error),
        ),
      );
    return wanted.flatMap((code) => this.#known.get(code)?.found ?? []);
  }

  /** A merchant has changed codes through this isolate. */
  forget(): void {
    this.#generation += 1;
    this.#known.clear();
  }

  async #ask(source: CodeSource, codes: readonly string[], now: number): Promise<void> {
    const generation = this.#generation;
    const found = new Map((await withDeadline(source.uniqueCodes(codes), deadlineMs)).map((one) => [one.code, one]));
    if (generation !== this.#generation) return this.#ask(source, codes, now);
    for (const code of codes) this.#known.set(code, { found: found.get(code) ?? null, askedAt: now });
  }
}
