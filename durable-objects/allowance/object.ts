/**
 * The Allowance object: many allowances, one stream each; the single writer of their levels and holds. What one call asks
 * of several of them is one commit. A balance begins with what its Worker says it was issued with, so a gift card that nobody
 * uses costs no object. Every commit marks its allowance for the read model, and an alarm writes that to D1 until it is there.
 */

import { type AllowanceHold, type AllowanceReference, isBalance } from '../../shared/contracts/pricing/allowances.ts';
import type { Decision } from '../../shared/holds/holds.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { secondMs } from '../../shared/values/time.ts';
import type {
  AllowanceAnswer,
  AllowanceMovement,
  AllowanceOpenings,
  BalanceCommand,
  HoldEnd,
} from '../../workers/pricing/allowances/service/allowance-object.ts';
import {
  type Allowance,
  type AllowanceEvent,
  allowanceWakeAt,
} from '../../workers/pricing/domain/allowance/allowance.ts';
import {
  type AllowanceCommand,
  type AllowanceCommandRefusal,
  decideAllowance,
} from '../../workers/pricing/domain/allowance/decide.ts';
import { AggregateObject } from '../aggregate.ts';
import { saveLevels, streamsAfter } from './storage.ts';
import { allowanceStreams, isListed, levelsOf } from './streams.ts';

interface AllowanceEnv {
  readonly DB: D1Database;
}

/** Lets the commits of a burst share one write of the read model. */
const projectAfterMs = secondMs;
const rebuildPageSize = 500;

export class AllowanceObject extends AggregateObject<AllowanceEnv, Allowance, AllowanceEvent> {
  /** When what is not in the read model yet is written there: further commits do not put that off. */
  readonly #projectAt = new Map<string, number>();

  constructor(ctx: DurableObjectState, env: AllowanceEnv) {
    super(ctx, env, allowanceStreams);
  }

  /** Nothing is published, so nobody has to be reached. */
  protected override reaches(): Reaches {
    return {};
  }

  /** Holds all or none. */
  async hold({ key, wants, until, now }: AllowanceHold, openings: AllowanceOpenings = {}): Promise<AllowanceAnswer> {
    const commands = wants.map(
      ({ allowance, ...want }) => [allowance, { type: 'hold', key, ...want, until, now }] as const,
    );
    return this.#all(commands, openings);
  }

  /** Commits or gives back all or none. `release` leaves a commitment as it is, `undo` gives it back. */
  async end(type: HoldEnd, { key, allowances, now }: AllowanceReference): Promise<AllowanceAnswer> {
    const commands = allowances.map((allowance) => [allowance, { type, key, now }] as const);
    return this.#all(commands, null);
  }

  async change(allowance: string, command: BalanceCommand, openings: AllowanceOpenings = {}): Promise<AllowanceAnswer> {
    return this.#all([[allowance, command]], openings);
  }

  /** The levels after what has expired by now, of those that have begun. */
  async read(allowances: readonly string[], now: number, openings: AllowanceOpenings = {}): Promise<AllowanceAnswer> {
    const unopened = allowances.flatMap((allowance) => this.#open(allowance, openings, now));
    const begun = allowances.filter((allowance) => !unopened.includes(allowance));
    const commands = begun.map((allowance) => [allowance, { type: 'expire', now }] as const);
    return { ...this.#all(commands, null), unopened };
  }

  /** The ledger: every event of an allowance after a sequence, oldest first. */
  async movements(allowance: string, afterSequence: number, limit: number): Promise<AllowanceMovement[]> {
    const { holds } = this.streams.load(allowance).state;
    return this.storage.history(allowance, afterSequence, limit).map(({ sequence, event }) => {
      const hold = 'key' in event ? (holds.open.get(event.key) ?? holds.closed.get(event.key)) : undefined;
      return { sequence, event, heldMinor: hold?.quantity ?? null };
    });
  }

  /** Has the read model of a page of allowances written anew. Answers how many were marked, and where the next page begins. */
  async rebuild(after: string, now: number): Promise<{ readonly marked: number; readonly next: string | null }> {
    const names = streamsAfter(this.ctx.storage.sql, after, rebuildPageSize);
    const listed = names.filter((name) => isListed(name, this.streams.load(name).state));
    for (const name of listed) this.#mark(name, now);
    return { marked: listed.length, next: names.length < rebuildPageSize ? null : (names.at(-1) ?? null) };
  }

  /**
   * Decides everything before it writes anything; writes without an await between them are one commit. Each allowance is
   * named once.
   * @param openings null where a balance that has not begun is met as it is
   */
  #all(
    commands: readonly (readonly [allowance: string, command: AllowanceCommand])[],
    openings: AllowanceOpenings | null,
  ): AllowanceAnswer {
    const unopened = openings === null ? [] : commands.flatMap(([name, { now }]) => this.#open(name, openings, now));
    if (unopened.length > 0) return { unopened, refusal: null, levels: [] };
    // What was once answered as ended stays so, even when the whole is refused.
    for (const [allowance, { now }] of commands) this.#expire(allowance, now);
    const decisions: [name: string, decision: Decision<AllowanceEvent, AllowanceCommandRefusal>, now: number][] = [];
    for (const [allowance, command] of commands) {
      const decision = decideAllowance(this.streams.load(allowance).state, command);
      if (decision.refusal !== null) return { unopened: [], refusal: { allowance, why: decision.refusal }, levels: [] };
      decisions.push([allowance, decision, command.now]);
    }
    for (const [allowance, { events }, now] of decisions) this.#keep(allowance, events, now);
    const levels = commands.map(([allowance]) => levelsOf(allowance, this.streams.load(allowance)));
    return { unopened: [], refusal: null, levels };
  }

  /** Begins a balance that has not begun. Answers its name when that takes an opening which is not given. */
  #open(allowance: string, openings: AllowanceOpenings, now: number): string[] {
    const { state } = this.streams.load(allowance);
    if (!isBalance(allowance) || state.isIssued) return [];
    const opening = openings[allowance];
    if (opening === undefined) return [allowance];
    this.#keep(allowance, decideAllowance(state, { type: 'issue', ...opening, now }).events, now);
    return [];
  }

  #expire(allowance: string, now: number): void {
    this.#keep(allowance, decideAllowance(this.streams.load(allowance).state, { type: 'expire', now }).events, now);
  }

  #keep(allowance: string, events: readonly AllowanceEvent[], now: number): void {
    if (events.length === 0) return;
    const { state } = this.streams.append(allowance, events, now);
    if (isListed(allowance, state)) this.#mark(allowance, now);
  }

  /** The mark is a wake-up, kept in the commit of the events: whatever dies, the alarm finds it. */
  #mark(allowance: string, now: number): void {
    const expiryAt = allowanceWakeAt(this.streams.load(allowance).state) ?? Number.POSITIVE_INFINITY;
    const projectAt = this.#projectAt.get(allowance) ?? now + projectAfterMs;
    this.#projectAt.set(allowance, projectAt);
    this.streams.postpone(allowance, Math.min(projectAt, expiryAt));
  }

  /** Ends the holds whose time is over and writes the read model. When D1 does not answer, the alarm comes again. */
  protected override async wake(allowances: readonly string[], now: number): Promise<void> {
    for (const allowance of allowances) {
      this.#expire(allowance, now);
      this.#projectAt.delete(allowance);
    }
    const levels = allowances
      .filter((allowance) => isListed(allowance, this.streams.load(allowance).state))
      .map((allowance) => levelsOf(allowance, this.streams.load(allowance)));
    await saveLevels(this.env.DB, levels, now);
    for (const { allowance, version } of levels) {
      const after = this.streams.load(allowance);
      // A commit that came in between has made a mark of its own.
      if (after.version !== version) continue;
      const expiryAt = allowanceWakeAt(after.state);
      if (expiryAt === null) this.storage.setWake(allowance, null);
      else this.streams.postpone(allowance, expiryAt);
    }
  }
}
