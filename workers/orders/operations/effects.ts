/**
 * The effects of operations on orders as one table: what each does, what takes it back, and what a plan may count on. Every
 * effect has its own key, so repeating one is safe. None throws: when a neighbour does not answer, the outcome is unknown.
 */

import type { MovementRefusal } from '../../../shared/contracts/inventory/api.ts';
import type { PaymentOutcome, RefundOutcome } from '../../../shared/contracts/payments/api.ts';
import { partsOfAllowance, type SpentRefusal } from '../../../shared/contracts/pricing/allowances.ts';
import { money, moneyText } from '../../../shared/values/money.ts';
import { minuteMs } from '../../../shared/values/time.ts';
import { orderIdOf } from '../domain/checkout/checkout.ts';
import type { Payment } from '../domain/checkout/payments.ts';
import { orderStateOf } from '../domain/order/balances.ts';
import type { Effect, EffectName, Shipment } from '../domain/order/operation.ts';
import type { Order } from '../domain/order/order.ts';
import type { Outcome, Traits } from '../domain/plan.ts';
import type { OrderRefusal } from '../domain/refusal.ts';
import { paymentDeclined, refundDeclined } from '../service/declines.ts';
import type { OperationNeighbors } from '../service/neighbors.ts';
import { attempt, done, holdRefused, refused, unknown } from '../service/outcomes.ts';

export interface OperationContext {
  readonly checkoutId: string;
  /** The key under which codes and cards were used. */
  readonly allowanceKey: string;
  readonly payment: Payment;
  readonly order: Order;
}

type EffectOutcome = Outcome | { readonly kind: 'done'; readonly isRefundPending: true };

/** What one effect acts on. */
interface Call {
  readonly context: OperationContext;
  readonly neighbors: OperationNeighbors;
  readonly now: number;
}

/** One effect: what it does, what takes it back, and what a plan may count on. */
interface EffectRow<Kind extends Effect> {
  run(effect: Kind, call: Call): Promise<EffectOutcome>;
  /** Works whether or not there is anything to take back. */
  undo?(effect: Kind, call: Call): Promise<Outcome>;
  /** False: nothing takes it back, so it is planned after everything that may be refused. */
  readonly isReversible: boolean;
  /** `cleanly`: a refusal promises that nothing was done. `no`: it is done, or tried again. */
  readonly mayRefuse: 'no' | 'cleanly' | 'half-way';
}

/** Stock that an edit adds is held this long: it is committed at once, or after a crash, by the next alarm. */
const holdMs = 15 * minuteMs;

type EffectOf<Name extends EffectName> = { [One in Name]: Extract<Effect, { do: One }> & { readonly do: One } }[Name];

const effects: { readonly [Name in EffectName]: EffectRow<EffectOf<Name>> } = {
  hold: {
    isReversible: true,
    mayRefuse: 'cleanly',
    run: async ({ holdKey: key, needs }, { context: { order }, neighbors: { inventory }, now }) => {
      const held = await inventory.hold({ key, needs, until: now + holdMs, now });
      const lines = grownLines(order);
      return held.ok ? done : refused(holdRefused(held.refusal, { lines }));
    },
    undo: async ({ holdKey: key, needs }, { neighbors: { inventory }, now }) => {
      await inventory.undoHolds({ key, stockUnitIds: needs.map(({ stockUnitId }) => stockUnitId), now });
      return done;
    },
  },
  // Taken back by the undo of its hold.
  commit: {
    isReversible: true,
    mayRefuse: 'half-way',
    run: async ({ holdKey: key, stockUnitIds }, { neighbors: { inventory }, now }) => {
      const committed = await inventory.commitHolds({ key, stockUnitIds, now });
      return committed.ok ? done : refused({ code: 'hold-closed', detail: 'The goods were held too long.' });
    },
  },
  ship: {
    isReversible: true,
    mayRefuse: 'half-way',
    run: async ({ holdKey: key, fulfillmentKey, items }, { context, neighbors: { inventory }, now }) => {
      const shipped = await inventory.ship({ key, fulfillmentKey, items, now });
      return shipped.ok ? done : refused(movementRefused(shipped.refusal, context.order));
    },
    undo: unship,
  },
  unship: {
    isReversible: false,
    mayRefuse: 'no',
    run: unship,
  },
  release: {
    isReversible: false,
    mayRefuse: 'no',
    run: async ({ holdKey: key, releaseKey, items }, { neighbors: { inventory }, now }) => {
      const released = await inventory.releaseCommitted({ key, releaseKey, items, now });
      return released.ok ? done : unknown(`stock could not be given back: ${released.refusal.code}`);
    },
  },
  restock: {
    isReversible: false,
    mayRefuse: 'cleanly',
    run: async ({ restockKey, items }, { context, neighbors: { inventory }, now }) => {
      const restocked = await inventory.restock({ restockKey, items, now });
      return restocked.ok ? done : refused(movementRefused(restocked.refusal, context.order));
    },
  },
  // Nothing takes it back either, but a refund gives back what it took.
  capture: {
    isReversible: true,
    mayRefuse: 'cleanly',
    run: async ({ captureKey, amountMinor }, call) => {
      const { authorizedMinor, quote } = call.context.order;
      const { currency } = quote;
      const request = { ...paymentOf(call), captureKey, amountMinor, currency, authorizedMinor };
      return captureOutcome(await call.neighbors.payments.capture(request), currency);
    },
  },
  refund: {
    isReversible: false,
    mayRefuse: 'cleanly',
    run: async ({ refundKey, amountMinor }, call) => {
      const { currency } = call.context.order.quote;
      const request = { ...paymentOf(call), refundKey, amountMinor, currency };
      return refundOutcome(await call.neighbors.payments.refund(request), currency);
    },
  },
  collect: {
    isReversible: false,
    mayRefuse: 'cleanly',
    run: async ({ paymentId, amountMinor }, call) => {
      const { currency } = call.context.order.quote;
      const request = { ...receivedPaymentOf(call, paymentId), amountMinor, currency };
      return captureOutcome(await call.neighbors.payments.capture(request), currency);
    },
  },
  repay: {
    isReversible: false,
    mayRefuse: 'no',
    run: async ({ paymentId, refundKey, amountMinor }, call) => {
      const { currency } = call.context.order.quote;
      const request = { ...receivedPaymentOf(call, paymentId), refundKey, amountMinor, currency };
      const { status } = await call.neighbors.payments.refund(request);
      return status === 'refunded' ? done : unknown(`what was received could not be given back: ${status}`);
    },
  },
  'void-cards': {
    isReversible: true,
    mayRefuse: 'cleanly',
    run: async ({ voidKey, units }, { context: { checkoutId, order }, neighbors: { allowances }, now }) => {
      const voided = await allowances.voidSoldCards({ voidKey, orderId: orderIdOf(checkoutId), units, now });
      return voided.ok ? done : refused(cardsSpent(voided.refusal, order));
    },
    undo: async ({ voidKey }, { context: { order }, neighbors: { allowances }, now }) => {
      await allowances.restoreSoldCards({ voidKey, isPaid: orderStateOf(order) === 'paid', now });
      return done;
    },
  },
  credit: { isReversible: false, mayRefuse: 'no', run: creditCard },
  'give-back': {
    isReversible: false,
    mayRefuse: 'no',
    run: async ({ allowances: names }, { context: { allowanceKey: key }, neighbors: { allowances }, now }) => {
      await allowances.releaseAllowances({ key, allowances: names, now });
      return done;
    },
  },
  'let-go': {
    isReversible: false,
    mayRefuse: 'no',
    run: async (_, call) => {
      const released = await call.neighbors.payments.letGo(paymentOf(call));
      return released.status === 'released' ? done : unknown(`an authorization is still there: ${released.reason}`);
    },
  },
  void: {
    isReversible: false,
    mayRefuse: 'no',
    run: async (_, call) => {
      const { status } = await call.neighbors.payments.void(paymentOf(call));
      return status === 'voided' ? done : unknown(`the payment is ${status} and not yet voided`);
    },
  },
};

export function isReversible(effect: Effect): boolean {
  return effects[effect.do].isReversible;
}

export function mayRefuse(effect: Effect): boolean {
  return effects[effect.do].mayRefuse !== 'no';
}

/** An unknown outcome is asked for again, under the same key. */
export function traitsOf(effect: Effect): Traits {
  return effects[effect.do].mayRefuse === 'cleanly' ? { isCleanWhenRefused: true } : {};
}

export function runEffect<Name extends EffectName>(effect: EffectOf<Name>, call: Call): Promise<EffectOutcome> {
  return attempt<EffectOutcome>(() => effects[effect.do].run(effect, call));
}

/** Takes back what an effect may have done. What is irreversible is planned last, so there is never a need. */
export function undoEffect<Name extends EffectName>(effect: EffectOf<Name>, call: Call): Promise<Outcome> {
  return attempt(async () => (await effects[effect.do].undo?.(effect, call)) ?? done);
}

async function unship(
  { holdKey: key, fulfillmentKey, items }: Shipment,
  { neighbors: { inventory }, now }: Call,
): Promise<Outcome> {
  const stockUnitIds = [...new Set(items.map(({ stockUnitId }) => stockUnitId))];
  const back = await inventory.unship({ key, fulfillmentKey, stockUnitIds, now });
  return back.ok ? done : unknown(`a shipment could not be taken back: ${back.refusal.code}`);
}

/** The payment of the checkout. */
function paymentOf({ context: { payment }, now }: Call) {
  return { paymentKey: payment.key, provider: payment.provider, now };
}

/** A payment of its own beside that of the checkout: money that came by hand, and goes back like it. */
function receivedPaymentOf({ context: { checkoutId }, now }: Call, paymentId: string) {
  return { paymentKey: `${orderIdOf(checkoutId)}.${paymentId}`, provider: 'manual', now } as const;
}

/** The money is owed, so a card that does not take it keeps the operation open. */
async function creditCard(
  { card, creditKey, amountMinor }: Extract<Effect, { do: 'credit' }>,
  { context: { checkoutId, order }, neighbors: { allowances }, now }: Call,
): Promise<Outcome> {
  const request = { creditKey, amountMinor, reason: `Refund of ${orderIdOf(checkoutId)}`, now };
  const { kind, ids } = partsOfAllowance(card);
  const [id = ''] = ids;
  const credited =
    kind === 'gift'
      ? await allowances.creditGiftCard({ ...request, cardId: id })
      : await allowances.creditStoreCredit({ ...request, customerId: id, currency: order.quote.currency });
  return credited.ok ? done : unknown(`a card could not be paid back: ${credited.refusal.code}`);
}

function cardsSpent({ code, lineId, maxMinor }: SpentRefusal, { quote: { currency } }: Order): OrderRefusal {
  const max = money(maxMinor, currency);
  const detail = `Of the gift cards of these units ${moneyText(max)} are left, and what was spent is not paid back: refund at most that for the line.`;
  return { code, detail, lineId, max };
}

function captureOutcome(outcome: PaymentOutcome, currency: Order['quote']['currency']): Outcome {
  switch (outcome.status) {
    case 'captured':
      return done;
    case 'declined': {
      const { reason, maxMinor } = outcome;
      return refused(paymentDeclined(reason, maxMinor === undefined ? undefined : money(maxMinor, currency)));
    }
    case 'voided':
    case 'absent':
      return refused({ code: 'payment-failed', detail: 'Nothing of the payment can be taken any more.' });
    case 'unknown':
      return unknown(outcome.reason);
    default:
      return unknown(`the payment is ${outcome.status} and not yet captured`);
  }
}

export function refundOutcome(outcome: RefundOutcome, currency: Order['quote']['currency']): EffectOutcome {
  switch (outcome.status) {
    case 'refunded':
      return done;
    case 'pending':
      return { kind: 'done', isRefundPending: true };
    case 'declined':
      return refused(refundDeclined(outcome.reason, money(outcome.maxMinor, currency)));
    case 'unknown':
      return unknown(outcome.reason);
  }
}

/** What an edit adds, line by line: that alone is held. */
function grownLines({ lines, running }: Order): Order['lines'] {
  return (running?.change.edit?.lines ?? []).flatMap((line) => {
    const before = lines.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0;
    return line.quantity > before ? [{ ...line, quantity: line.quantity - before }] : [];
  });
}

/** Says which line is meant by its SKU: stock units mean nothing to a merchant. */
function movementRefused(refusal: MovementRefusal, order: Order): OrderRefusal {
  if (!('stockUnitId' in refusal)) return { ...refusal };
  const { stockUnitId } = refusal;
  const { fulfillment, receipt } = order.running?.change ?? {};
  const moving = (fulfillment ?? receipt)?.lines ?? order.lines;
  // A component of a bundle may be in a line of its own that does not move.
  const line = order.lines
    .filter(({ lineId }) => moving.some((one) => one.lineId === lineId))
    .find(({ variant }) => variant.stockNeeds.some((need) => need.stockUnitId === stockUnitId));
  const sku = line?.variant.sku ?? null;
  const said =
    refusal.code === 'insufficient-stock'
      ? { detail: `${refusal.requested} of ${sku} are to leave ${refusal.locationId}, which has ${refusal.available}.` }
      : {};
  return { ...refusal, ...said, sku, lineId: line?.lineId ?? null };
}
