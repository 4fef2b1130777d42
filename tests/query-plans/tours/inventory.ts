/** Every statement of the inventory's database. */
import { commit, databaseOf } from '../../../shared/messaging/d1.ts';
import {
  addLocation,
  changeLocation,
  isStocked,
  listLocations,
  missingLocation,
  ranksOf,
} from '../../../workers/inventory/store/locations.ts';
import {
  addTransfer,
  dropTransfer,
  listTransfers,
  moveTransfer,
  saveTransferItems,
  transferById,
} from '../../../workers/inventory/store/transfers.ts';
import {
  listUnits,
  nameUnits,
  openingsNear,
  saveFloors,
  saveLevels,
  saveOpenings,
  unitBySku,
  unitsBySku,
  unitsToTellFloor,
} from '../../../workers/inventory/store/units.ts';

export async function tour(client: D1Database): Promise<void> {
  const db = databaseOf(client);
  const opening = { stockUnitId: 'stk_1', sku: 'A-1', quantity: 3, floor: 0 };
  await saveOpenings(db, [opening], 0);
  await unitsToTellFloor(db, [opening]);
  await openingsNear(db, ['stk_1'], 'stk_0');
  await unitBySku(db, 'A-1');
  await unitsBySku(db, ['A-1']);
  for (const [afterSku, prefix] of [
    ['', ''],
    ['', 'A'],
    ['A-0', 'A'],
    ['A-0', ''],
  ] as const)
    for (const isShort of [false, true]) await listUnits(db, { afterSku, prefix, isShort, limit: 20 });
  const level = { locationId: 'loc_main', onHand: 1, held: 0, committed: 0 };
  const levels = {
    id: 'stk_1',
    onHand: 1,
    held: 0,
    committed: 0,
    available: 1,
    shortfall: 0,
    levels: [level],
    sequence: 1,
    asOf: 1,
  };
  await commit(db, saveLevels(db, [levels]));
  await saveFloors(db, new Map([['stk_1', 1]]));
  await commit(db, nameUnits(db, [{ sku: 'A-1', stockUnitId: 'stk_1' }]));

  await addLocation(db, { id: 'loc_2', name: 'Two' });
  await changeLocation(db, 'loc_2', { rank: 2 });
  await listLocations(db);
  await ranksOf(db);
  await isStocked(db, 'loc_main');
  await missingLocation(db, ['loc_main']);

  const transfer = {
    id: 'trf_1',
    fromLocationId: 'loc_main',
    toLocationId: 'loc_2',
    status: 'requested',
    items: [],
    note: '',
    version: 1,
    createdAt: 1,
    updatedAt: 1,
  } as const;
  await addTransfer(db, { ...transfer, items: [] });
  const read = await transferById(db, 'trf_1');
  if (read === undefined) throw new Error('The transfer that was added is there');
  await listTransfers(db, null, 20);
  await listTransfers(db, { createdAt: 1, id: 'trf_1' }, 20);
  await moveTransfer(db, 'trf_1', ['requested'], 'in_transit', 2);
  await saveTransferItems(db, read, { items: [], status: 'received' }, 3);
  await dropTransfer(db, 'trf_1');
}
