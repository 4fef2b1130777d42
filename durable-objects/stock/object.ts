/**
 * The Stock object: many stock units, one stream each; the single writer of their levels and holds. A stream begins with `open`, which its
 * Worker sends when the object says that it has none, so a unit that is never touched costs no object.
 */

import type { LocatedQuantity } from '../../shared/contracts/inventory/api.ts';
import { committedParts } from '../../shared/holds/holds.ts';
import { outboxRow } from '../../shared/messaging/outbox.ts';
import { reachesOf } from '../../shared/messaging/reach.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import type { IdempotencyKey } from '../../shared/values/idempotency.ts';
import type { StockEnv } from '../../workers/inventory/context.ts';
import {
  decideStock,
  noRanks,
  type Stock,
  type StockCommand,
  type StockEvent,
  type UnitCommand,
} from '../../workers/inventory/domain/decide.ts';
import { type ShortPromise, shortPromisesOf } from '../../workers/inventory/domain/shortfall.ts';
import {
  answerOf,
  decideFrom,
  type Movement,
  type RankedLocations,
  type StepMode,
  type StockAnswer,
  type StockBeginning,
  takeSteps,
  type UnitStep,
} from '../../workers/inventory/domain/steps.ts';
import { AggregateObject } from '../aggregate.ts';
import { crossingOf, stockStreams } from './streams.ts';

const ranksKey = 'ranks';

export class StockObject extends AggregateObject<StockEnv, Stock, StockEvent> {
  #ranked: RankedLocations;

  constructor(ctx: DurableObjectState, env: StockEnv) {
    super(ctx, env, stockStreams);
    this.#ranked = ctx.storage.kv.get<RankedLocations>(ranksKey) ?? { revision: 0, ranks: noRanks };
  }

  protected override reaches(): Reaches {
    return reachesOf('inventory', this.env);
  }

  protected override async wake(streamIds: readonly string[], now: number): Promise<void> {
    for (const stockUnitId of streamIds)
      this.streams.execute(stockUnitId, now, ({ state }) => decideStock(state, { type: 'expire', now }));
  }

  /**
   * Decides one command. Under an idempotency key the answer is kept in the same commit, and so is the beginning of a unit
   * that is touched for the first time, when its opening is given.
   */
  async execute(
    stockUnitId: string,
    command: StockCommand,
    idempotency: IdempotencyKey | null = null,
    opening: StockBeginning | null = null,
  ): Promise<StockAnswer> {
    const kept = idempotency === null ? null : this.streams.answers.find(idempotency, command.now);
    if (kept?.kind === 'answered') {
      const answer: StockAnswer = JSON.parse(kept.answer.body);
      return { ...answer, isReplayed: true };
    }
    if (kept?.kind === 'refused') {
      const { state, version } = this.streams.load(stockUnitId);
      return answerOf(state, version, { code: kept.code }, command.now);
    }
    return this.#unopened(stockUnitId, command, opening) ?? this.#decide(stockUnitId, command, idempotency, opening);
  }

  /** Several commands in one commit, each to a unit of its own. Answers them up to the first that is refused. */
  async executeAll(steps: readonly UnitStep[], mode: StepMode = 'each'): Promise<StockAnswer[]> {
    return takeSteps(steps, mode, {
      check: (step) => this.#check(step),
      run: ({ stockUnitId, command, opening = null }) =>
        this.#unopened(stockUnitId, command, opening) ?? this.#decide(stockUnitId, command, null, opening),
    });
  }

  /** Where the units that are committed under a key lie. */
  async allocations(key: string, stockUnitIds: readonly string[]): Promise<LocatedQuantity[]> {
    return stockUnitIds.flatMap((stockUnitId) =>
      committedParts(this.streams.load(stockUnitId).state.holds, key).map(({ poolId, quantity }) => ({
        stockUnitId,
        locationId: poolId,
        quantity,
      })),
    );
  }

  async rankLocations(ranked: RankedLocations): Promise<void> {
    if (ranked.revision <= this.#ranked.revision) return;
    this.#ranked = ranked;
    this.ctx.storage.kv.put(ranksKey, ranked);
  }

  /** The promises of a unit that what is there does not suffice for. */
  async shortPromises(stockUnitId: string): Promise<ShortPromise[]> {
    return shortPromisesOf(this.streams.load(stockUnitId).state);
  }

  /** The answer about a unit that has no ledger yet, when the caller did not say what it begins with. */
  #unopened(stockUnitId: string, command: UnitCommand, opening: StockBeginning | null): StockAnswer | null {
    const isOpening = command.type === 'open' || opening !== null;
    if (isOpening || this.streams.load(stockUnitId).version > 0) return null;
    const nothing = { floor: 0, levels: {}, version: 0 };
    return { ...nothing, refusal: { code: 'not-open' }, asOf: command.now, isReplayed: false };
  }

  #check({ stockUnitId, command, opening = null }: UnitStep): StockAnswer {
    const unopened = this.#unopened(stockUnitId, command, opening);
    if (unopened !== null) return unopened;
    const loaded = this.streams.load(stockUnitId);
    const { refusal } = decideFrom(loaded, opening, command, this.#ranked.ranks);
    return answerOf(loaded.state, loaded.version, refusal, command.now);
  }

  #decide(
    stockUnitId: string,
    command: UnitCommand,
    idempotency: IdempotencyKey | null,
    opening: StockBeginning | null,
  ): StockAnswer {
    const before = this.streams.load(stockUnitId).state;
    const { state, version, refusal } = this.streams.execute(stockUnitId, command.now, (loaded) =>
      decideFrom(loaded, opening, command, this.#ranked.ranks),
    );
    this.#tellWhenLow(stockUnitId, before, state, version, command.now);
    const answer = answerOf(state, version, refusal, command.now);
    if (idempotency !== null)
      this.streams.answers.keep(idempotency, { status: 200, body: JSON.stringify(answer) }, command.now);
    return answer;
  }

  /** In the commit of the change that it follows from, whose alarm relays it. */
  #tellWhenLow(stockUnitId: string, before: Stock, state: Stock, version: number, now: number): void {
    const crossing = crossingOf(stockUnitId, before, { state, version, now });
    if (crossing === null) return;
    this.storage.write({
      streamId: stockUnitId,
      sequence: version + 1,
      events: [],
      outbox: [outboxRow(crossing)],
      wakeAt: undefined,
      snapshot: null,
    });
  }

  /** The ledger: every event of the unit after a sequence, oldest first. */
  async movements(stockUnitId: string, afterSequence: number, limit: number): Promise<Movement[]> {
    return this.storage.history(stockUnitId, afterSequence, limit);
  }
}
