/**
 * A model of an allowance that shares no line with it, and one script being played against both: after every command the
 * answers are compared, and every invariant is asked. For tests only.
 */
import type { Decision } from '../../../shared/holds/holds.ts';
import {
  type Allowance,
  type AllowanceEvent,
  availableOf,
  emptyAllowance,
  evolveAllowance,
  reviveAllowance,
} from '../domain/allowance/allowance.ts';
import { type AllowanceCommand, decideAllowance } from '../domain/allowance/decide.ts';

/** The rules under test, so that a test can put a wrong one in their place. */
export interface AllowanceCore {
  decide(allowance: Allowance, command: AllowanceCommand): Decision<AllowanceEvent, { readonly code: string }>;
  evolve(allowance: Allowance, event: AllowanceEvent): Allowance;
  revive(json: string): Allowance;
}

export const allowanceCore: AllowanceCore = {
  decide: decideAllowance,
  evolve: evolveAllowance,
  revive: reviveAllowance,
};

type Verdict = { readonly code: string; readonly [fact: string]: unknown } | null;

/** The model of the hold protocol, which a test hands in. */
interface HoldModel {
  readonly keys: ReadonlyMap<string, unknown>;
  expire(now: number): void;
  apply(
    command: Exclude<AllowanceCommand, { type: 'issue' } | { type: 'adjust' } | { type: 'switch' }>,
    free: number,
  ): Verdict;
  sum(state: 'open' | 'committed'): number;
}

export type InvariantName = 'answer' | 'levels' | 'bounds' | 'ledger' | 'repetition';

/** A balance with 8 to begin with, or a limit that holds bring along. */
export type Subject = 'balance' | 'limit';
export const issuedMinor = 8;

export class AllowanceRun {
  state: Allowance = emptyAllowance;
  readonly #subject: Subject;
  readonly #core: AllowanceCore;
  readonly #only: InvariantName | undefined;
  readonly #oracle: HoldModel;
  readonly #entries = new Map<string, number>();
  readonly #history: AllowanceEvent[] = [];
  #total: number | null = null;
  #isDisabled = false;
  #expiresAt = Number.POSITIVE_INFINITY;

  constructor(subject: Subject, oracle: HoldModel, core: AllowanceCore = allowanceCore, only?: InvariantName) {
    this.#subject = subject;
    this.#oracle = oracle;
    this.#core = core;
    this.#only = only;
  }

  play(command: AllowanceCommand): Verdict {
    const { events, refusal } = this.#core.decide(this.state, command);
    this.judge(command, refusal, events);
    return refusal;
  }

  /** Folds what the subject made of a command into the state, and asks every invariant. Throws at the first that fails. */
  judge(command: AllowanceCommand, verdict: Verdict, events: readonly AllowanceEvent[]): void {
    this.state = events.reduce(this.#core.evolve, this.state);
    this.#history.push(...events);
    this.#same('answer', verdict, this.#expect(command));
    const { total, held, committed } = this.state;
    this.#same('levels', [held, committed], [this.#oracle.sum('open'), this.#oracle.sum('committed')]);
    this.#same('levels', total, this.#total);
    const available = availableOf(this.state);
    const isBroken = available !== null && available < 0 && (this.#subject === 'balance' || this.#isTaking(events));
    this.#same('bounds', isBroken ? this.state : null, null);
    this.#same('repetition', this.#core.decide(this.state, command).events, []);
  }

  /** What an eviction leaves: the state as read back from its snapshot, equal to the fold of all events. */
  evict(): void {
    const folded = this.#history.reduce(this.#core.evolve, emptyAllowance);
    const revived = this.#core.revive(JSON.stringify(this.state));
    this.#same('ledger', sorted(revived), sorted(folded));
    this.state = revived;
  }

  /** A limit may be lowered beneath what is taken; but nothing more is taken then. */
  #isTaking(events: readonly AllowanceEvent[]): boolean {
    return events.some((event) => event.type === 'hold-placed');
  }

  #same(name: InvariantName, is: unknown, should: unknown): void {
    if (this.#only !== undefined && this.#only !== name) return;
    const [left, right] = [JSON.stringify(is), JSON.stringify(should)];
    if (left !== right) throw new Error(`${name}: ${left} where the model has ${right}`);
  }

  #expect(command: AllowanceCommand): Verdict {
    this.#oracle.expire(command.now);
    switch (command.type) {
      case 'issue':
        if (this.#total !== null) return null;
        this.#total = command.amountMinor;
        this.#expiresAt = command.expiresAt ?? Number.POSITIVE_INFINITY;
        return null;
      case 'adjust':
        return this.#expectAdjust(command.key, command.deltaMinor);
      case 'switch':
        this.#isDisabled = command.isDisabled;
        return null;
      case 'hold':
        return this.#expectHold(command);
      default:
        return this.#oracle.apply(command, 0);
    }
  }

  #expectAdjust(key: string, delta: number): Verdict {
    const known = this.#entries.get(key);
    if (known !== undefined) return known === delta ? null : { code: 'entry-key-conflict' };
    const free = this.#free(this.#total);
    if (delta < 0 && free + delta < 0) return { code: 'insufficient-stock', requested: -delta, available: free };
    this.#entries.set(key, delta);
    this.#total = (this.#total ?? 0) + delta;
    return null;
  }

  #expectHold(command: Extract<AllowanceCommand, { type: 'hold' }>): Verdict {
    const isNew = !this.#oracle.keys.has(command.key);
    if (isNew && this.#isDisabled) return { code: 'allowance-unusable', reason: 'disabled' };
    if (isNew && this.#expiresAt <= command.now) return { code: 'allowance-unusable', reason: 'expired' };
    const total = this.#subject === 'balance' ? this.#total : command.limit;
    const verdict = this.#oracle.apply(command, this.#free(total));
    if (isNew && verdict === null) this.#total = total;
    return verdict;
  }

  #free(total: number | null): number {
    return total === null ? Number.POSITIVE_INFINITY : total - this.#oracle.sum('open') - this.#oracle.sum('committed');
  }
}

/** The same whatever order the keys of maps came in. */
function sorted(allowance: Allowance): unknown {
  const byKey = (entries: Iterable<readonly [string, unknown]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  const { holds, entries, ...levels } = allowance;
  return { ...levels, open: byKey(holds.open), closed: byKey(holds.closed), entries: byKey(entries) };
}
