/**
 * Payment by invoice or bank transfer: the shop trusts the shopper, so every authorization succeeds and nothing of it is
 * persisted. It is on the path of every such checkout, so a capture is one commit and an authorization is none. The merchant
 * pays refunds out by hand, and the books record them at once.
 */
import type { CaptureRequest, PaymentOutcome } from '../../../shared/contracts/payments/api.ts';
import { balancesOf } from '../domain/ledger.ts';
import { ledgerOf, outcomeOf, ownRefs, type Payment, type PaymentReport } from '../domain/payment.ts';
import { restate } from '../domain/reports.ts';
import { lastCaptureRefusal } from '../domain/requests.ts';
import type { PaymentBook, PaymentProvider } from './provider.ts';

const provider = 'manual';

export function manualProvider(book: PaymentBook): PaymentProvider {
  return {
    authorize: async ({ amountMinor }) => ({ status: 'authorized', amountMinor }),
    lookup: async ({ paymentKey }) => outcomeOf(await book.find(paymentKey)),
    capture: async (request): Promise<PaymentOutcome> => {
      const payment = await book.open(reportOf(request, 'captured', request.amountMinor), request.now);
      if (payment.provider === provider && payment.status === 'captured') return outcomeOf(payment);
      if (payment.provider === provider && payment.status === 'authorized') return captureRest(book, payment, request);
      return { status: 'declined', reason: `payment_${payment.status}` };
    },
    void: async ({ paymentKey, now }) => {
      const payment = await book.close(paymentKey, provider, now);
      if (payment.status !== 'voided') await book.record(payment, callOff(payment, now), now);
      return { status: 'voided' };
    },
    letGo: async ({ paymentKey, now }) => {
      const payment = await book.close(paymentKey, provider, now);
      const status = payment.capturedMinor > 0 ? 'captured' : 'voided';
      if (payment.status === 'authorized') await book.record(payment, restate(payment, [], status), now);
      return { status: 'released' };
    },
    stepMinorOf: () => 1,
    recallAuthorization: async (request) => {
      const { amountMinor, authorizedMinor = amountMinor, now } = request;
      await book.open(reportOf(request, 'authorized', authorizedMinor), now);
    },
    capturePart: async ({ payment, captureKey: ref, amountMinor, isFinal, now }) => {
      const capture = { type: 'capture', ref, amountMinor, at: now } as const;
      return { kind: 'reported', report: restate(payment, [capture], isFinal ? 'captured' : payment.status) };
    },
    refund: async ({ payment, refundKey: ref, amountMinor, now }) => ({
      kind: 'reported',
      report: restate(payment, [{ type: 'refund', ref, amountMinor, at: now }]),
    }),
    observe: async () => ({ kind: 'unknown', reason: 'nobody-to-ask' }),
  };
}

/** The first report of a payment. */
function reportOf(
  { paymentKey, currency }: CaptureRequest,
  status: 'authorized' | 'captured',
  amountMinor: number,
): PaymentReport {
  const capturedMinor = status === 'captured' ? amountMinor : 0;
  const facts = { providerRef: null, reason: null, movements: [] };
  return { ...facts, paymentKey, provider, status, amountMinor, currency, capturedMinor };
}

/** The last capture of a payment of which parts were captured before. */
async function captureRest(book: PaymentBook, payment: Payment, request: CaptureRequest): Promise<PaymentOutcome> {
  const refusal = lastCaptureRefusal(payment, { ...request, provider }, 1);
  if (refusal !== null) return { status: 'declined', reason: refusal.code };
  const capturedMinor = payment.capturedMinor + request.amountMinor;
  return outcomeOf(await book.record(payment, { ...restate(payment, [], 'captured'), capturedMinor }, request.now));
}

function callOff(payment: Payment, now: number) {
  const { heldMinor: amountMinor } = balancesOf(ledgerOf(payment));
  const refund = { type: 'refund', ref: ownRefs.void, amountMinor, at: now } as const;
  return restate(payment, amountMinor > 0 ? [refund] : [], 'voided');
}
