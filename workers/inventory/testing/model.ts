/**
 * One script of stock commands being played: `StockRun` turns steps into commands, keeps the model beside the subject, folds
 * what the subject made of each command, and asks every invariant.
 */

import type { Decision } from '../../../shared/holds/holds.ts';
import { HoldOracle, type Invariant, type Verdict } from '../../../shared/testing/hold-model.ts';
import type { Note } from '../../../shared/testing/plausible.ts';
import {
  compactStock,
  decideStock,
  emptyStock,
  evolveStock,
  reviveStock,
  type Stock,
  type StockCommand,
  type StockEvent,
} from '../domain/decide.ts';
import { type StockInvariantName, type StockSeen, stockInvariants } from './invariants.ts';
import type { StockStep } from './script.ts';

/** The rules under test, so that a test can put a wrong one in their place. */
export interface StockCore {
  decide(stock: Stock, command: StockCommand): Decision<StockEvent, { readonly code: string }>;
  evolve(stock: Stock, event: StockEvent): Stock;
  revive(json: string): Stock;
}

export const stockCore: StockCore = { decide: decideStock, evolve: evolveStock, revive: reviveStock };

const places = ['loc_a', 'loc_b', 'loc_c'];
const opening = { levels: { loc_a: 6, loc_b: 3 }, floor: 0 };

/** One script being played against one subject. */
export class StockRun {
  now: number;
  state: Stock = emptyStock;
  readonly #core: StockCore;
  readonly #asked: readonly [string, Invariant<StockSeen>][];
  readonly #isEvictionAsked: boolean;
  readonly #oracle = new HoldOracle();
  readonly #onHand = new Map<string, number>();
  readonly #ledger = new Map<string, number>();
  readonly #everExpired = new Set<string>();
  readonly #history: StockEvent[] = [];
  readonly #commands: StockCommand[] = [];
  #floor = 0;
  #isOpened = false;

  constructor(now: number, core: StockCore = stockCore, only?: StockInvariantName) {
    this.now = now;
    this.#core = core;
    const all: [string, Invariant<StockSeen>][] = Object.entries(stockInvariants);
    this.#asked = only === undefined ? all : all.filter(([name]) => name === only);
    this.#isEvictionAsked = only === undefined || only === 'INV9';
  }

  /** The commands that a step means at this moment. Steps that only pass time or evict mean none. */
  commandsOf(step: StockStep): readonly StockCommand[] {
    const { now } = this;
    const fresh = this.#fresh(step);
    if (fresh !== null) this.#commands.push(fresh);
    if (step.do === 'tick') this.now += step.seconds * 1_000;
    if (step.do === 'replay') return this.#commands.slice(-step.last).map((command) => ({ ...command, now }));
    return fresh === null ? [] : [fresh];
  }

  #fresh(step: StockStep): StockCommand | null {
    const { now } = this;
    switch (step.do) {
      case 'open':
        return { type: 'open', ...opening, now };
      case 'hold':
        return {
          type: 'hold',
          key: `key${step.key}`,
          quantity: step.quantity,
          until: now + step.seconds * 1_000,
          now,
        };
      case 'commit':
      case 'undo':
      case 'release':
        return { type: step.do, key: `key${step.key}`, now };
      case 'expire':
        return { type: 'expire', now };
      case 'floor':
        return { type: 'change-floor', floor: step.floor, now };
      case 'adjust': {
        const locationId = places[step.place] ?? '';
        const onHand = this.#onHand.get(locationId) ?? 0;
        const onHandExpected = step.compare === 'no' ? null : step.compare === 'right' ? onHand : onHand + 1;
        return { type: 'adjust', locationId, delta: step.delta, reason: 'count', actor: 'test', onHandExpected, now };
      }
      default:
        return null;
    }
  }

  /** Folds what the subject made of a command into the state, and asks every invariant. Throws at the first that fails. */
  judge(command: StockCommand, verdict: Verdict, events: readonly StockEvent[]): void {
    const before = this.state;
    const after = events.reduce(this.#core.evolve, before);
    this.state = after;
    for (const event of events) this.#record(event);
    const seen: StockSeen = {
      before,
      after,
      command,
      verdict,
      expected: this.#expect(command, events),
      oracle: this.#oracle,
      everExpired: this.#everExpired,
      ledger: this.#ledger,
      probe: (further) => this.#core.decide(after, further),
    };
    for (const [name, ask] of this.#asked) {
      const fault = ask(seen);
      if (fault !== null) throw new Error(`${name}: ${fault}`);
    }
  }

  /** What an eviction leaves: the state as read back from its snapshot, equal to the fold of all events (INV9). */
  evict(): void {
    const revived = this.#core.revive(JSON.stringify(this.state));
    if (this.#isEvictionAsked) {
      if (canonical(revived) !== canonical(this.state)) throw new Error('INV9: a snapshot reads back otherwise');
      const folded = this.#history.reduce(this.#core.evolve, emptyStock);
      if (canonical(folded) !== canonical(this.state)) throw new Error('INV9: the events fold to another state');
    }
    this.state = revived;
  }

  compact(): void {
    this.state = compactStock(this.state, this.now);
  }

  #record(event: StockEvent): void {
    this.#history.push(event);
    if (event.type === 'hold-expired') this.#everExpired.add(event.key);
    if (event.type === 'stock-opened')
      for (const [place, count] of Object.entries(event.levels)) this.#ledger.set(place, count);
    if (event.type === 'stock-adjusted')
      this.#ledger.set(event.locationId, (this.#ledger.get(event.locationId) ?? 0) + event.delta);
  }

  /** What a new hold may take: the goods of each place by themselves, and what the floor lets be owed beyond what is owed. */
  #promisable(events: readonly StockEvent[]): number {
    const placed = events.flatMap((event) => (event.type === 'hold-placed' ? event.parts : []));
    const free = Object.entries(this.state.levels).map(([place, { onHand, held, committed }]) => {
      const own = placed.find(({ poolId }) => poolId === place)?.quantity ?? 0;
      return onHand - (held - own) - committed;
    });
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    const owed = -sum(free.filter((count) => count < 0));
    return sum(free.filter((count) => count > 0)) + Math.max(0, -this.#floor - owed);
  }

  #expect(command: StockCommand, events: readonly StockEvent[]): Verdict {
    const { type } = command;
    this.#oracle.expire(command.now);
    if (type === 'open') {
      if (!this.#isOpened) for (const [place, count] of Object.entries(command.levels)) this.#onHand.set(place, count);
      if (!this.#isOpened) this.#floor = command.floor;
      this.#isOpened = true;
      return null;
    }
    if (type === 'change-floor') {
      this.#floor = command.floor;
      return null;
    }
    if (type !== 'adjust') return this.#oracle.apply(command, this.#promisable(events));
    const there = this.#onHand.get(command.locationId) ?? 0;
    const isOther = command.onHandExpected !== null && command.onHandExpected !== there;
    if (isOther) return { code: 'stock-conflict', onHand: there };
    if (there + command.delta < 0) return { code: 'insufficient-stock', requested: -command.delta, available: there };
    if (command.delta !== 0) this.#onHand.set(command.locationId, there + command.delta);
    return null;
  }
}

/** Plays a script on the pure core. */
export function playStock(
  steps: readonly StockStep[],
  core: StockCore = stockCore,
  only?: StockInvariantName,
  note?: Note,
): void {
  const run = new StockRun(1_800_000_000_000, core, only);
  const play = (command: StockCommand) => {
    const { events, refusal } = core.decide(run.state, command);
    run.judge(command, refusal, events);
    note?.(refusal?.code ?? 'accepted');
  };
  for (const command of run.commandsOf({ do: 'open' })) play(command);
  for (const step of steps) {
    for (const command of run.commandsOf(step)) play(command);
    if (step.do === 'evict') run.evict();
    if (step.do === 'compact') run.compact();
  }
  run.evict();
}

function canonical({ isOpened, floor, levels, holds }: Stock): string {
  const sorted = <Value>(entries: Iterable<readonly [string, Value]>) =>
    [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([isOpened, floor, sorted(Object.entries(levels)), sorted(holds.open), sorted(holds.closed)]);
}
