/**
 * Giving money back for units, for shipping, or for whatever reason the merchant has. Units and shipping settle what is still
 * owed before anything is paid out for them, and units that are still to ship leave the order.
 */
import { type Currency, sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { Failure } from '../checkout/checkout.ts';
import { balancesOf, orderStateOf, paymentStateOf } from './balances.ts';
import { cancelUnits, type RefundLine } from './canceled-units.ts';
import { repeatedLine, tooMuchMoney } from './faults.ts';
import { remainingLines } from './fulfill.ts';
import type { Numbering, OperationDraft, Refund, RefundedLine } from './operation.ts';
import { type Life, unitsIn } from './order.ts';
import { newRefund, refundDraft, releases } from './payments.ts';
import { orderTable, paymentTable, transition } from './states.ts';
import { needsOfUnits, takeCommitted } from './stock.ts';
import { creditLines, refundableShippingMinorOf } from './worth.ts';

export interface PricedRefundLine extends RefundLine {
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
  life: Life,
  command: RefundCommand,
  numbering: Numbering,
): Result<OperationDraft, Failure> {
  const order = transition(orderTable, orderStateOf(life), 'refund');
  if (!order.ok) return refuse<Failure>({ ...order.refusal });
  const repeated = repeatedLine(command.lines);
  if (repeated !== null) return refuse(repeated);
  const lines = creditLines(life, command.lines);
  if (!lines.ok) return lines;
  // The goods of a canceled order were given back with it.
  const canceled = life.isCanceled ? accept([]) : cancelUnits(life, command.lines);
  if (!canceled.ok) return canceled;
  const { currency } = life.quote;
  const shippingMaxMinor = refundableShippingMinorOf(life);
  const shippingMinor = command.shippingMinor === 'all' ? shippingMaxMinor : command.shippingMinor;
  if (shippingMinor > shippingMaxMinor)
    return refuse<Failure>(tooMuchMoney('refund-too-large', shippingMaxMinor, currency));
  const tooHigh = highestFault(command.lines, lines.value, currency);
  if (tooHigh !== null) return refuse(tooHigh);
  const settled = settledRefund(life, command, lines.value, shippingMinor);
  const fault = moneyFault(life, settled, lines.value);
  if (fault !== null) return refuse(fault);
  if (isWithdrawal(life, canceled.value)) {
    const detail = 'Nothing was paid and nothing would be left to ship: cancel the order instead.';
    return refuse<Failure>({ code: 'edit-empties-order', detail });
  }
  const facts = { ...settled, lines: lines.value, shippingMinor, note: command.note };
  const refund = newRefund('refund', life, numbering, facts);
  const draft = refundDraft(refund, numbering);
  if (canceled.value.length === 0) return accept(draft);
  const canceledUnits = canceled.value.map((units) => ({ refundId: refund.id, ...units }));
  const needs = needsOfUnits(life.lines, canceledUnits);
  const released = releases(takeCommitted(life.commitments, needs, true), numbering);
  return accept({ ...draft, effects: [...draft.effects, ...released], change: { ...draft.change, canceledUnits } });
}

/** The first line of which more is asked for than its units are worth. */
function highestFault(
  asked: readonly PricedRefundLine[],
  worth: readonly RefundedLine[],
  currency: Currency,
): Failure | null {
  for (const { lineId, amountMinor = 0 } of asked) {
    const { grossMinor = 0 } = worth.find((one) => one.lineId === lineId) ?? {};
    if (amountMinor > grossMinor) return { ...tooMuchMoney('refund-too-large', grossMinor, currency), lineId };
  }
  return null;
}

type Settled = Pick<Refund, 'creditMinor' | 'amountMinor'>;

/** Units may be worth nothing, or leave without money, and then their refund is a record; a refund of nothing at all is none. */
function moneyFault(life: Life, { creditMinor, amountMinor }: Settled, lines: readonly RefundedLine[]): Failure | null {
  const { refundableMinor, takenMinor } = balancesOf(life);
  const isInVain = creditMinor === 0 && lines.length === 0;
  if (takenMinor > 0 && (amountMinor > refundableMinor || isInVain))
    return tooMuchMoney('refund-too-large', refundableMinor, life.quote.currency);
  if (amountMinor === 0 && !isInVain && !life.isCanceled) return null;
  const action = amountMinor >= refundableMinor ? 'refund-rest' : 'refund-part';
  const payment = transition(paymentTable, paymentStateOf(life), action);
  return payment.ok ? null : { ...payment.refusal };
}

/**
 * What a refund credits, and what of that is paid out. Units and shipping first take off what nobody has paid for yet; an
 * amount beside them is paid out whole. What the shop keeps of their worth is not credited, so nothing pays it out later.
 */
function settledRefund(
  life: Life,
  { lines, otherMinor }: RefundCommand,
  worth: readonly RefundedLine[],
  shippingMinor: number,
): Settled {
  const { capturableMinor, outstandingMinor } = balancesOf(life);
  const worthMinor = sumOf(worth.map(({ grossMinor }) => grossMinor)) + shippingMinor;
  const asked = worth.map(
    ({ lineId, grossMinor }) => lines.find((one) => one.lineId === lineId)?.amountMinor ?? grossMinor,
  );
  const unpaidMinor = Math.min(worthMinor, capturableMinor + outstandingMinor);
  const backMinor = Math.min(worthMinor - unpaidMinor, sumOf(asked) + shippingMinor);
  return { creditMinor: unpaidMinor + backMinor + otherMinor, amountMinor: backMinor + otherMinor };
}

/** Whether units that are canceled are all there was to ship of an order of which no money was taken and nothing has left. */
function isWithdrawal(life: Life, canceled: readonly { readonly quantity: number }[]): boolean {
  if (canceled.length === 0 || life.fulfillments.length > 0 || paymentStateOf(life) !== 'authorized') return false;
  return unitsIn(canceled) === unitsIn(remainingLines(life));
}
