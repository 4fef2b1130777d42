/**
 * How the use cases reach stock units: commands to units of one object travel in one call, and a unit that is touched for
 * the first time is opened with what the database says was there.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type { LocatedQuantity } from '../../../shared/contracts/inventory/api.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import { stockObjectNameOf } from '../../../shared/values/placement.ts';
import { assert } from '../../../shared/values/result.ts';
import type { StockCommand, UnitCommand } from '../domain/decide.ts';
import type { ShortPromise } from '../domain/shortfall.ts';
import type { Movement, RankedLocations, StepMode, StockAnswer, StockBeginning, UnitStep } from '../domain/steps.ts';
import { type Opening, openingsNear } from '../store/units.ts';
import type { KnownUnits } from './known-units.ts';

/** What counting and holding need of an object. */
export interface StockStub {
  execute(
    stockUnitId: string,
    command: StockCommand,
    idempotency?: IdempotencyKey | null,
    opening?: StockBeginning | null,
  ): Promise<StockAnswer>;
  executeAll(steps: readonly UnitStep[], mode?: StepMode): Promise<StockAnswer[]>;
  movements(stockUnitId: string, afterSequence: number, limit: number): Promise<Movement[]>;
}

/** Everything that an object does. */
export interface StockObjectStub extends StockStub {
  allocations(key: string, stockUnitIds: readonly string[]): Promise<LocatedQuantity[]>;
  rankLocations(ranked: RankedLocations): Promise<void>;
  shortPromises(stockUnitId: string): Promise<ShortPromise[]>;
}

/** What the use cases need: where the objects are, the database, and what this isolate remembers of units. */
export interface Inventory {
  readonly stock: { getByName(name: string): StockStub };
  readonly db: DrizzleD1Database;
  readonly known: KnownUnits;
}

/** What those need that move goods. */
export interface WholeInventory extends Inventory {
  readonly stock: { getByName(name: string): StockObjectStub };
}

type FindOpening = (stockUnitId: string) => Promise<Opening | undefined>;

/**
 * Reads the openings of several units at once, and only when one of them is asked for. Those of their neighbours, which came
 * into being at about the same time, are remembered for when they are touched.
 */
function openingsIn({ db, known }: Inventory, stockUnitIds: readonly string[], now: number): FindOpening {
  const read = async (asked: string) => {
    const openings = await openingsNear(db, stockUnitIds, asked);
    for (const [id, opening] of openings) known.noteOpening(id, opening, now);
    return openings;
  };
  let found: ReturnType<typeof read> | null = null;
  return async (stockUnitId) => {
    found ??= read(stockUnitId);
    return (await found).get(stockUnitId);
  };
}

/** Sends a command to the unit's object, which is opened first when this is the first touch. Null for an unknown unit. */
export async function command(
  inventory: Inventory,
  stockUnitId: string,
  what: StockCommand,
  idempotency: IdempotencyKey | null = null,
): Promise<StockAnswer | null> {
  const { stock, known } = inventory;
  const stub = stock.getByName(stockObjectNameOf(stockUnitId));
  const remembered = known.beginningOf(stockUnitId, what.now) ?? null;
  let answer = await stub.execute(stockUnitId, what, idempotency, remembered);
  if (answer.refusal?.code === 'not-open') {
    const opening = await openingsIn(inventory, [stockUnitId], what.now)(stockUnitId);
    if (opening === undefined) return null;
    answer = await stub.execute(stockUnitId, what, idempotency, beginningOf(opening));
  }
  // Opening a unit anew would sell again what is sold: a ledger that was lost has to be restored first.
  assert(answer.refusal?.code !== 'not-open', `the ledger of stock unit ${stockUnitId} is lost`);
  known.noteOpen(stockUnitId);
  return answer;
}

export interface ObjectSteps<Command extends UnitCommand> {
  readonly objectName: string;
  readonly steps: readonly UnitStep<Command>[];
}

/** Steps by object. Objects and the units in them are in one order for everybody, so that no two callers block each other. */
export function byObject<Command extends UnitCommand>(steps: readonly UnitStep<Command>[]): ObjectSteps<Command>[] {
  const groups = Map.groupBy(steps, ({ stockUnitId }) => stockObjectNameOf(stockUnitId));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([objectName, group]) => ({
      objectName,
      steps: group.toSorted((a, b) => (a.stockUnitId < b.stockUnitId ? -1 : 1)),
    }));
}

/** The answers by unit; null for a unit that was never announced. A unit without an answer came after one that was refused. */
export type Answers = ReadonlyMap<string, StockAnswer | null>;

/** The first refusal among answers; null when no unit refuses. */
export function firstRefusal<Refusal>(
  answers: Answers,
  refusalOf: (stockUnitId: string, answer: StockAnswer | null) => Refusal | null,
): Refusal | null {
  for (const [stockUnitId, answer] of answers) {
    const refusal = refusalOf(stockUnitId, answer);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Sends steps to their objects, to all objects at once. */
export async function tellAll<Command extends UnitCommand>(
  inventory: Inventory,
  groups: readonly ObjectSteps<Command>[],
  mode: StepMode = 'each',
): Promise<Answers> {
  const steps = groups.flatMap((group) => group.steps);
  const openingOf = openingsOfAll(inventory, steps);
  const answers = await Promise.all(groups.map((group) => tell(inventory, group, openingOf, mode)));
  return new Map(answers.flatMap((some) => [...some]));
}

/** The openings of the units in these steps, read together when the first is needed. */
export function openingsOfAll(inventory: Inventory, steps: readonly UnitStep[]): FindOpening {
  const stockUnitIds = steps.map(({ stockUnitId }) => stockUnitId);
  return openingsIn(inventory, stockUnitIds, steps[0]?.command.now ?? 0);
}

/**
 * Sends the steps of one object to it. Units that it has never seen are opened on the way: then what was answered already is
 * left out, or, when the steps only go together (any mode but `each`), all are sent again.
 */
export async function tell<Command extends UnitCommand>(
  { stock, known }: Inventory,
  { objectName, steps }: ObjectSteps<Command>,
  openingOf: FindOpening,
  mode: StepMode = 'each',
): Promise<Answers> {
  const stub = stock.getByName(objectName);
  const isWhole = mode !== 'each';
  const answers = new Map<string, StockAnswer | null>();
  let left = steps.map((step) => withBeginning(step, known.beginningOf(step.stockUnitId, step.command.now)));
  // Every round answers one unit at least, or opens one.
  while (left.length > 0) {
    const round = await stub.executeAll(left, mode);
    for (const [index, answer] of round.entries()) {
      const step = left[index];
      if (step === undefined || answer.refusal?.code === 'not-open') continue;
      answers.set(step.stockUnitId, answer);
      // Asking alone does not open a unit.
      if (answer.version > 0) known.noteOpen(step.stockUnitId);
    }
    const cold = round.at(-1)?.refusal?.code === 'not-open' ? left[round.length - 1] : undefined;
    if (cold === undefined) return answers;
    assert(cold.opening === undefined, `the ledger of stock unit ${cold.stockUnitId} is lost`);
    const isKnown = (await openingOf(cold.stockUnitId)) !== undefined;
    if (!isKnown) answers.set(cold.stockUnitId, null);
    if (!isKnown && isWhole) return answers;
    const again = isWhole ? left : left.filter((step) => !answers.has(step.stockUnitId));
    left = await Promise.all(again.map((step) => withOpening(step, openingOf)));
  }
  return answers;
}

async function withOpening<Command extends UnitCommand>(
  step: UnitStep<Command>,
  openingOf: FindOpening,
): Promise<UnitStep<Command>> {
  const opening = await openingOf(step.stockUnitId);
  return withBeginning(step, opening === undefined ? undefined : beginningOf(opening));
}

function withBeginning<Command extends UnitCommand>(
  step: UnitStep<Command>,
  opening: StockBeginning | null | undefined,
): UnitStep<Command> {
  return opening === undefined ? step : { ...step, opening };
}

/** What a unit begins with: nothing, for one whose ledger has begun. */
function beginningOf({ levels, floor, isOver }: Opening): StockBeginning | null {
  return isOver ? null : { levels, floor };
}
