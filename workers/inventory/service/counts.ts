/** Counts of many units at once, from files and lists: each is taken once under its key, whatever became of the others. */
import type { BulkWork } from '../../../shared/bulk/jobs.ts';
import type { RowResult } from '../../../shared/contracts/bulk.ts';
import type { StockCount, StockOnHand } from '../../../shared/contracts/inventory/api.ts';
import { LevelRow, type WrittenLevel } from '../../../shared/contracts/inventory/levels.ts';
import { readListRow } from '../../../shared/http/list-rows.ts';
import { commit } from '../../../shared/messaging/d1.ts';
import { stockQuantityMax } from '../../../shared/values/quantity.ts';
import { locationDefault } from '../../../shared/values/stock-levels.ts';
import { missingLocation } from '../store/locations.ts';
import { unitsBySku } from '../store/units.ts';
import { byObject, tellAll, type WholeInventory } from './units.ts';

interface Why {
  readonly reason: string;
  readonly actor: string;
  readonly now: number;
}

/** Answers the units that refused. Of one unit there is one count. */
export async function countAll(inventory: WholeInventory, counts: readonly StockCount[], why: Why): Promise<string[]> {
  // Objects answer steps in order up to the first refusal, so each unit that refuses costs one more round.
  const refused = new Set<string>();
  let left = counts;
  while (left.length > 0) {
    const steps = left.map(({ countKey, stockUnitId, locationId = locationDefault, change }) => ({
      stockUnitId,
      command: { type: 'count' as const, countKey, locationId, change, ...why },
    }));
    const answers = await tellAll(inventory, byObject(steps));
    for (const [stockUnitId, answer] of answers)
      if (answer === null || answer.refusal !== null) refused.add(stockUnitId);
    left = left.filter(({ stockUnitId }) => !answers.has(stockUnitId));
  }
  return [...refused];
}

/** What lies at the default location, as the units themselves know it: the read model may be some moments behind. */
export async function onHandOf(
  inventory: WholeInventory,
  stockUnitIds: readonly string[],
  now: number,
): Promise<StockOnHand[]> {
  const steps = [...new Set(stockUnitIds)].map((stockUnitId) => ({
    stockUnitId,
    command: { type: 'expire' as const, now },
  }));
  const answers = await tellAll(inventory, byObject(steps));
  return [...answers].flatMap(([stockUnitId, answer]) =>
    answer === null ? [] : [{ stockUnitId, onHand: answer.levels[locationDefault]?.onHand ?? 0 }],
  );
}

/** Units per call to their objects. */
export const countsPerStep = 500;

/** Takes a list of levels row by row. A SKU that stands in several rows is counted in their order. */
export async function countRows(
  inventory: WholeInventory,
  written: readonly unknown[],
  listKey: string,
  why: Why,
): Promise<RowResult[]> {
  const read = written.map((row) => readListRow(LevelRow, row));
  const rows = read.flatMap((row, index) => (row.isRead ? [[index, row.value] as const] : []));
  const units = await unitsBySku(inventory.db, [...new Set(rows.map(([, { sku }]) => sku))]);
  const unknownPlaces = await unknownIn(
    inventory,
    rows.map(([, row]) => row),
  );
  const reasons = new Map<number, string>();
  let waiting: { readonly count: StockCount; readonly index: number }[] = [];
  for (const [index, row] of rows) {
    const stockUnitId = units.get(row.sku);
    const change = changeIn(row);
    const place = row.locationId === '' ? undefined : row.locationId;
    if (stockUnitId === undefined) reasons.set(index, `There is no stock under the SKU "${row.sku}".`);
    else if (place !== undefined && unknownPlaces.has(place)) reasons.set(index, `There is no location "${place}".`);
    else if (typeof change === 'string') reasons.set(index, change);
    else {
      const located = place === undefined ? {} : { locationId: place };
      waiting.push({ index, count: { countKey: `${listKey}/${index}`, stockUnitId, ...located, change } });
    }
  }
  while (waiting.length > 0) {
    const taken = new Set<string>();
    const turn = waiting.filter(
      ({ count: { stockUnitId } }) => taken.size < countsPerStep && !taken.has(stockUnitId) && taken.add(stockUnitId),
    );
    const chosen = new Set(turn);
    waiting = waiting.filter((one) => !chosen.has(one));
    const counts = turn.map(({ count }) => count);
    const refused = new Set(await countAll(inventory, counts, why));
    for (const { count, index } of turn)
      if (refused.has(count.stockUnitId)) reasons.set(index, 'There are fewer on hand than are to go.');
  }
  return read.map((row, index) => {
    const reason = row.isRead ? (reasons.get(index) ?? null) : row.reason;
    const { sku } = row.isRead ? row.value : row;
    return { row: index + 1, sku, status: reason === null ? 'done' : 'rejected', reason };
  });
}

/** A long list of levels as work of the jobs. The units remember each row of it, so a part that is taken again counts nothing twice. */
export function levelWork(inventory: WholeInventory, now: () => number): BulkWork {
  return {
    db: inventory.db,
    now,
    take: async ({ job, settings, rows }, done) => {
      const { reason, actor } = settings;
      const results = await countRows(inventory, rows, `${job.id}/${job.partsDone}`, { reason, actor, now: now() });
      await commit(inventory.db, done(results));
    },
  };
}

async function unknownIn({ db }: WholeInventory, rows: readonly WrittenLevel[]): Promise<ReadonlySet<string>> {
  const unknown = new Set<string>();
  for (const place of new Set(rows.flatMap(({ locationId }) => locationId ?? [])))
    if (place !== '' && (await missingLocation(db, [place])) !== null) unknown.add(place);
  return unknown;
}

/** What a row changes, or what is wrong with it. */
function changeIn({ onHand, delta }: WrittenLevel): StockCount['change'] | string {
  const [counted, moved] = [onHand, delta].map((written) => (written === '' ? undefined : written));
  if ((counted === undefined) === (moved === undefined)) return 'Give either what is on hand or a delta.';
  const said = counted ?? moved;
  const quantity = typeof said === 'string' && !/^[+-]?\d{1,10}$/.test(said) ? Number.NaN : Number(said);
  if (!Number.isSafeInteger(quantity) || Math.abs(quantity) > stockQuantityMax)
    return `"${said}" is not a quantity: give a whole number.`;
  if (counted === undefined) return { add: quantity };
  return quantity < 0 ? 'There cannot be less than nothing on hand.' : { set: quantity };
}
