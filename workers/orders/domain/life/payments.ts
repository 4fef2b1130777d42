/** Taking and giving back the money of an order: captures, refunds, and the cancellation that ends both. */
import { sumOf } from '../../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { Failure } from '../order.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf, paymentStateOf } from './balances.ts';
import { repeatedLine, tooMuchMoney } from './faults.ts';
import type { Life } from './life.ts';
import { type Effect, idOf, keyOf, type Numbering, type OperationDraft, type Refund } from './operation.ts';
import { byHoldKey } from './stock.ts';
import { fulfillmentTable, orderTable, paymentTable, transition } from './tables.ts';
import { creditLines, refundableShippingMinorOf } from './worth.ts';

export interface CaptureCommand {
  readonly type: 'capture';
  /** Null takes all that may be taken. */
  readonly amountMinor: number | null;
}

export interface RefundCommand {
  readonly type: 'refund';
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
  /** `all`: whatever of the shipping was not refunded yet. */
  readonly shippingMinor: number | 'all';
  /** On top of lines and shipping, for whatever reason the merchant has. */
  readonly otherMinor: number;
  readonly note: string | null;
}

export interface CancelCommand {
  readonly type: 'cancel';
  readonly note: string | null;
}

export function decideCapture(
  life: Life,
  { amountMinor }: CaptureCommand,
  numbering: Numbering,
): Result<OperationDraft, Failure> {
  const { capturableMinor } = balancesOf(life);
  const wanted = amountMinor ?? capturableMinor;
  const isRest = wanted === capturableMinor;
  const allowed = transition(paymentTable, paymentStateOf(life), isRest ? 'capture-rest' : 'capture-part');
  if (!allowed.ok) return refuse<Failure>({ ...allowed.refusal });
  const order = transition(orderTable, orderStateOf(life), isRest ? 'pay' : 'capture');
  if (!order.ok) return refuse<Failure>({ ...order.refusal });
  if (wanted > capturableMinor)
    return refuse<Failure>(tooMuchMoney('capture-too-large', capturableMinor, life.quote.currency));
  const effects: readonly Effect[] = [{ do: 'capture', captureKey: keyOf(numbering, 'c'), amountMinor: wanted }];
  return accept({ kind: 'capture', effects, change: {} });
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
  const { currency } = life.quote;
  const shippingMaxMinor = refundableShippingMinorOf(life);
  const shippingMinor = command.shippingMinor === 'all' ? shippingMaxMinor : command.shippingMinor;
  if (shippingMinor > shippingMaxMinor)
    return refuse<Failure>(tooMuchMoney('refund-too-large', shippingMaxMinor, currency));
  const amountMinor = sumOf(lines.value.map(({ grossMinor }) => grossMinor)) + shippingMinor + command.otherMinor;
  const { refundableMinor } = balancesOf(life);
  const action = amountMinor >= refundableMinor ? 'refund-rest' : 'refund-part';
  const payment = transition(paymentTable, paymentStateOf(life), action);
  if (!payment.ok) return refuse<Failure>({ ...payment.refusal });
  // Units may be worth nothing, and then their refund is a record; a refund of nothing at all was asked for in vain.
  if (amountMinor > refundableMinor || (amountMinor === 0 && lines.value.length === 0))
    return refuse<Failure>(tooMuchMoney('refund-too-large', refundableMinor, currency));
  const { note } = command;
  const facts = { amountMinor, creditMinor: amountMinor, lines: lines.value, shippingMinor, note };
  return accept(refundDraft(newRefund('refund', numbering, facts), numbering));
}

/** Cancels an order of which nothing has left: its money and its stock are given back. */
export function decideCancel(
  life: Life,
  { note }: CancelCommand,
  numbering: Numbering,
): Result<OperationDraft, Failure> {
  const order = transition(orderTable, orderStateOf(life), 'cancel');
  if (!order.ok) return refuse<Failure>({ ...order.refusal });
  const state = transition(fulfillmentTable, fulfillmentStateOf(life), 'cancel');
  if (!state.ok) return refuse<Failure>({ ...state.refusal });
  const { refundableMinor, authorizedMinor, capturedMinor } = balancesOf(life);
  const effects: Effect[] = [];
  if (refundableMinor > 0) effects.push(refundEffect(numbering, refundableMinor));
  if (authorizedMinor > capturedMinor) effects.push({ do: 'void' });
  effects.push(...releases(life.commitments, numbering));
  const facts = { amountMinor: refundableMinor, creditMinor: refundableMinor, lines: [], shippingMinor: 0, note };
  const refund = refundableMinor === 0 ? {} : { refund: newRefund('cancel', numbering, facts) };
  return accept({ kind: 'cancel', effects, change: { isCancellation: true, ...refund } });
}

/** Gives back promised stock, one effect per promise. */
export function releases(commitments: Life['commitments'], numbering: Numbering): Effect[] {
  return [...byHoldKey(commitments)].map(([holdKey, items], index) => ({
    do: 'release',
    holdKey,
    releaseKey: keyOf(numbering, `g${index}-`),
    items: items.map(({ stockUnitId, quantity }) => ({ stockUnitId, quantity })),
  }));
}

type RefundFacts = Pick<Refund, 'amountMinor' | 'creditMinor' | 'lines' | 'shippingMinor' | 'note'>;

export function newRefund(
  cause: Refund['cause'],
  numbering: Numbering,
  facts: RefundFacts,
  returnId: string | null = null,
): Refund {
  const { number, now } = numbering;
  return { id: idOf('rfd', number), key: keyOf(numbering, 'r'), cause, ...facts, returnId, isPending: false, at: now };
}

export function refundEffect(numbering: Numbering, amountMinor: number): Effect {
  return { do: 'refund', refundKey: keyOf(numbering, 'r'), amountMinor };
}

export function refundDraft(refund: Refund, numbering: Numbering): OperationDraft {
  const { amountMinor } = refund;
  return {
    kind: 'refund',
    effects: amountMinor === 0 ? [] : [refundEffect(numbering, amountMinor)],
    change: { refund },
  };
}
