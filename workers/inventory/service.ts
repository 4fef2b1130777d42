/**
 * Use cases of the inventory. A hold over several units goes through them in sorted order and takes all or nothing: of two
 * carts that want the same goods in opposite order, the one that is first at the first unit wins, and neither waits.
 */

import type { DrizzleD1Database } from 'drizzle-orm/d1';
import type * as z from 'zod';
import { stockObjectNameOf } from '../../durable-objects/placement.ts';
import type { Movement, StockAnswer, StockBeginning } from '../../durable-objects/stock/object.ts';
import type { HoldReference, HoldRefusal, HoldRequest, StockOpening } from '../../shared/contracts/inventory.ts';
import type { StockChanged } from '../../shared/events/inventory.ts';
import type { IdempotencyKey } from '../../shared/http/idempotency.ts';
import type { Statement } from '../../shared/messaging/d1.ts';
import { accept, assert, type Refusal, type Result, refuse } from '../../shared/values/result.ts';
import type { StockCommand } from './domain.ts';
import {
  addLocation,
  hasLocation,
  listLocations,
  listUnits,
  locationDefault,
  nameUnits,
  type Opening,
  openingsOf,
  type StockRow,
  saveLevels,
  saveOpenings,
  unitBySku,
  unitsWithOtherFloor,
} from './store.ts';

export interface StockStub {
  execute(
    stockUnitId: string,
    command: StockCommand,
    idempotency?: IdempotencyKey | null,
    opening?: StockBeginning | null,
  ): Promise<StockAnswer>;
  movements(stockUnitId: string, afterSequence: number, limit: number): Promise<Movement[]>;
}

/** What the use cases need: where the objects are, and the database. */
export interface Inventory {
  readonly stock: { getByName(name: string): StockStub };
  readonly db: DrizzleD1Database;
}

type FindOpening = (stockUnitId: string) => Promise<Opening | undefined>;

/** Reads the openings of several units at once, and only when one of them is asked for. */
function openingsIn(db: DrizzleD1Database, stockUnitIds: readonly string[]): FindOpening {
  let found: Promise<ReadonlyMap<string, Opening>> | null = null;
  return async (stockUnitId) => {
    found ??= openingsOf(db, stockUnitIds);
    return (await found).get(stockUnitId);
  };
}

/** Sends a command to the unit's object, which is opened first when this is the first touch. Null for an unknown unit. */
export async function command(
  { stock, db }: Inventory,
  stockUnitId: string,
  what: StockCommand,
  idempotency: IdempotencyKey | null = null,
  openingOf: FindOpening = openingsIn(db, [stockUnitId]),
): Promise<StockAnswer | null> {
  const stub = stock.getByName(stockObjectNameOf(stockUnitId));
  const answer = await stub.execute(stockUnitId, what, idempotency);
  if (answer.refusal?.code !== 'not-open') return answer;
  const opening = await openingOf(stockUnitId);
  if (opening === undefined) return null;
  const { levels, floor, isOver } = opening;
  const second = await stub.execute(stockUnitId, what, idempotency, isOver ? null : { levels, floor });
  // Opening a unit anew would sell again what is sold: whoever lost its ledger has to restore it first.
  assert(second.refusal?.code !== 'not-open', `the ledger of stock unit ${stockUnitId} is lost`);
  return second;
}

export async function holdAll(
  inventory: Inventory,
  { key, needs, until, now }: HoldRequest,
): Promise<Result<null, HoldRefusal>> {
  const sorted = sumByUnit(needs);
  const openingOf = openingsIn(
    inventory.db,
    sorted.map((need) => need.stockUnitId),
  );
  for (const [index, { stockUnitId, quantity }] of sorted.entries()) {
    const hold: StockCommand = { type: 'hold', key, quantity, until, now };
    const answer = await command(inventory, stockUnitId, hold, null, openingOf);
    const refusal = holdRefusal(stockUnitId, quantity, answer);
    if (refusal === null) continue;
    await Promise.all(
      sorted.slice(0, index).map((taken) => command(inventory, taken.stockUnitId, { type: 'release', key, now })),
    );
    return refuse(refusal);
  }
  return accept(null);
}

export async function commitAll(
  inventory: Inventory,
  { key, stockUnitIds, now }: HoldReference,
): Promise<Result<null, HoldRefusal>> {
  const answers = await Promise.all(
    stockUnitIds.map((stockUnitId) => command(inventory, stockUnitId, { type: 'commit', key, now })),
  );
  for (const [index, answer] of answers.entries()) {
    const refusal = holdRefusal(stockUnitIds[index] ?? '', 0, answer);
    if (refusal !== null) return refuse(refusal);
  }
  return accept(null);
}

export async function undoAll(inventory: Inventory, { key, stockUnitIds, now }: HoldReference): Promise<void> {
  await Promise.all(stockUnitIds.map((stockUnitId) => command(inventory, stockUnitId, { type: 'undo', key, now })));
}

function sumByUnit(needs: HoldRequest['needs']): { stockUnitId: string; quantity: number }[] {
  const sums = new Map<string, number>();
  for (const { stockUnitId, quantity } of needs) sums.set(stockUnitId, (sums.get(stockUnitId) ?? 0) + quantity);
  return [...sums]
    .map(([stockUnitId, quantity]) => ({ stockUnitId, quantity }))
    .sort((a, b) => (a.stockUnitId < b.stockUnitId ? -1 : 1));
}

function holdRefusal(stockUnitId: string, requested: number, answer: StockAnswer | null): HoldRefusal | null {
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

export async function openStock(inventory: Inventory, openings: readonly StockOpening[], now: number): Promise<void> {
  const changed = new Set(await unitsWithOtherFloor(inventory.db, openings));
  await saveOpenings(inventory.db, openings, now);
  for (const { stockUnitId, floor } of openings) {
    if (changed.has(stockUnitId)) await command(inventory, stockUnitId, { type: 'change-floor', floor, now });
  }
}

export interface AdjustRequest {
  readonly sku: string;
  readonly change: { readonly delta: number } | { readonly onHand: number; readonly ifOnHand: number };
  readonly locationId: string | undefined;
  readonly reason: string;
  readonly actor: string;
  readonly now: number;
}

export interface Adjusted {
  readonly stockUnitId: string;
  readonly answer: StockAnswer;
}

export async function adjust(
  inventory: Inventory,
  request: AdjustRequest,
  idempotency: IdempotencyKey | null,
): Promise<Result<Adjusted, Refusal>> {
  const { sku, change, reason, actor, now } = request;
  const locationId = request.locationId ?? locationDefault;
  const unit = await unitBySku(inventory.db, sku);
  if (unit === undefined) return refuse({ code: 'not-found', detail: `No variant has the SKU "${sku}".` });
  if (!(await hasLocation(inventory.db, locationId))) return refuse({ code: 'unknown-location', locationId });
  const isDelta = 'delta' in change;
  const delta = isDelta ? change.delta : change.onHand - change.ifOnHand;
  const onHandExpected = isDelta ? null : change.ifOnHand;
  const answer = await command(
    inventory,
    unit.id,
    { type: 'adjust', locationId, delta, reason, actor, onHandExpected, now },
    idempotency,
  );
  if (answer === null) throw new Error(`Stock unit ${unit.id} is listed but cannot be opened`);
  return answer.refusal === null ? accept({ stockUnitId: unit.id, answer }) : refuse(answer.refusal);
}

/** One unit as its object has it. */
export interface StockOfSku {
  readonly stockUnitId: string;
  readonly answer: StockAnswer;
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

/** A page of the read model, by SKU. A unit that was never touched has what it opened with at the default location. */
export async function stockPage(
  { db }: Inventory,
  afterSku: string,
  prefix: string,
  limit: number,
): Promise<StockRow[]> {
  const rows = await listUnits(db, afterSku, prefix, limit);
  return rows.map((row) =>
    row.levels.length > 0
      ? row
      : { ...row, levels: [{ locationId: locationDefault, onHand: row.onHand, held: 0, committed: 0 }] },
  );
}

export function locations({ db }: Inventory): Promise<{ id: string; name: string }[]> {
  return listLocations(db);
}

export async function createLocation(
  { db }: Inventory,
  location: { id: string; name: string },
): Promise<Result<null, Refusal>> {
  return (await addLocation(db, location)) ? accept(null) : refuse({ code: 'location-taken' });
}

/** What the read model keeps of a change of stock. */
export function keepLevels(
  db: DrizzleD1Database,
  change: z.infer<typeof StockChanged.data>,
  sequence: number,
): Statement[] {
  const { stockUnitId, asOf, ...levels } = change;
  return [saveLevels(db, { ...levels, id: stockUnitId, sequence, asOf: Date.parse(asOf) })];
}

/** The catalog announced these units before it had them; two that raced for one SKU are settled by what it then kept. */
export function keepNames(
  db: DrizzleD1Database,
  variants: readonly { readonly sku: string; readonly stockUnitId: string }[],
): Statement[] {
  return nameUnits(db, variants);
}
