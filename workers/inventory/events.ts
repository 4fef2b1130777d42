/**
 * What the inventory does with events: its own, to keep the read model, and the catalog's, to keep SKU codes right. A batch
 * is kept with one statement per kind of change, however many events it has.
 */
import { ProductChanged, ProductsImported } from '../../shared/events/catalog.ts';
import { StockChanged } from '../../shared/events/inventory.ts';
import { receiveTogether } from '../../shared/messaging/d1.ts';
import type { Handlers } from '../../shared/messaging/inbox.ts';
import { type Inventory, keepLevels, keepNames, levelsRow, type NamedUnit } from './service/stock.ts';
import type { LevelsRow } from './store/units.ts';

/** What an event changes, to be written together with what others change. */
type Change = { readonly levels: LevelsRow } | { readonly names: readonly NamedUnit[] };

const handlers: Handlers<Change> = {
  [StockChanged.type]: (event) => [{ levels: levelsRow(StockChanged.data.parse(event.data), event.sequence) }],
  [ProductChanged.type]: (event) => [{ names: ProductChanged.data.parse(event.data).variants }],
  [ProductsImported.type]: (event) => [
    { names: ProductsImported.data.parse(event.data).products.flatMap(({ variants }) => variants) },
  ],
};

/** Handles a batch of the inbox. */
export async function receiveEvents(
  inventory: Inventory,
  batch: Pick<MessageBatch, 'messages'>,
  now: number,
): Promise<void> {
  await receiveTogether(inventory.db, batch, handlers, (changes) => statementsOf(inventory, changes), now);
}

function statementsOf(inventory: Inventory, changes: readonly Change[]) {
  const levels = changes.flatMap((change) => ('levels' in change ? [change.levels] : []));
  const names = changes.flatMap((change) => ('names' in change ? change.names : []));
  return [...keepLevels(inventory, levels), ...keepNames(inventory.db, names)];
}
