/**
 * The observer: keeps what every inbox gave up on until someone looks at it, sends it back on request, and tells which parts
 * of the shop answer. Nothing in the shop waits for it. There are no rules to decide, so there is no domain.ts.
 */
import { WorkerEntrypoint } from 'cloudflare:workers';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { PricingApi } from '../../shared/contracts/pricing/api.ts';
import { databaseOf, reportDefect } from '../../shared/messaging/d1.ts';
import { makeId } from '../../shared/values/ids.ts';
import { receiveDeadLetters } from './events.ts';
import { observerApp } from './routes.ts';
import { answering, inboxProbe } from './service/probes.ts';
import { DeadLetterStore } from './store.ts';

export interface ObserverEnv {
  readonly DB: D1Database;
  readonly CATALOG: InboxApi;
  readonly PRICING: PricingApi;
  readonly CART: Fetcher;
  readonly INVENTORY: InboxApi;
  readonly ORDERS: InboxApi;
  readonly PAYMENTS: Fetcher;
  readonly NOTIFICATIONS: InboxApi;
  readonly CATALOG_INBOX: Queue<unknown>;
  readonly INVENTORY_INBOX: Queue<unknown>;
  readonly ORDERS_INBOX: Queue<unknown>;
  readonly NOTIFICATIONS_INBOX: Queue<unknown>;
}

const storeOf = (env: ObserverEnv) => new DeadLetterStore(databaseOf(env.DB));

const app = observerApp<ObserverEnv>(
  (env) => ({
    store: storeOf(env),
    inboxes: {
      catalog: env.CATALOG_INBOX,
      inventory: env.INVENTORY_INBOX,
      orders: env.ORDERS_INBOX,
      notifications: env.NOTIFICATIONS_INBOX,
    },
    probes: [
      inboxProbe('catalog', env.CATALOG),
      { name: 'pricing', reaches: 'worker', ask: () => env.PRICING.market({ country: null, currency: null }) },
      answering('cart', env.CART),
      inboxProbe('inventory', env.INVENTORY),
      inboxProbe('orders', env.ORDERS),
      answering('payments', env.PAYMENTS),
      inboxProbe('notifications', env.NOTIFICATIONS),
    ],
  }),
  () => Date.now(),
);

export default class ObserverService extends WorkerEntrypoint<ObserverEnv> {
  override async fetch(request: Request): Promise<Response> {
    return app.fetch(request, this.env, this.ctx);
  }

  override async queue(batch: MessageBatch): Promise<void> {
    const now = Date.now();
    await receiveDeadLetters(batch, storeOf(this.env), {
      now,
      newId: () => makeId('deadLetter', { now, random: crypto.getRandomValues(new Uint8Array(16)) }),
      report: reportDefect,
    });
  }
}
