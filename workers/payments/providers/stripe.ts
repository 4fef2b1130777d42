/**
 * Payments through Stripe, and through the sandbox that plays it. The intent is created first, which moves no money and may
 * be repeated; only when the book has its id is it confirmed. So an intent that the book does not know was never confirmed,
 * and a tombstone in the book bars every confirmation that has yet to come.
 */
import type {
  AuthorizeRequest,
  CaptureRequest,
  PaymentOutcome,
  PaymentReference,
  ReleaseOutcome,
} from '../../../shared/contracts/payments/api.ts';
import { outcomeOf, type Payment } from '../domain/payment.ts';
import { lastCaptureRefusal, unpayable } from '../domain/requests.ts';
import type { PaymentBook, PaymentProvider } from './provider.ts';
import type { StripeAccount } from './stripe-client.ts';
import { type Attempt, attempt, attemptTwice, type StripeFailure, withoutToken } from './stripe-client.ts';
import { outcomeOfIntent, reportOfIntent, type StripeIntent } from './stripe-intent.ts';
import { capturePart, observe, refund, refundAll } from './stripe-money.ts';

export function stripeProvider(account: StripeAccount, book: PaymentBook): PaymentProvider {
  const steps = new StripeSteps(account, book);
  return {
    authorize: (request) => steps.authorize(request),
    lookup: (reference) => steps.lookup(reference),
    capture: (request) => steps.capture(request),
    void: (reference) => steps.void(reference),
    letGo: (reference) => steps.letGo(reference),
    stepMinorOf: account.units.stepMinorOf,
    // The book has a row before a confirmation begins.
    recallAuthorization: async () => {},
    capturePart: (order) => capturePart(account, order),
    refund: (order) => refund(account, order),
    observe: (providerRef) => observe(account, providerRef),
  };
}

class StripeSteps {
  readonly #account: StripeAccount;
  readonly #book: PaymentBook;

  constructor(account: StripeAccount, book: PaymentBook) {
    this.#account = account;
    this.#book = book;
  }

  get #intents() {
    return this.#account.client.paymentIntents;
  }

  async authorize(request: AuthorizeRequest): Promise<PaymentOutcome> {
    const { paymentKey, amountMinor, currency, now } = request;
    const refusal = unpayable(amountMinor, currency, this.#account.units.stepMinorOf(currency));
    if (refusal !== null) return declined({ reason: refusal.code });
    const created = await this.#create(request);
    if (!created.ok) {
      // Without an intent there is nothing to confirm, and under its key there never will be.
      if (created.kind === 'broken') return { status: 'absent' };
      return created.kind === 'unknown' || created.kind === 'reused' ? unknown(created) : declined(created);
    }
    const payment = await this.#book.open(this.#report(created.intent, paymentKey), now);
    if (payment.status === 'voided') {
      // Nothing can confirm it any more; cancelling only tidies up at the provider.
      if (payment.providerRef === null) await attempt(() => this.#intents.cancel(created.intent.id));
      return { status: 'voided' };
    }
    if (payment.providerRef !== created.intent.id) return unknown({ reason: 'another-payment-has-this-key' });
    if (payment.status === 'authorized' || payment.status === 'captured') return outcomeOf(payment);
    return this.#confirm(payment, created.intent.id, request);
  }

  #create({ paymentKey, orderId = paymentKey, amountMinor, currency }: AuthorizeRequest): Promise<Attempt> {
    return attemptTwice(() =>
      this.#intents.create(
        {
          amount: this.#account.units.toProvider(amountMinor, currency),
          currency: currency.toLowerCase(),
          capture_method: 'manual',
          allowed_payment_method_types: ['card'],
          metadata: orderId === paymentKey ? { orderId } : { orderId, paymentKey },
          ...(this.#account.hasMulticapture === true ? multicapture : {}),
        },
        { idempotencyKey: `${paymentKey}/create` },
      ),
    );
  }

  async #confirm(payment: Payment, intentId: string, request: AuthorizeRequest): Promise<PaymentOutcome> {
    const returnUrl = request.returnUrl ?? this.#account.returnUrl;
    const answered = await attemptTwice(() =>
      this.#intents.confirm(
        intentId,
        {
          ...(request.token === null ? {} : { payment_method: request.token }),
          ...(returnUrl === null ? {} : { return_url: returnUrl }),
        },
        { idempotencyKey: `${request.paymentKey}/confirm` },
      ),
    );
    const confirmed = withoutToken(answered, request.token);
    if (confirmed.ok) return this.#settle(payment, confirmed.intent, request.now);
    if (confirmed.kind === 'unknown' || confirmed.kind === 'barred') return unknown(confirmed);
    const intent = await this.#intentBehind(confirmed, intentId);
    if (intent === null) return confirmed.kind === 'refused' ? declined(confirmed) : unknown(confirmed);
    const outcome = await this.#settle(payment, intent, request.now);
    return outcome.status === 'absent' && confirmed.kind !== 'broken' ? declined(confirmed) : outcome;
  }

  async lookup({ paymentKey, now }: PaymentReference): Promise<PaymentOutcome> {
    const payment = await this.#book.find(paymentKey);
    if (payment === null) return { status: 'absent' };
    const intentId = payment.providerRef;
    if (intentId === null || payment.status === 'voided') return outcomeOf(payment);
    const retrieved = await this.#retrieve(intentId);
    return retrieved.ok ? this.#settle(payment, retrieved.intent, now) : unknown(retrieved);
  }

  async capture(request: CaptureRequest): Promise<PaymentOutcome> {
    const { paymentKey, amountMinor, currency, now } = request;
    const payment = await this.#book.find(paymentKey);
    const intentId = payment?.providerRef ?? null;
    if (payment === null || intentId === null) return { status: 'declined', reason: 'payment_absent' };
    if (payment.status === 'captured') return outcomeOf(payment);
    if (payment.status === 'voided') return { status: 'declined', reason: 'payment_voided' };
    const refusal = this.#refusalOf(payment, request);
    if (refusal !== null) return refusal;
    const captured = await attempt(() =>
      this.#intents.capture(
        intentId,
        { amount_to_capture: this.#account.units.toProvider(amountMinor, currency) },
        { idempotencyKey: `${paymentKey}/capture` },
      ),
    );
    if (captured.ok) return this.#settle(payment, captured.intent, now);
    if (captured.kind !== 'refused') return unknown(captured);
    const intent = await this.#intentBehind(captured, intentId);
    if (intent === null) return unknown(captured);
    const outcome = await this.#settle(payment, intent, now);
    return outcome.status === 'captured' || outcome.status === 'unknown' ? outcome : declined(captured);
  }

  async void({ paymentKey, now }: PaymentReference): Promise<PaymentOutcome> {
    const payment = await this.#book.close(paymentKey, this.#account.provider, now);
    if (payment.status === 'voided') return { status: 'voided' };
    const ended = await this.#cancel(payment);
    if (!ended.ok) return unknown(ended);
    const { intent } = ended;
    if (!isOver(intent) || intent.amount_received === 0) return this.#settleVoid(payment, intent, now);
    return this.#giveBack(payment, intent, now);
  }

  /** A canceled intent of which something was captured has succeeded with that. */
  async letGo({ paymentKey, now }: PaymentReference): Promise<ReleaseOutcome> {
    const payment = await this.#book.close(paymentKey, this.#account.provider, now);
    if (payment.status === 'voided' || payment.status === 'captured') return { status: 'released' };
    const ended = await this.#cancel(payment);
    if (!ended.ok) return { status: 'unknown', reason: ended.reason };
    if (!isOver(ended.intent)) return { status: 'unknown', reason: `the-intent-is-${ended.intent.status}` };
    await this.#settle(payment, ended.intent, now);
    return { status: 'released' };
  }

  /** Cancels the intent, and answers it as it is then: also one that was over before. */
  async #cancel({ providerRef: intentId }: Payment): Promise<Ended> {
    if (intentId === null) return { ok: false, reason: 'payment-without-reference' };
    const canceled = await attempt(() => this.#intents.cancel(intentId));
    if (!canceled.ok && canceled.kind !== 'refused') return { ok: false, reason: canceled.reason };
    const intent = canceled.ok ? canceled.intent : await this.#intentBehind(canceled, intentId);
    return intent === null ? { ok: false, reason: 'the-intent-cannot-be-read' } : { ok: true, intent };
  }

  /** Gives back what was captured and is still held. That it was given back before is as good. */
  async #giveBack(payment: Payment, intent: StripeIntent, now: number): Promise<PaymentOutcome> {
    const answer = await refundAll(this.#account, payment, intent);
    if (answer.kind !== 'reported') return unknown(answer);
    await this.#book.record(payment, { ...answer.report, status: 'voided' }, now);
    return { status: 'voided' };
  }

  /** Why our own ledger refuses a capture, before the provider is asked. It allows one while it knows of no authorization. */
  #refusalOf(payment: Payment, request: CaptureRequest): PaymentOutcome | null {
    if (payment.status !== 'authorized') return null;
    const { provider, units } = this.#account;
    const refusal = lastCaptureRefusal(payment, { ...request, provider }, units.stepMinorOf(request.currency));
    if (refusal === null) return null;
    return (refusal.code === 'capture-running' ? unknown : declined)({ reason: refusal.code });
  }

  #retrieve(intentId: string): Promise<Attempt> {
    return attempt(() => this.#intents.retrieve(intentId));
  }

  /** The intent as it is after a refusal: the error shows it, or the provider does when asked. */
  async #intentBehind(failure: StripeFailure, intentId: string): Promise<StripeIntent | null> {
    if (failure.kind === 'refused' && failure.intent !== null && failure.intent.status !== 'succeeded')
      return failure.intent;
    const retrieved = await this.#retrieve(intentId);
    return retrieved.ok ? retrieved.intent : null;
  }

  /** Records an answer of the provider. The book may be newer: an answer that was kept under an idempotency key can be stale. */
  async #settle(payment: Payment, intent: StripeIntent, now: number): Promise<PaymentOutcome> {
    const report = this.#report(intent, payment.paymentKey);
    const after = await this.#book.record(payment, report, now);
    if (after.providerRef !== intent.id) return unknown({ reason: 'another-payment-has-this-key' });
    return after.status === report.status ? outcomeOfIntent(intent, report) : outcomeOf(after);
  }

  async #settleVoid(payment: Payment, intent: StripeIntent, now: number): Promise<PaymentOutcome> {
    const outcome = await this.#settle(payment, intent, now);
    return outcome.status === 'voided' ? outcome : unknown({ reason: `the-intent-is-${intent.status}` });
  }

  #report(intent: StripeIntent, paymentKey: string) {
    return reportOfIntent(intent, { paymentKey, provider: this.#account.provider, units: this.#account.units });
  }
}

type Ended = { readonly ok: true; readonly intent: StripeIntent } | { readonly ok: false; readonly reason: string };

function isOver({ status }: StripeIntent): boolean {
  return status === 'succeeded' || status === 'canceled';
}

const multicapture = { payment_method_options: { card: { request_multicapture: 'if_available' } } } as const;

function unknown({ reason }: { readonly reason: string }): PaymentOutcome {
  return { status: 'unknown', reason };
}

function declined({ reason }: { readonly reason: string }): PaymentOutcome {
  return { status: 'declined', reason };
}
