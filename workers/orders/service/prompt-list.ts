/**
 * Shows an order in lists as its answer showed it, a moment later. The relay brings every event to the read model, but its
 * alarm rings every two seconds, and a merchant looks at once. What this does not bring, because it failed or its object ended,
 * the relay brings; what it has brought, the relay need not send.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { Envelope } from '../../../shared/events/envelope.ts';
import { OrderSummary } from '../../../shared/events/orders.ts';
import { d1InboxPort } from '../../../shared/messaging/d1.ts';
import { reportDelay } from '../../../shared/messaging/report.ts';
import { SharedCalls } from '../../../shared/messaging/shared-calls.ts';
import { saveOrders } from '../store/orders.ts';
import { recordOfEvent } from './orders.ts';

/** The events of a checkout come within a few milliseconds of each other, and on a busy shop those of many orders do. */
const gatherMs = 100;
const eventsMax = 200;

/** All Order objects of an isolate write together. */
const writes = new SharedCalls<Envelope, void>({ itemsMax: eventsMax, weightMax: 0, gatherMs });

/** Returns at once. The events must be in their outbox, or be committed together with this call. */
export function listSoon(db: DrizzleD1Database, envelopes: readonly Envelope[]): void {
  writes
    .ask(envelopes, 0, (all) => list(db, all))
    .catch((error: unknown) => reportDelay('orders are listed late', error));
}

async function list(db: DrizzleD1Database, envelopes: readonly Envelope[]): Promise<void> {
  const rows = await Promise.all(
    envelopes.map((event) => recordOfEvent(OrderSummary.strip().parse(event.data), event)),
  );
  const eventIds = envelopes.map(({ id }) => id);
  await d1InboxPort(db, Date.now()).apply(saveOrders(db, rows), eventIds);
}
