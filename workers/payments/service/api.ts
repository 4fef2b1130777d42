/** All that the payments Worker does for others, over its providers and its book: what checkouts ask for, and what comes after. */
import type { CaptureRequest, PaymentsApi, RefundsApi } from '../../../shared/contracts/payments/api.ts';
import type { PaymentProvider, RequestBook } from '../providers/provider.ts';
import { MoneyUseCases } from './money.ts';
import { PaymentsUseCases } from './payments.ts';

export function paymentsApi(
  providerOf: (name: string) => PaymentProvider,
  book: RequestBook,
): PaymentsApi & RefundsApi {
  const checkout = new PaymentsUseCases(providerOf);
  const money = new MoneyUseCases(providerOf, book);
  return {
    authorize: (request) => checkout.authorize(request),
    lookup: (reference) => checkout.lookup(reference),
    capture: (request) => (hasKey(request) ? money.capturePart(request) : checkout.capture(request)),
    void: (reference) => checkout.void(reference),
    letGo: (reference) => money.letGo(reference),
    refund: (request) => money.refund(request),
    balances: (paymentKey) => money.balances(paymentKey),
  };
}

function hasKey(request: CaptureRequest): request is CaptureRequest & { readonly captureKey: string } {
  return request.captureKey !== undefined;
}
