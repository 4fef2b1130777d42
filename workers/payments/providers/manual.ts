/**
 * Payment by invoice or bank transfer: the shop trusts the shopper, so an authorization is a word and leaves no trace. It is
 * on the path of every such checkout, so a capture is one commit and an authorization is none.
 */
import type { PaymentOutcome } from '../../../shared/contracts/payments.ts';
import type { Payment } from '../domain.ts';
import { outcomeOf } from '../domain.ts';
import type { PaymentBook, PaymentProvider } from './provider.ts';

const provider = 'manual';

export function manualProvider(book: PaymentBook): PaymentProvider {
  return {
    authorize: async ({ amountMinor }) => ({ status: 'authorized', amountMinor }),
    lookup: async ({ paymentKey }) => {
      const payment = await book.find(paymentKey);
      return payment === null ? { status: 'absent' } : outcomeOf(payment);
    },
    capture: async ({ paymentKey, amountMinor, currency, now }): Promise<PaymentOutcome> => {
      const payment = await book.captureDirectly({ paymentKey, provider, amountMinor, currency, now });
      if (payment.provider === provider && payment.status === 'captured') return outcomeOf(payment);
      return { status: 'declined', reason: `payment_${payment.status}` };
    },
    void: async ({ paymentKey, now }) => {
      const payment = await book.close(paymentKey, provider, now);
      if (payment.status !== 'voided') await book.record(payment, refundOf(payment), now);
      return { status: 'voided' };
    },
  };
}

/** The merchant pays the money back by hand; the books say that it is owed no longer. */
function refundOf(payment: Payment) {
  const { amountMinor, currency } = payment;
  if (amountMinor === null || currency === null) throw new Error('A captured payment has an amount');
  return { ...payment, amountMinor, currency, status: 'voided' as const, refundedMinor: payment.capturedMinor };
}
