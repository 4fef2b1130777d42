/**
 * What a merchant does with orders over HTTP, and the witnesses of money and goods: the order itself, the shop's own ledger,
 * the provider's books and the stockroom.
 */
import { OrderView } from '../../shared/contracts/orders/orders-http.ts';
import type { ReconciliationReport } from '../../shared/contracts/payments/http.ts';
import { type PaymentView, readPayment, reconcilePayments } from '../../shared/contracts/payments/http.ts';
import { causeSandboxIncident } from '../../shared/contracts/sandbox/http.ts';
import { type Answer, expectStatus, newKey, type Send } from './client.ts';
import { type Journey, stockOf, untilFinal } from './shopping.ts';

export const orderPath = (orderId: string, rest = ''): string => `/admin/v1/orders/${orderId}${rest}`;

/** Asks for something to be done with an order, and answers what was said. */
export function ask(journey: Journey, orderId: string, what: string, json: unknown, more: Send = {}): Promise<Answer> {
  const method = /^\/(?:returns|fulfillments)\/[^/]+$/.test(what) ? 'PATCH' : 'POST';
  return journey.admin(method, orderPath(orderId, what), json, more);
}

/** Does something with an order until it is done: a busy shop may say that it is still at it. */
export async function act(
  journey: Journey,
  status: 200 | 201,
  orderId: string,
  what: string,
  json: unknown,
  more: Send = {},
): Promise<OrderView> {
  const keyed = { idempotencyKey: newKey(), ...more };
  return expectStatus(await untilFinal(() => ask(journey, orderId, what, json, keyed)), status).as(OrderView);
}

export async function readOrder(journey: Journey, orderId: string): Promise<OrderView> {
  return expectStatus(await journey.admin('GET', orderPath(orderId)), 200).as(OrderView);
}

/** The payment of an order as the shop has it in its ledger. */
export async function paymentOf(journey: Journey, orderId: string): Promise<PaymentView> {
  return expectStatus(await journey.admin('GET', `/admin/v1/payments/${orderId}`), 200).as(readPayment.answer);
}

/** Captured, refunded, charged back and still held, in minor units, as the shop's ledger has them. */
export async function booksOf(journey: Journey, orderId: string) {
  const { captured, refunded, chargedBack, held, openAuthorization, ledger } = await paymentOf(journey, orderId);
  return {
    captured: captured?.amount,
    refunded: refunded?.amount,
    chargedBack: chargedBack?.amount,
    held: held?.amount,
    open: openAuthorization?.amount,
    /** Debits and credits, which cancel out. */
    sum: ledger.reduce((sum, { amount }) => sum + amount.amount, 0),
  };
}

/** Makes something happen to a payment at the provider. */
export async function incident(
  journey: Journey,
  orderId: string,
  kind:
    | 'dispute'
    | 'dispute-review'
    | 'dispute-won'
    | 'dispute-lost'
    | 'refund'
    | 'refund-paid'
    | 'refund-failed'
    | 'cancel',
  amount?: number,
): Promise<void> {
  const json = { orderId, kind, ...(amount === undefined ? {} : { amount }) };
  expectStatus(await journey.send('POST', '/sandbox/incidents', { json }), 200).as(causeSandboxIncident.answer);
}

/** Compares all payments with their provider, step by step until the run is over. */
export async function reconcile(journey: Journey): Promise<ReconciliationReport> {
  for (let step = 0; step < 100; step += 1) {
    const answer = await journey.admin('POST', '/admin/v1/payments/reconciliation');
    const report = expectStatus(answer, 200).as(reconcilePayments.answer);
    if (report.finishedAt !== null) return report;
  }
  throw new Error('The comparison of payments came to no end');
}

/** Puts so much of a SKU at another location. */
export async function putAt(journey: Journey, sku: string, locationId: string, quantity: number): Promise<void> {
  const json = { delta: quantity, locationId, reason: 'Opening' };
  expectStatus(await journey.admin('POST', `/admin/v1/inventory/${sku}/adjustments`, json), 200);
}

/** On hand and committed by location. */
export async function levelsAt(journey: Journey, sku: string): Promise<Record<string, readonly [number, number]>> {
  const { locations } = await stockOf(journey, sku);
  return Object.fromEntries(locations.map(({ locationId, onHand, committed }) => [locationId, [onHand, committed]]));
}
