/** What the inventory Worker is bound to. */
import type { StockEnv } from '../../durable-objects/stock/object.ts';
import type { StockStub } from './service.ts';

export interface InventoryEnv extends StockEnv {
  readonly STOCK: { getByName(name: string): StockStub };
}
