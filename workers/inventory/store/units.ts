/**
 * The stock units in the inventory's database: SKU codes, opening quantities, and the read model of levels. Locations and
 * transfers are in `store/`.
 */
import { and, asc, eq, gt, gte, inArray, lt, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { StockOpening } from '../../../shared/contracts/inventory/api.ts';
import { commit, type Statement } from '../../../shared/messaging/d1.ts';
import { locationDefault } from '../../../shared/values/stock-levels.ts';

interface StoredLevel {
  readonly locationId: string;
  readonly onHand: number;
  readonly held: number;
  readonly committed: number;
  /** Never promised; absent when it is nothing. */
  readonly safety?: number | undefined;
}

const stockUnits = sqliteTable('stock_units', {
  id: text('id').primaryKey(),
  sku: text('sku'),
  openingQuantity: integer('opening_quantity').notNull(),
  floor: integer('floor').notNull(),
  onHand: integer('on_hand').notNull(),
  held: integer('held').notNull(),
  committed: integer('committed').notNull(),
  available: integer('available').notNull(),
  shortfall: integer('shortfall').notNull(),
  levels: text('levels', { mode: 'json' }).$type<StoredLevel[]>().notNull(),
  sequence: integer('sequence').notNull(),
  asOf: integer('as_of').notNull(),
});
export type StockRow = typeof stockUnits.$inferSelect;

/** Stores new units and gives units their SKU codes, in one commit. A code that another unit had is taken from it. */
export async function saveOpenings(
  db: DrizzleD1Database,
  openings: readonly StockOpening[],
  now: number,
): Promise<void> {
  const rows = JSON.stringify(openings);
  await commit(db, [
    db.run(sql`update stock_units set sku = null where sku in (select value ->> 'sku' from json_each(${rows}))`),
    db.run(sql`insert into stock_units (id, sku, opening_quantity, floor, on_hand, available, as_of)
      select value ->> 'stockUnitId', value ->> 'sku', value ->> 'quantity', value ->> 'floor', value ->> 'quantity', value ->> 'quantity', ${now}
      from json_each(${rows}) where true
      on conflict (id) do update set sku = excluded.sku`),
  ]);
}

/**
 * The units whose Stock objects must be told the floor: those stored with a different floor, and those whose ledger has begun,
 * because its floor may differ.
 */
export async function unitsToTellFloor(db: DrizzleD1Database, openings: readonly StockOpening[]): Promise<string[]> {
  const rows = JSON.stringify(openings);
  const found = await db.all<{ id: string }>(sql`select stock_units.id as id from json_each(${rows})
    join stock_units on stock_units.id = value ->> 'stockUnitId'
    where stock_units.floor <> value ->> 'floor' or stock_units.sequence > 0`);
  return found.map((row) => row.id);
}

/** What was there when a unit came into being. */
export interface Opening {
  readonly levels: Readonly<Record<string, number>>;
  readonly floor: number;
  /** True when the unit's ledger has begun since, as far as the read model knows. */
  readonly isOver: boolean;
}

/** Ids sort by time, so neighbours were created together, by one import for example, and are likely to be asked for next. */
const neighborsMax = 300;

/**
 * The openings of units, by unit id, and of a bounded number of units whose ids follow a given one: each is a search in the
 * primary key. A unit that was never stored is absent.
 */
export async function openingsNear(
  db: DrizzleD1Database,
  stockUnitIds: readonly string[],
  afterId: string,
): Promise<ReadonlyMap<string, Opening>> {
  const ids = JSON.stringify(stockUnitIds);
  const rows = await db.all<{ id: string; quantity: number; floor: number; sequence: number }>(sql`
    select id, opening_quantity as quantity, floor, sequence from stock_units
      where id in (select value from json_each(${ids}))
    union all select * from (select id, opening_quantity, floor, sequence from stock_units
      where id > ${afterId} order by id limit ${neighborsMax})`);
  return new Map(
    rows.map(({ id, quantity, floor, sequence }) => [
      id,
      { levels: { [locationDefault]: quantity }, floor, isOver: sequence > 0 },
    ]),
  );
}

export async function unitBySku(db: DrizzleD1Database, sku: string): Promise<StockRow | undefined> {
  return db.select().from(stockUnits).where(eq(stockUnits.sku, sku)).get();
}

export interface UnitList {
  readonly afterSku: string;
  readonly prefix: string;
  /** Only what has promised more than is there. */
  readonly isShort: boolean;
  readonly limit: number;
}

/** By code, after one of them. Both ends of a prefix are bounds of the index, so a page costs the same in any catalogue. */
export async function listUnits(
  db: DrizzleD1Database,
  { afterSku, prefix, isShort, limit }: UnitList,
): Promise<StockRow[]> {
  // Every code that begins with the prefix sorts below the prefix with the last character of Unicode behind it.
  const upper = `${prefix}\u{10ffff}`;
  const isBeyond = afterSku >= prefix ? gt(stockUnits.sku, afterSku) : gte(stockUnits.sku, prefix);
  return db
    .select()
    .from(stockUnits)
    .where(and(isBeyond, lt(stockUnits.sku, upper), isShort ? gt(stockUnits.shortfall, 0) : undefined))
    .orderBy(asc(stockUnits.sku))
    .limit(limit);
}

export type LevelsRow = Pick<
  StockRow,
  'id' | 'onHand' | 'held' | 'committed' | 'available' | 'shortfall' | 'levels' | 'sequence' | 'asOf'
>;

/** Keeps the newest levels of units, and where something lies; an older sequence than the known one changes nothing. */
export function saveLevels(db: DrizzleD1Database, rows: readonly LevelsRow[]): Statement[] {
  if (rows.length === 0) return [];
  const newest = new Map<string, LevelsRow>();
  for (const row of rows) if (row.sequence > (newest.get(row.id)?.sequence ?? -1)) newest.set(row.id, row);
  const ids = sql`json_each(${JSON.stringify([...newest.keys()])}) as changed`;
  const isFilled = sql`level.value ->> 'onHand' > 0 or level.value ->> 'held' > 0 or level.value ->> 'committed' > 0`;
  return [
    db.run(sql`update stock_units set on_hand = new.value ->> 'onHand', held = new.value ->> 'held',
      committed = new.value ->> 'committed', available = new.value ->> 'available', shortfall = new.value ->> 'shortfall', levels = new.value -> 'levels',
      sequence = new.value ->> 'sequence', as_of = new.value ->> 'asOf'
      from json_each(${JSON.stringify([...newest.values()])}) as new
      where stock_units.id = new.value ->> 'id' and stock_units.sequence < new.value ->> 'sequence'`),
    // Both read the levels that are stored now, so that an older event changes nothing here either.
    db.run(sql`delete from stocked_at where stock_unit_id in (select changed.value from ${ids})
      and not exists (select 1 from stock_units, json_each(stock_units.levels) as level
        where stock_units.id = stock_unit_id and level.value ->> 'locationId' = location_id and (${isFilled}))`),
    db.run(sql`insert or ignore into stocked_at (stock_unit_id, location_id)
      select stock_units.id, level.value ->> 'locationId' from ${ids}
      join stock_units on stock_units.id = changed.value, json_each(stock_units.levels) as level where ${isFilled}`),
  ];
}

/**
 * Stores floors as the Stock objects have them, for lists. Call it after the object has the floor: the opening of a unit must not
 * change before its ledger has begun, because isolates remember openings.
 */
export async function saveFloors(db: DrizzleD1Database, floors: ReadonlyMap<string, number>): Promise<void> {
  if (floors.size === 0) return;
  await db.run(sql`update stock_units set floor = new.value ->> 1 from json_each(${JSON.stringify([...floors])}) as new
    where stock_units.id = new.value ->> 0 and stock_units.floor <> new.value ->> 1`);
}

/** Gives stored units the SKU codes of the catalog; null removes a code. */
export function nameUnits(
  db: DrizzleD1Database,
  names: readonly { readonly sku: string | null; readonly stockUnitId: string }[],
): Statement[] {
  if (names.length === 0) return [];
  const rows = JSON.stringify(names);
  return [
    db.run(sql`update stock_units set sku = null where sku in (select value ->> 'sku' from json_each(${rows}))`),
    db.run(sql`update stock_units set sku = new.value ->> 'sku' from json_each(${rows}) as new
      where stock_units.id = new.value ->> 'stockUnitId'`),
  ];
}

/** The units with these SKU codes, by code. */
export async function unitsBySku(db: DrizzleD1Database, skus: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .select({ id: stockUnits.id, sku: stockUnits.sku })
    .from(stockUnits)
    .where(inArray(stockUnits.sku, sql`(select value from json_each(${JSON.stringify(skus)}))`));
  return new Map(rows.flatMap(({ id, sku }) => (sku === null ? [] : [[sku, id] as const])));
}
