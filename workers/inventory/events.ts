/** What the inventory does with events: its own, to keep the read model, and the catalog's, to keep SKU codes right. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { ProductChanged } from '../../shared/events/catalog.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import type { Statement } from '../../shared/messaging/d1.ts';
import type { Handlers } from '../../shared/messaging/inbox.ts';
import { keepLevels, keepNames } from './service.ts';

export function inventoryHandlers(db: DrizzleD1Database): Handlers<Statement> {
  return {
    [StockChanged.type]: (event) => keepLevels(db, StockChanged.data.parse(event.data), event.sequence),
    [ProductChanged.type]: (event) => keepNames(db, ProductChanged.data.parse(event.data).variants),
  };
}
