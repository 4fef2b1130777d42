/**
 * The inventory Worker: stock per stock unit and location. It serves the merchant's stock routes, the hold protocol to
 * checkouts, and keeps the read model of levels from its own events.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import type { HoldReference, HoldRequest, InventoryApi, StockOpening } from '../../shared/contracts/inventory.ts';
import { handledEventsIn, receiveInto } from '../../shared/messaging/d1.ts';
import type { InventoryEnv } from './env.ts';
import { inventoryHandlers } from './events.ts';
import { app } from './routes.ts';
import { commitAll, holdAll, openStock, undoAll } from './service.ts';

export { StockObject } from '../../durable-objects/stock/object.ts';

export default class InventoryService extends WorkerEntrypoint<InventoryEnv> implements InventoryApi {
  override fetch(request: Request) {
    return app.fetch(request, this.env, this.ctx);
  }

  openStock(openings: readonly StockOpening[]) {
    return openStock(this.#inventory(), openings, Date.now());
  }

  hold(request: HoldRequest) {
    return holdAll(this.#inventory(), request);
  }

  commitHolds(reference: HoldReference) {
    return commitAll(this.#inventory(), reference);
  }

  undoHolds(reference: HoldReference) {
    return undoAll(this.#inventory(), reference);
  }

  handledEvents(eventIds: readonly string[]) {
    return handledEventsIn(drizzle(this.env.DB), eventIds);
  }

  override async queue(batch: MessageBatch) {
    const db = drizzle(this.env.DB);
    await receiveInto(db, batch, inventoryHandlers(db), Date.now());
  }

  #inventory() {
    return { stock: this.env.STOCK, db: drizzle(this.env.DB) };
  }
}
