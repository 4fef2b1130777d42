/**
 * The router: the only Worker with a public route. It decides who calls, how often and how much, answers public reads from
 * memory, and passes everything else to the domain Worker that `doors.ts` names. It owns no data, and there is no domain,
 * service or store here: read `doors.ts`, then `gateway.ts`.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import { pageSeconds } from '../../shared/http/door.ts';
import { cacheable, type RouterContext } from './edge-cache.ts';
import type { RouterEnv } from './forwarding.ts';
import { createGateway } from './gateway.ts';
import { documents } from './reference.generated.ts';

const gateway = createGateway(documents);

export default {
  fetch: (request: Request, env: RouterEnv, context: RouterContext) => gateway.fetch(request, env, context),
};

/** The catalog behind the edge cache. Only the router calls it, with requests that name no particular visitor. */
export class CatalogPages extends WorkerEntrypoint<RouterEnv> {
  override async fetch(request: Request): Promise<Response> {
    const catalog = this.env.CATALOG;
    if (catalog === undefined) throw new Error('The catalog is not bound');
    return cacheable(await catalog.fetch(request), pageSeconds);
  }

  async purge(tags: readonly string[]): Promise<void> {
    await this.ctx.cache?.purge({ tags: [...tags] });
  }
}
