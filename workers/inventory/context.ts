/** What the inventory Worker is bound to, and what its use cases get of it. */

import { databaseOf } from '../../shared/messaging/d1.ts';
import type { ReachEnv } from '../../shared/messaging/reach.ts';
import { KnownUnits } from './service/known-units.ts';
import type { StockObjectStub, WholeInventory } from './service/stock.ts';

/** What a Stock object is bound to. */
export type StockEnv = ReachEnv<'inventory'>;

export interface InventoryEnv extends StockEnv {
  readonly STOCK: { getByName(name: string): StockObjectStub };
  /** The object that works off what requests leave to be done (`service/jobs.ts`). */
  readonly JOBS: { getByName(name: string): { arm(): Promise<void> } };
}

export const armJobs = ({ JOBS }: Pick<InventoryEnv, 'JOBS'>): Promise<void> => JOBS.getByName('jobs').arm();

/** By the binding of the objects: a memory lasts as long as its isolate. */
const memories = new WeakMap<InventoryEnv['STOCK'], KnownUnits>();

export function contextOf({ STOCK, DB }: Pick<InventoryEnv, 'STOCK' | 'DB'>): WholeInventory {
  const known = memories.get(STOCK) ?? new KnownUnits();
  memories.set(STOCK, known);
  return { stock: STOCK, db: databaseOf(DB), known };
}
