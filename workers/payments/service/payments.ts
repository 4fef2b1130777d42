/**
 * The use cases of payments: what the orders Worker asks of a provider, and what providers tell by webhook. A call that
 * fails on the way is answered `unknown`: whether money moved is then for `lookup` to find out.
 */
import type {
  AuthorizeRequest,
  CaptureRequest,
  PaymentOutcome,
  PaymentReference,
  PaymentsApi,
} from '../../../shared/contracts/payments/api.ts';
import { type Envelope, envelope } from '../../../shared/events/envelope.ts';
import { PaymentUpdated } from '../../../shared/events/payments.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { toTimestamp } from '../../../shared/values/time.ts';
import { balancesOf } from '../domain/ledger.ts';
import { ledgerOf, type Payment, type PaymentReport, type Recorded } from '../domain/payment.ts';
import { recordReport } from '../domain/reports.ts';
import type { Observation, PaymentProvider } from '../providers/provider.ts';
import type { ProviderEvent } from '../providers/stripe-webhooks.ts';
import { type Change, type LedgerEntry, listPayments, readPayment } from '../store/payments.ts';

export function paymentsPage(
  { db }: { readonly db: D1Database },
  filter: Parameters<typeof listPayments>[1],
  limit: number,
): Promise<Payment[]> {
  return listPayments(db, filter, limit);
}

/** A payment with its bookings, for people. */
export function showPayment(
  { db }: { readonly db: D1Database },
  paymentKey: string,
): Promise<{ readonly payment: Payment; readonly entries: LedgerEntry[] } | null> {
  return readPayment(db, paymentKey);
}

export class PaymentsUseCases implements PaymentsApi {
  readonly #providerOf: (name: string) => PaymentProvider;

  constructor(providerOf: (name: string) => PaymentProvider) {
    this.#providerOf = providerOf;
  }

  authorize(request: AuthorizeRequest): Promise<PaymentOutcome> {
    return answered('authorize', () => this.#providerOf(request.provider).authorize(request));
  }

  lookup(reference: PaymentReference): Promise<PaymentOutcome> {
    return answered('look up', () => this.#providerOf(reference.provider).lookup(reference));
  }

  capture(request: CaptureRequest): Promise<PaymentOutcome> {
    return answered('capture', () => this.#providerOf(request.provider).capture(request));
  }

  void(reference: PaymentReference): Promise<PaymentOutcome> {
    return answered('void', () => this.#providerOf(reference.provider).void(reference));
  }
}

/** A lost database or a defect on the way leaves the outcome open, so that is what the caller is told. */
async function answered(verb: string, call: () => Promise<PaymentOutcome>): Promise<PaymentOutcome> {
  try {
    return await call();
  } catch (error) {
    reportDefect(`could not ${verb} a payment`, error);
    return { status: 'unknown', reason: 'payments-failed' };
  }
}

/**
 * What a provider's event says about a payment: what is in it, or what the provider answers where the event only hints at a
 * change. Null when the provider does not answer: then it is to send the event again.
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

/** Takes a provider's event in: once, in any order, and told to the subscribers unless it is old news. */
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
  const told = recorded.news === 'moved' ? recorded : restated(recorded, now);
  return { recorded: told, events: [updateOf(told.payment, eventId, now)].filter((event) => event !== null) };
}

/**
 * A webhook that says what we know is told all the same: what we know may have come as an answer that never reached its
 * caller. The new version gives its event a place in the sequence.
 */
function restated({ payment, ...rest }: Recorded, now: number): Recorded {
  return { ...rest, payment: { ...payment, updatedAt: now, version: payment.version + 1 } };
}

/** The event that tells how a payment stands; null while nothing is worth telling. */
export function updateOf(payment: Payment, eventId: string, now: number): Envelope | null {
  const { paymentKey, provider, status, currency, version } = payment;
  if (status === 'created' || currency === null) return null;
  const amountMinor = (status === 'captured' ? payment.capturedMinor : payment.amountMinor) ?? 0;
  const facts = { id: eventId, subject: paymentKey, sequence: version, time: toTimestamp(now) };
  const balances = balancesOf(ledgerOf(payment));
  const { capturedMinor, refundedMinor, chargedBackMinor, lostMinor, pendingMinor, openAuthorizationMinor } = balances;
  return envelope(PaymentUpdated, facts, {
    ...{
      paymentKey,
      provider,
      status,
      amountMinor,
      currency,
      capturedMinor,
      refundedMinor,
      chargedBackMinor,
      lostMinor,
    },
    ...{ pendingRefundMinor: pendingMinor.refund, openAuthorizationMinor },
  });
}
