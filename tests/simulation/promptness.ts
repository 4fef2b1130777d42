/**
 * How long things take once nothing goes wrong any more: no checkout stands still for longer than a minute unless it waits
 * for its shopper, and a hold is given back within seconds of its end. Only runs whose clocks were right can be judged.
 */
import { orderStreams } from '../../durable-objects/order/streams.ts';
import { secondMs } from '../../shared/values/time.ts';
import type { StockEvent } from '../../workers/inventory/domain/decide.ts';
import type { Checkout, OrderStreamEvent } from '../../workers/orders/domain/checkout/checkout.ts';
import type { Shop } from './shop.ts';

/** Reliability promises the first for a test build, the second for every build. */
const standstillMsMax = 60 * secondMs;
const expiryMsMax = 5 * secondMs;

export function lateViolations(shop: Shop, quietAt: number, standstills: ReadonlyMap<string, number>): string[] {
  const found: string[] = [];
  for (const [id, standstillMs] of standstills) {
    if (standstillMs > standstillMsMax) found.push(`I7 ${id} stood still for ${standstillMs} ms`);
  }
  for (const unitId of shop.goods.stock.keys()) {
    const lateMs = expiryLatenessOf(shop.stock.history(unitId), quietAt);
    if (lateMs > expiryMsMax) found.push(`I3 ${unitId} gave a hold back ${lateMs} ms late`);
  }
  return found;
}

/** The longest time between two records, counted from when faults stopped. */
export function standstillOf(events: readonly OrderStreamEvent[], quietAt: number): number {
  let checkout: Checkout = orderStreams.initial;
  let since = 0;
  let longest = 0;
  for (const event of events) {
    // It begins when it is asked for, which a shopper who was told to wait does late.
    const asked = event.type === 'checkout-opened' ? event.details.createdAt : 0;
    const from = Math.max(quietAt, since, asked, waitsUntil(checkout, Math.max(quietAt, since)));
    // A shopper who acts before the time is over ends the wait early.
    longest = Math.max(longest, event.at - from);
    checkout = orderStreams.evolve(checkout, event);
    since = event.at;
  }
  return longest;
}

/** An operation on an order spaces out its tries further than a checkout, for which a shopper waits. */
const operationGraceMs = 30 * secondMs;

/** When a state that waits for its shopper, or for the next wish of a merchant, stops to do so. */
function waitsUntil(checkout: Checkout, since: number): number {
  if (checkout.phase === 'open') return checkout.details.holdUntil;
  if (checkout.phase === 'completed' && checkout.order?.running) return since + operationGraceMs;
  if (checkout.phase === 'completed') return checkout.isCartCompleted ? Number.POSITIVE_INFINITY : 0;
  return checkout.phase === 'paying' && checkout.actionUrl !== null ? checkout.details.holdUntil : 0;
}

function expiryLatenessOf(events: readonly StockEvent[], quietAt: number): number {
  const ends = new Map<string, number>();
  let latest = 0;
  for (const event of events) {
    if (event.type === 'hold-placed') ends.set(event.key, event.until);
    if (event.type !== 'hold-expired') continue;
    const until = ends.get(event.key) ?? 0;
    if (until > quietAt + standstillMsMax) latest = Math.max(latest, event.at - until);
  }
  return latest;
}
