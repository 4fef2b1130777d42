/** For tests: Stock objects in memory. */

import { committedParts } from '../../../shared/holds/holds.ts';
import { emptyStock, evolveStock, noRanks, type Stock, type StockEvent } from '../domain/decide.ts';
import { shortPromisesOf } from '../domain/shortfall.ts';
import type { RankedLocations, StepMode, StockAnswer, UnitStep } from '../domain/steps.ts';
import { answerOf, decideFrom, takeSteps } from '../domain/steps.ts';
import type { StockObjectStub } from '../service/stock.ts';

/** All Stock objects in one, by the rules of the real one; it remembers what it was asked. */
export class MemoryStock implements StockObjectStub {
  readonly states = new Map<string, Stock>();
  readonly ledgers = new Map<string, StockEvent[]>();
  /** One entry per call: what was asked of which units. */
  readonly calls: string[] = [];
  ranked: RankedLocations = { revision: 0, ranks: noRanks };

  getByName(_name: string): StockObjectStub {
    return this;
  }

  state(stockUnitId: string): Stock {
    return this.states.get(stockUnitId) ?? emptyStock;
  }

  async execute(...[stockUnitId, command, , opening]: Parameters<StockObjectStub['execute']>): Promise<StockAnswer> {
    this.calls.push(`${command.type} ${stockUnitId}`);
    return this.#run({ stockUnitId, command, opening: opening ?? null }, true);
  }

  async executeAll(steps: readonly UnitStep[], mode: StepMode = 'each'): Promise<StockAnswer[]> {
    const units = steps.map(({ stockUnitId }) => stockUnitId).join(' ');
    this.calls.push(`${mode} ${steps[0]?.command.type} ${units}`);
    return takeSteps(steps, mode, { check: (step) => this.#run(step, false), run: (step) => this.#run(step, true) });
  }

  async allocations(key: string, stockUnitIds: readonly string[]) {
    return stockUnitIds.flatMap((stockUnitId) =>
      committedParts(this.state(stockUnitId).holds, key).map(({ poolId, quantity }) => ({
        stockUnitId,
        locationId: poolId,
        quantity,
      })),
    );
  }

  async shortPromises(stockUnitId: string) {
    return shortPromisesOf(this.state(stockUnitId));
  }

  async rankLocations(ranked: RankedLocations): Promise<void> {
    if (ranked.revision > this.ranked.revision) this.ranked = ranked;
  }

  async movements(stockUnitId: string, afterSequence: number, limit: number) {
    const events = this.ledgers.get(stockUnitId) ?? [];
    return events.slice(afterSequence, afterSequence + limit).map((event, index) => ({
      sequence: afterSequence + index + 1,
      event,
    }));
  }

  #run({ stockUnitId, command, opening = null }: UnitStep, isKept: boolean): StockAnswer {
    const { now } = command;
    const before = this.state(stockUnitId);
    if (command.type !== 'open' && !before.isOpened && opening === null)
      return answerOf(emptyStock, 0, { code: 'not-open' }, now);
    const ledger = this.ledgers.get(stockUnitId) ?? [];
    const loaded = { state: before, version: ledger.length };
    const { events, refusal } = decideFrom(loaded, opening, command, this.ranked.ranks);
    if (!isKept) return answerOf(before, ledger.length, refusal, now);
    const after = events.reduce(evolveStock, before);
    this.states.set(stockUnitId, after);
    this.ledgers.set(stockUnitId, [...ledger, ...events]);
    return answerOf(after, ledger.length + events.length, refusal, now);
  }
}
