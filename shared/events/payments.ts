/**
 * The event of payments: news about one payment that did not come as the answer of a call, such as a provider's webhook, a
 * refund or dispute that was made at the provider, or a repair by the reconciliation.
 */
import * as z from 'zod';
import { Currency, Money } from '../values/money.ts';
import { event } from './envelope.ts';

export const PaymentUpdated = event(
  'payments.payment-updated.v1',
  z.strictObject({
    /** Names the payment: of an order that was tried to be paid several times, each has a key of its own. */
    paymentKey: z.string(),
    orderId: z.string(),
    provider: z.string(),
    status: z.enum(['requires_action', 'authorized', 'captured', 'declined', 'voided']),
    amount: Money,
    currency: Currency,
    /** The balances so far. */
    captured: Money,
    refunded: Money,
    chargedBack: Money,
    /** Of what was charged back: lost for good. */
    lost: Money,
    pendingRefund: Money,
    openAuthorization: Money,
  }),
);
