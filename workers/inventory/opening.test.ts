/**
 * The first touch of a stock unit: its object begins with what the database says was there, once and never again, and what
 * that takes in calls and questions.
 */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commit } from '../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { totalsOf } from './domain/decide.ts';
import { KnownUnits, openingTtlMs } from './service/known-units.ts';
import {
  changeSettings,
  command,
  holdAll,
  keepLevels,
  levelsRow,
  openStock,
  type WholeInventory,
} from './service/stock.ts';
import { unitBySku } from './store/units.ts';
import { MemoryStock } from './testing/memory-stock.ts';

const now = 1_800_000_000_000;
const until = now + 60 * 60_000;
const held = { ok: true, value: null };

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('inventory');
});
afterAll(() => database.close());

interface Isolate extends WholeInventory {
  readonly stock: MemoryStock;
  /** How often the database was asked since the last time. */
  reads(): number;
}

/** An isolate that knows nothing yet, over the real database and objects that others may reach too. */
function isolate(stock = new MemoryStock()): Isolate {
  let reads = 0;
  const counted = new Proxy(database.db, {
    get: (target, name) => {
      if (name === 'prepare') reads += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const ask = () => {
    const asked = reads;
    reads = 0;
    return asked;
  };
  return { stock, db: drizzle(counted), known: new KnownUnits(), reads: ask };
}

const opening = (stockUnitId: string, quantity: number, floor = 0) => ({
  stockUnitId,
  sku: stockUnitId.toUpperCase(),
  quantity,
  floor,
});
const announce = (...openings: readonly ReturnType<typeof opening>[]) => openStock(isolate(), openings, now);
const needs = (units: readonly string[], quantity = 2) => units.map((stockUnitId) => ({ stockUnitId, quantity }));
const available = ({ stock }: Isolate, unit: string) => totalsOf(stock.state(unit)).available;

/** What the read model hears of a unit that was touched, as from the queue. */
async function tellReadModel(inventory: WholeInventory, stockUnitId: string): Promise<void> {
  const levels = { onHand: 5, held: 0, committed: 5, available: 0, levels: [], asOf: new Date(now).toISOString() };
  await commit(inventory.db, keepLevels(inventory, [levelsRow({ stockUnitId, ...levels }, 3)]));
}

describe('a hold of two units that share an object', () => {
  test('costs two calls and one question when nothing is known, and then one call for their neighbours too', async () => {
    const units = Array.from({ length: 302 }, (_, index) => `stk_a${String(index).padStart(3, '0')}0`);
    await announce(...units.map((unit) => opening(unit, 5)));
    const inventory = isolate();
    const cost = async (key: string, ...pair: readonly (string | undefined)[]) => {
      inventory.stock.calls.length = 0;
      const wanted = needs(pair.flatMap((unit) => unit ?? []));
      expect(await holdAll(inventory, { key, needs: wanted, until, now })).toEqual(held);
      return [inventory.stock.calls.length, inventory.reads()];
    };
    expect({
      cold: await cost('k1', units[0], units[1]),
      prefetched: await cost('k2', units[2], units[300]),
      warm: await cost('k3', units[0], units[300]),
      beyond: await cost('k4', units[301], units[2]),
    }).toEqual({ cold: [2, 1], prefetched: [1, 0], warm: [1, 0], beyond: [2, 1] });
    expect(['0', '1', '2', '300', '301'].map((at) => available(inventory, units[Number(at)] ?? ''))).toEqual([
      1, 3, 1, 1, 3,
    ]);
  });

  test('takes nothing of a unit that nobody announced', async () => {
    const refused = await holdAll(isolate(), { key: 'k', needs: needs(['stk_unknown']), until, now });
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'insufficient-stock', available: 0 } });
  });
});

describe('an opening that is out of date', () => {
  /** Two isolates over the same objects; the first one remembers the openings of both units. */
  async function remembering(one: string, two: string) {
    await announce(opening(one, 5), opening(two, 5));
    const first = isolate();
    const second = isolate(first.stock);
    expect(await holdAll(first, { key: 'k0', needs: needs([one]), until, now })).toEqual(held);
    expect(first.known.beginningOf(two, now)).toEqual({ levels: { loc_main: 5 }, floor: 0 });
    return { first, second };
  }
  const hold = (inventory: Isolate, key: string, unit: string, quantity: number) =>
    holdAll(inventory, { key, needs: needs([unit], quantity), until, now });

  test('begins nothing anew: what another isolate has sold is sold', async () => {
    const { first, second } = await remembering('stk_b1', 'stk_b2');
    expect(await hold(second, 'k1', 'stk_b2', 5)).toEqual(held);
    expect(await hold(first, 'k2', 'stk_b2', 1)).toMatchObject({ ok: false, refusal: { available: 0 } });
  });

  test('does not bring back a floor that was raised since', async () => {
    await announce(opening('stk_c0', 5), opening('stk_c1', 5, -1_000));
    const first = isolate();
    await holdAll(first, { key: 'k0', needs: needs(['stk_c0']), until, now });
    await openStock(isolate(first.stock), [opening('stk_c1', 0, 0)], now);
    expect(first.known.beginningOf('stk_c1', now)?.floor).toBe(-1_000);
    expect(await hold(first, 'k1', 'stk_c1', 6)).toMatchObject({ ok: false, refusal: { available: 5 } });
  });

  test('is not changed by announcing the unit again with another quantity', async () => {
    await announce(opening('stk_d1', 5));
    await announce(opening('stk_d1', 9));
    expect(await hold(isolate(), 'k1', 'stk_d1', 6)).toMatchObject({ ok: false, refusal: { available: 5 } });
  });
});

describe('a unit whose ledger is lost', () => {
  const holdOf = (inventory: Isolate, stockUnitId: string, at = now) =>
    command(inventory, stockUnitId, { type: 'hold', key: 'k', quantity: 1, until, now: at });

  test('is never opened anew: that would sell again what is sold', async () => {
    await announce(opening('stk_e1', 5));
    await tellReadModel(isolate(), 'stk_e1');
    await expect(holdOf(isolate(), 'stk_e1')).rejects.toThrow(/ledger of stock unit stk_e1 is lost/);
    const holding = holdAll(isolate(), { key: 'k', needs: needs(['stk_e1']), until, now });
    await expect(holding).rejects.toThrow(/ledger of stock unit stk_e1 is lost/);
  });

  test.each([
    ['the isolate has heard of the ledger', 'stk_f', 0, true],
    ['the opening was read too long ago', 'stk_g', openingTtlMs, false],
  ] as const)('is not opened from memory when %s', async (_name, prefix, laterMs, isHeard) => {
    await announce(opening(`${prefix}1`, 5), opening(`${prefix}2`, 5));
    const inventory = isolate();
    await holdOf(inventory, `${prefix}1`);
    await tellReadModel(isHeard ? inventory : isolate(), `${prefix}2`);
    await expect(holdOf(inventory, `${prefix}2`, now + laterMs)).rejects.toThrow(/is lost/);
  });
});

describe('the floor of a unit', () => {
  const policyOf = (stockUnitId: string, floor: number, sku?: string) => ({
    ...opening(stockUnitId, 0, floor),
    ...(sku === undefined ? {} : { sku }),
  });
  const floors = async ({ stock, db }: Isolate, unit: string, sku = unit.toUpperCase()) => [
    stock.state(unit).floor,
    (await unitBySku(db, sku))?.floor,
  ];
  const set = (inventory: Isolate, unit: string, floor: number) =>
    changeSettings(inventory, { sku: unit.toUpperCase(), floor, settings: {}, now });

  test('follows the policy of the product, also when nobody has touched the unit', async () => {
    await announce(opening('stk_h1', 5));
    const inventory = isolate();
    await openStock(inventory, [policyOf('stk_h1', -1_000)], now);
    expect(await floors(inventory, 'stk_h1')).toEqual([-1_000, -1_000]);
    expect(available(inventory, 'stk_h1')).toBe(5);
  });

  test('that the merchant set stays when the product is saved with the same policy', async () => {
    await announce(opening('stk_i1', 5));
    const inventory = isolate();
    await set(inventory, 'stk_i1', -3);
    await openStock(inventory, [policyOf('stk_i1', 0, 'RENAMED')], now);
    expect(await floors(inventory, 'stk_i1', 'RENAMED')).toEqual([-3, -3]);
  });

  test('that the merchant set gives way to a policy that changes, once', async () => {
    await announce(opening('stk_j1', 5));
    const inventory = isolate();
    await set(inventory, 'stk_j1', -3);
    await openStock(inventory, [policyOf('stk_j1', -1_000)], now);
    expect(await floors(inventory, 'stk_j1')).toEqual([-1_000, -1_000]);
    await set(inventory, 'stk_j1', -4);
    await openStock(inventory, [policyOf('stk_j1', -1_000)], now);
    expect(await floors(inventory, 'stk_j1')).toEqual([-4, -4]);
  });

  test('that happens to be the one of the new policy is the merchant’s own again when it is set anew', async () => {
    await announce(opening('stk_k1', 5));
    const inventory = isolate();
    await set(inventory, 'stk_k1', -1_000);
    await tellReadModel(inventory, 'stk_k1');
    await openStock(inventory, [policyOf('stk_k1', -1_000)], now);
    await set(inventory, 'stk_k1', -5);
    await openStock(inventory, [policyOf('stk_k1', -1_000)], now);
    expect(await floors(inventory, 'stk_k1')).toEqual([-5, -5]);
  });
});
