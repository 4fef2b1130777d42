/** The events that the catalog receives: the inventory reports the level of a stock unit, and product pages show it. */
import { StockChanged } from '../../shared/events/inventory.ts';
import type { Handlers } from '../../shared/messaging/inbox.ts';
import { sellableOf } from '../../shared/values/stock-levels.ts';
import type { StockNote } from './store/variants.ts';

export const catalogHandlers: Handlers<StockNote> = {
  [StockChanged.type]: ({ data, sequence }) => {
    const { stockUnitId, levels, asOf } = StockChanged.data.parse(data);
    return [{ stockUnitId, available: sellableOf(levels), asOf: Date.parse(asOf), sequence }];
  },
};
