/**
 * The use cases after a checkout: captures in parts, refunds, and what is left to move. Each is noted in the ledger before
 * the provider hears of it, so parallel ones share out what there is; what the provider then says ends the reservation, and
 * as long as it says nothing the money stays reserved and the same call asks again.
 */
import type {
  CaptureRequest,
  PaymentBalances,
  PaymentOutcome,
  PaymentReference,
  ProviderName,
  RefundOutcome,
  RefundRequest,
  RefundsApi,
  ReleaseOutcome,
} from '../../../shared/contracts/payments/api.ts';
import { movementKeyPattern } from '../../../shared/contracts/payments/api.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { disputesOf } from '../domain/disputes.ts';
import { balancesOf, type Movement, progressOf } from '../domain/ledger.ts';
import { ledgerOf, type Payment } from '../domain/payment.ts';
import { neverMadeAt } from '../domain/reconciliation.ts';
import { restate } from '../domain/reports.ts';
import type { RequestRefusal } from '../domain/requests.ts';
import type { PaymentProvider, ProviderAnswer, RequestBook } from '../providers/provider.ts';

type PartRequest = CaptureRequest & { readonly captureKey: string };

export class MoneyUseCases implements RefundsApi {
  readonly #providerOf: (name: ProviderName) => PaymentProvider;
  readonly #book: RequestBook;

  constructor(providerOf: (name: ProviderName) => PaymentProvider, book: RequestBook) {
    this.#providerOf = providerOf;
    this.#book = book;
  }

  /** Captures under a key of the caller: one of several, or the only one. */
  async capturePart(request: PartRequest): Promise<PaymentOutcome> {
    if (!movementKeyPattern.test(request.captureKey)) return { status: 'declined', reason: 'invalid-key' };
    try {
      return await this.#capturePart(request);
    } catch (error) {
      reportDefect('could not capture a part of a payment', error);
      return { status: 'unknown', reason: 'payments-failed' };
    }
  }

  async refund(request: RefundRequest): Promise<RefundOutcome> {
    if (!movementKeyPattern.test(request.refundKey)) return { status: 'declined', reason: 'invalid-key', maxMinor: 0 };
    try {
      return await this.#refund(request);
    } catch (error) {
      reportDefect('could not refund a payment', error);
      return { status: 'unknown', reason: 'payments-failed' };
    }
  }

  async letGo(reference: PaymentReference): Promise<ReleaseOutcome> {
    try {
      return await this.#providerOf(reference.provider).letGo(reference);
    } catch (error) {
      reportDefect('could not let go of an authorization', error);
      return { status: 'unknown', reason: 'payments-failed' };
    }
  }

  async balances(paymentKey: string): Promise<PaymentBalances | null> {
    const payment = await this.#book.find(paymentKey);
    if (payment === null || payment.currency === null) return null;
    const ledger = ledgerOf(payment);
    return { currency: payment.currency, ...balancesOf(ledger), disputes: disputesOf(ledger) };
  }

  async #capturePart(request: PartRequest): Promise<PaymentOutcome> {
    const { captureKey, amountMinor, currency, isFinal = false, now } = request;
    const provider = this.#providerOf(request.provider);
    await provider.recallAuthorization(request);
    const noted = await this.#note(request, 'capture', captureKey);
    if (!noted.ok) return captureRefused(noted.refusal);
    const { payment, progress } = noted.value;
    if (progress !== 'pending') return captureOutcome(payment, captureKey, 'capture-failed');
    const isLast = isFinal || openWhenNoted(payment, captureKey) === 0;
    const order = { payment, captureKey, amountMinor, currency, isFinal: isLast, now };
    const answer = await provider.capturePart(order);
    if (answer.kind === 'unknown') return { status: 'unknown', reason: answer.reason };
    const ending = { type: 'captureFailed', ref: captureKey, amountMinor, at: neverMadeAt } as const;
    const after = await this.#book.record(payment, endOf(answer, payment, ending), now);
    return captureOutcome(after, captureKey, answer.kind === 'refused' ? answer.reason : 'capture-failed');
  }

  async #refund(request: RefundRequest): Promise<RefundOutcome> {
    const { refundKey, amountMinor, currency, now } = request;
    const provider = this.#providerOf(request.provider);
    const noted = await this.#note(request, 'refund', refundKey);
    if (!noted.ok) return refundRefused(noted.refusal);
    const { payment, progress, recorded } = noted.value;
    if (progress !== 'pending') return refundOutcome(payment, refundKey, 'refund-failed');
    const order = { payment, refundKey, amountMinor, currency, isRepeat: recorded === null, now };
    const answer = await provider.refund(order);
    if (answer.kind === 'unknown') return { status: 'unknown', reason: answer.reason };
    const ending = { type: 'refundFailed', ref: refundKey, amountMinor, at: neverMadeAt } as const;
    const after = await this.#book.record(payment, endOf(answer, payment, ending), now);
    if (answer.kind === 'reported') return refundOutcome(after, refundKey, 'refund-failed');
    // Somebody may have refunded it at the provider: what is left is told from there.
    const seen = payment.providerRef === null ? null : await provider.observe(payment.providerRef);
    const known = seen?.kind === 'known' ? await this.#book.record(after, seen.report, now) : after;
    return refundOutcome(known, refundKey, answer.reason);
  }

  #note(request: CaptureRequest | RefundRequest, kind: 'capture' | 'refund', ref: string) {
    const { paymentKey, provider, amountMinor, currency, now } = request;
    const stepMinor = this.#providerOf(provider).stepMinorOf(currency);
    return this.#book.note(paymentKey, { provider, kind, ref, amountMinor, currency, stepMinor }, now);
  }
}

/**
 * What a capture left open when it was noted. It is asked for under the same idempotency key each time, and so must be with the
 * same words, whatever has happened to the authorization since.
 */
function openWhenNoted(payment: Payment, captureKey: string): number {
  const ledger = ledgerOf(payment);
  const index = ledger.movements.findIndex(({ type, ref }) => type === 'captureRequested' && ref === captureKey);
  return balancesOf({ ...ledger, movements: ledger.movements.slice(0, index + 1) }).openAuthorizationMinor;
}

/** What ends a request: the provider's word, or that it was not carried out. */
function endOf(answer: Exclude<ProviderAnswer, { readonly kind: 'unknown' }>, payment: Payment, failure: Movement) {
  return answer.kind === 'reported' ? answer.report : restate(payment, [failure]);
}

function captureOutcome(payment: Payment, ref: string, reason: string): PaymentOutcome {
  const ledger = ledgerOf(payment);
  switch (progressOf(ledger, 'capture', ref)) {
    case 'done': {
      const capture = ledger.movements.find((movement) => movement.type === 'capture' && movement.ref === ref);
      return { status: 'captured', amountMinor: capture?.amountMinor ?? 0 };
    }
    case 'failed':
      return { status: 'declined', reason };
    default:
      return { status: 'unknown', reason: 'capture-unconfirmed' };
  }
}

function captureRefused(refusal: RequestRefusal): PaymentOutcome {
  // The other capture will end, and then this one can begin.
  if (refusal.code === 'capture-running') return { status: 'unknown', reason: refusal.code };
  const declined = { status: 'declined', reason: refusal.code } as const;
  return 'maxMinor' in refusal ? { ...declined, maxMinor: refusal.maxMinor } : declined;
}

function refundOutcome(payment: Payment, ref: string, reason: string): RefundOutcome {
  const ledger = ledgerOf(payment);
  switch (progressOf(ledger, 'refund', ref)) {
    case 'done': {
      const refund = ledger.movements.find((movement) => movement.type === 'refund' && movement.ref === ref);
      return { status: 'refunded', amountMinor: refund?.amountMinor ?? 0, refundedMinor: payment.refundedMinor };
    }
    case 'pending':
      return { status: 'pending' };
    default:
      return { status: 'declined', reason, maxMinor: Math.max(balancesOf(ledger).heldMinor, 0) };
  }
}

function refundRefused(refusal: RequestRefusal): RefundOutcome {
  return { status: 'declined', reason: refusal.code, maxMinor: 'maxMinor' in refusal ? refusal.maxMinor : 0 };
}
