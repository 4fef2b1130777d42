/** What the inventory does with events: its own, to keep the read model, and the catalog's, to keep SKU codes right. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { ProductChanged } from '../../shared/events/catalog.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import type { Statement } from '../../shared/messaging/d1.ts';
import type { Handlers } from '../../shared/messaging/inbox.ts';
import { nameUnits, saveLevels } from './store.ts';

export function inventoryHandlers(db: DrizzleD1Database): Handlers<Statement> {
  return {
    [StockChanged.type]: (event) => {
      const { stockUnitId, onHand, held, committed, available, levels, asOf } = StockChanged.data.parse(event.data);
      return [
        saveLevels(db, {
          id: stockUnitId,
          onHand,
          held,
          committed,
          available,
          levels,
          sequence: event.sequence,
          asOf: Date.parse(asOf),
        }),
      ];
    },
    // The catalog announced these units before it had them; two that raced for one SKU are settled by what it then kept.
    [ProductChanged.type]: (event) => nameUnits(db, ProductChanged.data.parse(event.data).variants),
  };
}
