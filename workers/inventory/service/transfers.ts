/**
 * Transfers between locations: requested, sent, received in parts, or canceled. The ledgers of the units say what really
 * happened; every step there can be repeated, and the row of the transfer is written after it.
 */
import type { FieldFault } from '../../../shared/http/problem.ts';
import { untilKept } from '../../../shared/messaging/overtaken.ts';
import { accept, assert, noSuch, type Refusal, type Result, refuse } from '../../../shared/values/result.ts';
import type { UnitCommand } from '../domain/decide.ts';
import { missingLocation } from '../store/locations.ts';
import {
  addTransfer,
  dropTransfer,
  listTransfers,
  moveTransfer,
  saveTransferItems,
  type TransferMark,
  type TransferRow,
  transferById,
} from '../store/transfers.ts';
import { unitsBySku } from '../store/units.ts';
import { moveAll } from './commitments.ts';
import type { Inventory, WholeInventory } from './units.ts';

interface TransferDraft {
  readonly id: string;
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly note: string;
  /** Only ask for it, send it now, or have it arrive at once. */
  readonly mode: 'request' | 'send' | 'immediate';
  readonly now: number;
}

type Transferred = Result<TransferRow, Refusal>;

export async function startTransfer(inventory: WholeInventory, draft: TransferDraft): Promise<Transferred> {
  const { id, fromLocationId, toLocationId, note, mode, now } = draft;
  const locationId = await missingLocation(inventory.db, [fromLocationId, toLocationId]);
  if (locationId !== null) {
    const pointer = locationId === fromLocationId ? '/fromLocationId' : '/toLocationId';
    return refuse(told({ code: 'unknown-location', locationId }, `There is no location ${locationId}.`, pointer));
  }
  const skus = draft.items.map((item) => item.sku);
  const units = await unitsBySku(inventory.db, skus);
  const unknown = draft.items.findIndex((item) => !units.has(item.sku));
  if (unknown >= 0) return refuse(unknownUnit(draft.items, unknown, 'There is no stock of'));
  const items = draft.items.map((item) => ({ ...item, stockUnitId: units.get(item.sku) ?? '', received: 0 }));
  const places = { fromLocationId, toLocationId };
  const row = { id, ...places, items, note, status: 'requested' as const, version: 1, createdAt: now, updatedAt: now };
  await addTransfer(inventory.db, row);
  if (mode === 'request') return read(inventory, id);
  const sent = await sendTransfer(inventory, id, now);
  if (!sent.ok) {
    await dropTransfer(inventory.db, id);
    return refuse(pointed(sent.refusal, draft.items, 'quantity'));
  }
  if (mode === 'send') return sent;
  const receipts = items.map(({ sku, quantity }) => ({ sku, received: quantity }));
  return receiveTransfer(inventory, id, receipts, now);
}

/** Takes the goods from where they are. All or nothing. */
export async function sendTransfer(inventory: WholeInventory, id: string, now: number): Promise<Transferred> {
  const row = await transferById(inventory.db, id);
  if (row === undefined) return refuse(noSuch('transfer'));
  if (row.status !== 'requested') return stateRefusal(row, ['in_transit', 'received']);
  const { fromLocationId, toLocationId } = row;
  const steps = row.items.map(({ stockUnitId, quantity }) => {
    const places = { fromLocationId, toLocationId };
    return { stockUnitId, command: { type: 'send-transfer' as const, transferId: id, ...places, quantity, now } };
  });
  const { refusal, moved } = await moveAll(inventory, steps);
  if (refusal !== null) {
    if (moved.length > 0) {
      await tellUnits(inventory, moved, { type: 'cancel-transfer', transferId: id, now });
      await moveTransfer(inventory.db, id, ['requested'], 'canceled', now);
    }
    return refuse(withSku(refusal, row));
  }
  await moveTransfer(inventory.db, id, ['requested'], 'in_transit', now);
  return read(inventory, id);
}

/** Puts on the shelf what has arrived so far, as sums: to say the same again adds nothing. */
export async function receiveTransfer(
  inventory: WholeInventory,
  id: string,
  receipts: readonly { readonly sku: string; readonly received: number }[],
  now: number,
): Promise<Transferred> {
  const row = await transferById(inventory.db, id);
  if (row === undefined) return refuse(noSuch('transfer'));
  if (row.status !== 'in_transit') return stateRefusal(row, []);
  const units = new Map(row.items.map((item) => [item.sku, item.stockUnitId]));
  const unknown = receipts.findIndex(({ sku }) => !units.has(sku));
  if (unknown >= 0) return refuse(unknownUnit(receipts, unknown, 'The transfer has nothing of'));
  const steps = receipts.map(({ sku, received }) => {
    const command = { type: 'receive-transfer' as const, transferId: id, received, now };
    return { stockUnitId: units.get(sku) ?? '', command };
  });
  const { refusal } = await moveAll(inventory, steps);
  if (refusal !== null) return refuse(pointed(withSku(refusal, row), receipts, 'received'));
  const received = new Map(receipts.map((receipt) => [receipt.sku, receipt.received]));
  return keepReceipt(inventory, id, received, now);
}

/** Two receipts at once are both kept: the second is written over what the first has left. */
function keepReceipt(
  inventory: Inventory,
  id: string,
  received: ReadonlyMap<string, number>,
  now: number,
): Promise<Transferred> {
  return untilKept(async () => {
    const row = await transferById(inventory.db, id);
    if (row === undefined) return refuse(noSuch('transfer'));
    const items = row.items.map((item) => {
      return { ...item, received: Math.max(item.received, received.get(item.sku) ?? 0) };
    });
    const isComplete = row.status === 'in_transit' && items.every((item) => item.received === item.quantity);
    const status = isComplete ? 'received' : row.status;
    const isKept = await saveTransferItems(inventory.db, row, { items, status }, now);
    return isKept ? read(inventory, id) : 'overtaken';
  });
}

/** What has not arrived goes back; what has arrived stays where it is. */
export async function cancelTransfer(inventory: WholeInventory, id: string, now: number): Promise<Transferred> {
  const row = await transferById(inventory.db, id);
  if (row === undefined) return refuse(noSuch('transfer'));
  if (row.status === 'received' || row.status === 'canceled') return stateRefusal(row, ['canceled']);
  const units = row.items.map((item) => item.stockUnitId);
  await tellUnits(inventory, units, { type: 'cancel-transfer', transferId: id, now });
  await moveTransfer(inventory.db, id, ['requested', 'in_transit'], 'canceled', now);
  return read(inventory, id);
}

export async function readTransfer({ db }: Inventory, id: string): Promise<TransferRow | undefined> {
  return transferById(db, id);
}

export async function transferPage(
  { db }: Inventory,
  before: TransferMark | null,
  limit: number,
): Promise<TransferRow[]> {
  return listTransfers(db, before, limit);
}

async function tellUnits(inventory: WholeInventory, units: readonly string[], command: UnitCommand): Promise<void> {
  const steps = units.map((stockUnitId) => ({ stockUnitId, command }));
  const { refusal } = await moveAll(inventory, steps);
  assert(refusal === null, `nothing refuses ${command.type}`);
}

async function read({ db }: Inventory, id: string): Promise<Transferred> {
  const row = await transferById(db, id);
  return row === undefined ? refuse(noSuch('transfer')) : accept(row);
}

/** A step that was taken before is answered as done. */
function stateRefusal(row: TransferRow, isDoneIn: readonly string[]): Transferred {
  return isDoneIn.includes(row.status) ? accept(row) : refuse({ code: 'transfer-state', state: row.status });
}

interface Told extends Refusal {
  readonly detail?: string;
  readonly sku?: string;
  readonly locationId?: string;
}

/** Merchants know SKU codes, not stock units. */
function withSku(refusal: Refusal, { items }: TransferRow): Told {
  const unit = 'stockUnitId' in refusal ? refusal.stockUnitId : undefined;
  const sku = items.find(({ stockUnitId }) => stockUnitId === unit)?.sku;
  return sku === undefined ? refusal : { ...refusal, sku, ...sentenceOf(refusal, sku) };
}

function sentenceOf(refusal: Refusal, sku: string): Pick<Told, 'detail'> {
  if (refusal.code === 'insufficient-stock' && 'requested' in refusal && 'available' in refusal)
    return { detail: `${refusal.requested} of ${sku} are to leave, and ${refusal.available} are free there.` };
  if (refusal.code === 'transfer-conflict' && 'sent' in refusal && 'received' in refusal)
    return { detail: `Of ${refusal.sent} of ${sku} that were sent, ${refusal.received} have arrived so far.` };
  return {};
}

type Named = readonly { readonly sku: string }[];

/** A refusal of one of the items that were sent, by its field. */
function pointed(refusal: Told, items: Named, field: 'quantity' | 'received'): Told {
  const index = items.findIndex(({ sku }) => sku === refusal.sku);
  const { detail } = refusal;
  return index < 0 || detail === undefined ? refusal : told(refusal, detail, `/items/${index}/${field}`);
}

function unknownUnit(items: Named, index: number, isNot: string): Told {
  const sku = items[index]?.sku ?? '';
  return told({ code: 'unknown-stock-unit', sku }, `${isNot} ${sku}.`, `/items/${index}/sku`);
}

function told(refusal: Told, detail: string, pointer: string): Told & { readonly errors: readonly FieldFault[] } {
  return { ...refusal, detail, errors: [{ pointer, detail }] };
}
