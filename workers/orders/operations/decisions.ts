/**
 * From a command to what is recorded: asks neighbours for what the decision needs, then lets the domain decide. It changes
 * nothing anywhere.
 */
import type { SentCurrency } from '../../../shared/quoting/by-hand.ts';
import { accept, type Result, refuse, unreachable } from '../../../shared/values/result.ts';
import { decideCancel } from '../domain/order/cancel.ts';
import { decideCapture } from '../domain/order/capture.ts';
import { decideCollect } from '../domain/order/collect.ts';
import type { Particulars } from '../domain/order/corrections.ts';
import { decideEdit } from '../domain/order/edit.ts';
import { type Allocation, decideFulfill, unpaidFault } from '../domain/order/fulfill.ts';
import { withEnd } from '../domain/order/let-go.ts';
import {
  type Edited,
  idOf,
  type LineUnits,
  type Numbering,
  type Operation,
  type OperationDraft,
} from '../domain/order/operation.ts';
import type { Order, OrderEvent, OrderReturn } from '../domain/order/order.ts';
import { decideRefund } from '../domain/order/refund.ts';
import {
  decideSettle,
  isExchangeOpen,
  type PricedExchange,
  type SettleReturnCommand,
  settlementOf,
} from '../domain/order/return-credit.ts';
import {
  decideReceive,
  decideReturn,
  decideReturnAction,
  findReturn,
  isLastReceipt,
  type ReceiveCommand,
  receivedLines,
} from '../domain/order/returns.ts';
import { withVoidedCards } from '../domain/order/sold-cards.ts';
import { byHoldKey } from '../domain/order/stock.ts';
import { decideUnfulfill } from '../domain/order/unfulfill.ts';
import { nothingToRefund } from '../domain/order/worth.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import type { Readable } from '../service/neighbors.ts';
import type { EditChanges, OrderCommand, OrderRequest } from '../service/order-commands.ts';
import { correctionsOf } from './corrections.ts';
import { addressesIn, type Editable, editTokenOf, findVariants, quoteEdit } from './edit-quotes.ts';
import { placesOf } from './pointers.ts';

export interface Subject extends Editable {
  readonly captureMode: 'immediate' | 'manual';
  /** The way to pay that the shopper chose. */
  readonly paymentMethodId: string | null;
  readonly numbering: Numbering;
  /** How it stands now, where `email` is what prices were made for. */
  readonly particulars: Particulars;
}

/** Null: everything is as it is asked to be. */
type Decided = Result<OrderEvent | null, OrderRefusal>;

/** The event that a request leads to, or why it leads nowhere. */
export async function decide(request: OrderRequest, subject: Subject, shop: Readable): Promise<Decided> {
  const { command, actor } = request;
  const { order, numbering } = subject;
  const { now: at } = numbering;
  const { currency } = order.quote;
  const wrong = wrongCurrency(order, request.currencies);
  if (wrong !== null) return refuse(wrong);
  const start = (draft: OperationDraft, followUp: OperationDraft | null = null) =>
    accept(startOf(request, subject, draft, followUp));
  const started = (draft: Result<OperationDraft, OrderRefusal>) => (draft.ok ? start(draft.value) : draft);
  switch (command.type) {
    case 'fulfill': {
      const isCaptured = command.isCaptured ?? subject.captureMode === 'manual';
      const allocations = await allocationsFor(command, order, shop);
      const draft = decideFulfill(order, { ...command, isCaptured }, numbering, allocations);
      if (!draft.ok) return draft;
      const fault =
        (command.isUnpaidFine === true ? null : await holdFor(subject, shop)) ??
        (await locationFault(namedPlaces(command), shop));
      return fault === null ? start(draft.value) : refuse(fault);
    }
    case 'unfulfill':
      return started(decideUnfulfill(order, command, numbering));
    case 'cancel': {
      const wanted = { lines: null, locationId: null };
      const allocations = command.isRestocked === false ? await allocationsFor(wanted, order, shop) : [];
      return started(decideCancel(order, command, numbering, allocations));
    }
    case 'capture':
      return started(decideCapture(order, command, numbering));
    case 'collect':
      return started(decideCollect(order, command, numbering));
    case 'refund': {
      const nothing = nothingToRefund(order, command);
      return nothing === null ? started(decideRefund(order, command, numbering)) : refuse(nothing);
    }
    case 'edit': {
      const priced = await quoteEdit(subject, command, shop);
      if (!priced.ok) return priced;
      const token = await editTokenOf(subject, command, priced.value.quote.totalMinor);
      const detail = 'Preview the edit again: order or prices have changed.';
      if (token !== command.token) return refuse<OrderRefusal>({ code: 'edit-changed', detail });
      return start(decideEdit(order, editedBy(command, priced.value), numbering));
    }
    case 'request-return': {
      const exchange = await findVariants(command.exchange, currency, shop, { operationNumber: 0, field: 'exchange' });
      if (!exchange.ok) return exchange;
      const lines = exchange.value.map(({ variant, quantity }) => ({ variantId: variant.variantId, quantity }));
      const goodsReturn = decideReturn(order, { ...command, exchange: lines }, numbering);
      return goodsReturn.ok
        ? accept({ type: 'return-requested', goodsReturn: goodsReturn.value, actor, at })
        : goodsReturn;
    }
    case 'decide-return': {
      const { returnId, action, note } = command;
      const state = decideReturnAction(order, returnId, action);
      return state.ok ? accept({ type: 'return-decided', returnId, state: state.value, note, actor, at }) : state;
    }
    case 'receive': {
      const exchange = await exchangeFor(command, subject, shop);
      if (!exchange.ok) return exchange;
      const receipt = decideReceive(order, command, numbering, exchange.value);
      if (!receipt.ok) return receipt;
      const fault = await locationFault(namedPlaces(command), shop);
      return fault === null ? start(receipt.value.draft, receipt.value.followUp) : refuse(fault);
    }
    case 'settle-return': {
      const found = findReturn(order, command.returnId);
      if (!found.ok) return found;
      const exchange = await exchangeAgain(found.value, command, subject, shop);
      if (!exchange.ok) return exchange;
      return started(decideSettle(order, found.value, command, numbering, exchange.value));
    }
    case 'track': {
      const { fulfillmentId, tracking } = command;
      if (!order.fulfillments.some(({ id }) => id === fulfillmentId))
        return refuse<OrderRefusal>({ code: 'not-found', detail: `The order has no fulfillment ${fulfillmentId}.` });
      return accept({ type: 'fulfillment-tracked', fulfillmentId, tracking, actor, at });
    }
    case 'note':
      return accept({ type: 'note-added', text: command.text, actor, at });
    case 'correct': {
      const corrections = await correctionsOf(command.corrections, subject, shop);
      if (!corrections.ok) return corrections;
      const { value } = corrections;
      return accept(value === null ? null : { type: 'order-corrected', corrections: value, actor, at });
    }
    default:
      return unreachable(command);
  }
}

/** An amount in another currency than the order's; null where there is none. */
export function wrongCurrency({ quote: { currency } }: Order, sent: readonly SentCurrency[]): OrderRefusal | null {
  const others = sent.filter((one) => one.currency !== currency);
  if (others.length === 0) return null;
  const detail = `The order is in ${currency}.`;
  return { code: 'wrong-currency', detail, currency, errors: others.map(({ pointer }) => ({ pointer, detail })) };
}

function startOf(
  { actor, command, idempotency, requestId }: OrderRequest,
  { order, numbering }: Subject,
  draft: OperationDraft,
  followUp: OperationDraft | null,
): OrderEvent {
  const { number, now: at } = numbering;
  const asked = idempotency === null ? null : { ...idempotency, requestId, places: placesOf(command, number) };
  const operation: Operation = { ...draft, id: idOf('op', number), actor, asked, followUp };
  const backOf = command.type === 'refund' ? command.lines : [];
  const voiding = withVoidedCards(order, operation, numbering, (lineId) => {
    return backOf.find((line) => line.lineId === lineId)?.amountMinor;
  });
  return { type: 'operation-started', operation: withEnd(order, voiding, numbering), at };
}

/** Why the goods of an order are held. The merchant may let them go before they are paid, by the way in which they are to be paid. */
async function holdFor({ order, paymentMethodId }: Subject, { pricing }: Readable): Promise<OrderRefusal | null> {
  const fault = unpaidFault(order);
  return fault === null || (await pricing.shipsUnpaid(paymentMethodId)) ? null : fault;
}

/** What an edit leaves: what the command does not name stays. */
function editedBy({ discountByHand, ...changes }: EditChanges, priced: PricedExchange): Edited {
  return {
    ...priced,
    ...addressesIn(changes),
    ...(discountByHand === undefined ? {} : { discountByHand }),
  };
}

interface NamedPlace {
  readonly locationId: string;
  /** Where the request names it. */
  readonly pointer: string;
}

function namedPlaces(command: Extract<OrderCommand, { type: 'fulfill' | 'receive' }>): NamedPlace[] {
  const { locationId } = command;
  const lines = command.type === 'fulfill' ? (command.lines ?? []) : [];
  return [
    ...(locationId === null ? [] : [{ locationId, pointer: '/locationId' }]),
    ...lines.flatMap((line, index) =>
      line.locationId === null ? [] : [{ locationId: line.locationId, pointer: `/lines/${index}/locationId` }],
    ),
  ];
}

/** A place that there is not, by the field that names it. Nothing is recorded of what cannot be meant. */
async function locationFault(places: readonly NamedPlace[], { inventory }: Readable): Promise<OrderRefusal | null> {
  if (places.length === 0) return null;
  const locationId = await inventory.missingLocation(places.map((place) => place.locationId));
  if (locationId === null) return null;
  const detail = `There is no location ${locationId}.`;
  const errors = places.filter((place) => place.locationId === locationId).map(({ pointer }) => ({ pointer, detail }));
  return { code: 'unknown-location', detail, locationId, errors };
}

/** Where the stock lies that ships, unless the command names a location for every line. */
async function allocationsFor(
  { lines, locationId }: Pick<Extract<OrderCommand, { type: 'fulfill' }>, 'lines' | 'locationId'>,
  { commitments }: Order,
  { inventory }: Readable,
): Promise<Allocation[]> {
  const isTold = locationId !== null || (lines?.every((line) => line.locationId !== null) ?? false);
  if (isTold) return [];
  const found = await Promise.all(
    [...byHoldKey(commitments)].map(async ([holdKey, items]) => {
      const stockUnitIds = items.map(({ stockUnitId }) => stockUnitId);
      const located = await inventory.allocations({ key: holdKey, stockUnitIds });
      return located.map((one) => ({ ...one, holdKey }));
    }),
  );
  return found.flat();
}

/** The new lines of an exchange, once the last of the goods is here; null when there is nothing to exchange. */
async function exchangeFor(
  command: ReceiveCommand,
  subject: Subject,
  shop: Readable,
): Promise<Result<PricedExchange | null, OrderRefusal>> {
  const found = findReturn(subject.order, command.returnId);
  if (!found.ok) return found;
  const received = receivedLines(found.value, command);
  const isLast = isLastReceipt(found.value, received);
  if (!isExchangeOpen(found.value) || !isLast || !command.isRefunded) return accept(null);
  const replaced = [...unitsToReplace(found.value), ...received];
  return quoteEdit(subject, { lines: [], added: found.value.exchange }, shop, { leaving: received, replaced });
}

/** The new lines of an exchange that is tried again; null when the return is settled by a refund, or has no open exchange. */
async function exchangeAgain(
  goodsReturn: OrderReturn,
  command: SettleReturnCommand,
  subject: Subject,
  shop: Readable,
): Promise<Result<PricedExchange | null, OrderRefusal>> {
  const isExchanged = settlementOf(goodsReturn, command) === 'exchange' && goodsReturn.state === 'received';
  if (!isExchanged || !isExchangeOpen(goodsReturn)) return accept(null);
  const replaced = unitsToReplace(goodsReturn);
  return quoteEdit(subject, { lines: [], added: goodsReturn.exchange }, shop, { leaving: [], replaced });
}

/** What is here of the goods that an exchange is for. */
function unitsToReplace({ received }: OrderReturn): readonly LineUnits[] {
  return received.filter((one) => one.isSettledOtherwise !== true);
}
