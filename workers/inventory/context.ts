/** What the inventory Worker is bound to, and what its use cases get of it. */

import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { Envelope } from '../../shared/events/envelope.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { KnownUnits } from './service/known-units.ts';
import type { StockObjectStub, WholeInventory } from './service/stock.ts';

/** What a Stock object is bound to. */
export interface StockEnv {
  readonly DB: D1Database;
  readonly CATALOG: InboxApi;
  readonly NOTIFICATIONS: InboxApi;
  readonly INVENTORY_INBOX: Queue<Envelope>;
  readonly CATALOG_INBOX: Queue<Envelope>;
  readonly NOTIFICATIONS_INBOX: Queue<Envelope>;
}

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
