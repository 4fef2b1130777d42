/** All routes of the inventory. */
import { type App, createApp } from '../../../shared/http/app.ts';
import type { InventoryEnv } from '../context.ts';
import { serveStock } from './stock.ts';
import { serveTransfers } from './transfers.ts';

export const app: App<InventoryEnv> = createApp();

// Before the stock of one SKU, whose address would match the list of transfers.
serveTransfers(app);
serveStock(app);
