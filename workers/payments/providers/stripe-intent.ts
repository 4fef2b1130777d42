/**
 * Reads Stripe's payment intents and charges, from answers and from webhooks alike, into reports and outcomes. Only the
 * fields that matter are read, and each is checked: what a provider sends is input too.
 */
import * as z from 'zod';
import type { PaymentOutcome } from '../../../shared/contracts/payments.ts';
import { amountMax, Currency } from '../../../shared/values/money.ts';
import type { PaymentReport, PaymentStatus } from '../domain.ts';
import type { AmountUnits } from './stripe-units.ts';

const Amount = z
  .int()
  .min(0)
  .max(amountMax * 100);
const Reference = z.string().min(1).max(150);
const Metadata = z.looseObject({ orderId: z.string().min(1).max(100).optional() });
const IsoCurrency = z.string().toUpperCase().pipe(Currency);

const ChargeAmounts = z.looseObject({ amount_captured: Amount, amount_refunded: Amount });

export const StripeIntent = z.looseObject({
  id: Reference,
  object: z.literal('payment_intent'),
  status: z.string(),
  amount: Amount,
  amount_received: Amount,
  currency: IsoCurrency,
  metadata: Metadata,
  last_payment_error: z.looseObject({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
  latest_charge: z.union([z.string(), ChargeAmounts]).nullish(),
  next_action: z.looseObject({ redirect_to_url: z.looseObject({ url: z.url().nullish() }).nullish() }).nullish(),
});
export type StripeIntent = z.infer<typeof StripeIntent>;

export const StripeCharge = ChargeAmounts.extend({
  object: z.literal('charge'),
  payment_intent: Reference.nullish(),
  amount: Amount,
  currency: IsoCurrency,
  metadata: Metadata,
});
export type StripeCharge = z.infer<typeof StripeCharge>;

/** Which of our payments an intent or a charge is about, and by whom. */
export interface ReportSource {
  readonly paymentKey: string;
  readonly provider: string;
  readonly units: AmountUnits;
}

/** @see https://docs.stripe.com/payments/paymentintents/lifecycle */
function statusOf(intent: StripeIntent, refunded: number): PaymentStatus {
  switch (intent.status) {
    case 'requires_payment_method':
      return intent.last_payment_error == null ? 'created' : 'declined';
    case 'requires_action':
      return 'requires_action';
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return refunded > 0 && refunded >= intent.amount_received ? 'voided' : 'captured';
    case 'canceled':
      return 'voided';
    default:
      return 'created';
  }
}

export function reportOfIntent(intent: StripeIntent, { paymentKey, provider, units }: ReportSource): PaymentReport {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  // Dropping an authorization counts as a refund of the charge too; only captured money can come back.
  const refunded = Math.min(charge?.amount_refunded ?? 0, intent.amount_received);
  const minor = (amount: number) => units.fromProvider(amount, intent.currency);
  const status = statusOf(intent, refunded);
  return {
    paymentKey,
    provider,
    providerRef: intent.id,
    status,
    reason: status === 'declined' ? reasonOf(intent) : null,
    amountMinor: minor(intent.amount),
    currency: intent.currency,
    capturedMinor: minor(intent.amount_received),
    refundedMinor: minor(refunded),
  };
}

/** What a refunded charge says; null when nothing of it was captured, which its intent tells better. */
export function reportOfCharge(
  charge: StripeCharge,
  { paymentKey, provider, units }: ReportSource,
): PaymentReport | null {
  if (charge.payment_intent == null || charge.amount_captured === 0) return null;
  const refunded = Math.min(charge.amount_refunded, charge.amount_captured);
  const minor = (amount: number) => units.fromProvider(amount, charge.currency);
  return {
    paymentKey,
    provider,
    providerRef: charge.payment_intent,
    status: refunded === charge.amount_captured ? 'voided' : 'captured',
    reason: null,
    amountMinor: minor(charge.amount),
    currency: charge.currency,
    capturedMinor: minor(charge.amount_captured),
    refundedMinor: minor(refunded),
  };
}

/** What an intent means to who asked, told in the terms of its report. */
export function outcomeOfIntent(intent: StripeIntent, report: PaymentReport): PaymentOutcome {
  if (intent.status === 'processing') return { status: 'unknown', reason: 'processing' };
  switch (report.status) {
    case 'created':
      return { status: 'absent' };
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      return url == null
        ? { status: 'declined', reason: 'authentication_required' }
        : { status: 'requires_action', url };
    }
    case 'declined':
      return { status: 'declined', reason: report.reason ?? 'declined' };
    case 'authorized':
      return { status: 'authorized', amountMinor: report.amountMinor };
    case 'captured':
      return { status: 'captured', amountMinor: report.capturedMinor };
    case 'voided':
      return { status: 'voided' };
  }
}

function reasonOf({ last_payment_error: error }: StripeIntent): string {
  return error?.decline_code ?? error?.code ?? 'declined';
}
