/**
 * What the sandbox provider shows of itself, in development only: its ledger, which is the outside witness of every payment
 * that the shop believes it took.
 */
import * as z from 'zod';
import { operation } from '../../http/operation.ts';
import { Timestamp } from '../../values/time.ts';

/** Amounts are minor units of the currency beside them, as on a statement. */
export const SandboxIntent = z.strictObject({
  id: z.string(),
  orderId: z.string().nullable(),
  status: z.enum(['requires_payment_method', 'requires_action', 'requires_capture', 'succeeded', 'canceled']),
  amount: z.int(),
  currency: z.string(),
  amountCaptured: z.int(),
  amountRefunded: z.int(),
  /** What banks took back and the shop has not won again. */
  amountDisputed: z.int(),
  paymentMethod: z.string().nullable(),
  createdAt: Timestamp,
});
export type SandboxIntent = z.infer<typeof SandboxIntent>;

/** One row of the append-only ledger. `cancel` has the amount of the authorization that it ended. */
export const SandboxEntry = z.strictObject({
  sequence: z.int(),
  intentId: z.string(),
  orderId: z.string().nullable(),
  kind: z.enum(['authorize', 'capture', 'cancel', 'refund', 'refund-reversal', 'dispute', 'dispute-reversal']),
  amount: z.int(),
  currency: z.string(),
  at: Timestamp,
});

export const SandboxLedgerView = z.strictObject({
  intents: z.array(SandboxIntent),
  entries: z.array(SandboxEntry),
  /** Per currency. */
  totals: z.record(z.string(), z.strictObject({ authorizedOpen: z.int(), captured: z.int(), refunded: z.int() })),
});
export type SandboxLedgerView = z.infer<typeof SandboxLedgerView>;

export const readSandboxLedger = operation({
  id: 'readSandboxLedger',
  method: 'GET',
  path: '/sandbox/ledger',
  summary: 'Shows what the sandbox provider authorized, captured and refunded. Development only.',
  query: z.strictObject({ orderId: z.string().max(100).optional() }),
  answer: SandboxLedgerView,
});

/** What happens to a payment without the shop's doing. `refund` and `cancel` are made at the provider by hand. */
export const SandboxIncidentInput = z.strictObject({
  orderId: z.string().max(100),
  kind: z.enum([
    'dispute',
    'dispute-review',
    'dispute-won',
    'dispute-lost',
    'refund',
    'refund-paid',
    'refund-failed',
    'cancel',
  ]),
  /** Of a dispute or refund; without it all that is left of the payment. */
  amount: z.int().min(1).optional(),
});
export type SandboxIncidentInput = z.infer<typeof SandboxIncidentInput>;

export const causeSandboxIncident = operation({
  id: 'causeSandboxIncident',
  method: 'POST',
  path: '/sandbox/incidents',
  summary:
    'Makes something happen to a payment at the sandbox provider, and tells the shop by webhook. Development only.',
  body: SandboxIncidentInput,
  answer: SandboxIntent,
  refusals: ['not-found', 'incident-impossible'],
  idempotency: 'none',
});

export const SandboxMail = z.strictObject({
  items: z.array(
    z.strictObject({
      to: z.string(),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
      template: z.string(),
      at: Timestamp,
    }),
  ),
});

export const readSandboxMail = operation({
  id: 'readSandboxMail',
  method: 'GET',
  path: '/sandbox/mail',
  summary: 'Shows the latest messages that the shop has written to shoppers, the newest last. Development only.',
  answer: SandboxMail,
});

export const sandboxOperations = [readSandboxLedger, causeSandboxIncident, readSandboxMail];
