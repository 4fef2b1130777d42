/** What the catalog hears: the inventory tells the level of a stock unit, and product pages show it. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { StockChanged } from '../../shared/events/inventory.ts';
import type { Statement } from '../../shared/messaging/d1.ts';
import type { Handlers } from '../../shared/messaging/inbox.ts';
import { stockNoted } from './service/variants.ts';

export function catalogHandlers(db: DrizzleD1Database): Handlers<Statement> {
  return {
    [StockChanged.type]: ({ data, sequence }) => {
      const { stockUnitId, available, asOf } = StockChanged.data.parse(data);
      return stockNoted(db, { stockUnitId, available, asOf: Date.parse(asOf), sequence });
    },
  };
}
