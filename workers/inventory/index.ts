/**
 * The inventory Worker: stock per stock unit and location. It serves the merchant's stock routes, the hold protocol to
 * checkouts and what follows to orders, and keeps the read model of levels from its own events.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { JobsBase } from '../../durable-objects/jobs/object.ts';
import type {
  CommitmentsApi,
  CountsApi,
  HoldReference,
  HoldRequest,
  InventoryApi,
  ReleaseRequest,
  RestockRequest,
  ShipRequest,
  StockCount,
  StockOpening,
  UnshipRequest,
} from '../../shared/contracts/inventory/api.ts';
import { databaseOf, handledEventsIn } from '../../shared/messaging/d1.ts';
import { contextOf, type InventoryEnv } from './context.ts';
import { receiveEvents } from './events.ts';
import { app } from './routes/app.ts';
import { allocationsOf, releaseCommitted, restock, ship, unship } from './service/commitments.ts';
import { countAll, onHandOf } from './service/counts.ts';
import { runJobs } from './service/jobs.ts';
import { commitAll, holdAll, openStock, undoAll } from './service/stock.ts';
import { missingLocation } from './store/locations.ts';

export { StockObject } from '../../durable-objects/stock/object.ts';

/** Works off what requests leave to be done. */
export class InventoryJobs extends JobsBase<InventoryEnv> {
  protected override run(forMs: number): Promise<number | null> {
    return runJobs(contextOf(this.env), Date.now, forMs);
  }
}

export default class InventoryService
  extends WorkerEntrypoint<InventoryEnv>
  implements InventoryApi, CommitmentsApi, CountsApi
{
  override fetch(request: Request) {
    return app.fetch(request, this.env, this.ctx);
  }

  openStock(openings: readonly StockOpening[]) {
    return openStock(this.#inventory(), openings, Date.now());
  }

  count(counts: readonly StockCount[], why: { readonly reason: string; readonly actor: string }) {
    return countAll(this.#inventory(), counts, { ...why, now: Date.now() });
  }

  onHand(stockUnitIds: readonly string[]) {
    return onHandOf(this.#inventory(), stockUnitIds, Date.now());
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

  missingLocation(locationIds: readonly string[]) {
    return missingLocation(this.#inventory().db, locationIds);
  }

  allocations(request: { readonly key: string; readonly stockUnitIds: readonly string[] }) {
    return allocationsOf(this.#inventory(), request);
  }

  ship(request: ShipRequest) {
    return ship(this.#inventory(), request);
  }

  unship(request: UnshipRequest) {
    return unship(this.#inventory(), request);
  }

  releaseCommitted(request: ReleaseRequest) {
    return releaseCommitted(this.#inventory(), request);
  }

  restock(request: RestockRequest) {
    return restock(this.#inventory(), request);
  }

  handledEvents(eventIds: readonly string[]) {
    return handledEventsIn(databaseOf(this.env.DB), eventIds);
  }

  override async queue(batch: MessageBatch) {
    await receiveEvents(this.#inventory(), batch, Date.now());
  }

  #inventory() {
    return contextOf(this.env);
  }
}
