/**
 * Reads a webhook of Stripe, or of the sandbox: checks its signature over the raw bytes, and reads what it says about which
 * payment. News of refunds, disputes and charges name their payment intent only: they are hints to ask the provider, which
 * knows all of it, in whatever order its events come. Kinds of events that say nothing about a payment are ignored.
 *
 * @see https://docs.stripe.com/webhooks
 */
import Stripe from 'stripe';
import * as z from 'zod';
import { utf8Of } from '../../../shared/http/utf8.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import { minuteMs, secondMs } from '../../../shared/values/time.ts';
import type { PaymentReport } from '../domain/payment.ts';
import type { StripeAccount } from './stripe-client.ts';
import { paymentKeyOf, Reference, reportOfIntent, StripeIntent } from './stripe-intent.ts';

export interface WebhookSource extends Pick<StripeAccount, 'provider' | 'client' | 'units'> {
  readonly secret: string;
}

export interface ProviderEvent {
  /** The provider's id of the event, unique over all providers. */
  readonly eventId: string;
  /** Null when the event is not about a payment of ours. */
  readonly report: PaymentReport | null;
  /** The provider's id of a payment that it should be asked about. */
  readonly hint: string | null;
}

interface InvalidWebhook {
  readonly code: 'invalid-webhook';
  readonly detail: string;
}

/** How far the clock of the provider may be off, in either direction: what its own client takes for old ones. */
const toleranceMs = 5 * minuteMs;

const intentEvents: ReadonlySet<string> = new Set([
  'payment_intent.requires_action',
  'payment_intent.amount_capturable_updated',
  'payment_intent.payment_failed',
  'payment_intent.succeeded',
  'payment_intent.canceled',
]);

/** What happens to money that was captured. */
const hintEvents: ReadonlySet<string> = new Set([
  'charge.captured',
  'charge.refunded',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'refund.created',
  'refund.updated',
  'refund.failed',
]);

const Hint = z.looseObject({ payment_intent: z.union([Reference, z.looseObject({ id: Reference })]).nullish() });

const EventHead = z.looseObject({
  id: z.string().regex(/^[\w-]{1,150}$/),
  type: z.string(),
  data: z.looseObject({ object: z.unknown() }),
});

export async function readWebhook(
  body: Uint8Array,
  signature: string,
  source: WebhookSource,
  now: number = Date.now(),
): Promise<Result<ProviderEvent, InvalidWebhook>> {
  // What is not UTF-8 would be read as something else than was signed.
  if (utf8Of(body) === null) return invalid('The body is not UTF-8.');
  let event: unknown;
  try {
    event = await source.client.webhooks.constructEventAsync(
      body,
      signature,
      source.secret,
      undefined,
      Stripe.createSubtleCryptoProvider(),
    );
  } catch {
    return invalid('The signature does not match, is too old, or is missing.');
  }
  if (isFromTheFuture(signature, now)) return invalid('The signature is from the future: compare the clocks.');
  const head = EventHead.safeParse(event);
  if (!head.success) return invalid('The body is not an event.');
  const { id, type, data } = head.data;
  const eventId = `${source.provider}-${id}`;
  if (intentEvents.has(type)) {
    const intent = StripeIntent.safeParse(data.object);
    if (!intent.success) return invalid('The event has no payment intent.');
    const paymentKey = paymentKeyOf(intent.data);
    const report = paymentKey === undefined ? null : reportOfIntent(intent.data, { paymentKey, ...source });
    return accept({ eventId, report: report?.status === 'created' ? null : report, hint: null });
  }
  if (!hintEvents.has(type)) return accept({ eventId, report: null, hint: null });
  const about = Hint.safeParse(data.object);
  if (!about.success) return invalid('The event does not name its payment intent as agreed.');
  const intent = about.data.payment_intent ?? null;
  return accept({ eventId, report: null, hint: typeof intent === 'object' ? (intent?.id ?? null) : intent });
}

/** The client of Stripe refuses old signatures only. A time that is not read here did not pass it either. */
function isFromTheFuture(signature: string, now: number): boolean {
  const times = [...signature.matchAll(/(?:^|,)\s*t=(\d+)/g)].map(([, time = '0']) => BigInt(time) * BigInt(secondMs));
  return times.length === 0 || times.some((time) => time > BigInt(now + toleranceMs));
}

function invalid(detail: string): { readonly ok: false; readonly refusal: InvalidWebhook } {
  return refuse({ code: 'invalid-webhook', detail });
}
