/** The first touch of a stock unit: its object begins with what the database says was there, once and never again. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StockBeginning } from '../../durable-objects/stock/object.ts';
import { commit } from '../../shared/messaging/d1.ts';
import { migratedDatabase, type TestDatabase } from '../../shared/testing/d1.ts';
import { decideStock, emptyStock, evolveStock, type Stock } from './domain.ts';
import { command, holdAll, type Inventory, keepLevels, openStock, type StockStub } from './service.ts';

const now = 1_800_000_000_000;
const until = now + 60_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('inventory');
});
afterAll(() => database.close());

/** Objects that know nothing yet, over the real database; `reads` counts what the database is asked. */
function inventoryOf(states: Map<string, Stock> = new Map()): Inventory & { readonly reads: () => number } {
  let reads = 0;
  const stub: StockStub = {
    execute: async (unitId, what, _idempotency = null, opening: StockBeginning | null = null) => {
      const known = states.get(unitId);
      const nothing = { floor: 0, levels: {}, version: 0, asOf: now, isReplayed: false };
      if (known === undefined && opening === null) return { ...nothing, refusal: { code: 'not-open' } };
      const opened = opening === null ? [] : decideStock(emptyStock, { type: 'open', ...opening, now }).events;
      const before = known ?? opened.reduce(evolveStock, emptyStock);
      const { events, refusal } = decideStock(before, what);
      const after = events.reduce(evolveStock, before);
      states.set(unitId, after);
      return { ...nothing, refusal, floor: after.floor, levels: after.levels, version: 1 };
    },
    movements: async () => [],
  };
  const counted = new Proxy(database.db, {
    get: (target, name) => {
      if (name === 'prepare') reads += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { stock: { getByName: () => stub }, db: drizzle(counted), reads: () => reads };
}

const opening = (stockUnitId: string, quantity: number) => ({
  stockUnitId,
  sku: stockUnitId.toUpperCase(),
  quantity,
  floor: 0,
});

describe('units that nobody has touched', () => {
  test('are opened by the first hold, all with one question to the database', async () => {
    await openStock(inventoryOf(), [opening('stk_a1', 5), opening('stk_a2', 5), opening('stk_a3', 5)], now);
    const inventory = inventoryOf();
    const needs = ['stk_a1', 'stk_a2', 'stk_a3'].map((stockUnitId) => ({ stockUnitId, quantity: 2 }));
    expect(await holdAll(inventory, { key: 'k', needs, until, now })).toEqual({ ok: true, value: null });
    expect(inventory.reads()).toBe(1);
  });

  test('that nobody announced have nothing', async () => {
    const needs = [{ stockUnitId: 'stk_unknown', quantity: 1 }];
    const held = await holdAll(inventoryOf(), { key: 'k', needs, until, now });
    expect(held).toMatchObject({ ok: false, refusal: { code: 'insufficient-stock', available: 0 } });
  });
});

test('a unit whose ledger is lost is never opened anew: that would sell again what is sold', async () => {
  await openStock(inventoryOf(), [opening('stk_b1', 5)], now);
  const db = drizzle(database.db);
  const levels = { onHand: 5, held: 0, committed: 5, available: 0, levels: [], asOf: new Date(now).toISOString() };
  await commit(db, keepLevels(db, { stockUnitId: 'stk_b1', ...levels }, 3));
  const hold = command(inventoryOf(), 'stk_b1', { type: 'hold', key: 'k', quantity: 1, until, now });
  await expect(hold).rejects.toThrow(/ledger of stock unit stk_b1 is lost/);
});
