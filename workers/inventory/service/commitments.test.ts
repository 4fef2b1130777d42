/** Commitments over several units and objects: shipped, taken back, given up and restocked, all or nothing and once. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { totalsOf } from '../domain/decide.ts';
import { MemoryStock } from '../testing/memory-stock.ts';
import { allocationsOf, releaseCommitted, restock, ship, unship } from './commitments.ts';
import { KnownUnits } from './known-units.ts';
import { commitAll, holdAll, openStock, undoAll, type WholeInventory } from './stock.ts';

const now = 1_800_000_000_000;
const until = now + 60_000;
const key = 'chk_1';
/** The first two share an object; the third is in another one. */
const [one, two, far] = ['stk_000', 'stk_100', 'stk_001'] as const;
const at = (stockUnitId: string, quantity: number, locationId = 'loc_main') => ({ stockUnitId, locationId, quantity });
const done = { ok: true, value: null };

let database: TestDatabase;
let stock: MemoryStock;
let inventory: WholeInventory;
beforeAll(async () => {
  database = await migratedDatabase('inventory');
  await database.db.prepare("insert into locations (id, name, position) values ('loc_south', 'South', 1)").run();
  const openings = [one, two, far].map((stockUnitId) => ({ stockUnitId, sku: stockUnitId, quantity: 5, floor: 0 }));
  await openStock({ stock: new MemoryStock(), db: drizzle(database.db), known: new KnownUnits() }, openings, now);
});
afterAll(() => database.close());
beforeEach(() => {
  stock = new MemoryStock();
  inventory = { stock, db: drizzle(database.db), known: new KnownUnits() };
});

async function buy(quantity: number, units: readonly string[] = [one, two, far], under = key): Promise<void> {
  const needs = units.map((stockUnitId) => ({ stockUnitId, quantity }));
  expect(await holdAll(inventory, { key: under, needs, until, now })).toEqual(done);
  expect(await commitAll(inventory, { key: under, stockUnitIds: units, now })).toEqual(done);
  stock.calls.length = 0;
}

const levels = (unit: string) => totalsOf(stock.state(unit));

describe('units that share an object', () => {
  test('are held, committed and given back with one call each, once they are open', async () => {
    await buy(1);
    const needs = [one, two, far].map((stockUnitId) => ({ stockUnitId, quantity: 1 }));
    await holdAll(inventory, { key: 'chk_2', needs, until, now }, 0);
    await commitAll(inventory, { key: 'chk_2', stockUnitIds: [one, two, far], now });
    await undoAll(inventory, { key: 'chk_2', stockUnitIds: [one, two, far], now });
    expect(stock.calls).toEqual(
      ['hold', 'commit', 'undo'].flatMap((verb) => [`each ${verb} ${one} ${two}`, `each ${verb} ${far}`]),
    );
  });

  test('are all given back when another object refuses', async () => {
    await buy(4, [far], 'chk_0');
    const needs = [one, two, far].map((stockUnitId) => ({ stockUnitId, quantity: 2 }));
    const held = await holdAll(inventory, { key, needs, until, now });
    expect(held).toMatchObject({ ok: false, refusal: { code: 'insufficient-stock', stockUnitId: far, available: 1 } });
    expect([one, two].map((unit) => levels(unit).held)).toEqual([0, 0]);
  });
});

describe('a shipment', () => {
  test('takes goods off the shelf and off the promise, once', async () => {
    await buy(3);
    const request = { key, fulfillmentKey: 'ful_1', items: [at(one, 2), at(far, 3)], now };
    for (const _again of [1, 2]) expect(await ship(inventory, request)).toEqual(done);
    expect(levels(one)).toEqual({ onHand: 3, held: 0, committed: 1, available: 2 });
    expect(levels(far)).toEqual({ onHand: 2, held: 0, committed: 0, available: 2 });
    expect(await allocationsOf(inventory, { key, stockUnitIds: [one, two, far] })).toEqual([at(one, 1), at(two, 3)]);
  });

  test('that one unit cannot make is made by none, and may be tried again under its key', async () => {
    await buy(3);
    const items = [at(one, 2), at(far, 4)];
    expect(await ship(inventory, { key, fulfillmentKey: 'ful_1', items, now })).toEqual({
      ok: false,
      refusal: { code: 'not-committed', stockUnitId: far, requested: 4, committed: 3 },
    });
    expect(levels(one)).toMatchObject({ onHand: 5, committed: 3 });
    expect(await ship(inventory, { key, fulfillmentKey: 'ful_1', items: [at(one, 2), at(far, 3)], now })).toEqual(done);
  });

  test('that fails at one object after all had said yes comes back from the others', async () => {
    await buy(3);
    const { executeAll } = stock;
    stock.executeAll = async (steps, mode) => {
      // Between the question and the order, somebody else gives up the goods of the second object.
      if (mode === 'all' && steps[0]?.stockUnitId === far && steps[0].command.type === 'ship')
        await undoAll(inventory, { key, stockUnitIds: [far], now });
      return executeAll.call(stock, steps, mode);
    };
    const shipped = await ship(inventory, { key, fulfillmentKey: 'ful_1', items: [at(one, 2), at(far, 1)], now });
    expect(shipped).toMatchObject({ ok: false, refusal: { code: 'not-committed', stockUnitId: far } });
    expect(levels(one)).toMatchObject({ onHand: 5, committed: 3 });
  });

  test('from a location that there is not says so', async () => {
    await buy(3);
    const items = [at(one, 1), at(far, 1, 'loc_gone')];
    expect(await ship(inventory, { key, fulfillmentKey: 'ful_1', items, now })).toEqual({
      ok: false,
      refusal: { code: 'unknown-location', locationId: 'loc_gone' },
    });
    expect(levels(one)).toMatchObject({ onHand: 5, committed: 3 });
  });

  test('leaves from another location when that has the goods free, and only then', async () => {
    await buy(3, [one]);
    const elsewhere = { key, fulfillmentKey: 'ful_1', items: [at(one, 2, 'loc_south')], now };
    expect(await ship(inventory, elsewhere)).toEqual({
      ok: false,
      refusal: { code: 'insufficient-stock', stockUnitId: one, locationId: 'loc_south', requested: 2, available: 0 },
    });
    const adjust = { type: 'adjust' as const, delta: 2, reason: 'found', actor: 'a', onHandExpected: null, now };
    await stock.execute(one, { ...adjust, locationId: 'loc_south' });
    expect(await ship(inventory, elsewhere)).toEqual(done);
    expect(stock.state(one).levels).toEqual({
      loc_main: { onHand: 5, held: 0, committed: 1 },
      loc_south: { onHand: 0, held: 0, committed: 0 },
    });
  });

  test('that is taken back is promised again, and bars a late repetition', async () => {
    await buy(3, [one]);
    const request = { key, fulfillmentKey: 'ful_1', items: [at(one, 2)], now };
    await ship(inventory, request);
    const back = { key, fulfillmentKey: 'ful_1', stockUnitIds: [one], now };
    for (const _again of [1, 2]) expect(await unship(inventory, back)).toEqual(done);
    expect(levels(one)).toEqual({ onHand: 5, held: 0, committed: 3, available: 2 });
    expect(await ship(inventory, request)).toMatchObject({
      ok: false,
      refusal: { code: 'movement-closed', state: 'undone' },
    });
  });
});

describe('part of a commitment', () => {
  test('is given up once per key, and an order that was canceled has nothing to give up', async () => {
    await buy(3, [one, far]);
    const request = { key, releaseKey: 'rel_1', items: [{ stockUnitId: one, quantity: 2 }], now };
    for (const _again of [1, 2]) expect(await releaseCommitted(inventory, request)).toEqual(done);
    expect(levels(one)).toEqual({ onHand: 5, held: 0, committed: 1, available: 4 });
    await undoAll(inventory, { key, stockUnitIds: [one, far], now });
    expect(await releaseCommitted(inventory, { ...request, releaseKey: 'rel_2' })).toEqual(done);
    expect(levels(one)).toEqual({ onHand: 5, held: 0, committed: 0, available: 5 });
  });

  test('comes from the last allocation first', async () => {
    await stock.executeAll([
      { stockUnitId: one, command: { type: 'open', levels: { loc_a: 2, loc_b: 4 }, floor: 0, now } },
    ]);
    await buy(6, [one]);
    const items = [{ stockUnitId: one, quantity: 3 }];
    await releaseCommitted(inventory, { key, releaseKey: 'rel_1', items, now });
    expect(await allocationsOf(inventory, { key, stockUnitIds: [one] })).toEqual([at(one, 3, 'loc_b')]);
  });
});

describe('an order that is edited', () => {
  test('holds and commits what is added under a key of its own', async () => {
    await buy(2, [one]);
    await buy(3, [one], `${key}.e1`);
    expect(levels(one)).toEqual({ onHand: 5, held: 0, committed: 5, available: 0 });
    await undoAll(inventory, { key: `${key}.e1`, stockUnitIds: [one], now });
    expect(await allocationsOf(inventory, { key, stockUnitIds: [one] })).toEqual([at(one, 2)]);
  });
});

describe('a return', () => {
  const items = [
    { ...at(one, 2), condition: 'sellable' as const },
    { ...at(one, 1), condition: 'damaged' as const },
    { ...at(far, 1), condition: 'damaged' as const },
  ];

  test('is restocked exactly once, and what is damaged is in the ledger only', async () => {
    for (const _again of [1, 2]) expect(await restock(inventory, { restockKey: 'ret_1', items, now })).toEqual(done);
    expect([levels(one).onHand, levels(far).onHand]).toEqual([7, 5]);
    expect(stock.ledgers.get(far)?.map(({ type }) => type)).toEqual(['stock-opened', 'stock-restocked']);
  });

  test('of units that share an object restocks each, also when one was never touched', async () => {
    await buy(1, [one]);
    const both = [one, two].map((unit) => ({ ...at(unit, 1), condition: 'sellable' as const }));
    expect(await restock(inventory, { restockKey: 'ret_1', items: both, now })).toEqual(done);
    expect([one, two].map((unit) => levels(unit).onHand)).toEqual([6, 6]);
  });

  test('is refused as a whole for another content under its key, an unknown place or an unknown unit', async () => {
    await restock(inventory, { restockKey: 'ret_1', items: items.slice(0, 1), now });
    const refusals = [
      await restock(inventory, { restockKey: 'ret_1', items, now }),
      await restock(inventory, {
        restockKey: 'ret_2',
        items: [{ ...at(one, 1, 'loc_gone'), condition: 'sellable' }],
        now,
      }),
      await restock(inventory, {
        restockKey: 'ret_2',
        items: [...items, { ...at('stk_none', 1), condition: 'sellable' }],
        now,
      }),
    ];
    expect(refusals).toMatchObject([
      { refusal: { code: 'movement-key-conflict', stockUnitId: one } },
      { refusal: { code: 'unknown-location', locationId: 'loc_gone' } },
      { refusal: { code: 'unknown-stock-unit', stockUnitId: 'stk_none' } },
    ]);
    expect([levels(one).onHand, stock.state(far).isOpened]).toEqual([7, false]);
    // Asked about only, so its opening still goes along with the next command.
    expect(inventory.known.beginningOf(far, now)).toBeDefined();
  });
});
