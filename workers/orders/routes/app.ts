/** All routes of checkouts and orders. */
import { type App, createApp } from '../../../shared/http/app.ts';
import type { OrdersEnv } from '../context.ts';
import { serveCheckouts } from './checkouts.ts';
import { serveDraftOrders } from './draft-orders.ts';
import { serveExports } from './exports.ts';
import { serveOrderOperations } from './order-operations.ts';
import { serveOrders } from './orders.ts';
import { serveShoppers } from './shoppers.ts';

export const app: App<OrdersEnv> = createApp();
serveCheckouts(app);
serveOrders(app);
serveOrderOperations(app);
serveDraftOrders(app);
serveExports(app);
serveShoppers(app);
