/**
 * Stock against its model: random commands in random order with repetitions, expiry, a clock that goes back and evictions,
 * every invariant asked after every command. Each invariant then has to notice a fault that was planted for it.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideCommit, decided, type HoldEvent } from '../../../shared/holds/holds.ts';
import { faultFound, playMany } from '../../../shared/testing/plausible.ts';
import { PersistentMap } from '../../../shared/values/persistent-map.ts';
import type { StockInvariantName } from '../testing/invariants.ts';
import { playStock, type StockCore, stockCore } from '../testing/model.ts';
import { type StockStep, stockStep } from '../testing/script.ts';
import { decideStock, emptyStock, evolveStock, reviveStock, type Stock, type StockCommand } from './decide.ts';

test('stock keeps every invariant after every command of any script', () => {
  const answers = playMany('stock', 40_000, stockStep, (steps, note) => playStock(steps, stockCore, undefined, note));
  const refusals = ['insufficient-stock', 'hold-closed', 'hold-key-conflict', 'stock-conflict'];
  for (const answer of ['accepted', ...refusals]) expect(answers.get(answer)).toBeGreaterThan(1_000);
});

/** A wrong decision beside the right ones. Null leaves it to the real rules. */
function deciding(wrong: (stock: Stock, command: StockCommand) => ReturnType<StockCore['decide']> | null): StockCore {
  return { ...stockCore, decide: (stock, command) => wrong(stock, command) ?? decideStock(stock, command) };
}

function without(stock: Stock, key: string): Stock {
  return { ...stock, holds: { ...stock.holds, closed: stock.holds.closed.delete(key) } };
}

/** The same stock, in which a place that owes has as much too many. */
function lending(stock: Stock): Stock {
  const levels = Object.entries(stock.levels).map(([place, level]) => {
    const free = level.onHand - level.held - level.committed;
    return [place, { ...level, onHand: level.onHand + 2 * Math.max(0, -free) }] as const;
  });
  return { ...stock, levels: Object.fromEntries(levels) };
}

const mutants: readonly (readonly [name: StockInvariantName, fault: string, core: StockCore])[] = [
  [
    'INV1',
    'a hold takes half a piece more',
    {
      ...stockCore,
      evolve: (stock, event) =>
        evolveStock(
          stock,
          event.type === 'hold-placed'
            ? { ...event, parts: event.parts.map((part) => ({ ...part, quantity: part.quantity + 0.5 })) }
            : event,
        ),
    },
  ],
  [
    'INV2',
    'a second release credits again',
    deciding((stock, command) =>
      command.type === 'undo' && stock.holds.closed.get(command.key)?.state === 'released'
        ? decided({ type: 'hold-released', key: command.key, at: command.now })
        : null,
    ),
  ],
  [
    'INV3',
    'a commit takes goods off the shelf without a movement',
    {
      ...stockCore,
      evolve: (stock, event) => {
        const after = evolveStock(stock, event);
        const [place] = event.type === 'hold-committed' ? Object.keys(after.levels) : [];
        const level = place === undefined ? undefined : after.levels[place];
        if (place === undefined || level === undefined) return after;
        return { ...after, levels: { ...after.levels, [place]: { ...level, onHand: level.onHand - 1 } } };
      },
    },
  ],
  [
    'INV5',
    'a commit ignores that its hold has expired',
    deciding((stock, command) => (command.type === 'commit' ? decideCommit(stock.holds, command) : null)),
  ],
  [
    'INV6',
    'a key is taken for another quantity',
    deciding((stock, command) =>
      command.type === 'hold' && stock.holds.open.has(command.key) ? decided<HoldEvent>() : null,
    ),
  ],
  [
    'INV7',
    'an undo that comes first leaves no tombstone',
    deciding((stock, command) => {
      const isUndo = command.type === 'undo' || command.type === 'release';
      const decision = isUndo ? decideStock(stock, command) : null;
      return decision && { ...decision, events: decision.events.filter((event) => event.type !== 'hold-barred') };
    }),
  ],
  [
    'INV8',
    'a hold ignores the floor',
    deciding((stock, command) =>
      command.type === 'hold' ? decideStock({ ...stock, floor: Number.NEGATIVE_INFINITY }, command) : null,
    ),
  ],
  [
    'INV8',
    'what a count did not find is lent by the place that owes it',
    deciding((stock, command) => (command.type === 'hold' ? decideStock(lending(stock), command) : null)),
  ],
  [
    'INV9',
    'a snapshot forgets what has ended',
    {
      ...stockCore,
      revive: (json) => {
        const stock = reviveStock(json);
        return { ...stock, holds: { ...stock.holds, closed: PersistentMap.empty() } };
      },
    },
  ],
  [
    'INV10',
    'an earlier clock brings an expired hold back',
    deciding((stock, command) =>
      command.type === 'hold' && stock.holds.closed.get(command.key)?.state === 'expired'
        ? decideStock(without(stock, command.key), command)
        : null,
    ),
  ],
  [
    'oracle',
    'compare-and-set does not compare',
    deciding((stock, command) =>
      command.type === 'adjust' ? decideStock(stock, { ...command, onHandExpected: null }) : null,
    ),
  ],
  [
    'oracle',
    'the last piece cannot be held',
    deciding((stock, command) =>
      command.type === 'hold' ? decideStock({ ...stock, floor: stock.floor + 1 }, command) : null,
    ),
  ],
];

describe('each invariant notices the fault that was planted for it', () => {
  test.each(mutants)('%s: %s', (name, _fault, core) => {
    const found = faultFound(name, stockStep, (steps: readonly StockStep[]) => playStock(steps, core, name));
    expect(found).not.toBeNull();
    expect(found?.steps.length).toBeLessThanOrEqual(6);
  });
});

describe('holds that do not compete', () => {
  const now = 1_800_000_000_000;
  const life = fc.constantFrom<readonly ('hold' | 'commit' | 'undo')[]>(
    ['hold'],
    ['hold', 'commit'],
    ['hold', 'undo'],
    ['undo', 'hold'],
    ['hold', 'commit', 'undo'],
    ['hold', 'commit', 'commit', 'undo', 'undo'],
  );

  function play(commands: readonly StockCommand[]): string {
    const opened: StockCommand = { type: 'open', levels: { loc_a: 100, loc_b: 100 }, floor: 0, now };
    let stock = emptyStock;
    for (const command of [opened, ...commands]) {
      stock = decideStock(stock, command).events.reduce(evolveStock, stock);
    }
    const ended = [...stock.holds.closed].map(([key, { state, quantity }]) => [key, state, quantity].join()).sort();
    const open = [...stock.holds.open].map(([key, { quantity }]) => [key, quantity].join()).sort();
    const sums = Object.values(stock.levels).map(({ held, committed }) => ({ held, committed }));
    return JSON.stringify([
      open,
      ended,
      sums.reduce((sum, level) => sum + level.held, 0),
      sums.reduce((sum, level) => sum + level.committed, 0),
    ]);
  }

  test('end the same in whatever order their commands arrive (INV7)', () => {
    const lives = fc.array(fc.tuple(life, fc.integer({ min: 1, max: 9 })), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(lives, fc.infiniteStream(fc.nat()), (keys, choices) => {
        const queues = keys.map(([steps, quantity], key) =>
          steps.map((type): StockCommand => {
            const name = { key: `key${key}`, now };
            return type === 'hold' ? { type, ...name, quantity, until: now + 60_000 } : { type, ...name };
          }),
        );
        const inOrder = queues.flat();
        const mixed: StockCommand[] = [];
        for (let left = queues.filter((queue) => queue.length > 0); left.length > 0; ) {
          const [head, ...rest] = left.splice(choices.next().value % left.length, 1)[0] ?? [];
          if (head !== undefined) mixed.push(head);
          if (rest.length > 0) left.push(rest);
        }
        expect(play(mixed)).toBe(play(inOrder));
      }),
      { numRuns: 2_000 },
    );
  });
});
