/** The table of locations, and whether stock lies at one. */
import { asc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const locations = sqliteTable('locations', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  position: integer('position').notNull(),
  rank: integer('rank').notNull(),
  isActive: integer('is_active', { mode: 'boolean' }).notNull(),
  /** Counts the changes of the ranks of all locations; the highest is the newest. */
  revision: integer('revision').notNull(),
});

export type Location = Pick<typeof locations.$inferSelect, 'id' | 'name' | 'rank' | 'isActive'>;
/** Fields that are absent stay as they are. */
export type LocationChanges = {
  readonly [Field in 'name' | 'rank' | 'isActive']?: Location[Field] | undefined;
};
const { position: _position, revision: _revision, ...locationColumns } = getTableColumns(locations);

export async function listLocations(db: DrizzleD1Database): Promise<Location[]> {
  return db
    .select(locationColumns)
    .from(locations)
    .orderBy(asc(locations.rank), asc(locations.position), asc(locations.id));
}

/** False when the id is taken. */
export async function addLocation(db: DrizzleD1Database, location: Pick<Location, 'id' | 'name'>): Promise<boolean> {
  const added = await db
    .insert(locations)
    .values({ ...location, position: sql`(select count(*) from locations)`, rank: 0, isActive: true, revision: 0 })
    .onConflictDoNothing()
    .returning({ id: locations.id });
  return added.length > 0;
}

/** Changes a location and answers it; undefined for an unknown one. */
export async function changeLocation(
  db: DrizzleD1Database,
  id: string,
  changes: LocationChanges,
): Promise<Location | undefined> {
  const [changed] = await db
    .update(locations)
    .set({ ...changes, revision: sql`(select max(revision) + 1 from locations)` })
    .where(eq(locations.id, id))
    .returning(locationColumns);
  return changed;
}

/** The rank of every location, and the revision of the ranks. */
export async function ranksOf(
  db: DrizzleD1Database,
): Promise<{ readonly revision: number; readonly ranks: Readonly<Record<string, number>> }> {
  const rows = await db
    .select({ id: locations.id, rank: locations.rank, revision: locations.revision })
    .from(locations);
  return {
    revision: Math.max(0, ...rows.map((row) => row.revision)),
    ranks: Object.fromEntries(rows.map(({ id, rank }) => [id, rank])),
  };
}

/** Whether anything lies at a location, as the read model has it. */
export async function isStocked(db: DrizzleD1Database, locationId: string): Promise<boolean> {
  const found = await db.all(sql`select 1 from stocked_at where location_id = ${locationId} limit 1`);
  return found.length > 0;
}

/** The first of these ids that is not the id of an active location; null when all are. */
export async function missingLocation(db: DrizzleD1Database, ids: readonly string[]): Promise<string | null> {
  const rows = await db
    .select({ id: locations.id })
    .from(locations)
    .where(sql`${locations.isActive} = 1 and ${locations.id} in (select value from json_each(${JSON.stringify(ids)}))`);
  const known = new Set(rows.map((row) => row.id));
  return ids.find((id) => !known.has(id)) ?? null;
}
