/** Whom a publisher reaches follows from the table of subscriptions, and from bindings that carry the names in it. */
import { drizzle } from 'drizzle-orm/d1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { subscribersTo, subscriptions } from '../events/subscriptions.ts';
import { migratedDatabase, type TestDatabase } from '../testing/d1.ts';
import { d1InboxPort } from './d1.ts';
import { type ReachEnv, reachesOf } from './reach.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('inventory');
});
afterAll(() => database.close());

function inventoryEnv(asked: string[]): ReachEnv<'inventory'> {
  // A queue and a Worker as far as a relay uses them.
  const queue = (name: string) => ({ sendBatch: async () => void asked.push(name) }) as unknown as Queue;
  const worker = (name: string) => ({
    handledEvents: async (eventIds: readonly string[]) => {
      asked.push(name);
      return [...eventIds];
    },
  });
  return {
    DB: database.db,
    INVENTORY_INBOX: queue('to inventory'),
    CATALOG_INBOX: queue('to catalog'),
    NOTIFICATIONS_INBOX: queue('to notifications'),
    CATALOG: worker('catalog'),
    NOTIFICATIONS: worker('notifications'),
  };
}

describe('a publisher', () => {
  test('reaches those who receive any of its events, and nobody else', () => {
    expect([...subscribersTo('inventory')].sort()).toEqual(['catalog', 'inventory', 'notifications']);
    expect([...subscribersTo('payments')].sort()).toEqual(['notifications', 'orders']);
    const published = new Set(Object.keys(subscriptions).map((type) => type.slice(0, type.indexOf('.'))));
    expect([...published].sort()).toEqual(['catalog', 'inventory', 'orders', 'payments']);
  });

  test('sends to the inbox of each, and asks each what it has handled', async () => {
    const asked: string[] = [];
    const reaches = reachesOf('inventory', inventoryEnv(asked));
    expect(Object.keys(reaches).sort()).toEqual(['catalog', 'inventory', 'notifications']);
    await reaches.catalog?.inbox.sendBatch([]);
    expect(await reaches.notifications?.api.handledEvents(['e1'])).toEqual(['e1']);
    expect(asked).toEqual(['to catalog', 'notifications']);
  });

  test('that receives its own events looks into its own database', async () => {
    const db = drizzle(database.db);
    const reaches = reachesOf('inventory', inventoryEnv([]));
    await d1InboxPort(db, 0).apply([], ['evt_known']);
    expect(await reaches.inventory?.api.handledEvents(['evt_known', 'evt_other'])).toEqual(['evt_known']);
  });

  test('without a binding that the table asks for does not compile', () => {
    const { NOTIFICATIONS: _, ...env } = inventoryEnv([]);
    // @ts-expect-error The Worker of a subscriber is missing.
    expect(reachesOf('inventory', env)).toBeDefined();
  });
});
