/**
 * The use cases after a checkout: captures in parts, and refunds. Each is noted in the ledger before the provider is called,
 * so parallel ones never ask for the same money. The provider's answer ends the reservation; without one the money stays
 * reserved, and the caller repeats the same call.
 */
import type {
  CaptureRequest,
  PaymentOutcome,
  RefundOutcome,
  RefundRequest,
} from '../../../shared/contracts/payments/api.ts';
import { movementKeyPattern } from '../../../shared/contracts/payments/api.ts';
import { balancesOf, find, type Movement, progressOf } from '../domain/ledger.ts';
import { ledgerOf, type Payment } from '../domain/payment.ts';
import { neverMadeAt } from '../domain/reconciliation.ts';
import { restate } from '../domain/reports.ts';
import type { RequestRefusal } from '../domain/requests.ts';
import type { Observation, PaymentProvider, ProviderAnswer, RequestBook } from '../providers/provider.ts';

/** Captures under a key of the caller: one of several, or the only one. */
export async function capturePart(
  provider: PaymentProvider,
  book: RequestBook,
  request: CaptureRequest & { readonly captureKey: string },
): Promise<PaymentOutcome> {
  const { captureKey, amountMinor, currency, isFinal = false, now } = request;
  if (!movementKeyPattern.test(captureKey)) return { status: 'declined', reason: 'invalid-key' };
  await provider.recallAuthorization(request);
  const noted = await note(provider, book, request, 'capture', captureKey);
  if (!noted.ok) return captureRefused(noted.refusal);
  const { payment, progress } = noted.value;
  if (progress === 'failed') return declinedCapture(provider, book, payment, 'capture-failed', now);
  if (progress !== 'pending') return captureOutcome(payment, captureKey);
  const isLast = isFinal || openWhenNoted(payment, captureKey) === 0;
  const answer = await provider.capturePart({ payment, captureKey, amountMinor, currency, isFinal: isLast, now });
  if (answer.kind === 'unknown') return { status: 'unknown', reason: answer.reason };
  const ending = { type: 'captureFailed', ref: captureKey, amountMinor, at: neverMadeAt } as const;
  const after = await book.record(payment, endOf(answer, payment, ending), now);
  return answer.kind === 'refused' && progressOf(ledgerOf(after), 'capture', captureKey) === 'failed'
    ? declinedCapture(provider, book, after, answer.reason, now)
    : captureOutcome(after, captureKey);
}

/**
 * A capture that will never be, with what can still be taken. A provider that declines one may have let go of the whole
 * authorization, so it is asked: without its answer nobody could tell whether to try again or to turn to the payer.
 */
async function declinedCapture(
  provider: PaymentProvider,
  book: RequestBook,
  payment: Payment,
  reason: string,
  now: number,
): Promise<PaymentOutcome> {
  const { providerRef } = payment;
  const seen: Observation = providerRef === null ? { kind: 'absent' } : await provider.observe(providerRef);
  if (seen.kind === 'unknown') return { status: 'unknown', reason: seen.reason };
  if (seen.kind !== 'known') return { status: 'declined', reason, maxMinor: 0 };
  const after = await book.record(payment, seen.report, now);
  const isOpen = seen.report.status === 'authorized';
  return { status: 'declined', reason, maxMinor: isOpen ? balancesOf(ledgerOf(after)).openAuthorizationMinor : 0 };
}

/** Refunds under a key of the caller. */
export async function refund(
  provider: PaymentProvider,
  book: RequestBook,
  request: RefundRequest,
): Promise<RefundOutcome> {
  const { refundKey, amountMinor, currency, now } = request;
  if (!movementKeyPattern.test(refundKey)) return { status: 'declined', reason: 'invalid-key', maxMinor: 0 };
  const noted = await note(provider, book, request, 'refund', refundKey);
  if (!noted.ok) return refundRefused(noted.refusal);
  const { payment, progress, recorded } = noted.value;
  if (progress !== 'pending') return refundOutcome(payment, refundKey, 'refund-failed');
  const answer = await provider.refund({ payment, refundKey, amountMinor, currency, isRepeat: recorded === null, now });
  if (answer.kind === 'unknown') return { status: 'unknown', reason: answer.reason };
  const ending = { type: 'refundFailed', ref: refundKey, amountMinor, at: neverMadeAt } as const;
  const after = await book.record(payment, endOf(answer, payment, ending), now);
  if (answer.kind === 'reported') return refundOutcome(after, refundKey, 'refund-failed');
  // Somebody may have refunded it at the provider, so the provider is asked what is left.
  const seen = payment.providerRef === null ? null : await provider.observe(payment.providerRef);
  const known = seen?.kind === 'known' ? await book.record(after, seen.report, now) : after;
  return refundOutcome(known, refundKey, answer.reason);
}

function note(
  provider: PaymentProvider,
  book: RequestBook,
  request: CaptureRequest | RefundRequest,
  kind: 'capture' | 'refund',
  ref: string,
) {
  const { paymentKey, provider: name, amountMinor, currency, now } = request;
  const stepMinor = provider.stepMinorOf(currency);
  return book.note(paymentKey, { provider: name, kind, ref, amountMinor, currency, stepMinor }, now);
}

/**
 * What a capture left open when it was noted. A retry has the idempotency key of the first try, so it must also send the same
 * parameters, whatever has happened to the authorization since.
 */
function openWhenNoted(payment: Payment, captureKey: string): number {
  const ledger = ledgerOf(payment);
  const index = ledger.movements.findIndex(({ type, ref }) => type === 'captureRequested' && ref === captureKey);
  return balancesOf({ ...ledger, movements: ledger.movements.slice(0, index + 1) }).openAuthorizationMinor;
}

/** What ends a request: the provider's report, or that it was not carried out. */
function endOf(answer: Exclude<ProviderAnswer, { readonly kind: 'unknown' }>, payment: Payment, failure: Movement) {
  return answer.kind === 'reported' ? answer.report : restate(payment, [failure]);
}

function captureOutcome(payment: Payment, ref: string): PaymentOutcome {
  const ledger = ledgerOf(payment);
  switch (progressOf(ledger, 'capture', ref)) {
    case 'done':
      return { status: 'captured', amountMinor: find(ledger, 'capture', ref)?.amountMinor ?? 0 };
    case 'failed':
      return { status: 'declined', reason: 'capture-failed' };
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
      const amountMinor = find(ledger, 'refund', ref)?.amountMinor ?? 0;
      return { status: 'refunded', amountMinor, refundedMinor: payment.refundedMinor };
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
