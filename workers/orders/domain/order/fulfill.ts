/** Handing goods over: some units of some lines, from chosen places or from where they are promised. */
import type { LocatedQuantity } from '../../../../shared/contracts/inventory/api.ts';
import { money, sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf } from './balances.ts';
import {
  type Effect,
  idOf,
  keyOf,
  type LineUnits,
  type Numbering,
  type OperationDraft,
  type Shipment,
  type Tracking,
} from './operation.ts';
import { type Order, shippedOf, unitsIn, unitsOfLine, unshippedOf } from './order.ts';
import { repeatedLine, unknownLine } from './refusals.ts';
import { fulfillmentTable, orderTable, transition } from './states.ts';
import { byHoldKey, type Commitment, needsOfLines, takeCommitted } from './stock.ts';
import { lineCreditOf } from './worth.ts';

export interface FulfillCommand {
  readonly type: 'fulfill';
  /** Null ships all that is left. */
  readonly lines: readonly FulfillLine[] | null;
  /** From where lines go that name no place of their own. Null: from where they are promised. */
  readonly locationId: string | null;
  readonly tracking: Tracking | null;
  /** Whether money that is still authorized is taken for what ships. */
  readonly isCaptured: boolean;
}

interface FulfillLine extends LineUnits {
  readonly locationId: string | null;
}

/** Where a promise of stock lies. */
export interface Allocation extends LocatedQuantity {
  readonly holdKey: string;
}

export function decideFulfill(
  order: Order,
  command: FulfillCommand,
  numbering: Numbering,
  allocations: readonly Allocation[],
): Result<OperationDraft, OrderRefusal> {
  const allowed = transition(orderTable, orderStateOf(order), 'fulfill');
  if (!allowed.ok) return allowed;
  const lines = command.lines ?? remainingLines(order);
  const fault = faultOf(order, lines);
  if (fault !== null) return refuse<OrderRefusal>(fault);
  const action = unitsIn(lines) === unitsIn(remainingLines(order)) ? 'ship-rest' : 'ship-part';
  const state = transition(fulfillmentTable, fulfillmentStateOf(order), action);
  if (!state.ok) return state;

  const placed = place(order, lines, command.locationId, allocations);
  if (placed === null) {
    const detail = 'The stock of these lines is promised from no known place: name the location that ships them.';
    return refuse<OrderRefusal>({ code: 'location-needed', detail });
  }
  const shipments = shipmentsOf(placed, numbering);
  const ships = shipments.map((shipment): Effect => ({ do: 'ship', ...shipment }));
  const captureMinor = command.isCaptured ? captureFor(order, lines, action === 'ship-rest') : 0;
  const capture: readonly Effect[] =
    captureMinor === 0 ? [] : [{ do: 'capture', captureKey: keyOf(numbering, 'c'), amountMinor: captureMinor }];
  const fulfillment = {
    id: idOf('ful', numbering.number),
    lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
    locationIds: [...new Set(placed.map(({ locationId }) => locationId))],
    tracking: command.tracking,
    shipments,
    at: numbering.now,
  };
  return accept({ kind: 'fulfill', effects: [...ships, ...capture], change: { fulfillment } });
}

/** What leaves the stock, one shipment per promise. */
function shipmentsOf(placed: readonly Allocation[], numbering: Numbering): Shipment[] {
  return [...byHoldKey(placed)].map(([holdKey, items], index) => ({
    holdKey,
    fulfillmentKey: keyOf(numbering, `f${index}-`),
    items: items.map(({ stockUnitId, locationId, quantity }) => ({ stockUnitId, locationId, quantity })),
  }));
}

/** Takes all that is still promised off the stock, as if it left; null when a place is not known. */
export function writeOff(
  order: Order,
  allocations: readonly Allocation[],
  numbering: Numbering,
): readonly Effect[] | null {
  const placed = place(order, remainingLines(order), null, allocations);
  return placed === null ? null : shipmentsOf(placed, numbering).map((shipment) => ({ do: 'ship', ...shipment }));
}

export function remainingLines(order: Order): FulfillLine[] {
  return order.lines.flatMap((line) => {
    const quantity = unshippedOf(order, line);
    return quantity === 0 ? [] : [{ lineId: line.lineId, quantity, locationId: null }];
  });
}

function leftToShip(max: number, sku: string): string {
  if (max <= 0) return `None of ${sku} is left to ship.`;
  return `Only ${max} of ${sku} ${max === 1 ? 'is' : 'are'} left to ship.`;
}

function faultOf(order: Order, lines: readonly FulfillLine[]): OrderRefusal | null {
  const repeated = repeatedLine(lines);
  if (repeated !== null) return repeated;
  for (const { lineId, quantity } of lines) {
    const line = order.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return unknownLine(lineId);
    const max = unshippedOf(order, line);
    if (quantity > max) return { code: 'more-than-ordered', detail: leftToShip(max, line.variant.sku), lineId, max };
  }
  return null;
}

/** Which promised stock leaves from where; null when a place is not known. */
function place(
  order: Order,
  lines: readonly FulfillLine[],
  locationId: string | null,
  allocations: readonly Allocation[],
): Allocation[] | null {
  let promised: readonly Commitment[] = order.commitments;
  let pool: readonly Allocation[] = allocations;
  const placed: Allocation[] = [];
  for (const { lineId, quantity, locationId: own } of lines) {
    const line = order.lines.find((one) => one.lineId === lineId);
    if (line === undefined) return null;
    const taken = takeCommitted(promised, needsOfLines([{ variant: line.variant, quantity }]), false);
    promised = subtract(promised, taken);
    const chosen = own ?? locationId;
    const parts = chosen === null ? locate(pool, taken) : taken.map((part) => ({ ...part, locationId: chosen }));
    if (parts === null) return null;
    if (chosen === null) pool = subtract(pool, parts);
    placed.push(...parts);
  }
  return merged(placed);
}

/** The places of promised parts, in the order of the allocations; null when they do not cover them. */
function locate(pool: readonly Allocation[], parts: readonly Commitment[]): Allocation[] | null {
  let rest = pool;
  const found: Allocation[] = [];
  for (const part of parts) {
    let left = part.quantity;
    for (const one of rest) {
      if (left === 0 || one.holdKey !== part.holdKey || one.stockUnitId !== part.stockUnitId) continue;
      const quantity = Math.min(left, one.quantity);
      if (quantity > 0) found.push({ ...one, quantity });
      left -= quantity;
    }
    if (left > 0) return null;
    rest = subtract(rest, found);
  }
  return found;
}

interface Keyed {
  readonly holdKey: string;
  readonly stockUnitId: string;
  readonly locationId?: string;
  readonly quantity: number;
}

const isSame = (a: Keyed, b: Keyed) =>
  a.holdKey === b.holdKey && a.stockUnitId === b.stockUnitId && a.locationId === b.locationId;

function subtract<Item extends Keyed>(items: readonly Item[], taken: readonly Item[]): Item[] {
  return items.map((item) => ({
    ...item,
    quantity: item.quantity - unitsIn(taken.filter((one) => isSame(one, item))),
  }));
}

/** Lines may share a stock unit: one item per promise, unit and place. */
function merged(items: readonly Allocation[]): Allocation[] {
  const sums: Allocation[] = [];
  for (const item of items) {
    const at = sums.findIndex((one) => isSame(one, item));
    const known = sums[at];
    if (known === undefined) sums.push(item);
    else sums[at] = { ...known, quantity: known.quantity + item.quantity };
  }
  return sums;
}

/**
 * What all units that have shipped by then cost, less what was captured before; with the last of them all that is left. Never
 * more than may be taken.
 */
function captureFor(order: Order, lines: readonly FulfillLine[], isLast: boolean): number {
  const { capturableMinor, capturedMinor } = balancesOf(order);
  if (isLast) return capturableMinor;
  const worth = order.lines.map(({ lineId }) =>
    lineCreditOf(order, lineId, shippedOf(order, lineId) + unitsOfLine(lineId, lines)),
  );
  return Math.min(capturableMinor, Math.max(0, sumOf(worth) - capturedMinor));
}

/** Why goods wait: the payer owes money that nobody has authorized. Null when nothing is owed so. */
export function unpaidFault(order: Order): OrderRefusal | null {
  const { outstandingMinor } = balancesOf(order);
  if (outstandingMinor === 0) return null;
  const detail =
    'Money is still owed for this order. Record it once it is there (POST …/payments), or ship all the same with "shipUnpaid": true.';
  return { code: 'payment-outstanding', detail, outstanding: money(outstandingMinor, order.quote.currency) };
}

/** Why goods stay here: disputes have taken all the money that was left. Null when they have not, and where nothing is to ship. */
export function lostToDispute(order: Order): OrderRefusal | null {
  const { chargedBackMinor, refundableMinor } = balancesOf(order);
  if (order.isCanceled || chargedBackMinor === 0 || refundableMinor > 0) return null;
  const { disputes } = order.elsewhere;
  const isLost = disputes.length > 0 && disputes.every(({ status }) => status === 'lost');
  const detail = isLost
    ? 'The payer has won a dispute over the payment and none of its money is left: nothing ships.'
    : 'The payer disputes the payment and none of its money is left: nothing ships until the dispute is won.';
  const state = isLost ? 'lost-to-dispute' : 'disputed';
  const isCancelable = transition(fulfillmentTable, fulfillmentStateOf(order), 'cancel').ok;
  const allowed = isCancelable ? ['cancel'] : ['edit', 'refund'];
  return { code: 'wrong-state', subject: 'payment', state, action: 'fulfill', allowed, detail };
}
