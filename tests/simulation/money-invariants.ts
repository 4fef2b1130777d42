/**
 * What must hold of money at rest: what the provider has is what the orders say, every refund is one of an order's, nothing
 * stays authorized that may not be taken, the ledger mirrors the provider and its books add up to zero.
 */

import { orderIdOfPayment } from '../../shared/values/payment-key.ts';
import { type Checkout, isTakenLater, orderIdOf, orderOf } from '../../workers/orders/domain/checkout/checkout.ts';
import { balancesOf } from '../../workers/orders/domain/order/balances.ts';
import { isRestUnneeded } from '../../workers/orders/domain/order/let-go.ts';
import type { Refund } from '../../workers/orders/domain/order/operation.ts';
import { providerMinorOf } from '../../workers/orders/domain/order/sources.ts';
import { disputesOf } from '../../workers/payments/domain/disputes.ts';
import type { Movement } from '../../workers/payments/domain/ledger.ts';
import { type Intent, openOf } from '../../workers/sandbox/domain/intent.ts';
import { behaviourOf } from '../../workers/sandbox/domain/tokens.ts';
import type { Shop } from './shop.ts';

type Checkouts = ReadonlyMap<string, Checkout>;

export function moneyViolations(shop: Shop, checkouts: Checkouts): string[] {
  const found: string[] = [];
  const owed = new Map([...checkouts.values()].flatMap(owedBy));
  const byOrderId = new Map([...checkouts].map(([checkoutId, checkout]) => [orderIdOf(checkoutId), checkout]));
  const intents = [...shop.bank.state.intents.values()];
  const { payments } = shop.payments.book;
  const names = new Set([...owed.keys(), ...payments.keys(), ...intents.map(keyOf)]);
  for (const paymentKey of names) {
    const some = intents.filter((intent) => keyOf(intent) === paymentKey);
    const payment = payments.get(paymentKey);
    const manual = payment?.provider === 'manual' ? payment.capturedMinor - payment.refundedMinor : 0;
    const gotMinor = manual + some.reduce((sum, one) => sum + one.capturedMinor - one.refundedMinor, 0);
    const owedMinor = owed.get(paymentKey) ?? 0;
    if (gotMinor !== owedMinor) found.push(`I1 ${paymentKey}: ${gotMinor} taken, ${owedMinor} by the order's balances`);
    const checkout = byOrderId.get(orderIdOfPayment(paymentKey));
    found.push(...captureViolations(paymentKey, checkout, some), ...refundViolations(shop, paymentKey, checkout, some));
  }
  return [...found, ...bookViolations(shop, intents)];
}

/** As the shop names the payment of an intent. */
const keyOf = ({ paymentKey, orderId }: Intent): string => paymentKey ?? orderId ?? '';

/** What the shop keeps of a payer's money by the order's own account: of its payment, and of what was received later. */
function owedBy(checkout: Checkout): [paymentKey: string, keptMinor: number][] {
  const order = orderOf(checkout);
  if (order === null || checkout.phase !== 'completed') return [];
  const orderId = orderIdOf(checkout.details.checkoutId);
  const parts = order.refunds.flatMap((refund) => refund.parts);
  const backMinor = (wanted: string | null) =>
    parts.reduce((sum, { to, key, amountMinor }) => (to !== 'card' && key === wanted ? sum + amountMinor : sum), 0);
  return [
    [checkout.payment.key, order.capturedMinor - backMinor(null)],
    ...order.received.map(({ id, amountMinor }): [string, number] => [`${orderId}.${id}`, amountMinor - backMinor(id)]),
  ];
}

/** I4: an authorization is left only where more of the money of a living order may be needed, and there it is left. */
function captureViolations(paymentKey: string, checkout: Checkout | undefined, intents: readonly Intent[]): string[] {
  const found: string[] = [];
  const order = checkout === undefined ? null : orderOf(checkout);
  const isByHand = checkout?.phase === 'completed' && isTakenLater(checkout);
  const isLeft = order !== null && order.authorizedMinor > order.capturedMinor;
  const isOfTheOrder = checkout?.phase === 'completed' && checkout.payment.key === paymentKey;
  const isOpen = isLeft && isByHand && isOfTheOrder && !order.isCanceled && !isRestUnneeded(order);
  for (const { id, status } of intents)
    if (status === 'requires_action' || (status === 'requires_capture' && !isOpen))
      found.push(`I4 the payment ${id} of ${paymentKey} is left in ${status}`);
  if (order === null || checkout?.phase !== 'completed' || !isOfTheOrder) return found;
  const expected = isByHand ? 0 : checkout.details.quote.dueMinor;
  if (checkout.capturedMinor !== expected)
    found.push(`I1 ${paymentKey} began with ${checkout.capturedMinor} of ${expected}`);
  const { capturableMinor } = balancesOf(order);
  const openMinor = intents.reduce((sum, intent) => sum + openOf(intent), 0);
  // Of a capture that was declined, the provider keeps no authorization; the order does not hear of that.
  const isDeclining = intents.some(({ paymentMethod }) => behaviourOf(paymentMethod).capture === 'decline');
  if (checkout.payment.provider !== 'manual' && openMinor < capturableMinor && !isDeclining)
    found.push(`I1 ${paymentKey} counts on ${capturableMinor}, of which ${openMinor} can be taken`);
  return found;
}

/** Goods are committed before money is taken, so money only ever goes back because a merchant says so. */
function refundViolations(
  shop: Shop,
  paymentKey: string,
  checkout: Checkout | undefined,
  intents: readonly Intent[],
): string[] {
  const found: string[] = [];
  const refunds = checkout === undefined ? [] : (orderOf(checkout)?.refunds ?? []);
  for (const { id, isPending } of refunds)
    if (isPending) found.push(`I7 the refund ${id} of ${paymentKey} stays pending`);
  const atBank = intents
    .flatMap((intent) => intent.refunds)
    .filter(({ status }) => status !== 'failed')
    .map(({ refundKey, amountMinor }) => ({ key: refundKey, amountMinor }));
  const payment = shop.payments.book.payments.get(paymentKey);
  const byHand = (payment?.provider === 'manual' ? payment.movements : [])
    .filter(({ type }) => type === 'refund')
    .map(({ ref, amountMinor }) => ({ key: ref, amountMinor }));
  const made = [...atBank, ...byHand];
  for (const { key, amountMinor } of made)
    if (!refunds.some((one) => one.key === key && partOf(one, paymentKey, checkout) === amountMinor))
      found.push(`I1 ${amountMinor} of ${paymentKey} were taken for nothing and given back as ${key}`);
  const keys = made.map(({ key }) => key);
  if (new Set(keys).size !== keys.length) found.push(`I1 a refund of ${paymentKey} was made twice`);
  return found;
}

/** What of a refund goes back to one payment of its order. */
function partOf(refund: Refund, paymentKey: string, checkout: Checkout | undefined): number {
  if (checkout?.phase === 'completed' && checkout.payment.key === paymentKey) return providerMinorOf(refund);
  const [, receivedId] = paymentKey.split('.');
  return refund.parts.find(({ to, key }) => to === 'received' && key === receivedId)?.amountMinor ?? 0;
}

/** I9: the ledger mirrors the provider, and its books add up. */
function bookViolations(shop: Shop, intents: readonly Intent[]): string[] {
  const found: string[] = [];
  const { payments, transactions } = shop.payments.book;
  for (const { id, entries } of transactions)
    if (entries.reduce((sum, entry) => sum + entry.amountMinor, 0) !== 0)
      found.push(`I9 ${id} does not add up to zero`);
  const ids = transactions.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push('I9 a booking was made twice');
  for (const { paymentKey, provider, providerRef, capturedMinor, refundedMinor, movements } of payments.values()) {
    const booked = transactions
      .filter(({ id }) => id.startsWith(`${paymentKey}/`))
      .flatMap(({ entries }) => entries)
      .filter(({ account }) => account === 'sales-clearing')
      .reduce((sum, entry) => sum - entry.amountMinor, 0);
    if (booked !== capturedMinor - refundedMinor) found.push(`I9 the books of ${paymentKey} say ${booked}`);
    const intent = intents.find(({ id }) => id === providerRef);
    if (provider === 'manual' || intent === undefined) continue;
    found.push(...disputeViolations(paymentKey, movements, intent));
    if (intent.capturedMinor !== capturedMinor || intent.refundedMinor !== refundedMinor)
      found.push(
        `I9 the ledger of ${paymentKey} has ${capturedMinor} less ${refundedMinor}, the provider ` +
          `${intent.capturedMinor} less ${intent.refundedMinor}`,
      );
  }
  return found;
}

/** Every webhook of a dispute may be lost, so the ledger may know less than the provider: but nothing else, and no end of its own. */
function disputeViolations(paymentKey: string, movements: readonly Movement[], { disputes }: Intent): string[] {
  const ends = { won: 'won', lost: 'lost', needs_response: 'open', under_review: 'open' } as const;
  return disputesOf({ currency: 'EUR', stepMinor: 1, movements }).flatMap(({ ref, status, amountMinor }) => {
    const dispute = disputes.find(({ id }) => id === ref);
    const isRight = dispute?.amountMinor === amountMinor && (status === 'open' || status === ends[dispute.status]);
    return isRight ? [] : [`I9 the dispute ${ref} of ${paymentKey} is ${status}, at the provider ${dispute?.status}`];
  });
}
