/**
 * What becomes of commitments, returns, transfers and settings, against a count that shares no line with the rules: random
 * commands with repetitions and evictions, every invariant asked after every command. Each then has to notice a planted fault.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decided } from '../../../shared/holds/holds.ts';
import { faultFound, type Note, playMany } from '../../../shared/testing/plausible.ts';
import {
  decideStock,
  emptyStock,
  evolveStock,
  inTransitOf,
  owedOf,
  reviveStock,
  type Stock,
  type StockEvent,
  totalsOf,
  type UnitCommand,
} from './decide.ts';
import { shortPromisesOf } from './shortfall.ts';

const now = 1_800_000_000_000;
const places = ['loc_a', 'loc_b', 'loc_c'];
const opening = { loc_a: 9, loc_b: 5 };

const place = fc.constantFrom(...places);
const quantity = fc.integer({ min: 1, max: 5 });
const items = fc.array(fc.record({ locationId: place, quantity }), { minLength: 1, maxLength: 2 });
const key = fc.constantFrom('chk_1', 'chk_1.e1', 'chk_2');
const movementKey = fc.constantFrom('m1', 'm2', 'm3');
const clock = fc.constant(now);
const hold = fc.record({
  now: clock,
  type: fc.constant('hold' as const),
  key,
  quantity: fc.integer({ min: 1, max: 12 }),
  until: fc.constant(now + 1_000),
});

type Step =
  | UnitCommand
  | { readonly type: 'evict' }
  | { readonly type: 'buy'; readonly key: string; readonly quantity: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('buy' as const), key, quantity: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 1, arbitrary: hold },
  { weight: 1, arbitrary: fc.record({ now: clock, type: fc.constant('commit' as const), key }) },
  { weight: 1, arbitrary: fc.record({ now: clock, type: fc.constant('undo' as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({ now: clock, type: fc.constant('ship' as const), key, fulfillmentKey: movementKey, items }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ now: clock, type: fc.constant('unship' as const), key, fulfillmentKey: movementKey }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('release-committed' as const),
      key,
      releaseKey: movementKey,
      quantity,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('restock' as const),
      restockKey: movementKey,
      items: fc.array(
        fc.record({
          locationId: place,
          quantity,
          condition: fc.constantFrom('sellable' as const, 'damaged' as const),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('send-transfer' as const),
      transferId: movementKey,
      fromLocationId: place,
      toLocationId: place,
      quantity,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('receive-transfer' as const),
      transferId: movementKey,
      received: quantity,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ now: clock, type: fc.constant('cancel-transfer' as const), transferId: movementKey }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('change-settings' as const),
      safety: fc.dictionary(place, fc.integer({ min: 0, max: 4 }), { maxKeys: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('change-floor' as const),
      floor: fc.integer({ min: -6, max: 0 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      now: clock,
      type: fc.constant('adjust' as const),
      locationId: place,
      delta: fc.integer({ min: -5, max: 3 }),
      reason: fc.constant('count'),
      actor: fc.constant('key:admin'),
      onHandExpected: fc.constant(null),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'evict' as const }) },
);

/** The shop's books, kept from what was accepted alone: no locations, no levels. */
class Books {
  onHand = Object.values(opening).reduce((sum, count) => sum + count, 0);
  inTransit = 0;
  readonly held = new Map<string, number>();
  readonly committed = new Map<string, number>();
  readonly #closed = new Set<string>();
  readonly #shipped = new Map<string, { readonly key: string; readonly quantity: number }>();
  readonly #transfers = new Map<string, { sent: number; received: number }>();
  readonly #done = new Set<string>();

  accept(command: UnitCommand): void {
    switch (command.type) {
      case 'hold':
        if (!this.committed.has(command.key)) this.held.set(command.key, command.quantity);
        return;
      case 'commit': {
        const quantity = this.held.get(command.key);
        if (quantity !== undefined) this.committed.set(command.key, quantity);
        this.held.delete(command.key);
        return;
      }
      case 'undo':
        this.held.delete(command.key);
        if (this.committed.has(command.key)) this.committed.set(command.key, 0);
        this.#closed.add(command.key);
        return;
      case 'ship': {
        if (!this.#once(`ship ${command.fulfillmentKey}`)) return;
        const quantity = command.items.reduce((sum, item) => sum + item.quantity, 0);
        this.#shipped.set(command.fulfillmentKey, { key: command.key, quantity });
        this.onHand -= quantity;
        this.#commit(command.key, -quantity);
        return;
      }
      case 'unship': {
        if (!this.#once(`unship ${command.fulfillmentKey}`)) return;
        const shipped = this.#shipped.get(command.fulfillmentKey);
        if (shipped === undefined) return;
        this.onHand += shipped.quantity;
        if (!this.#closed.has(shipped.key)) this.#commit(shipped.key, shipped.quantity);
        return;
      }
      case 'release-committed':
        if (!this.#closed.has(command.key) && this.#once(`release ${command.releaseKey}`))
          this.#commit(command.key, -command.quantity);
        return;
      case 'restock':
        if (!this.#once(`restock ${command.restockKey}`)) return;
        for (const { quantity, condition } of command.items) if (condition === 'sellable') this.onHand += quantity;
        return;
      case 'adjust':
        this.onHand += command.delta;
        return;
      case 'send-transfer':
        if (!this.#once(`send ${command.transferId}`)) return;
        this.#transfers.set(command.transferId, { sent: command.quantity, received: 0 });
        this.#move(command.quantity);
        return;
      case 'receive-transfer': {
        const transfer = this.#transfers.get(command.transferId);
        if (transfer === undefined) return;
        this.#move(transfer.received - command.received);
        transfer.received = command.received;
        return;
      }
      case 'cancel-transfer': {
        const transfer = this.#transfers.get(command.transferId);
        if (transfer !== undefined) this.#move(transfer.received - transfer.sent);
        if (transfer !== undefined) transfer.sent = transfer.received;
        return;
      }
      default:
    }
  }

  #move(quantity: number): void {
    this.inTransit += quantity;
    this.onHand -= quantity;
  }

  #commit(key: string, quantity: number): void {
    this.committed.set(key, (this.committed.get(key) ?? 0) + quantity);
  }

  #once(what: string): boolean {
    const isFirst = !this.#done.has(what);
    this.#done.add(what);
    return isFirst;
  }
}

interface Seen {
  readonly before: Stock;
  readonly after: Stock;
  readonly command: UnitCommand;
  readonly refusal: { readonly code: string } | null;
  readonly books: Books;
  readonly again: ReturnType<typeof decideStock>;
}

const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);

const invariants = {
  /** Levels are whole and not negative, and the totals add up, what is kept back and what is under way included. */
  levels({ after }: Seen) {
    for (const [name, level] of Object.entries(after.levels))
      for (const count of [level.onHand, level.held, level.committed])
        if (!Number.isSafeInteger(count) || count < 0) return `${name} has ${JSON.stringify(level)}`;
    const { onHand, held, committed, available } = totalsOf(after);
    const safety = sum(Object.keys(after.levels).map((name) => after.settings.safety[name] ?? 0));
    return onHand === available + held + committed + safety ? null : 'the totals do not add up';
  },

  /** At every place, what is committed is the sum of the allocations there. */
  allocations({ after }: Seen) {
    const sums = new Map<string, number>();
    for (const [, { state, parts }] of after.holds.closed)
      if (state === 'committed')
        for (const part of parts) sums.set(part.poolId, (sums.get(part.poolId) ?? 0) + part.quantity);
    for (const [name, { committed }] of Object.entries(after.levels))
      if (committed !== (sums.get(name) ?? 0))
        return `${committed} are committed at ${name}, not ${sums.get(name) ?? 0}`;
    return null;
  },

  /** Goods appear and vanish only as the books say: shipped once, restocked once, back once. */
  goods({ after, books }: Seen) {
    const { onHand, held } = totalsOf(after);
    if (onHand !== books.onHand) return `${onHand} are on hand where ${books.onHand} should be`;
    if (held !== sum(books.held.values())) return `${held} are held where ${sum(books.held.values())} should be`;
    const inTransit = inTransitOf(after);
    return inTransit === books.inTransit ? null : `${inTransit} are in transit where ${books.inTransit} should be`;
  },

  /** What a key still has is what was committed less what was shipped and given up. */
  commitments({ after, books }: Seen) {
    for (const [name, left] of books.committed) {
      const closed = after.holds.closed.get(name);
      const has = closed?.state === 'committed' ? sum(closed.parts.map((part) => part.quantity)) : 0;
      if (has !== left) return `${name} has ${has} where ${left} should be`;
    }
    return null;
  },

  /** A repetition gets the same answer and changes nothing. */
  once({ again, refusal, command }: Seen) {
    if (command.type === 'adjust') return null;
    if (again.events.length > 0) return 'a repetition changes something';
    return JSON.stringify(again.refusal) === JSON.stringify(refusal) ? null : 'a repetition is answered otherwise';
  },

  /** Nothing but the merchant's word makes places owe more than the floor allows. */
  floor({ before, after, command }: Seen) {
    if (command.type === 'change-settings' || command.type === 'adjust') return null;
    const [was, is] = [owedOf(before), owedOf(after)];
    return is > was && is > -after.floor ? `${is} are owed where the floor is ${after.floor}` : null;
  },

  /** Whom a shortfall touches are so many units as are short, each of a promise that lies there. */
  shortfall({ after }: Seen) {
    const promises = shortPromisesOf(after);
    for (const [name, { onHand, held, committed }] of Object.entries(after.levels)) {
      const short = sum(promises.filter(({ locationId }) => locationId === name).map((one) => one.short));
      if (short !== Math.max(0, held + committed - onHand)) return `${name} is short of ${short} by its promises`;
    }
    return promises.every(({ short, quantity: promised }) => short <= promised) ? null : 'more is short than promised';
  },
};
type Name = keyof typeof invariants | 'ledger';

interface Core {
  readonly decide: typeof decideStock;
  readonly evolve: typeof evolveStock;
}
const core: Core = { decide: decideStock, evolve: evolveStock };

function commandsOf(one: Exclude<Step, { type: 'evict' }>): readonly UnitCommand[] {
  if (one.type !== 'buy') return [one];
  const { key: name, quantity: wanted } = one;
  const bought: UnitCommand = { type: 'hold', key: name, quantity: wanted, until: now + 1_000, now };
  return [bought, { type: 'commit', key: name, now }];
}

function play(steps: readonly Step[], { decide, evolve }: Core, only?: Name, note?: Note): void {
  const asked = Object.entries(invariants).filter(([name]) => only === undefined || only === name);
  const books = new Books();
  const history: StockEvent[] = decideStock(emptyStock, {
    type: 'open',
    levels: opening,
    floor: 0,
    now,
  }).events.slice();
  let stock = history.reduce(evolve, emptyStock);
  for (const one of steps) {
    if (one.type === 'evict') {
      const revived = reviveStock(JSON.stringify(stock));
      const isSame = canonical(revived) === canonical(history.reduce(evolve, emptyStock));
      if (!isSame && (only === undefined || only === 'ledger'))
        throw new Error('ledger: the events fold to another state');
      stock = revived;
      continue;
    }
    for (const command of commandsOf(one)) {
      const { events, refusal } = decide(stock, command);
      const before = stock;
      stock = events.reduce(evolve, before);
      history.push(...events);
      if (refusal === null) books.accept(command);
      note?.(refusal?.code ?? command.type);
      const seen = { before, after: stock, command, refusal, books, again: decide(stock, command) };
      for (const [name, ask] of asked) {
        const fault = ask(seen);
        if (fault !== null) throw new Error(`${name}: ${fault}`);
      }
    }
  }
}

function canonical(stock: Stock): string {
  const { holds, shipments, transfers, done, levels, settings, ...rest } = stock;
  const maps: Iterable<readonly [string, unknown]>[] = [holds.open, holds.closed, shipments, transfers, done];
  const sorted = [Object.entries(levels), ...maps].map((entries) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify([rest, settings, sorted]);
}

test('stock keeps its books after every command of any script', () => {
  const answers = playMany('commitments', 20_000, step, (steps, note) => play(steps, core, undefined, note));
  const accepted = ['ship', 'unship', 'release-committed', 'restock', 'send-transfer', 'receive-transfer'];
  const refusals = [
    'insufficient-stock',
    'not-committed',
    'movement-closed',
    'movement-key-conflict',
    'transfer-conflict',
  ];
  for (const answer of [...accepted, 'cancel-transfer', 'change-settings', ...refusals])
    expect(answers.get(answer), answer).toBeGreaterThan(500);
});

/** A wrong decision beside the right ones. Null leaves it to the real rules. */
function deciding(wrong: (stock: Stock, command: UnitCommand) => ReturnType<typeof decideStock> | null): Core {
  return { ...core, decide: (stock, command) => wrong(stock, command) ?? decideStock(stock, command) };
}

/** A wrong fold of the events of one type. */
function folding(wrong: (event: StockEvent) => StockEvent): Core {
  return { ...core, evolve: (stock, event) => evolveStock(stock, wrong(event)) };
}

const without = (stock: Stock, field: 'shipments' | 'done', name: string): Stock => ({
  ...stock,
  [field]: stock[field].delete(name),
});

const mutants: readonly (readonly [name: Name, fault: string, core: Core])[] = [
  [
    'goods',
    'a fulfillment that is told twice ships twice',
    deciding((stock, command) =>
      command.type === 'ship' ? decideStock(without(stock, 'shipments', command.fulfillmentKey), command) : null,
    ),
  ],
  [
    'once',
    'a return is restocked each time it is told',
    deciding((stock, command) =>
      command.type === 'restock' ? decideStock(without(stock, 'done', `restock ${command.restockKey}`), command) : null,
    ),
  ],
  [
    'goods',
    'damaged goods are put on the shelf',
    folding((event) =>
      event.type === 'stock-restocked'
        ? { ...event, items: event.items.map((item) => ({ ...item, condition: 'sellable' as const })) }
        : event,
    ),
  ],
  [
    'allocations',
    'a shipment from another place leaves the allocation where it was',
    {
      ...core,
      evolve: (stock, event) => {
        const after = evolveStock(stock, event);
        return event.type === 'stock-shipped' ? { ...after, holds: stock.holds } : after;
      },
    },
  ],
  [
    'commitments',
    'a shipment that is undone is promised to nobody',
    {
      ...core,
      evolve: (stock, event) => {
        const after = evolveStock(stock, event);
        return event.type === 'shipment-undone' ? { ...after, holds: stock.holds } : after;
      },
    },
  ],
  [
    'commitments',
    'more is given up than was asked for',
    deciding((stock, command) =>
      command.type === 'release-committed' ? decideStock(stock, { ...command, quantity: command.quantity + 1 }) : null,
    ),
  ],
  [
    'goods',
    'what was received is received again with the next part',
    deciding((stock, command) => {
      const known = command.type === 'receive-transfer' ? stock.transfers.get(command.transferId) : undefined;
      if (command.type !== 'receive-transfer' || known === undefined || known.received === 0) return null;
      const { transferId, received } = command;
      return received > known.received && received <= known.sent
        ? decided({ type: 'transfer-received', transferId, quantity: received, at: now })
        : null;
    }),
  ],
  [
    'floor',
    'safety stock can be held',
    deciding((stock, command) =>
      command.type === 'hold' ? decideStock({ ...stock, settings: { ...stock.settings, safety: {} } }, command) : null,
    ),
  ],
  [
    'levels',
    'a transfer takes what is not there',
    {
      ...core,
      evolve: (stock, event) => {
        if (event.type !== 'transfer-sent') return evolveStock(stock, event);
        const level = stock.levels[event.fromLocationId];
        const levels = { ...stock.levels, [event.fromLocationId]: { held: 0, committed: 0, onHand: 0, ...level } };
        const after = evolveStock({ ...stock, levels }, event);
        const place = after.levels[event.fromLocationId] ?? { onHand: 0, held: 0, committed: 0 };
        return {
          ...after,
          levels: { ...after.levels, [event.fromLocationId]: { ...place, onHand: place.onHand - 4 } },
        };
      },
    },
  ],
  [
    'ledger',
    'a snapshot is taken of something else than the ledger says',
    {
      decide: (stock, command) => {
        const decision = decideStock(stock, command);
        return command.type === 'ship' && decision.refusal === null
          ? { ...decision, events: decision.events.map((event) => ({ ...event, at: unsteady() })) }
          : decision;
      },
      evolve: (stock, event) =>
        evolveStock(stock, event.type === 'stock-shipped' ? { ...event, at: unsteady() } : event),
    },
  ],
];

let ticks = 0;
const unsteady = () => {
  ticks += 1;
  return ticks;
};

describe('each invariant notices the fault that was planted for it', () => {
  test.each(mutants)('%s: %s', (name, _fault, wrong) => {
    const found = faultFound(name, step, (steps: readonly Step[]) => play(steps, wrong, name));
    expect(found).not.toBeNull();
  });
});
