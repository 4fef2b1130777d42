/**
 * The catalog: products, variants, collections and their import, with the availability that the inventory tells. It serves
 * `/v1/{products,collections}` and `/admin/v1/{products,collections,imports}`, answers carts by RPC, and publishes
 * `catalog.*` events from its outbox.
 */

import { WorkerEntrypoint } from 'cloudflare:workers';
import { JobsBase } from '../../durable-objects/jobs/object.ts';
import { OutboxRelayBase } from '../../durable-objects/outbox-relay/object.ts';
import type { RemembersMerchant } from '../../shared/contracts/cart/api.ts';
import type {
  CatalogApi,
  VariantRequest,
  VariantSnapshot,
  VariantStanding,
} from '../../shared/contracts/catalog/api.ts';
import { handledEventsIn, receiveTogether } from '../../shared/messaging/d1.ts';
import { reachesOf } from '../../shared/messaging/reach.ts';
import type { Reaches } from '../../shared/messaging/relay-port.ts';
import { type CatalogEnv, contextOf, forgetPrices } from './context.ts';
import { catalogHandlers } from './events.ts';
import { app } from './routes/app.ts';
import { runJobs } from './service/jobs.ts';
import { revisionFor, standingsOf, stockNoted, variantsFor } from './service/variants.ts';

export default class CatalogService extends WorkerEntrypoint<CatalogEnv> implements CatalogApi, RemembersMerchant {
  override fetch(request: Request): Response | Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  override async queue(batch: MessageBatch): Promise<void> {
    const { db, now } = contextOf(this.env, null);
    await receiveTogether(db, batch, catalogHandlers, (notes) => stockNoted(db, notes), now());
  }

  variants(request: VariantRequest): Promise<VariantSnapshot[]> {
    return variantsFor(contextOf(this.env, null), request, (work) => this.ctx.waitUntil(work));
  }

  standings(variantIds: readonly string[]): Promise<VariantStanding[]> {
    return standingsOf(contextOf(this.env, null), variantIds);
  }

  variantRevision(): Promise<number> {
    return revisionFor(contextOf(this.env, null));
  }

  async forget(): Promise<void> {
    forgetPrices();
    await contextOf(this.env, null).armJobs();
  }

  handledEvents(eventIds: readonly string[]): Promise<string[]> {
    return handledEventsIn(contextOf(this.env, null).db, eventIds);
  }
}

/** Works off what requests leave to be done. */
export class CatalogJobs extends JobsBase<CatalogEnv> {
  protected override run(forMs: number): Promise<number | null> {
    return runJobs(contextOf(this.env, null), forMs);
  }
}

/** Relays the outbox of this Worker's database. */
export class OutboxRelay extends OutboxRelayBase<CatalogEnv> {
  protected override reaches(): Reaches {
    return reachesOf('catalog', this.env);
  }
}
