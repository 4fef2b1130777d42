/**
 * Stands for a provider that this deployment does not have. Nothing can be paid with it, and nothing ever was unless it was
 * taken away later: then its payments are left as they are, and only a person can settle them.
 */
import { outcomeOf } from '../domain/payment.ts';
import type { PaymentBook, PaymentProvider } from './provider.ts';

const reason = 'unknown-provider';

export function absentProvider(book: PaymentBook): PaymentProvider {
  return {
    authorize: async () => ({ status: 'declined', reason }),
    capture: async () => ({ status: 'declined', reason }),
    lookup: async ({ paymentKey }) => outcomeOf(await book.find(paymentKey)),
    void: async ({ paymentKey, provider, now }) => {
      const payment = await book.close(paymentKey, provider, now);
      return payment.status === 'voided' ? { status: 'voided' } : { status: 'unknown', reason };
    },
    letGo: async () => ({ status: 'unknown', reason }),
    stepMinorOf: () => 1,
    recallAuthorization: async () => {},
    capturePart: async () => ({ kind: 'unknown', reason }),
    refund: async () => ({ kind: 'unknown', reason }),
    observe: async () => ({ kind: 'unknown', reason }),
  };
}
