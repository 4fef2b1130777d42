/** What the inventory Worker is bound to, and what its use cases get of it. */

import { databaseOf } from '../../shared/messaging/d1.ts';
import type { ReachEnv } from '../../shared/messaging/reach.ts';
import { KnownUnits } from './service/known-units.ts';
import type { StockObjectStub, WholeInventory } from './service/stock.ts';

/** What a Stock object is bound to. */
export type StockEnv = ReachEnv<'inventory'>;

export interface InventoryEnv extends StockEnv {
  readonly STOCK: { getByName(name: string): StockObjectStub };
}

/** By the binding of the objects: a memory lasts as long as its isolate. */
const memories = new WeakMap<InventoryEnv['STOCK'], KnownUnits>();

export function contextOf({ STOCK, DB }: InventoryEnv): WholeInventory {
  const known = memories.get(STOCK) ?? new KnownUnits();
  memories.set(STOCK, known);
  return { stock: STOCK, db: databaseOf(DB), known };
}
