/** What the inventory Worker is bound to, and what its use cases get of it. */
import type { StockEnv } from '../../durable-objects/stock/object.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { KnownUnits } from './service/known-units.ts';
import type { StockObjectStub, WholeInventory } from './service.ts';

export interface InventoryEnv extends StockEnv {
  readonly STOCK: { getByName(name: string): StockObjectStub };
}

/** By the binding of the objects: a memory lasts as long as its isolate. */
const memories = new WeakMap<InventoryEnv['STOCK'], KnownUnits>();

export function inventoryOf({ STOCK, DB }: InventoryEnv): WholeInventory {
  const known = memories.get(STOCK) ?? new KnownUnits();
  memories.set(STOCK, known);
  return { stock: STOCK, db: databaseOf(DB), known };
}
