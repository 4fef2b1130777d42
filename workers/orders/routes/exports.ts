/** Exports over HTTP: the filters of the list, and a file that is streamed. */
import * as operations from '../../../shared/contracts/orders/exports-http.ts';
import { type App, serve } from '../../../shared/http/app.ts';
import { csvFile } from '../../../shared/http/csv-stream.ts';
import { databaseOf } from '../../../shared/messaging/d1.ts';
import type { OrdersEnv } from '../context.ts';
import { exportOf, exportTables } from '../service/exports.ts';
import { filterOf } from './orders.ts';

export function serveExports(app: App<OrdersEnv>): void {
  for (const [operation, table, name] of [
    [operations.exportOrders, exportTables.orders, 'orders'],
    [operations.exportOrderLines, exportTables.lines, 'order-lines'],
    [operations.exportRefunds, exportTables.refunds, 'refunds'],
  ] as const)
    serve(app, operation, async ({ query, env }) =>
      csvFile(`${name}.csv`, exportOf(databaseOf(env.DB), table, filterOf(query))),
    );
}
