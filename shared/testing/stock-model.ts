/**
 * Scripts of stock commands and what must hold after each of them. A script is plain data, so the pure core and the real
 * object play the same ones: `StockRun` turns steps into commands, keeps the model beside the subject, and judges.
 */
import * as fc from 'fast-check';
import {
  compactStock,
  decideStock,
  emptyStock,
  evolveStock,
  reviveStock,
  type Stock,
  type StockCommand,
  type StockEvent,
  totalsOf,
} from '../../workers/inventory/domain.ts';
import type { Decision } from '../holds/holds.ts';
import { HoldOracle, type HoldSeen, holdInvariants, type Invariant, type Verdict } from './hold-model.ts';
import type { Note } from './plausible.ts';

export type StockStep =
  | {
      readonly do: 'adjust';
      readonly place: number;
      readonly delta: number;
      readonly compare: 'no' | 'right' | 'wrong';
    }
  | { readonly do: 'floor'; readonly floor: number }
  | { readonly do: 'hold'; readonly key: number; readonly quantity: number; readonly seconds: number }
  | { readonly do: 'commit' | 'undo' | 'release'; readonly key: number }
  | { readonly do: 'open' | 'expire' | 'evict' | 'compact' }
  | { readonly do: 'tick'; readonly seconds: number }
  | { readonly do: 'replay'; readonly last: number };

const keyNumber = fc.integer({ min: 0, max: 4 });

export const stockStep: fc.Arbitrary<StockStep> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      key: keyNumber,
      quantity: fc.integer({ min: 1, max: 7 }),
      seconds: fc.integer({ min: -10, max: 900 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('commit' as const, 'undo' as const, 'release' as const),
      key: keyNumber,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('adjust' as const),
      place: fc.integer({ min: 0, max: 2 }),
      delta: fc.integer({ min: -8, max: 8 }),
      compare: fc.constantFrom('no' as const, 'right' as const, 'wrong' as const),
    }),
  },
  // The clock may also go back, by up to five minutes at a time.
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: -300, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('evict' as const, 'expire' as const, 'compact' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('floor' as const), floor: fc.integer({ min: -5, max: 0 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('replay' as const), last: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('open' as const) }) },
);

/** The rules under test, so that a test can put a wrong one in their place. */
export interface StockCore {
  decide(stock: Stock, command: StockCommand): Decision<StockEvent, { readonly code: string }>;
  evolve(stock: Stock, event: StockEvent): Stock;
  revive(json: string): Stock;
}

export const stockCore: StockCore = { decide: decideStock, evolve: evolveStock, revive: reviveStock };

interface StockSeen extends Omit<HoldSeen, 'before' | 'after' | 'command'> {
  readonly before: Stock;
  readonly after: Stock;
  readonly command: StockCommand;
  /** On hand per place by the ledger alone: what was opened with and what was adjusted. */
  readonly ledger: ReadonlyMap<string, number>;
}

function ofHolds(ask: Invariant<HoldSeen>): Invariant<StockSeen> {
  return ({ before, after, command, ...seen }) => {
    const { type } = command;
    if (type === 'open' || type === 'adjust' || type === 'change-floor') return null;
    return ask({ ...seen, before: before.holds, after: after.holds, command });
  };
}

export const stockInvariants = {
  /** onHand = available + held + committed, and every level is a whole number that is not negative. */
  INV1({ after }) {
    const { onHand, held, committed, available } = totalsOf(after);
    if (onHand !== available + held + committed) return 'the totals do not add up';
    for (const [place, level] of Object.entries(after.levels)) {
      for (const count of [level.onHand, level.held, level.committed])
        if (!Number.isSafeInteger(count) || count < 0) return `${place} has ${JSON.stringify(level)}`;
    }
    return null;
  },

  /** Held and committed are, at every place, the sums of the holds there; and over all places those of the model. */
  INV2(seen) {
    const { levels, holds } = seen.after;
    const sums = new Map(Object.keys(levels).map((place) => [place, { held: 0, committed: 0 }]));
    for (const [, hold] of holds.open)
      for (const part of hold.parts) (sums.get(part.poolId) ?? { held: 0 }).held += part.quantity;
    for (const [, hold] of holds.closed)
      if (hold.state === 'committed')
        for (const part of hold.parts) (sums.get(part.poolId) ?? { committed: 0 }).committed += part.quantity;
    for (const [place, { held, committed }] of sums) {
      const level = levels[place];
      if (level?.held !== held || level.committed !== committed)
        return `${place} shows ${JSON.stringify(level)} for ${held} held and ${committed} committed`;
    }
    return ofHolds(holdInvariants.INV2)(seen);
  },

  /** The ledger of movements alone gives what is on hand. */
  INV3({ after, ledger }) {
    for (const [place, level] of Object.entries(after.levels))
      if (level.onHand !== (ledger.get(place) ?? 0)) return `${place} has ${level.onHand}, its ledger says otherwise`;
    return null;
  },

  INV5: ofHolds(holdInvariants.INV5),
  INV6: ofHolds(holdInvariants.INV6),
  INV7: ofHolds(holdInvariants.INV7),

  /** No command takes what is available below the floor. */
  INV8({ before, after }) {
    const [was, is] = [totalsOf(before).available, totalsOf(after).available];
    return is < was && is < after.floor ? `${is} are available where ${after.floor} is the least` : null;
  },

  INV10: ofHolds(holdInvariants.INV10),

  /** Every answer is the one of the model, with all its facts. */
  oracle: holdInvariants.oracle as Invariant<unknown> as Invariant<StockSeen>,
} satisfies Record<string, Invariant<StockSeen>>;

/** What is not asked per command: INV9 at every eviction and at the end. */
export type StockInvariantName = keyof typeof stockInvariants | 'INV9';

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
      expected: this.#expect(command),
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

  #expect(command: StockCommand): Verdict {
    const { type } = command;
    const onHand = () => [...this.#onHand.values()].reduce((sum, count) => sum + count, 0);
    const available = () => onHand() - this.#oracle.sum('open') - this.#oracle.sum('committed');
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
    if (type !== 'adjust') return this.#oracle.apply(command, available() - this.#floor);
    const there = this.#onHand.get(command.locationId) ?? 0;
    const isOther = command.onHandExpected !== null && command.onHandExpected !== there;
    if (isOther || there + command.delta < 0) return { code: 'stock-conflict', onHand: there };
    if (command.delta < 0 && available() + command.delta < this.#floor)
      return { code: 'insufficient-stock', requested: -command.delta, available: available() };
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
