/** The public operations of payments: the door for providers' webhooks, and what merchants may read. */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Cursor, Page, PageLimit } from '../../http/pagination.ts';
import { Money } from '../../values/money.ts';
import { Timestamp } from '../../values/time.ts';
import { DisputeView } from './disputes.ts';

/** A booking entry. Debits are positive; the entries of one transaction add up to zero. */
export const LedgerEntryView = z.strictObject({
  transactionId: z.string(),
  account: z.string(),
  amount: Money,
  recordedAt: Timestamp,
});

const PaymentStatus = z.enum(['created', 'requires_action', 'declined', 'authorized', 'captured', 'voided']);

/** A payment without its ledger. */
export const PaymentSummary = z.strictObject({
  /** The order's id for the first payment of an order, and that with what follows a dot for others. */
  id: z.string(),
  orderId: z.string(),
  provider: z.string(),
  providerReference: z.string().nullable(),
  status: PaymentStatus,
  reason: z.string().nullable(),
  /** The amounts are null when only a void is known of the payment. */
  amount: Money.nullable(),
  captured: Money.nullable(),
  refunded: Money.nullable(),
  /** What banks have taken back, in disputes that are open or lost. */
  chargedBack: Money.nullable(),
  /** Of this, lost for good. */
  lost: Money.nullable(),
  /** What can still be captured. */
  openAuthorization: Money.nullable(),
  /** What can still be refunded. */
  held: Money.nullable(),
  /** Asked of the provider and not answered yet. */
  pendingCapture: Money.nullable(),
  pendingRefund: Money.nullable(),
  updatedAt: Timestamp,
  version: z.int(),
});
export type PaymentSummary = z.infer<typeof PaymentSummary>;

/** One thing that happened to the money, or that was asked for. References that begin with a tilde are the shop's own. */
export const PaymentMovementView = z.strictObject({
  type: z.string(),
  reference: z.string(),
  amount: Money,
});

export const PaymentView = PaymentSummary.extend({
  disputes: z.array(DisputeView),
  movements: z.array(PaymentMovementView),
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
  refusals: ['invalid-webhook', 'not-found', 'content-too-large', 'unavailable'],
  bodyBytesMax: 256 * 1024,
  idempotency: 'none',
});

export const readPayment = operation({
  id: 'readPayment',
  method: 'GET',
  path: '/admin/v1/payments/:paymentId',
  summary: 'Reads a payment with its ledger entries: by its id, or by its order the last that was tried.',
  params: z.strictObject({ paymentId: z.string().max(100) }),
  answer: PaymentView,
  refusals: ['not-found'],
});

export const listPayments = operation({
  id: 'listPayments',
  method: 'GET',
  path: '/admin/v1/payments',
  summary: 'Lists payments, newest first.',
  query: z.strictObject({ status: PaymentStatus.optional(), limit: PageLimit, cursor: Cursor }),
  answer: Page(PaymentSummary),
  refusals: ['invalid-cursor'],
});

/** A difference between the shop's ledger and a provider that no report explains. */
export const ReconciliationFinding = z.strictObject({
  paymentId: z.string(),
  orderId: z.string(),
  kind: z.enum([
    'absent-at-provider',
    'another-payment',
    'unanswered',
    'authorization-open',
    'void-incomplete',
    'captured-differs',
    'refunded-differs',
    'charged-back-differs',
    'books-differ',
  ]),
  inLedger: Money.nullable(),
  atProvider: Money.nullable(),
  foundAt: Timestamp,
});

export const ReconciliationReport = z.strictObject({
  id: z.string(),
  startedAt: Timestamp,
  /** Null while payments are left to compare: ask for the next step. */
  finishedAt: Timestamp.nullable(),
  checked: z.int(),
  /** Payments of which the provider knew more, and that now stand as they do there. */
  repaired: z.int(),
  /** The first hundred. */
  findings: z.array(ReconciliationFinding),
});
export type ReconciliationReport = z.infer<typeof ReconciliationReport>;

export const reconcilePayments = operation({
  id: 'reconcilePayments',
  method: 'POST',
  path: '/admin/v1/payments/reconciliation',
  summary: 'Compares a number of payments with their providers, and goes on with the run that is under way.',
  answer: ReconciliationReport,
});

export const readReconciliation = operation({
  id: 'readReconciliation',
  method: 'GET',
  path: '/admin/v1/payments/reconciliation',
  summary: 'Reads the newest comparison of payments with their providers.',
  answer: ReconciliationReport,
  refusals: ['not-found'],
});

export const paymentsOperations = [
  receivePaymentWebhook,
  listPayments,
  reconcilePayments,
  readReconciliation,
  readPayment,
];
