/**
 * What merchants read of payments, and what providers report by webhook: each event is recorded once and published unless it
 * is old news.
 */

import { type Envelope, envelope } from '../../../shared/events/envelope.ts';
import { PaymentUpdated } from '../../../shared/events/payments.ts';
import { money } from '../../../shared/values/money.ts';
import { lastKeyOf, orderIdOfPayment } from '../../../shared/values/payment-key.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { balancesOf } from '../domain/ledger.ts';
import { ledgerOf, type Payment, type PaymentReport, type Recorded } from '../domain/payment.ts';
import { recordReport } from '../domain/reports.ts';
import type { Observation } from '../providers/provider.ts';
import type { ProviderEvent } from '../providers/stripe-webhooks.ts';
import { type Change, laterPayments, listPayments, readPayment } from '../store/payments.ts';

export function paymentsPage(
  { db }: { readonly db: D1Database },
  filter: Parameters<typeof listPayments>[1],
  limit: number,
): Promise<Payment[]> {
  return listPayments(db, filter, limit);
}

/** A payment with its bookings, for people. An order whose payment came to nothing may have been paid by another one since. */
export async function showPayment(
  { db }: { readonly db: D1Database },
  paymentOrOrderId: string,
): ReturnType<typeof readPayment> {
  const later = lastKeyOf(await laterPayments(db, paymentOrOrderId));
  return readPayment(db, later ?? paymentOrOrderId);
}

/**
 * What a provider's event says about a payment: its own report, or the provider's answer when the event only names a payment
 * that changed. Null when the provider does not answer: then it has to send the event again.
 */
export async function factsOf(
  event: ProviderEvent,
  observe: (providerRef: string) => Promise<Observation>,
): Promise<ProviderEvent | null> {
  if (event.hint === null) return event;
  const seen = await observe(event.hint);
  if (seen.kind === 'unknown') return null;
  return { ...event, report: seen.kind === 'known' ? seen.report : null };
}

/** What taking in a provider's event needs. */
export interface EventPorts {
  /** Applies an event unless it was applied before, in one commit. */
  applyEvent(eventId: string, paymentKey: string, decide: Change, now: number): Promise<void>;
  armRelay(): Promise<void>;
  now(): number;
}

/** Records a provider's event once, in whatever order events come, and publishes it unless it is old news. */
export async function receiveProviderEvent(
  { eventId, report }: Pick<ProviderEvent, 'eventId' | 'report'>,
  { applyEvent, armRelay, now: clock }: EventPorts,
): Promise<void> {
  // What is not about a payment of ours has no effect, so it may come as often as it likes.
  if (report === null) return;
  await armRelay();
  const now = clock();
  await applyEvent(eventId, report.paymentKey, (known) => newsOf(known, report, eventId, now), now);
}

function newsOf(known: Payment | null, report: PaymentReport, eventId: string, now: number) {
  const recorded = recordReport(known, report, now);
  if (recorded.news === 'late' || recorded.news === 'foreign') return null;
  const current = recorded.news === 'moved' ? recorded : restated(recorded, now);
  return { recorded: current, events: [updateOf(current.payment, eventId, now)].filter((event) => event !== null) };
}

/**
 * A webhook that repeats what is known is published all the same: the answer that taught it to us may never have reached the
 * caller. The new version gives its event a place in the sequence.
 */
function restated({ payment, ...rest }: Recorded, now: number): Recorded {
  return { ...rest, payment: { ...payment, updatedAt: now, version: payment.version + 1 } };
}

/** The event with the present state of a payment; null as long as there is nothing to publish. */
export function updateOf(payment: Payment, eventId: string, now: number): Envelope | null {
  const { paymentKey, provider, status, currency, version } = payment;
  if (status === 'created' || currency === null) return null;
  const facts = { id: eventId, subject: paymentKey, sequence: version, time: toTimestamp(now) };
  const balances = balancesOf(ledgerOf(payment));
  const amountOf = (amountMinor: number) => money(amountMinor, currency);
  return envelope(PaymentUpdated, facts, {
    paymentKey,
    orderId: orderIdOfPayment(paymentKey),
    provider,
    status,
    currency,
    amount: amountOf((status === 'captured' ? payment.capturedMinor : payment.amountMinor) ?? 0),
    captured: amountOf(balances.capturedMinor),
    refunded: amountOf(balances.refundedMinor),
    chargedBack: amountOf(balances.chargedBackMinor),
    lost: amountOf(balances.lostMinor),
    pendingRefund: amountOf(balances.pendingMinor.refund),
    openAuthorization: amountOf(balances.openAuthorizationMinor),
  });
}
