/** Use cases of locations. Their ranks decide where goods are taken from, so every Stock object gets a new one. */
import { stockObjectNames } from '../../../shared/values/placement.ts';
import { accept, noSuch, type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import { locationDefault } from '../../../shared/values/stock-levels.ts';
import {
  addLocation,
  changeLocation,
  isStocked,
  type Location,
  type LocationChanges,
  listLocations,
  ranksOf,
} from '../store/locations.ts';
import type { Inventory, WholeInventory } from './units.ts';

export function locations({ db }: Inventory): Promise<Location[]> {
  return listLocations(db);
}

export async function createLocation(
  { db }: Inventory,
  location: { id: string; name: string },
): Promise<Result<Location, Refusal>> {
  if (!(await addLocation(db, location))) return refuse({ code: 'location-taken' });
  return accept({ ...location, rank: 0, isActive: true });
}

/**
 * Edits a location. Every Stock object gets a new rank; a retry of an edit that crashed in between sends it again.
 * A location goes out of use only when nothing lies there, and never the one where new units begin.
 */
export async function editLocation(
  { db, stock }: WholeInventory,
  id: string,
  changes: LocationChanges,
): Promise<Result<Location, Refusal>> {
  if (changes.isActive === false && (id === locationDefault || (await isStocked(db, id))))
    return refuse({ code: 'location-in-use', locationId: id });
  const changed = await changeLocation(db, id, changes);
  if (changed === undefined) return refuse(noSuch('location'));
  if (changes.rank !== undefined) {
    const ranked = await ranksOf(db);
    await Promise.all(stockObjectNames.map((name) => stock.getByName(name).rankLocations(ranked)));
  }
  return accept(changed);
}
