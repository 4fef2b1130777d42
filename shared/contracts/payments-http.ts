/** The public operations of payments: the door for providers' webhooks, and what merchants may read. */
import * as z from 'zod';
import { operation } from '../http/operation.ts';
import { Money } from '../values/money.ts';
import { Timestamp } from '../values/time.ts';

/** A booking entry. Debits are positive; the entries of one transaction add up to zero. */
export const LedgerEntryView = z.strictObject({
  transactionId: z.string(),
  account: z.string(),
  amount: Money,
  recordedAt: Timestamp,
});

export const PaymentView = z.strictObject({
  orderId: z.string(),
  provider: z.string(),
  providerReference: z.string().nullable(),
  status: z.enum(['created', 'requires_action', 'declined', 'authorized', 'captured', 'voided']),
  reason: z.string().nullable(),
  /** The three amounts are null when only a void is known of the payment. */
  amount: Money.nullable(),
  captured: Money.nullable(),
  refunded: Money.nullable(),
  updatedAt: Timestamp,
  version: z.int(),
  ledger: z.array(LedgerEntryView),
});
export type PaymentView = z.infer<typeof PaymentView>;

export const receivePaymentWebhook = operation({
  id: 'receivePaymentWebhook',
  method: 'POST',
  path: '/v1/webhooks/payments/:provider',
  summary: 'Takes a signed event of a payment provider.',
  params: z.strictObject({ provider: z.string().max(40) }),
  // The signature covers the bytes as they were sent, so they are read unparsed.
  bodyType: 'application/json',
  answer: z.strictObject({ received: z.literal(true) }),
  status: 200,
  refusals: ['invalid-webhook', 'not-found', 'content-too-large'],
});

export const readPayment = operation({
  id: 'readPayment',
  method: 'GET',
  path: '/admin/v1/payments/:orderId',
  summary: 'Reads the payment of an order with its ledger entries.',
  params: z.strictObject({ orderId: z.string().max(100) }),
  answer: PaymentView,
  status: 200,
  refusals: ['not-found'],
});

export const paymentsOperations = [receivePaymentWebhook, readPayment];
