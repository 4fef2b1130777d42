/**
 * Stands for a provider that this deployment does not have. Nothing can be paid with it, and nothing ever was unless it was
 * taken away later: then its payments are left as they are, and only a person can settle them.
 */
import { outcomeOf } from '../domain.ts';
import type { PaymentBook, PaymentProvider } from './provider.ts';

const declined = { status: 'declined', reason: 'unknown-provider' } as const;

export function absentProvider(book: PaymentBook): PaymentProvider {
  return {
    authorize: async () => declined,
    capture: async () => declined,
    lookup: async ({ paymentKey }) => {
      const payment = await book.find(paymentKey);
      return payment === null ? { status: 'absent' } : outcomeOf(payment);
    },
    void: async ({ paymentKey, provider, now }) => {
      const payment = await book.close(paymentKey, provider, now);
      return payment.status === 'voided' ? { status: 'voided' } : { status: 'unknown', reason: 'unknown-provider' };
    },
  };
}
