/** The bindings of the observer Worker, and what its use cases are given from them. */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { InboxApi } from '../../shared/contracts/inbox.ts';
import type { PricingApi } from '../../shared/contracts/pricing/api.ts';
import type { Subscriber } from '../../shared/events/subscriptions.ts';
import { databaseOf } from '../../shared/messaging/d1.ts';
import { makeId } from '../../shared/values/ids.ts';
import { answering, inboxProbe, type Probe } from './service/probes.ts';

type Inbox = Pick<Queue<unknown>, 'send'>;

export interface ObserverEnv {
  readonly DB: D1Database;
  readonly CATALOG: InboxApi;
  readonly PRICING: Pick<PricingApi, 'market'>;
  readonly CART: Pick<Fetcher, 'fetch'>;
  readonly INVENTORY: InboxApi;
  readonly ORDERS: InboxApi;
  readonly PAYMENTS: Pick<Fetcher, 'fetch'>;
  readonly NOTIFICATIONS: InboxApi;
  readonly CATALOG_INBOX: Inbox;
  readonly INVENTORY_INBOX: Inbox;
  readonly ORDERS_INBOX: Inbox;
  readonly NOTIFICATIONS_INBOX: Inbox;
  readonly PRICING_INBOX: Inbox;
}

export interface ObserverContext {
  readonly db: DrizzleD1Database;
  readonly inboxes: Readonly<Record<Subscriber, Inbox>>;
  readonly probes: readonly Probe[];
  /** Milliseconds since 1970. */
  now(): number;
  newLetterId(): string;
}

export function contextOf(env: ObserverEnv): ObserverContext {
  return {
    db: databaseOf(env.DB),
    inboxes: {
      catalog: env.CATALOG_INBOX,
      inventory: env.INVENTORY_INBOX,
      orders: env.ORDERS_INBOX,
      notifications: env.NOTIFICATIONS_INBOX,
      pricing: env.PRICING_INBOX,
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
    now: Date.now,
    newLetterId: () => makeId('deadLetter', { now: Date.now(), random: crypto.getRandomValues(new Uint8Array(16)) }),
  };
}
