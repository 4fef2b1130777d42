/**
 * The use cases of payments: what the orders Worker asks of a provider, and what providers tell by webhook. A call that
 * fails on the way is answered `unknown`: whether money moved is then for `lookup` to find out.
 */
import type {
  AuthorizeRequest,
  PaymentOutcome,
  PaymentReference,
  PaymentsApi,
} from '../../shared/contracts/payments.ts';
import { type Envelope, envelope } from '../../shared/events/envelope.ts';
import { PaymentUpdated } from '../../shared/events/payments.ts';
import { reportDefect } from '../../shared/messaging/d1.ts';
import type { Currency } from '../../shared/values/money.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { type Payment, type PaymentReport, type Recorded, recordReport } from './domain.ts';
import type { PaymentProvider } from './providers/provider.ts';
import type { ProviderEvent } from './providers/stripe-webhooks.ts';
import type { PaymentStore } from './store.ts';

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

  capture(
    request: PaymentReference & { readonly amountMinor: number; readonly currency: Currency },
  ): Promise<PaymentOutcome> {
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

/** Takes a provider's event in: once, in any order, and told to the subscribers unless it is old news. */
export async function receiveProviderEvent(
  { eventId, report }: ProviderEvent,
  context: { readonly store: PaymentStore; readonly armRelay: () => Promise<void>; readonly now: number },
): Promise<void> {
  // What is not about a payment of ours has no effect, so it may come as often as it likes.
  if (report === null) return;
  const { store, armRelay, now } = context;
  await armRelay();
  await store.receive(eventId, report.paymentKey, (known) => newsOf(known, report, eventId, now), now);
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

function updateOf(payment: Payment, eventId: string, now: number): Envelope | null {
  const { paymentKey, provider, status, currency, version } = payment;
  if (status === 'created' || currency === null) return null;
  const amountMinor = (status === 'captured' ? payment.capturedMinor : payment.amountMinor) ?? 0;
  const facts = { id: eventId, subject: paymentKey, sequence: version, time: toTimestamp(now) };
  return envelope(PaymentUpdated, facts, { paymentKey, provider, status, amountMinor, currency });
}
