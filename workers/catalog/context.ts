/** The bindings of this Worker, and the context that its use cases get from them. */
import type { VariantSnapshot } from '../../shared/contracts/catalog/api.ts';
import type { CountsApi, InventoryApi } from '../../shared/contracts/inventory/api.ts';
import type { ShelfApi } from '../../shared/contracts/pricing/shelf.ts';
import type { Actor } from '../../shared/http/actor.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import type { ReachEnv } from '../../shared/messaging/reach.ts';
import { megabyte } from '../../shared/values/bounded-map.ts';
import { RevisedMemory } from '../../shared/values/revised-memory.ts';
import type { Catalog } from './service/catalog.ts';
import { ShelfMemory } from './service/shelf-memory.ts';
import { PageMemory } from './store/page-memory.ts';

export interface CatalogEnv extends ReachEnv<'catalog'> {
  readonly OUTBOX_RELAY: { getByName(name: string): { arm(): Promise<void> } };
  readonly JOBS: { getByName(name: string): JobsStub };
  readonly INVENTORY: InventoryApi & CountsApi;
  readonly PRICING: ShelfApi;
}

/** The object that works off what requests leave to be done (`service/jobs.ts`). */
interface JobsStub {
  arm(): Promise<void>;
  done(withinMs: number): Promise<void>;
}

// One of each per isolate.
/** Under each variant's id and its SKU. */
const variants = new RevisedMemory<VariantSnapshot>(12 * megabyte);
const pages = new PageMemory();
const shelf = new ShelfMemory();

/** The merchant has changed prices elsewhere: the next page asks for them. Edits of products come through this Worker. */
export function forgetPrices(): void {
  shelf.forget();
}

export function contextOf(env: CatalogEnv, actor: Pick<Actor, 'traceparent'> | null): Catalog {
  return {
    db: databaseOf(env.DB),
    inventory: env.INVENTORY,
    pricing: env.PRICING,
    variants,
    pages,
    shelf,
    armRelay: () => env.OUTBOX_RELAY.getByName('relay').arm(),
    armJobs: () => env.JOBS.getByName('jobs').arm(),
    jobsDone: (withinMs) => env.JOBS.getByName('jobs').done(withinMs),
    now: Date.now,
    ...(actor === null ? {} : { traceparent: actor.traceparent }),
  };
}
