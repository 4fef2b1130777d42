/** The inventory's database: SKU codes, opening quantities, locations, and the read model of levels. */
import { asc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { StockOpening } from '../../shared/contracts/inventory.ts';
import { commit, type Statement } from '../../shared/messaging/d1.ts';

export const locationDefault = 'loc_main';

export interface StoredLevel {
  readonly locationId: string;
  readonly onHand: number;
  readonly held: number;
  readonly committed: number;
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
  levels: text('levels', { mode: 'json' }).$type<StoredLevel[]>().notNull(),
  sequence: integer('sequence').notNull(),
  asOf: integer('as_of').notNull(),
});
export type StockRow = typeof stockUnits.$inferSelect;

const locations = sqliteTable('locations', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  position: integer('position').notNull(),
});

/** Makes units known and gives them their SKU codes. A code that another unit had moves over. One commit. */
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
      on conflict (id) do update set sku = excluded.sku, floor = excluded.floor`),
  ]);
}

/** The units among these that exist with another floor: their objects have to be told. */
export async function unitsWithOtherFloor(db: DrizzleD1Database, openings: readonly StockOpening[]): Promise<string[]> {
  const rows = JSON.stringify(openings);
  const found = await db.all<{ id: string }>(sql`select stock_units.id as id from json_each(${rows})
    join stock_units on stock_units.id = value ->> 'stockUnitId' where stock_units.floor <> value ->> 'floor'`);
  return found.map((row) => row.id);
}

/** What was there when a unit came into being. */
export interface Opening {
  readonly levels: Readonly<Record<string, number>>;
  readonly floor: number;
  /** True when the unit's ledger has begun since, as far as the read model knows. */
  readonly isOver: boolean;
}

/** The openings of units, by unit id; a unit that nobody announced is absent. */
export async function openingsOf(
  db: DrizzleD1Database,
  stockUnitIds: readonly string[],
): Promise<ReadonlyMap<string, Opening>> {
  const rows = await db
    .select()
    .from(stockUnits)
    .where(inArray(stockUnits.id, sql`(select value from json_each(${JSON.stringify(stockUnitIds)}))`));
  return new Map(
    rows.map(({ id, openingQuantity, floor, sequence }) => [
      id,
      { levels: { [locationDefault]: openingQuantity }, floor, isOver: sequence > 0 },
    ]),
  );
}

export async function unitBySku(db: DrizzleD1Database, sku: string): Promise<StockRow | undefined> {
  return db.select().from(stockUnits).where(eq(stockUnits.sku, sku)).get();
}

export async function listUnits(
  db: DrizzleD1Database,
  afterSku: string,
  prefix: string,
  limit: number,
): Promise<StockRow[]> {
  // `gt` on the index and a range instead of LIKE: a prefix is user text.
  const upper = `${prefix}\u{10ffff}`;
  return db
    .select()
    .from(stockUnits)
    .where(sql`${gt(stockUnits.sku, afterSku)} and ${stockUnits.sku} >= ${prefix} and ${stockUnits.sku} < ${upper}`)
    .orderBy(asc(stockUnits.sku))
    .limit(limit);
}

/** Keeps the newest levels of a unit; an older sequence changes nothing. */
export function saveLevels(
  db: DrizzleD1Database,
  row: Pick<StockRow, 'id' | 'onHand' | 'held' | 'committed' | 'available' | 'levels' | 'sequence' | 'asOf'>,
): Statement {
  const { id, ...levels } = row;
  return db
    .update(stockUnits)
    .set(levels)
    .where(sql`${stockUnits.id} = ${id} and ${stockUnits.sequence} < ${row.sequence}`);
}

export async function listLocations(db: DrizzleD1Database): Promise<{ id: string; name: string }[]> {
  return db
    .select({ id: locations.id, name: locations.name })
    .from(locations)
    .orderBy(asc(locations.position), asc(locations.id));
}

/** False when the id is taken. */
export async function addLocation(db: DrizzleD1Database, location: { id: string; name: string }): Promise<boolean> {
  const added = await db
    .insert(locations)
    .values({ ...location, position: sql`(select count(*) from locations)` })
    .onConflictDoNothing()
    .returning({ id: locations.id });
  return added.length > 0;
}

export async function hasLocation(db: DrizzleD1Database, id: string): Promise<boolean> {
  return (
    id === locationDefault ||
    (await db.select({ id: locations.id }).from(locations).where(eq(locations.id, id)).get()) !== undefined
  );
}

/** Gives known units the SKU codes that the catalog says they have. */
export function nameUnits(
  db: DrizzleD1Database,
  variants: readonly { readonly sku: string; readonly stockUnitId: string }[],
): Statement[] {
  const rows = JSON.stringify(variants);
  return [
    db.run(sql`update stock_units set sku = null where sku in (select value ->> 'sku' from json_each(${rows}))`),
    db.run(sql`update stock_units set sku = (select value ->> 'sku' from json_each(${rows}) where value ->> 'stockUnitId' = stock_units.id)
      where id in (select value ->> 'stockUnitId' from json_each(${rows}))`),
  ];
}
