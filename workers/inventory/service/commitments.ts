/**
 * What becomes of commitments over several units: shipped, taken back, partly given up; and returns. All units or none:
 * units of one object are one commit, and where several objects take part all are asked before any of them acts.
 */

import type {
  LocatedQuantity,
  MovementRefusal,
  ReleaseRequest,
  RestockRequest,
  ShipRequest,
  UnshipRequest,
} from '../../../shared/contracts/inventory/api.ts';
import { stockObjectNameOf } from '../../../shared/values/placement.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { UnitCommand } from '../domain/decide.ts';
import type { StockAnswer, UnitStep } from '../domain/steps.ts';
import { missingLocation } from '../store/locations.ts';
import { byObject, firstRefusal, tellAll, type WholeInventory } from './units.ts';

type Moved = Result<null, MovementRefusal>;

export async function allocationsOf(
  { stock }: WholeInventory,
  { key, stockUnitIds }: { readonly key: string; readonly stockUnitIds: readonly string[] },
): Promise<LocatedQuantity[]> {
  const groups = [...Map.groupBy(new Set(stockUnitIds), stockObjectNameOf)];
  const found = await Promise.all(groups.map(([name, ids]) => stock.getByName(name).allocations(key, ids)));
  return found.flat();
}

export async function ship(inventory: WholeInventory, request: ShipRequest): Promise<Moved> {
  const { key, fulfillmentKey, now } = request;
  const steps = byUnit(request.items).map(([stockUnitId, items]) => ({
    stockUnitId,
    command: { type: 'ship' as const, key, fulfillmentKey, items: items.map(placeOf), now },
  }));
  const outcome = await moveAll(inventory, steps);
  // One object had said yes and then could not: what has left from the others comes back.
  if (outcome.refusal !== null && outcome.moved.length > 0)
    await unship(inventory, { key, fulfillmentKey, stockUnitIds: outcome.moved, now });
  const { refusal } = outcome;
  // A location that there is not has nothing to send, so only then it is looked for.
  if (refusal?.code === 'insufficient-stock' && 'locationId' in refusal) {
    const locationId = await missingLocation(inventory.db, [refusal.locationId]);
    if (locationId !== null) return refuse({ code: 'unknown-location', locationId });
  }
  return resultOf(outcome);
}

export async function unship(inventory: WholeInventory, request: UnshipRequest): Promise<Moved> {
  const { key, fulfillmentKey, stockUnitIds, now } = request;
  const command: UnitCommand = { type: 'unship', key, fulfillmentKey, now };
  const steps = [...new Set(stockUnitIds)].map((stockUnitId) => ({ stockUnitId, command }));
  return resultOf(await moveAll(inventory, steps));
}

export async function releaseCommitted(inventory: WholeInventory, request: ReleaseRequest): Promise<Moved> {
  const { key, releaseKey, now } = request;
  const steps = byUnit(request.items).map(([stockUnitId, items]) => {
    const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
    return { stockUnitId, command: { type: 'release-committed' as const, key, releaseKey, quantity, now } };
  });
  return resultOf(await moveAll(inventory, steps));
}

export async function restock(inventory: WholeInventory, { restockKey, items, now }: RestockRequest): Promise<Moved> {
  const places = items.map((item) => item.locationId);
  const locationId = await missingLocation(inventory.db, places);
  if (locationId !== null) return refuse({ code: 'unknown-location', locationId });
  const steps = byUnit(items).map(([stockUnitId, ofUnit]) => {
    const restocked = ofUnit.map((item) => ({ ...placeOf(item), condition: item.condition }));
    return { stockUnitId, command: { type: 'restock' as const, restockKey, items: restocked, now } };
  });
  return resultOf(await moveAll(inventory, steps));
}

/** What a unit may answer to a movement. */
type UnitRefusal = MovementRefusal | TransferConflict;

interface TransferConflict {
  readonly code: 'transfer-conflict';
  readonly stockUnitId: string;
  readonly sent: number;
  readonly received: number;
}

interface MoveOutcome {
  readonly refusal: UnitRefusal | null;
  /** The units that were moved. */
  readonly moved: readonly string[];
}

/** Tells all units or none, as far as the objects keep to what they said when they were asked. */
export async function moveAll(inventory: WholeInventory, steps: readonly UnitStep[]): Promise<MoveOutcome> {
  const groups = byObject(steps);
  if (groups.length > 1) {
    const refusal = firstRefusal(await tellAll(inventory, groups, 'check'), refusalOf);
    if (refusal !== null) return { refusal, moved: [] };
  }
  const answers = await tellAll(inventory, groups, 'all');
  const refusesOne = ({ stockUnitId: id }: UnitStep) =>
    answers.has(id) && refusalOf(id, answers.get(id) ?? null) !== null;
  const moved = groups.filter((group) => !group.steps.some(refusesOne)).flatMap((group) => group.steps);
  return { refusal: firstRefusal(answers, refusalOf), moved: moved.map(({ stockUnitId }) => stockUnitId) };
}

const placeOf = ({ locationId, quantity }: LocatedQuantity) => ({ locationId, quantity });

function byUnit<Item extends { readonly stockUnitId: string }>(items: readonly Item[]): [string, Item[]][] {
  return [...Map.groupBy(items, (item) => item.stockUnitId)];
}

function resultOf({ refusal }: MoveOutcome): Moved {
  if (refusal === null) return accept(null);
  if (refusal.code === 'transfer-conflict') throw new Error('Only a transfer is refused as one');
  return refuse(refusal);
}

function refusalOf(stockUnitId: string, answer: StockAnswer | null): UnitRefusal | null {
  if (answer === null) return { code: 'unknown-stock-unit', stockUnitId };
  const { refusal } = answer;
  switch (refusal?.code) {
    case undefined:
      return null;
    case 'not-committed':
    case 'movement-closed':
    case 'movement-key-conflict':
    case 'transfer-conflict':
      return { ...refusal, stockUnitId };
    case 'insufficient-stock':
      if ('locationId' in refusal) return { ...refusal, stockUnitId };
  }
  throw new Error(`A movement cannot be refused with ${refusal?.code}`);
}
