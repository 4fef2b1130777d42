/**
 * The sandbox Worker: a payment provider for development that speaks as much of Stripe as the shop calls, fails on demand,
 * and keeps its own ledger. It has no database and receives no events, so it has no store and no events file.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { SandboxEnv } from './context.ts';
import { app } from './routes.ts';

export { SandboxLedger } from '../../durable-objects/sandbox-ledger/object.ts';

export default class SandboxService extends WorkerEntrypoint<SandboxEnv> {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }
}
