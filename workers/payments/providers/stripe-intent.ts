/**
 * Reads Stripe's payment intents, from answers and from webhooks alike, into reports and outcomes. Only the fields that
 * matter are read, and each is checked: what a provider sends is input too.
 */
import * as z from 'zod';
import type { PaymentOutcome } from '../../../shared/contracts/payments/api.ts';
import { amountMax, Currency } from '../../../shared/values/money.ts';
import type { PaymentReport, PaymentStatus } from '../domain/payment.ts';
import type { AmountUnits } from './stripe-units.ts';

export const Amount = z
  .int()
  .min(0)
  .max(amountMax * 100);
export const Reference = z.string().min(1).max(150);
const Metadata = z.looseObject({
  orderId: z.string().min(1).max(100).optional(),
  /** Where it is another than the order's id: an order may be tried to be paid several times. */
  paymentKey: z.string().min(1).max(100).optional(),
});
export const IsoCurrency = z.string().toUpperCase().pipe(Currency);

export const StripeIntent = z.looseObject({
  id: Reference,
  object: z.literal('payment_intent'),
  status: z.string(),
  amount: Amount,
  amount_received: Amount,
  currency: IsoCurrency,
  metadata: Metadata,
  last_payment_error: z.looseObject({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish(),
  next_action: z.looseObject({ redirect_to_url: z.looseObject({ url: z.url().nullish() }).nullish() }).nullish(),
});
export type StripeIntent = z.infer<typeof StripeIntent>;

/** Which of our payments an intent is about, and by whom. */
interface ReportSource {
  readonly paymentKey: string;
  readonly provider: string;
  readonly units: AmountUnits;
}

/** Which of our payments an intent is about; undefined for one that is none of ours. */
export function paymentKeyOf({ metadata }: Pick<StripeIntent, 'metadata'>): string | undefined {
  return metadata.paymentKey ?? metadata.orderId;
}

/** @see https://docs.stripe.com/payments/paymentintents/lifecycle */
function statusOf(intent: StripeIntent): PaymentStatus {
  switch (intent.status) {
    case 'requires_payment_method':
      return intent.last_payment_error == null ? 'created' : 'declined';
    case 'requires_action':
      return 'requires_action';
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return 'captured';
    case 'canceled':
      return 'voided';
    default:
      return 'created';
  }
}

export function reportOfIntent(intent: StripeIntent, { paymentKey, provider, units }: ReportSource): PaymentReport {
  const minor = (amount: number) => units.fromProvider(amount, intent.currency);
  const status = statusOf(intent);
  return {
    paymentKey,
    provider,
    providerRef: intent.id,
    status,
    reason: status === 'declined' ? reasonOf(intent) : null,
    amountMinor: minor(intent.amount),
    currency: intent.currency,
    capturedMinor: minor(intent.amount_received),
    movements: [],
  };
}

/** The outcome that a caller is answered for an intent. */
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
