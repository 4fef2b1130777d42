/**
 * What an isolate remembers of stock units, so that most commands travel once and ask no database: which units are open, and
 * with what the others begin. It may be out of date without harm. An object ignores an opening of a unit that it has, and
 * what a unit begins with is never written again before its object has been told. Only a ledger that began and was lost
 * while an opening is remembered could begin anew, so an opening is forgotten soon.
 */

import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import type { StockBeginning } from '../domain/steps.ts';
import type { Opening } from '../store/units.ts';

/** Some 20,000 units of one location. */
const unitsBytesMax = 8 * megabyte;
/** After a Stock object was set back to an earlier time, its lost units are safe once this is over. */
export const openingTtlMs = 5 * minuteMs;

interface Unopened {
  readonly beginning: StockBeginning;
  readonly readAt: number;
}

export class KnownUnits {
  readonly #units = new BoundedMap<string, Unopened | 'open'>(unitsBytesMax);

  /** What to send with a command; undefined for a unit that is open, and for one that nothing is known of. */
  beginningOf(stockUnitId: string, now: number): StockBeginning | undefined {
    const known = this.#units.get(stockUnitId);
    return known === undefined || known === 'open' || now - known.readAt >= openingTtlMs ? undefined : known.beginning;
  }

  noteOpen(stockUnitId: string): void {
    if (this.#units.get(stockUnitId) !== 'open') this.#units.set(stockUnitId, 'open');
  }

  /** What the database says, which learns of the first touch of a unit a moment later than its object. */
  noteOpening(stockUnitId: string, { levels, floor, isOver }: Opening, readAt: number): void {
    if (isOver) this.noteOpen(stockUnitId);
    else if (this.#units.get(stockUnitId) !== 'open')
      this.#units.set(stockUnitId, { beginning: { levels, floor }, readAt });
  }
}
