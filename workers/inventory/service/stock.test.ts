/** A hold over several stock units: all or nothing, also while others hold at the same moment (INV4). */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideStock, emptyStock, evolveStock, type Stock, totalsOf, type UnitCommand } from '../domain/decide.ts';
import type { StockAnswer } from '../domain/steps.ts';
import { KnownUnits } from './known-units.ts';
import { commitAll, holdAll, type Inventory, type StockStub, undoAll } from './stock.ts';

const now = 1_800_000_000_000;
const until = now + 60_000;

/** Stock units in memory. `reach` stands between the caller and the object, as a network does. */
class Units {
  readonly states = new Map<string, Stock>();
  readonly asked: string[] = [];
  readonly #reach: (command: UnitCommand) => Promise<unknown>;

  constructor(onHand: Readonly<Record<string, number>>, reach: (command: UnitCommand) => Promise<unknown>) {
    this.#reach = reach;
    for (const [unit, quantity] of Object.entries(onHand)) {
      const opened = decideStock(emptyStock, { type: 'open', levels: { loc_main: quantity }, floor: 0, now });
      this.states.set(unit, opened.events.reduce(evolveStock, emptyStock));
    }
  }

  get inventory(): Inventory {
    const stub: StockStub = {
      execute: (unit, command) => this.execute(unit, command),
      // Each unit here has an object of its own: no call has a second step.
      executeAll: (steps) => Promise.all(steps.map(({ stockUnitId, command }) => this.execute(stockUnitId, command))),
      movements: async () => [],
    };
    // Every unit is open, so the database, which knows what a unit opens with, is never asked.
    return { stock: { getByName: () => stub }, db: Object.create(null), known: new KnownUnits() };
  }

  async execute(unit: string, command: UnitCommand): Promise<StockAnswer> {
    this.asked.push(`${command.type} ${unit}`);
    await this.#reach(command);
    const state = this.states.get(unit) ?? emptyStock;
    const { events, refusal } = decideStock(state, command);
    const after = events.reduce(evolveStock, state);
    this.states.set(unit, after);
    return { refusal, floor: 0, levels: after.levels, version: 1, asOf: now, isReplayed: false };
  }

  /** The units in which a key has an open hold. */
  heldBy(key: string): string[] {
    return [...this.states].filter(([, stock]) => stock.holds.open.has(key)).map(([unit]) => unit);
  }

  available(unit: string): number {
    return totalsOf(this.states.get(unit) ?? emptyStock).available;
  }
}

const atOnce = () => Promise.resolve();

describe('buyers who hold several units at once, in any interleaving', () => {
  const units = ['stk_a', 'stk_b', 'stk_c'];
  const needs = fc.array(
    fc.record({ stockUnitId: fc.constantFrom(...units), quantity: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 4 },
  );

  /** True when some interleaving leaves half a cart held. */
  async function canHalfHold(isReleaseLost: boolean): Promise<boolean> {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(needs, { minLength: 2, maxLength: 4 }),
      async (scheduler, carts) => {
        const stock = new Units({ stk_a: 4, stk_b: 3, stk_c: 2 }, () => scheduler.schedule(Promise.resolve()));
        const { inventory } = stock;
        const honest = stock.execute.bind(stock);
        stock.execute = async (unit, command) =>
          isReleaseLost && command.type === 'release' ? honest(unit, { type: 'expire', now }) : honest(unit, command);
        const answers = carts.map((cart, buyer) =>
          holdAll(inventory, { key: `chk_${buyer}`, needs: cart, until, now }),
        );
        await scheduler.waitFor(Promise.all(answers));
        for (const [buyer, cart] of carts.entries()) {
          const wanted = [...new Set(cart.map((need) => need.stockUnitId))].sort();
          const held = stock.heldBy(`chk_${buyer}`).sort();
          expect(held).toEqual((await answers[buyer])?.ok ? wanted : []);
        }
        for (const unit of units) expect(stock.available(unit)).toBeGreaterThanOrEqual(0);
      },
    );
    return (await fc.check(property, { numRuns: 500 })).failed;
  }

  test('hold all of their cart or nothing of it', async () => {
    expect(await canHalfHold(false)).toBe(false);
  });

  test('half-hold when the release of the earlier legs is lost: the fault is noticed', async () => {
    expect(await canHalfHold(true)).toBe(true);
  });
});

describe('carts that want the same last goods, in any interleaving', () => {
  const units = ['stk_01', 'stk_02', 'stk_03'];
  const quantity = 2;
  const cart = fc.uniqueArray(fc.constantFrom(...units), { minLength: 2, maxLength: 3 });

  /** True when some interleaving sends all of them away, though each alone could have had its goods. */
  async function canAllLose(leaving: number): Promise<boolean> {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(cart, { minLength: 2, maxLength: 4 }),
      async (scheduler, carts) => {
        const stock = new Units({ stk_01: 2, stk_02: 3, stk_03: 4 }, () => scheduler.schedule(Promise.resolve()));
        const answers = carts.map((wanted, buyer) => {
          const needs = wanted.map((stockUnitId) => ({ stockUnitId, quantity }));
          return holdAll(stock.inventory, { key: `chk_${buyer}`, needs, until, now }, leaving);
        });
        await scheduler.waitFor(Promise.all(answers));
        expect((await Promise.all(answers)).some(({ ok }) => ok)).toBe(true);
      },
    );
    return (await fc.check(property, { numRuns: 2_000 })).failed;
  }

  test('never all lose', async () => {
    expect(await canAllLose(quantity)).toBe(false);
  });

  test('may all lose when holds out of order leave nothing behind: the fault is noticed', async () => {
    expect(await canAllLose(0)).toBe(true);
  });
});

describe('a hold over several units', () => {
  const need = (stockUnitId: string, quantity: number) => ({ stockUnitId, quantity });

  test('asks each object once, and all at once, while there is plenty', async () => {
    const isOpen = Promise.withResolvers<void>();
    const stock = new Units({ stk_01: 99, stk_02: 99, stk_03: 99 }, () => isOpen.promise);
    const needs = [need('stk_03', 1), need('stk_01', 1), need('stk_02', 1)];
    const held = holdAll(stock.inventory, { key: 'k', needs, until, now });
    await Promise.resolve();
    expect(stock.asked.toSorted()).toEqual(['hold stk_01', 'hold stk_02', 'hold stk_03']);
    isOpen.resolve();
    expect(await held).toEqual({ ok: true, value: null });
    expect(stock.asked).toHaveLength(3);
  });

  test('asks for the last goods again in sorted order, the demand of a unit summed over its lines', async () => {
    const stock = new Units({ stk_01: 9, stk_02: 9 }, atOnce);
    await holdAll(stock.inventory, {
      key: 'k',
      needs: [need('stk_02', 2), need('stk_01', 1), need('stk_02', 3)],
      until,
      now,
    });
    expect(stock.asked).toEqual(['hold stk_01', 'hold stk_02', 'hold stk_02']);
    expect([stock.available('stk_01'), stock.available('stk_02')]).toEqual([8, 4]);
  });

  test('names the unit that is short, and gives back what came before it', async () => {
    const stock = new Units({ stk_a: 9, stk_b: 4 }, atOnce);
    const needs = [need('stk_a', 1), need('stk_b', 5)];
    expect(await holdAll(stock.inventory, { key: 'k', needs, until, now })).toEqual({
      ok: false,
      refusal: { code: 'insufficient-stock', stockUnitId: 'stk_b', requested: 5, available: 4 },
    });
    expect(stock.available('stk_a')).toBe(9);
  });

  test('is refused as a whole when it arrives after its undo', async () => {
    const stock = new Units({ stk_a: 9, stk_b: 9 }, atOnce);
    await undoAll(stock.inventory, { key: 'k', stockUnitIds: ['stk_a', 'stk_b'], now });
    const late = await holdAll(stock.inventory, { key: 'k', needs: [need('stk_a', 1), need('stk_b', 1)], until, now });
    expect(late).toEqual({
      ok: false,
      refusal: { code: 'hold-closed', stockUnitId: 'stk_a', state: 'barred' },
    });
  });

  test('cannot be committed when one of its holds has ended', async () => {
    const stock = new Units({ stk_a: 9, stk_b: 9 }, atOnce);
    const reference = { key: 'k', stockUnitIds: ['stk_a', 'stk_b'], now };
    await holdAll(stock.inventory, { key: 'k', needs: [need('stk_a', 1), need('stk_b', 1)], until, now });
    await undoAll(stock.inventory, { ...reference, stockUnitIds: ['stk_b'] });
    expect(await commitAll(stock.inventory, reference)).toEqual({
      ok: false,
      refusal: { code: 'hold-closed', stockUnitId: 'stk_b', state: 'released' },
    });
  });
});
