/**
 * Holds over several units. They go through the objects in one order and take all or nothing: of two carts that want the
 * same goods in opposite order, the one that is first at the first object wins, and neither waits.
 */

import type { HoldReference, HoldRefusal, HoldRequest } from '../../../shared/contracts/inventory/api.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { StockCommand } from '../domain/decide.ts';
import type { StockAnswer } from '../domain/steps.ts';
import { type Answers, byObject, type Inventory, openingsOfAll, tell, tellAll } from './units.ts';

export async function holdAll(
  inventory: Inventory,
  { key, needs, until, now, locationIds }: HoldRequest,
): Promise<Result<null, HoldRefusal>> {
  const quantities = sumByUnit(needs);
  const only = locationIds === undefined ? {} : { locationIds };
  const steps = [...quantities].map(([stockUnitId, quantity]) => {
    const command: StockCommand = { type: 'hold', key, quantity, until, now, ...only };
    return { stockUnitId, command };
  });
  const openingOf = openingsOfAll(inventory, steps);
  const taken: string[] = [];
  for (const group of byObject(steps)) {
    const answers = await tell(inventory, group, openingOf);
    const refusal = refusalIn(answers, quantities);
    for (const [stockUnitId, answer] of answers) if (answer?.refusal === null) taken.push(stockUnitId);
    if (refusal === null) continue;
    await tellEach(inventory, taken, { type: 'release', key, now });
    return refuse(refusal);
  }
  return accept(null);
}

export async function commitAll(
  inventory: Inventory,
  { key, stockUnitIds, now }: HoldReference,
): Promise<Result<null, HoldRefusal>> {
  const answers = await tellEach(inventory, stockUnitIds, { type: 'commit', key, now });
  const refusal = refusalIn(answers, new Map());
  return refusal === null ? accept(null) : refuse(refusal);
}

export async function undoAll(inventory: Inventory, { key, stockUnitIds, now }: HoldReference): Promise<void> {
  await tellEach(inventory, stockUnitIds, { type: 'undo', key, now });
}

/** The same command to several units. */
function tellEach(inventory: Inventory, stockUnitIds: readonly string[], command: StockCommand): Promise<Answers> {
  return tellAll(inventory, byObject(stockUnitIds.map((stockUnitId) => ({ stockUnitId, command }))));
}

function sumByUnit(needs: HoldRequest['needs']): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { stockUnitId, quantity } of needs) sums.set(stockUnitId, (sums.get(stockUnitId) ?? 0) + quantity);
  return sums;
}

function refusalIn(answers: Answers, requested: ReadonlyMap<string, number>): HoldRefusal | null {
  for (const [stockUnitId, answer] of answers) {
    const refusal = refusalOf(stockUnitId, requested.get(stockUnitId) ?? 0, answer);
    if (refusal !== null) return refusal;
  }
  return null;
}

function refusalOf(stockUnitId: string, requested: number, answer: StockAnswer | null): HoldRefusal | null {
  if (answer === null) return { code: 'insufficient-stock', stockUnitId, requested, available: 0 };
  const { refusal } = answer;
  switch (refusal?.code) {
    case undefined:
      return null;
    case 'insufficient-stock':
    case 'hold-closed':
    case 'hold-key-conflict':
      return { ...refusal, stockUnitId };
    default:
      throw new Error(`A hold cannot be refused with ${refusal?.code}`);
  }
}
