/**
 * Use cases of the inventory: what merchants count, set and look up, and what the read model keeps. Holds, commitments and
 * transfers, which go over several units, are in `service/`.
 */
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type * as z from 'zod';
import type { StockOpening } from '../../../shared/contracts/inventory/api.ts';
import type { StockChanged } from '../../../shared/events/inventory.ts';
import { sentenceOn } from '../../../shared/http/problem.ts';
import type { Statement } from '../../../shared/messaging/d1.ts';
import type { IdempotencyKey } from '../../../shared/values/idempotency.ts';
import { stockObjectNameOf } from '../../../shared/values/placement.ts';
import { accept, type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import { locationDefault, shortfallOf } from '../../../shared/values/stock-levels.ts';
import type { UnitSettings } from '../domain/decide.ts';
import type { ShortPromise } from '../domain/shortfall.ts';
import type { Movement, StockAnswer } from '../domain/steps.ts';
import { missingLocation } from '../store/locations.ts';
import {
  type LevelsRow,
  listUnits,
  nameUnits,
  type StockRow,
  saveFloors,
  saveLevels,
  saveOpenings,
  type UnitList,
  unitBySku,
  unitsToTellFloor,
} from '../store/units.ts';
import { byObject, command, type Inventory, tellAll, type WholeInventory } from './units.ts';

export { commitAll, holdAll, undoAll } from './holds.ts';
export { command, type Inventory, type StockObjectStub, type StockStub, type WholeInventory } from './units.ts';

/**
 * Makes units known. Those that exist get what their product's policy says of the floor, and follow it unless it says
 * what it said before: then a floor that the merchant has set since stays.
 */
export async function openStock(inventory: Inventory, openings: readonly StockOpening[], now: number): Promise<void> {
  const told = new Set(await unitsToTellFloor(inventory.db, openings));
  await saveOpenings(inventory.db, openings, now);
  const floors = new Map(openings.map(({ stockUnitId, floor }) => [stockUnitId, floor]));
  const steps = [...floors]
    .filter(([stockUnitId]) => told.has(stockUnitId))
    .map(([stockUnitId, floor]) => ({ stockUnitId, command: { type: 'follow-policy' as const, floor, now } }));
  const answers = await tellAll(inventory, byObject(steps));
  await saveFloors(
    inventory.db,
    new Map([...answers].flatMap(([id, answer]) => (answer === null ? [] : [[id, answer.floor]]))),
  );
}

interface AdjustRequest {
  readonly sku: string;
  readonly change: { readonly delta: number } | { readonly onHand: number; readonly ifOnHand: number };
  readonly locationId: string | undefined;
  readonly reason: string;
  readonly actor: string;
  readonly now: number;
}

/** One unit as its object has it. */
export interface StockOfSku {
  readonly stockUnitId: string;
  readonly answer: StockAnswer;
}

export async function adjust(
  inventory: Inventory,
  request: AdjustRequest,
  idempotency: IdempotencyKey | null,
): Promise<Result<StockOfSku, Refusal>> {
  const { sku, change, reason, actor, now } = request;
  const locationId = request.locationId ?? locationDefault;
  const unit = await unitBySku(inventory.db, sku);
  if (unit === undefined) return unknownSku(sku);
  if ((await missingLocation(inventory.db, [locationId])) !== null)
    return refuse({ code: 'unknown-location', locationId });
  const isDelta = 'delta' in change;
  const delta = isDelta ? change.delta : change.onHand - change.ifOnHand;
  const onHandExpected = isDelta ? null : change.ifOnHand;
  const adjustment = { type: 'adjust', locationId, delta, reason, actor, onHandExpected, now } as const;
  const adjusted = answered(unit.id, await command(inventory, unit.id, adjustment, idempotency));
  if (adjusted.ok || adjusted.refusal.code !== 'insufficient-stock') return adjusted;
  const detail = sentenceOn(adjusted.refusal);
  return refuse({ ...adjusted.refusal, detail, errors: [{ pointer: '/delta', detail }] });
}

function unknownSku(sku: string): Result<never, Refusal> {
  return refuse({ code: 'not-found', detail: `No variant has the SKU "${sku}".` });
}

function answered(stockUnitId: string, answer: StockAnswer | null): Result<StockOfSku, Refusal> {
  if (answer === null) throw new Error(`Stock unit ${stockUnitId} is listed but cannot be opened`);
  return answer.refusal === null ? accept({ stockUnitId, answer }) : refuse(answer.refusal);
}

/** The exact stock of a SKU, after what has expired by now; null for an unknown one. */
export async function stockOf(inventory: Inventory, sku: string, now: number): Promise<StockOfSku | null> {
  const unit = await unitBySku(inventory.db, sku);
  const answer = unit === undefined ? null : await command(inventory, unit.id, { type: 'expire', now });
  return unit === undefined || answer === null ? null : { stockUnitId: unit.id, answer };
}

/** The ledger of a SKU after a sequence, oldest first; null for an unknown one. */
export async function movementsOf(
  inventory: Inventory,
  sku: string,
  afterSequence: number,
  limit: number,
): Promise<Movement[] | null> {
  const unit = await unitBySku(inventory.db, sku);
  return unit === undefined
    ? null
    : inventory.stock.getByName(stockObjectNameOf(unit.id)).movements(unit.id, afterSequence, limit);
}

interface Shortfall extends StockOfSku {
  /** The newest first. */
  readonly promises: readonly ShortPromise[];
}

/** What of a SKU is promised and not there, with the promises that it touches; null for an unknown one. */
export async function shortfallOfSku(inventory: WholeInventory, sku: string, now: number): Promise<Shortfall | null> {
  const found = await stockOf(inventory, sku, now);
  if (found === null) return null;
  const { stockUnitId } = found;
  const promises = await inventory.stock.getByName(stockObjectNameOf(stockUnitId)).shortPromises(stockUnitId);
  return { ...found, promises };
}

/** A page of the read model, by SKU. A unit that was never touched has what it opened with at the default location. */
export async function stockPage({ db }: Inventory, list: UnitList): Promise<StockRow[]> {
  const rows = await listUnits(db, list);
  return rows.map((row) =>
    row.levels.length > 0
      ? row
      : { ...row, levels: [{ locationId: locationDefault, onHand: row.onHand, held: 0, committed: 0 }] },
  );
}

interface SettingsRequest {
  readonly sku: string;
  readonly floor: number | undefined;
  readonly settings: Partial<UnitSettings>;
  readonly now: number;
}

/** Changes what a unit keeps back, down to where it may be promised, and when its merchant wants to hear of it. */
export async function changeSettings(
  inventory: WholeInventory,
  { sku, floor, settings, now }: SettingsRequest,
): Promise<Result<StockOfSku, Refusal>> {
  const unit = await unitBySku(inventory.db, sku);
  if (unit === undefined) return unknownSku(sku);
  const locationId = await missingLocation(inventory.db, Object.keys(settings.safety ?? {}));
  if (locationId !== null) return refuse({ code: 'unknown-location', locationId });
  if (floor !== undefined) await command(inventory, unit.id, { type: 'change-floor', floor, now });
  const steps = [{ stockUnitId: unit.id, command: { type: 'change-settings' as const, ...settings, now } }];
  const answers = await tellAll(inventory, byObject(steps));
  const answer = answers.get(unit.id) ?? null;
  if (floor !== undefined && answer !== null) await saveFloors(inventory.db, new Map([[unit.id, answer.floor]]));
  return answered(unit.id, answer);
}

/** A change of stock as the read model takes it. */
export function levelsRow(change: z.infer<typeof StockChanged.data>, sequence: number): LevelsRow {
  const { stockUnitId, asOf, ...levels } = change;
  const shortfall = levels.levels.reduce((sum, level) => sum + shortfallOf(level), 0);
  return { ...levels, id: stockUnitId, shortfall, sequence, asOf: Date.parse(asOf) };
}

/** What the read model keeps of changes of stock, whatever their order. Units that tell of themselves are open. */
export function keepLevels({ db, known }: Inventory, rows: readonly LevelsRow[]): Statement[] {
  for (const { id } of rows) known.noteOpen(id);
  return saveLevels(db, rows);
}

export interface NamedUnit {
  readonly sku: string;
  readonly stockUnitId: string;
}

/**
 * The catalog announced these units before it had them; two that raced for one SKU are settled by what it then kept. Of
 * several names the last counts, for a unit as for a code.
 */
export function keepNames(db: DrizzleD1Database, names: readonly NamedUnit[]): Statement[] {
  const skus = new Map<string, string | null>();
  const owners = new Map<string, string>();
  for (const { sku, stockUnitId } of names) {
    const before = owners.get(sku);
    if (before !== undefined) skus.set(before, null);
    owners.set(sku, stockUnitId);
    skus.set(stockUnitId, sku);
  }
  const units = [...skus].map(([stockUnitId, sku]) => ({ stockUnitId, sku }));
  const statements: Statement[] = [];
  for (let start = 0; start < units.length; start += namesPerStatement)
    statements.push(...nameUnits(db, units.slice(start, start + namesPerStatement)));
  return statements;
}

/** An import tells of many units at once, and D1 takes values of up to 2 MB. */
const namesPerStatement = 5_000;
