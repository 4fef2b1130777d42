/**
 * What became of the variants of a cart's lines: whether they are still sold, and how many are left. It is asked for beside the
 * price and remembered for some seconds, so it costs a cart no waiting; a checkout asks those who know.
 */
import type { CatalogApi, VariantStanding } from '../../../shared/contracts/catalog/api.ts';
import { withDeadline } from '../../../shared/messaging/deadline.ts';
import { BoundedMap, megabyte } from '../../../shared/values/bounded-map.ts';
import type { Background } from '../../../shared/values/revised-memory.ts';
import { minuteMs, secondMs } from '../../../shared/values/time.ts';

/** Some 10,000 variants. */
const bytesMax = 4 * megabyte;
/** What is older is asked for again behind the answer, and what is a minute old before it, as with everything that carts show. */
const freshMs = 5 * secondMs;
/** What many carts ask for again goes in one question: it costs a busy shop a statement each time, not one per cart. */
const askAgainEveryMs = secondMs / 2;
/** More than this waits for the next question. */
const askedAgainMax = 500;
const staleMaxMs = minuteMs;
/** A catalogue that is silent delays no cart for longer: then nothing is said of what is left. */
const deadlineMs = 2 * secondMs;

/** By variant. One that is not in it is not known, because the catalogue does not answer. Null: it does not exist any more. */
export type Standings = ReadonlyMap<string, VariantStanding | null>;

interface Known {
  readonly standing: VariantStanding | null;
  readonly askedAt: number;
}

export class StandingMemory {
  readonly #known = new BoundedMap<string, Known>(bytesMax);
  readonly #old = new Set<string>();
  #askedAgainAt = Number.NEGATIVE_INFINITY;
  #generation = 0;

  async of(
    catalog: Pick<CatalogApi, 'standings'>,
    variantIds: readonly string[],
    now: number,
    background: Background,
  ): Promise<Standings> {
    const wanted = [...new Set(variantIds)];
    const ageMs = (id: string) => now - (this.#known.get(id)?.askedAt ?? Number.NEGATIVE_INFINITY);
    const isOld = (id: string) => Math.abs(ageMs(id)) >= freshMs;
    const unknown = wanted.filter((id) => Math.abs(ageMs(id)) >= staleMaxMs);
    if (unknown.length > 0) await this.#ask(catalog, unknown, now, background);
    for (const id of wanted) if (isOld(id) && !unknown.includes(id)) this.#old.add(id);
    if (this.#old.size > 0 && Math.abs(now - this.#askedAgainAt) >= askAgainEveryMs) {
      this.#askedAgainAt = now;
      background.later(this.#ask(catalog, this.#takeOld(), now, background));
    }
    return new Map(
      wanted.flatMap((id) => {
        const known = this.#known.get(id);
        return known === undefined ? [] : [[id, known.standing] as const];
      }),
    );
  }

  /** The merchant has edited something. */
  clear(): void {
    this.#generation += 1;
    this.#known.clear();
    this.#old.clear();
  }

  #takeOld(): string[] {
    const ids = [...this.#old].slice(0, askedAgainMax);
    for (const id of ids) this.#old.delete(id);
    return ids;
  }

  async #ask(
    catalog: Pick<CatalogApi, 'standings'>,
    ids: readonly string[],
    now: number,
    background: Background,
  ): Promise<void> {
    const generation = this.#generation;
    try {
      const found = await withDeadline(catalog.standings(ids), deadlineMs);
      if (generation !== this.#generation) return;
      const byId = new Map(found.map((one) => [one.variantId, one]));
      for (const id of ids) this.#known.set(id, { standing: byId.get(id) ?? null, askedAt: now });
    } catch (error) {
      background.report('nobody says what is left of the variants of a cart', error);
    }
  }
}

/** One for all carts of an isolate. */
export const standingMemory = new StandingMemory();
