/** How stock and its movements look from outside. */
import type * as z from 'zod';
import type * as operations from '../../shared/contracts/inventory/http.ts';
import { orderIdOf } from '../../shared/values/ids.ts';
import { untrackedFloor } from '../../shared/values/quantity.ts';
import { shortfallOf } from '../../shared/values/stock-levels.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { freeOf, type Level, totalShortfallOf, totalsOf, type UnitSettings } from './domain/decide.ts';
import type { ShortPromise } from './domain/shortfall.ts';
import type { Movement, StockAnswer } from './domain/steps.ts';
import type { StockRow } from './store/units.ts';

interface Levels {
  readonly floor: number;
  readonly levels: Readonly<Record<string, Level>>;
  readonly safety: UnitSettings['safety'];
  readonly version: number;
  readonly asOf: number;
}

/** A unit as its object has it. */
export function exactView(sku: string, stockUnitId: string, answer: StockAnswer): operations.StockView {
  const { floor, levels, version, asOf, settings, inTransit = 0 } = answer;
  const { safety = {}, lowStockAt = null, availableFrom = null } = settings ?? {};
  return {
    ...view(sku, stockUnitId, { floor, levels, safety, version, asOf }),
    inTransit,
    lowStockAt,
    availableFrom: availableFrom === null ? null : toTimestamp(availableFrom),
  };
}

/** A unit as the read model has it. */
export function viewOfRow(row: StockRow): operations.StockView {
  const levels = Object.fromEntries(
    row.levels.map(({ locationId, onHand, held, committed }) => [locationId, { onHand, held, committed }]),
  );
  const safety = Object.fromEntries(row.levels.map((level) => [level.locationId, level.safety ?? 0]));
  return view(row.sku, row.id, { floor: row.floor, levels, safety, version: row.sequence, asOf: row.asOf });
}

function view(sku: string | null, stockUnitId: string, unit: Levels): operations.StockView {
  const { floor, levels, safety, version, asOf } = unit;
  const locations = Object.entries(levels).map(([locationId, level]) => {
    const kept = safety[locationId] ?? 0;
    return { locationId, ...level, safety: kept, available: freeOf(level, kept), shortfall: shortfallOf(level) };
  });
  const totals = totalsOf({ levels, settings: { safety, lowStockAt: null, availableFrom: null } });
  const policy = floor < 0 ? ('continue' as const) : ('deny' as const);
  const shortfall = totalShortfallOf({ levels });
  const tracked = floor > untrackedFloor;
  return {
    sku,
    stockUnitId,
    ...totals,
    shortfall,
    locations,
    tracked,
    policy,
    floor,
    version,
    asOf: toTimestamp(asOf),
  };
}

/** An answer names so many promises; a shortfall of more is told by its sum. */
const promisesShownMax = 200;

export function shortfallView(
  sku: string,
  answer: StockAnswer,
  promises: readonly ShortPromise[],
): z.infer<typeof operations.ShortfallView> {
  const shown = promises.slice(0, promisesShownMax).map(({ key, locationId, quantity, short, isCommitted }) => {
    return { orderId: isCommitted ? orderIdOf(key) : null, locationId, quantity, short };
  });
  return { sku, shortfall: totalShortfallOf(answer), promises: shown, asOf: toTimestamp(answer.asOf) };
}

export function viewOfMovement({ sequence, event }: Movement): z.infer<typeof operations.MovementView> {
  return { sequence, type: event.type, at: toTimestamp(event.at), ...factsOf(event) };
}

type Facts = Omit<z.infer<typeof operations.MovementView>, 'sequence' | 'type' | 'at'>;

function factsOf(event: Movement['event']): Facts {
  switch (event.type) {
    case 'stock-opened': {
      const parts = Object.entries(event.levels).map(([locationId, quantity]) => ({ locationId, quantity }));
      return { parts, floor: event.floor };
    }
    case 'stock-adjusted':
      return { locationId: event.locationId, delta: event.delta, reason: event.reason, actor: event.actor };
    case 'floor-changed':
      return { floor: event.floor };
    case 'settings-changed': {
      const { safety, lowStockAt, availableFrom } = event.settings;
      const from = availableFrom === null ? null : toTimestamp(availableFrom);
      return { settings: { safety, lowStockAt, availableFrom: from } };
    }
    case 'hold-placed': {
      const parts = event.parts.map(({ poolId, quantity }) => ({ locationId: poolId, quantity }));
      return { key: event.key, parts };
    }
    case 'stock-shipped': {
      const { key, fulfillmentKey: reference, items, allocated } = event;
      return { key, reference, parts: [...items], allocated: [...allocated] };
    }
    case 'shipment-undone':
    case 'shipment-barred':
      return { key: event.key, reference: event.fulfillmentKey };
    case 'commitment-released':
      return { key: event.key, reference: event.releaseKey, parts: [...event.items] };
    case 'stock-restocked':
      return { reference: event.restockKey, parts: [...event.items] };
    case 'transfer-sent': {
      const { transferId: reference, fromLocationId: locationId, toLocationId, quantity } = event;
      return { reference, locationId, toLocationId, quantity };
    }
    case 'transfer-received':
    case 'transfer-returned':
      return { reference: event.transferId, quantity: event.quantity };
    case 'transfer-barred':
      return { reference: event.transferId };
    default:
      return { key: event.key };
  }
}
