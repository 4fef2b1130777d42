/** How each event changes a stock unit: the fold of its ledger. */
import { committedParts, evolveHolds, type HoldEvent, recommit } from '../../../shared/holds/holds.ts';
import { assert, unreachable } from '../../../shared/values/result.ts';
import { doneAs, doneKeys } from './commitments.ts';
import type { StockEvent } from './messages.ts';
import { asItems, partsWith, partsWithout, sumOf } from './parts.ts';
import { type Level, type Levels, moved, type PlacedQuantity, type Stock } from './stock.ts';

type EventOf<Type extends StockEvent['type']> = Extract<StockEvent, { readonly type: Type }>;

export function evolveStock(stock: Stock, event: StockEvent): Stock {
  switch (event.type) {
    case 'stock-opened': {
      const levels = Object.fromEntries(
        Object.entries(event.levels).map(([locationId, onHand]) => [locationId, { onHand, held: 0, committed: 0 }]),
      );
      return { ...stock, isOpened: true, floor: event.floor, policyFloor: event.floor, levels };
    }
    case 'stock-adjusted': {
      const { counted, at } = event;
      const levels = moved(stock.levels, event.locationId, { onHand: event.delta });
      if (counted === undefined) return { ...stock, levels };
      return { ...stock, levels, done: stock.done.set(doneKeys.count(counted.countKey), { what: counted.what, at }) };
    }
    case 'floor-changed':
      return { ...stock, floor: event.floor, policyFloor: event.isPolicy ? event.floor : stock.policyFloor };
    case 'settings-changed':
      // A place counts from when something is to be kept there, or its first goods would lower what is available.
      return {
        ...stock,
        settings: event.settings,
        levels: Object.keys(event.settings.safety).reduce((levels, place) => moved(levels, place, {}), stock.levels),
      };
    case 'hold-placed':
      return {
        ...stock,
        holds: evolveHolds(stock.holds, event),
        levels: movedItems(stock.levels, asItems(event.parts), { held: 1 }),
      };
    case 'hold-committed':
      return settled(stock, event, { held: -1, committed: 1 });
    case 'hold-released':
    case 'hold-expired':
      return settled(stock, event, { held: -1 });
    case 'hold-returned':
      return settled(stock, event, { committed: -1 });
    case 'hold-barred':
      return settled(stock, event, {});
    case 'stock-shipped':
      return shipped(stock, event);
    case 'shipment-undone':
      return undone(stock, event);
    case 'shipment-barred': {
      const { key, fulfillmentKey, at } = event;
      return { ...stock, shipments: stock.shipments.set(fulfillmentKey, { state: 'barred', key, items: [], at }) };
    }
    case 'commitment-released':
      return commitmentReleased(stock, event);
    case 'stock-restocked':
      return restocked(stock, event);
    case 'transfer-sent':
    case 'transfer-received':
    case 'transfer-returned':
    case 'transfer-barred':
      return transferred(stock, event);
    default:
      return unreachable(event);
  }
}

/** A hold after its first event: what it took changes as the direction says. */
function settled({ holds, ...stock }: Stock, event: HoldEvent, direction: Partial<Level>): Stock {
  const { parts } = holds.open.get(event.key) ?? holds.closed.get(event.key) ?? { parts: [] };
  return { ...stock, holds: evolveHolds(holds, event), levels: movedItems(stock.levels, asItems(parts), direction) };
}

function shipped(stock: Stock, event: EventOf<'stock-shipped'>): Stock {
  const { key, fulfillmentKey, items, allocated, at } = event;
  const left = movedItems(stock.levels, items, { onHand: -1 });
  return {
    ...stock,
    levels: movedItems(left, allocated, { committed: -1 }),
    holds: recommit(stock.holds, key, partsWithout(committedParts(stock.holds, key), allocated)),
    shipments: stock.shipments.set(fulfillmentKey, { state: 'shipped', key, items, at }),
  };
}

/** The goods are back where they left, and promised there, unless the commitment was given back meanwhile. */
function undone(stock: Stock, { key, fulfillmentKey, at }: EventOf<'shipment-undone'>): Stock {
  const shipment = stock.shipments.get(fulfillmentKey);
  assert(shipment !== undefined, 'a shipment that is undone was made');
  const isPromised = stock.holds.closed.get(key)?.state === 'committed';
  return {
    ...stock,
    levels: movedItems(stock.levels, shipment.items, isPromised ? { onHand: 1, committed: 1 } : { onHand: 1 }),
    holds: recommit(stock.holds, key, partsWith(committedParts(stock.holds, key), shipment.items)),
    shipments: stock.shipments.set(fulfillmentKey, { ...shipment, state: 'undone', at }),
  };
}

function commitmentReleased(stock: Stock, event: EventOf<'commitment-released'>): Stock {
  const { key, releaseKey, items, at } = event;
  const what = doneAs.release(key, sumOf(items));
  return {
    ...stock,
    levels: movedItems(stock.levels, items, { committed: -1 }),
    holds: recommit(stock.holds, key, partsWithout(committedParts(stock.holds, key), items)),
    done: stock.done.set(doneKeys.release(releaseKey), { what, at }),
  };
}

function restocked(stock: Stock, { restockKey, items, at }: EventOf<'stock-restocked'>): Stock {
  const sellable = items.filter(({ condition }) => condition === 'sellable');
  return {
    ...stock,
    levels: movedItems(stock.levels, sellable, { onHand: 1 }),
    done: stock.done.set(doneKeys.restock(restockKey), { what: doneAs.restock(items), at }),
  };
}

function transferred(
  stock: Stock,
  event: EventOf<'transfer-sent' | 'transfer-received' | 'transfer-returned' | 'transfer-barred'>,
): Stock {
  const { transferId, at } = event;
  if (event.type === 'transfer-barred') {
    const barred = { fromLocationId: '', toLocationId: '', sent: 0, received: 0, returned: 0, at };
    return { ...stock, transfers: stock.transfers.set(transferId, barred) };
  }
  if (event.type === 'transfer-sent') {
    const { fromLocationId, toLocationId, quantity } = event;
    const sent = { fromLocationId, toLocationId, sent: quantity, received: 0, returned: 0, at };
    return {
      ...stock,
      levels: moved(stock.levels, fromLocationId, { onHand: -quantity }),
      transfers: stock.transfers.set(transferId, sent),
    };
  }
  const transfer = stock.transfers.get(transferId);
  assert(transfer !== undefined, 'a transfer that ends was sent');
  const { quantity } = event;
  const isReturn = event.type === 'transfer-returned';
  const after = isReturn
    ? { ...transfer, returned: transfer.returned + quantity, at }
    : { ...transfer, received: transfer.received + quantity, at };
  const locationId = isReturn ? transfer.fromLocationId : transfer.toLocationId;
  return {
    ...stock,
    levels: moved(stock.levels, locationId, { onHand: quantity }),
    transfers: stock.transfers.set(transferId, after),
  };
}

function movedItems(levels: Levels, items: readonly PlacedQuantity[], direction: Partial<Level>): Levels {
  return items.reduce(
    (after, { locationId, quantity }) =>
      moved(after, locationId, {
        onHand: (direction.onHand ?? 0) * quantity,
        held: (direction.held ?? 0) * quantity,
        committed: (direction.committed ?? 0) * quantity,
      }),
    levels,
  );
}
