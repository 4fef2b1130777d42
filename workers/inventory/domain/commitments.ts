/**
 * What becomes of a commitment: goods are shipped against it, a shipment is taken back, part of it is given up, and goods
 * that come back are restocked. Each happens once per key, and what has ended stays ended.
 */
import { committedParts, decided, declined } from '../../../shared/holds/holds.ts';
import { stockQuantityMax } from '../../../shared/values/quantity.ts';
import type { CommandOf, StockDecision } from './messages.ts';
import { byLocation, lastOf, partsWithout, sumOf } from './parts.ts';
import { emptyLevel, freeOf, type PlacedQuantity, type Shipment, type Stock } from './stock.ts';

/**
 * Goods leave from where they are, which need not be where they were allocated: another location may send what it has free,
 * and the commitment shrinks where it lay.
 */
export function decideShip(stock: Stock, { key, fulfillmentKey, items, now }: CommandOf<'ship'>): StockDecision {
  const asked = byLocation(items);
  const known = stock.shipments.get(fulfillmentKey);
  if (known !== undefined) return repeatedShip(known, key, asked);
  const parts = committedParts(stock.holds, key);
  const committed = sumOf(parts);
  const requested = sumOf(asked);
  if (requested > committed) return declined({ code: 'not-committed', requested, committed });
  const allocatedAt = new Map(parts.map(({ poolId, quantity }) => [poolId, quantity]));
  for (const { locationId, quantity } of asked) {
    const level = stock.levels[locationId] ?? emptyLevel;
    const free = Math.max(0, freeOf(level, stock.settings.safety[locationId]));
    const available = Math.min(level.onHand, (allocatedAt.get(locationId) ?? 0) + free);
    if (quantity > available)
      return declined({ code: 'insufficient-stock', locationId, requested: quantity, available });
  }
  const here = asked
    .map((item) => ({ ...item, quantity: Math.min(item.quantity, allocatedAt.get(item.locationId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
  const elsewhere = lastOf(partsWithout(parts, here), requested - sumOf(here));
  const allocated = byLocation([...here, ...elsewhere]);
  return decided({ type: 'stock-shipped', key, fulfillmentKey, items: asked, allocated, at: now });
}

function repeatedShip(known: Shipment, key: string, asked: readonly PlacedQuantity[]): StockDecision {
  if (known.state !== 'shipped') return declined({ code: 'movement-closed', state: known.state });
  return known.key === key && isSame(known.items, asked) ? decided() : declined({ code: 'movement-key-conflict' });
}

/** Takes a shipment back, and bars one that has yet to arrive. */
export function decideUnship(stock: Stock, { key, fulfillmentKey, now }: CommandOf<'unship'>): StockDecision {
  const known = stock.shipments.get(fulfillmentKey);
  if (known === undefined) return decided({ type: 'shipment-barred', key, fulfillmentKey, at: now });
  if (known.key !== key) return declined({ code: 'movement-key-conflict' });
  return known.state === 'shipped' ? decided({ type: 'shipment-undone', key, fulfillmentKey, at: now }) : decided();
}

/** Of a commitment that was given back as a whole there is nothing left to give up: that is no refusal. */
export function decideReleaseCommitted(stock: Stock, command: CommandOf<'release-committed'>): StockDecision {
  const { key, releaseKey, quantity, now } = command;
  const done = repeatedDone(stock, doneKeys.release(releaseKey), doneAs.release(key, quantity));
  if (done !== null) return done;
  const closed = stock.holds.closed.get(key);
  if (closed !== undefined && closed.state !== 'committed') return decided();
  const parts = committedParts(stock.holds, key);
  const committed = sumOf(parts);
  if (quantity > committed) return declined({ code: 'not-committed', requested: quantity, committed });
  return decided({ type: 'commitment-released', key, releaseKey, items: lastOf(parts, quantity), at: now });
}

export function decideRestock(stock: Stock, { restockKey, items, now }: CommandOf<'restock'>): StockDecision {
  const done = repeatedDone(stock, doneKeys.restock(restockKey), doneAs.restock(items));
  return done ?? decided({ type: 'stock-restocked', restockKey, items, at: now });
}

/** What was counted is so, whatever is promised; goods that are not there cannot be taken away. */
export function decideCount(stock: Stock, command: CommandOf<'count'>): StockDecision {
  const { countKey, locationId, change, reason, actor, now } = command;
  const what = doneAs.count(locationId, change);
  const done = repeatedDone(stock, doneKeys.count(countKey), what);
  if (done !== null) return done;
  const { onHand } = stock.levels[locationId] ?? emptyLevel;
  const delta = 'set' in change ? change.set - onHand : change.add;
  if (onHand + delta < 0)
    return declined({ code: 'insufficient-stock', locationId, requested: -delta, available: onHand });
  if (onHand + delta > stockQuantityMax) return declined({ code: 'stock-conflict', onHand });
  return decided({ type: 'stock-adjusted', locationId, delta, reason, actor, counted: { countKey, what }, at: now });
}

/** The outcome of a key that was used before; null for a new one. */
function repeatedDone(stock: Stock, doneKey: string, what: string): StockDecision | null {
  const known = stock.done.get(doneKey);
  if (known === undefined) return null;
  return known.what === what ? decided() : declined({ code: 'movement-key-conflict' });
}

/** Keys of different callers never meet. */
export const doneKeys = {
  release: (releaseKey: string) => `release ${releaseKey}`,
  restock: (restockKey: string) => `restock ${restockKey}`,
  count: (countKey: string) => `count ${countKey}`,
};

/** What a key was used for, as text to compare. */
export const doneAs = {
  release: (key: string, quantity: number) => `${quantity} of ${key}`,
  count: (locationId: string, change: CommandOf<'count'>['change']) =>
    'set' in change ? `${change.set} at ${locationId}` : `${change.add} more at ${locationId}`,
  restock: (items: CommandOf<'restock'>['items']) =>
    items
      .map(({ locationId, quantity, condition }) => `${quantity} ${condition} at ${locationId}`)
      .sort()
      .join(', '),
};

function isSame(one: readonly PlacedQuantity[], other: readonly PlacedQuantity[]): boolean {
  const quantities = new Map(one.map(({ locationId, quantity }) => [locationId, quantity]));
  return (
    one.length === other.length && other.every(({ locationId, quantity }) => quantities.get(locationId) === quantity)
  );
}
