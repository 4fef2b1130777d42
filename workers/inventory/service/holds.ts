/**
 * Holds over several units, all or nothing. Objects are asked side by side as long as there is plenty, and the last goods one
 * object after the other, in one order for everybody.
 *
 * So of carts that want the same last goods one always wins, and none waits. A hold that is taken out of order leaves `plenty`
 * behind, so it cannot be why a cart that wants no more than that is refused: such a cart is refused only because another one
 * holds the unit in order. That one can only be refused at a later object, by another one that holds there in order, and so
 * on; the last of them is not refused.
 */

import type { HoldReference, HoldRefusal, HoldRequest } from '../../../shared/contracts/inventory/api.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import type { StockCommand } from '../domain/decide.ts';
import type { StockAnswer, UnitStep } from '../domain/steps.ts';
import {
  type Answers,
  byObject,
  firstRefusal,
  type Inventory,
  type ObjectSteps,
  openingsOfAll,
  tell,
  tellAll,
} from './units.ts';

type HoldCommand = Extract<StockCommand, { type: 'hold' }>;

/** So many must stay available where a hold is taken out of order; nearly every cart wants fewer of a unit. */
const plenty = 20;

export async function holdAll(
  inventory: Inventory,
  { key, needs, until, now, locationIds }: HoldRequest,
  leaving = plenty,
): Promise<Result<null, HoldRefusal>> {
  const quantities = sumByUnit(needs);
  const only = locationIds === undefined ? {} : { locationIds };
  const steps = [...quantities].map(([stockUnitId, quantity]): UnitStep<HoldCommand> => {
    return { stockUnitId, command: { type: 'hold', key, quantity, until, now, ...only } };
  });
  const openingOf = openingsOfAll(inventory, steps);
  const taken: string[] = [];
  const hold = async (group: ObjectSteps<HoldCommand>, mode?: 'all'): Promise<HoldRefusal | null> => {
    const answers = await tell(inventory, group, openingOf, mode);
    const refusal = refusalIn(answers, quantities);
    // Of steps that only go together none is taken beside one that is refused.
    if (mode === undefined || refusal === null)
      for (const [stockUnitId, answer] of answers) if (answer?.refusal === null) taken.push(stockUnitId);
    return refusal;
  };
  const giveBack = async (refusal: HoldRefusal) => {
    await tellEach(inventory, taken, { type: 'release', key, now });
    return refuse(refusal);
  };

  const [first, ...others] = byObject(steps);
  if (first === undefined) return accept(null);
  const [firstRefusal, ...refusals] = await Promise.all([
    hold(first),
    // One step alone is all or nothing anyway.
    ...others.map((group) => hold(leavingBehind(group, leaving), group.steps.length > 1 ? 'all' : undefined)),
  ]);
  if (firstRefusal !== undefined && firstRefusal !== null) return giveBack(firstRefusal);
  for (const [index, group] of others.entries()) {
    if (refusals[index] === null) continue;
    const refusal = await hold(group);
    if (refusal !== null) return giveBack(refusal);
  }
  return accept(null);
}

function leavingBehind(group: ObjectSteps<HoldCommand>, leaving: number): ObjectSteps<HoldCommand> {
  const steps = group.steps.map((step) => ({ ...step, command: { ...step.command, leaving } }));
  return { ...group, steps };
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
  return firstRefusal(answers, (unit, answer) => refusalOf(unit, requested.get(unit) ?? 0, answer));
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
