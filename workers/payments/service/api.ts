/**
 * All that the payments Worker does for others, over its providers and its book. A call that fails on the way is answered
 * `unknown`: whether money moved is then for the caller to ask again.
 */
import type { PaymentsApi, RefundsApi } from '../../../shared/contracts/payments/api.ts';
import { reportDefect } from '../../../shared/messaging/report.ts';
import { disputesOf } from '../domain/disputes.ts';
import { balancesOf, refundsOf } from '../domain/ledger.ts';
import { ledgerOf } from '../domain/payment.ts';
import type { PaymentProvider, RequestBook } from '../providers/provider.ts';
import { capturePart, refund } from './money.ts';

export function paymentsApi(
  providerOf: (name: string) => PaymentProvider,
  book: RequestBook,
): PaymentsApi & RefundsApi {
  return {
    authorize: (request) => answered('authorize a payment', () => providerOf(request.provider).authorize(request)),
    lookup: (reference) => answered('look up a payment', () => providerOf(reference.provider).lookup(reference)),
    capture: (request) =>
      answered('capture a payment', () => {
        const { captureKey } = request;
        const provider = providerOf(request.provider);
        return captureKey === undefined
          ? provider.capture(request)
          : capturePart(provider, book, { ...request, captureKey });
      }),
    void: (reference) => answered('void a payment', () => providerOf(reference.provider).void(reference)),
    letGo: (reference) => answered('let go of an authorization', () => providerOf(reference.provider).letGo(reference)),
    refund: (request) => answered('refund a payment', () => refund(providerOf(request.provider), book, request)),
    balances: async (paymentKey) => {
      const payment = await book.find(paymentKey);
      if (payment === null || payment.currency === null) return null;
      const ledger = ledgerOf(payment);
      return {
        currency: payment.currency,
        ...balancesOf(ledger),
        disputes: disputesOf(ledger),
        refunds: refundsOf(ledger),
      };
    },
  };
}

/** A lost database or a defect on the way leaves the outcome open, so that is what the caller is answered. */
async function answered<Outcome>(verb: string, call: () => Promise<Outcome>) {
  try {
    return await call();
  } catch (error) {
    reportDefect(`could not ${verb}`, error);
    return { status: 'unknown', reason: 'payments-failed' } as const;
  }
}
