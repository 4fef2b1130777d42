/** Taking and giving back the money of an order: captures, what was received, the parts of refunds, and the cancellation that ends all. */
import { accept, type Result, refuse } from '../../../../shared/values/result.ts';
import type { Failure } from '../checkout/checkout.ts';
import { balancesOf, fulfillmentStateOf, orderStateOf, paymentStateOf } from './balances.ts';
import { tooMuchMoney } from './faults.ts';
import { type Effect, idOf, keyOf, type Numbering, type OperationDraft, type Refund } from './operation.ts';
import type { Life } from './order.ts';
import { refundEffects, splitRefund } from './sources.ts';
import { fulfillmentTable, orderTable, paymentTable, transition } from './states.ts';
import { byHoldKey } from './stock.ts';

export interface CaptureCommand {
  readonly type: 'capture';
  /** Null takes all that may be taken. */
  readonly amountMinor: number | null;
}

/** Money that the merchant has received by a way of its own. */
export interface CollectCommand {
  readonly type: 'collect';
  readonly amountMinor: number;
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

/** Books what was received of what the payer owes beyond what is authorized, and no more than that. */
export function decideCollect(
  life: Life,
  { amountMinor, note }: CollectCommand,
  numbering: Numbering,
): Result<OperationDraft, Failure> {
  const order = transition(orderTable, orderStateOf(life), 'collect');
  if (!order.ok) return refuse<Failure>({ ...order.refusal });
  const { outstandingMinor } = balancesOf(life);
  if (amountMinor > outstandingMinor)
    return refuse<Failure>(tooMuchMoney('payment-too-large', outstandingMinor, life.quote.currency));
  const received = { id: idOf('pay', numbering.number), amountMinor, note, at: numbering.now };
  const effects: readonly Effect[] = [{ do: 'collect', paymentId: received.id, amountMinor }];
  return accept({ kind: 'collect', effects, change: { received } });
}

/** Cancels an order of which nothing has left: its money, what its promotions used, and its stock are given back. */
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
  const facts = { amountMinor: refundableMinor, creditMinor: refundableMinor, lines: [], shippingMinor: 0, note };
  const refund = refundableMinor === 0 ? null : newRefund('cancel', life, numbering, facts);
  if (refund !== null) effects.push(...refundEffects(refund, numbering));
  if (authorizedMinor > capturedMinor) effects.push({ do: 'void' });
  if (life.uses.length > 0) effects.push({ do: 'give-back', allowances: life.uses });
  effects.push(...releases(life.commitments, numbering));
  const change = { isCancellation: true as const, ...(refund === null ? {} : { refund }) };
  return accept({ kind: 'cancel', effects, change });
}

/** Why goods stay here: disputes have taken all the money that was left. Null when they have not. */
export function lostToDispute(life: Life): Failure | null {
  const { chargedBackMinor, refundableMinor } = balancesOf(life);
  if (chargedBackMinor === 0 || refundableMinor > 0) return null;
  const { disputes = [] } = life.elsewhere;
  const isLost = disputes.length > 0 && disputes.every(({ status }) => status === 'lost');
  const detail = isLost
    ? 'The payer has won a dispute over the payment and none of its money is left: nothing ships.'
    : 'The payer disputes the payment and none of its money is left: nothing ships until the dispute is won.';
  const state = isLost ? 'lost-to-dispute' : 'disputed';
  const isCancelable = transition(fulfillmentTable, fulfillmentStateOf(life), 'cancel').ok;
  const allowed = isCancelable ? ['cancel'] : ['edit', 'refund'];
  return { code: 'wrong-state', subject: 'payment', state, action: 'fulfill', allowed, detail };
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

/** A refund with where each part of it goes. The amount must be refundable. */
export function newRefund(
  cause: Refund['cause'],
  life: Life,
  numbering: Numbering,
  facts: RefundFacts,
  returnId: string | null = null,
): Refund {
  const { number, now: at } = numbering;
  const parts = splitRefund(life, facts.amountMinor);
  const names = { id: idOf('rfd', number), key: keyOf(numbering, 'r'), cause, returnId };
  return { ...names, ...facts, parts, isPending: false, at };
}

export function refundDraft(refund: Refund, numbering: Numbering): OperationDraft {
  return { kind: 'refund', effects: refundEffects(refund, numbering), change: { refund } };
}
