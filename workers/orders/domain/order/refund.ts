/**
 * Giving money back for units, for shipping, or for whatever reason the merchant has. Units and shipping settle what is still
 * owed before anything is paid out for them, and units that are still to ship leave the order.
 */
import { type Currency, sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { OrderRefusal } from '../refusal.ts';
import { balancesOf, orderStateOf, paymentStateOf } from './balances.ts';
import { cancelUnits, type RefundLine } from './canceled-units.ts';
import { remainingLines } from './fulfill.ts';
import { idOf, keyOf, type Numbering, type OperationDraft, type Refund, type RefundedLine } from './operation.ts';
import { type Order, unitsIn } from './order.ts';
import { repeatedLine, tooMuchMoney } from './refusals.ts';
import { refundEffects, splitRefund } from './sources.ts';
import { orderTable, paymentTable, transition } from './states.ts';
import { needsOfUnits, releases, takeCommitted } from './stock.ts';
import { creditLines, refundableShippingMinorOf } from './worth.ts';

interface PricedRefundLine extends RefundLine {
  /** At most this is paid out for the units, and the shop keeps the rest of their worth. Absent: all that was paid for them. */
  readonly amountMinor?: number | undefined;
}

export interface RefundCommand {
  readonly type: 'refund';
  readonly lines: readonly PricedRefundLine[];
  /** `all`: whatever of the shipping was not refunded yet. */
  readonly shippingMinor: number | 'all';
  /** On top of lines and shipping, for whatever reason the merchant has. */
  readonly otherMinor: number;
  readonly note: string | null;
}

export function decideRefund(
  order: Order,
  command: RefundCommand,
  numbering: Numbering,
): Result<OperationDraft, OrderRefusal> {
  const orderStep = transition(orderTable, orderStateOf(order), 'refund');
  if (!orderStep.ok) return orderStep;
  const repeated = repeatedLine(command.lines);
  if (repeated !== null) return refuse(repeated);
  const lines = creditLines(order, command.lines);
  if (!lines.ok) return lines;
  const canceled = cancelUnits(order, command.lines);
  if (!canceled.ok) return canceled;
  const { currency } = order.quote;
  const shippingMaxMinor = refundableShippingMinorOf(order);
  const shippingMinor = command.shippingMinor === 'all' ? shippingMaxMinor : command.shippingMinor;
  if (shippingMinor > shippingMaxMinor) {
    const tooMuch = tooMuchMoney('refund-too-large', shippingMaxMinor, currency);
    return refuse<OrderRefusal>({ ...tooMuch, errors: [{ pointer: '/shipping', detail: tooMuch.detail }] });
  }
  const tooHigh = highestFault(command.lines, lines.value, currency);
  if (tooHigh !== null) return refuse(tooHigh);
  const settled = settledRefund(order, command, lines.value, shippingMinor);
  const fault = moneyFault(order, settled, lines.value);
  if (fault !== null) return refuse(fault);
  if (isWithdrawal(order, canceled.value)) {
    const detail = 'Nothing was paid and nothing would be left to ship: cancel the order instead.';
    return refuse<OrderRefusal>({ code: 'edit-empties-order', detail });
  }
  const facts = { ...settled, lines: lines.value, shippingMinor, note: command.note };
  const refund = newRefund('refund', order, numbering, facts);
  const draft = refundDraft(refund, numbering);
  if (canceled.value.length === 0) return accept(draft);
  const canceledUnits = canceled.value.map((units) => ({ refundId: refund.id, ...units }));
  const needs = needsOfUnits(order.lines, canceledUnits);
  const released = releases(takeCommitted(order.commitments, needs, true), numbering);
  return accept({ ...draft, effects: [...draft.effects, ...released], change: { ...draft.change, canceledUnits } });
}

/** The first line of which more is asked for than its units are worth. */
function highestFault(
  asked: readonly PricedRefundLine[],
  worth: readonly RefundedLine[],
  currency: Currency,
): OrderRefusal | null {
  for (const { lineId, amountMinor = 0 } of asked) {
    const { grossMinor = 0 } = worth.find((one) => one.lineId === lineId) ?? {};
    if (amountMinor > grossMinor) return { ...tooMuchMoney('refund-too-large', grossMinor, currency), lineId };
  }
  return null;
}

type Settled = Pick<Refund, 'creditMinor' | 'amountMinor'>;

/** Units may be worth nothing, or leave without money, and then their refund is a record; a refund of nothing at all is none. */
function moneyFault(
  order: Order,
  { creditMinor, amountMinor }: Settled,
  lines: readonly RefundedLine[],
): OrderRefusal | null {
  const { refundableMinor, takenMinor } = balancesOf(order);
  const isInVain = creditMinor === 0 && lines.length === 0;
  if (takenMinor > 0 && (amountMinor > refundableMinor || isInVain))
    return tooMuchMoney('refund-too-large', refundableMinor, order.quote.currency);
  if (amountMinor === 0 && !isInVain && !order.isCanceled) return null;
  const action = amountMinor >= refundableMinor ? 'refund-rest' : 'refund-part';
  const payment = transition(paymentTable, paymentStateOf(order), action);
  if (!payment.ok) return payment.refusal;
  // Nothing is owed any more of an order that was credited before it was paid, and nothing can be paid out of it.
  return amountMinor > refundableMinor ? tooMuchMoney('refund-too-large', refundableMinor, order.quote.currency) : null;
}

/**
 * What a refund credits, and what of that is paid out. Units and shipping first take off what is not paid yet; an
 * amount beside them is paid out whole. What the shop keeps of their worth is not credited, so nothing pays it out later.
 */
function settledRefund(
  order: Order,
  { lines, otherMinor }: RefundCommand,
  worth: readonly RefundedLine[],
  shippingMinor: number,
): Settled {
  const { capturableMinor, outstandingMinor } = balancesOf(order);
  const worthMinor = sumOf(worth.map(({ grossMinor }) => grossMinor)) + shippingMinor;
  const asked = worth.map(
    ({ lineId, grossMinor }) => lines.find((one) => one.lineId === lineId)?.amountMinor ?? grossMinor,
  );
  const unpaidMinor = Math.min(worthMinor, capturableMinor + outstandingMinor);
  const backMinor = Math.min(worthMinor - unpaidMinor, sumOf(asked) + shippingMinor);
  return { creditMinor: unpaidMinor + backMinor + otherMinor, amountMinor: backMinor + otherMinor };
}

/** Whether units that are canceled are all there was to ship of an order of which no money was taken and nothing has left. */
function isWithdrawal(order: Order, canceled: readonly { readonly quantity: number }[]): boolean {
  if (canceled.length === 0 || order.fulfillments.length > 0 || !isUnpaid(order)) return false;
  return unitsIn(canceled) === unitsIn(remainingLines(order));
}

const isUnpaid = (order: Order) => ['authorized', 'pending'].includes(paymentStateOf(order));

type RefundFacts = Pick<Refund, 'amountMinor' | 'creditMinor' | 'lines' | 'shippingMinor' | 'note'>;

/** A refund with where each part of it goes. The amount must be refundable. */
export function newRefund(
  cause: Refund['cause'],
  order: Order,
  numbering: Numbering,
  facts: RefundFacts,
  returnId: string | null = null,
): Refund {
  const { number, now: at } = numbering;
  const parts = splitRefund(order, facts.amountMinor);
  const names = { id: idOf('rfd', number), key: keyOf(numbering, 'r'), cause, returnId };
  return { ...names, ...facts, parts, isPending: false, at };
}

export function refundDraft(refund: Refund, numbering: Numbering): OperationDraft {
  return { kind: 'refund', effects: refundEffects(refund, numbering), change: { refund } };
}
