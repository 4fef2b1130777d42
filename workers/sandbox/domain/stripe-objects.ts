/**
 * How Stripe writes the sandbox's facts: intents, refunds, charges, errors and webhook events in the form that the official
 * SDK reads. Only the fields that a shop needs are there.
 *
 * @see https://docs.stripe.com/api/payment_intents/object
 */
import type { SandboxIncident } from './incidents.ts';
import {
  type Dispute,
  type Intent,
  type IntentEvent,
  openOf,
  type Refund,
  type SandboxAnswer,
  type SandboxError,
} from './intent.ts';

/** Plain JSON. */
export type StripeObject = Readonly<Record<string, unknown>>;

interface Writing {
  /** Where the shop is reached from outside, without a slash at its end. */
  readonly publicUrl: string;
  /** Fields of the answer that the client asked to have written out. */
  readonly expand: readonly string[];
  /** Which list of the intent is asked for instead of it. */
  readonly list?: 'refunds' | 'disputes' | null;
}

function writeIntent(intent: Intent, { publicUrl, expand }: Writing): StripeObject {
  const isAuthorized = intent.status === 'requires_capture';
  const hasCharge = isAuthorized || intent.capturedMinor > 0;
  const charge = expand.includes('latest_charge') ? writeCharge(intent) : chargeIdOf(intent);
  const page = { url: `${publicUrl}/sandbox/pay/${intent.id}`, return_url: intent.returnUrl };
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amountMinor,
    amount_capturable: openOf(intent),
    amount_received: intent.capturedMinor,
    capture_method: 'manual',
    created: Math.floor(intent.createdAt / 1000),
    currency: intent.currency.toLowerCase(),
    last_payment_error: intent.lastError === null ? null : writeErrorBody(intent.lastError),
    latest_charge: hasCharge ? charge : null,
    livemode: false,
    metadata: metadataOf(intent),
    next_action: intent.status === 'requires_action' ? { type: 'redirect_to_url', redirect_to_url: page } : null,
    payment_method: intent.paymentMethod,
    status: intent.status,
  };
}

/** The charge of an intent that was authorized. */
function writeCharge(intent: Intent): StripeObject {
  return {
    id: chargeIdOf(intent),
    object: 'charge',
    amount: intent.amountMinor,
    amount_captured: intent.capturedMinor,
    amount_refunded: intent.refundedMinor,
    captured: intent.capturedMinor > 0,
    currency: intent.currency.toLowerCase(),
    livemode: false,
    metadata: metadataOf(intent),
    payment_intent: intent.id,
    refunded: intent.capturedMinor > 0 && intent.refundedMinor === intent.capturedMinor,
  };
}

function writeRefund(refund: Refund, orderId: string | null): StripeObject {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amountMinor,
    created: Math.floor(refund.createdAt / 1000),
    currency: refund.currency.toLowerCase(),
    metadata: refund.refundKey === null ? {} : { orderId, refundKey: refund.refundKey },
    payment_intent: refund.intentId,
    status: refund.status,
  };
}

function writeDispute(dispute: Dispute): StripeObject {
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amountMinor,
    balance_transactions: (dispute.status === 'won' ? [-1, 1] : [-1]).map((sign) => ({
      object: 'balance_transaction',
      amount: sign * dispute.amountMinor,
      currency: dispute.currency.toLowerCase(),
    })),
    created: Math.floor(dispute.createdAt / 1000),
    currency: dispute.currency.toLowerCase(),
    livemode: false,
    metadata: {},
    payment_intent: dispute.intentId,
    reason: 'general',
    status: dispute.status,
  };
}

/** The body of an answer. */
export function writeAnswer(answer: SandboxAnswer, writing: Writing): StripeObject {
  if (answer.error !== null) {
    const about = answer.intent === null ? {} : { payment_intent: writeIntent(answer.intent, writing) };
    return { error: { ...writeErrorBody(answer.error), ...about } };
  }
  const { intent, refund } = answer;
  if (intent === null) return {};
  if (refund !== null) return writeRefund(refund, intent.orderId);
  if (writing.list === 'refunds') return listOf(intent.refunds.map((one) => writeRefund(one, intent.orderId)));
  if (writing.list === 'disputes') return listOf(intent.disputes.map(writeDispute));
  return writeIntent(intent, writing);
}

/** All of it on one page: nobody refunds a hundred times for a test. */
function listOf(data: readonly StripeObject[]): StripeObject {
  return { object: 'list', data, has_more: false };
}

export function writeErrorBody({ declineCode, ...error }: SandboxError): StripeObject {
  return { ...error, decline_code: declineCode };
}

const webhookTypes = {
  'intent-created': 'payment_intent.created',
  'action-required': 'payment_intent.requires_action',
  authorized: 'payment_intent.amount_capturable_updated',
  declined: 'payment_intent.payment_failed',
  captured: 'payment_intent.succeeded',
  canceled: 'payment_intent.canceled',
  refunded: 'charge.refunded',
} as const satisfies Record<IntentEvent['type'], string>;

/** The webhook of an event; `intent` is as the event left it. */
export function writeWebhook(
  event: IntentEvent,
  intent: Intent,
  { publicUrl, ...facts }: WebhookFacts & { readonly publicUrl: string },
): StripeObject {
  const object = event.type === 'refunded' ? writeCharge(intent) : writeIntent(intent, { publicUrl, expand: [] });
  const isPartial = event.type === 'captured' && !event.isFinal;
  return eventOf(isPartial ? webhookTypes.authorized : webhookTypes[event.type], object, facts);
}

/** The webhooks of an incident; `intent` is as the incident left it. Moved money of a dispute has a webhook of its own. */
export function writeIncidentWebhooks(
  incident: SandboxIncident,
  intent: Intent,
  { newId, now }: { readonly newId: () => string; readonly now: number },
): readonly StripeObject[] {
  const objects =
    'refundId' in incident
      ? intent.refunds.filter(({ id }) => id === incident.refundId).map((one) => writeRefund(one, intent.orderId))
      : intent.disputes.filter(({ id }) => id === incident.disputeId).map(writeDispute);
  const isWon = incident.type === 'dispute-closed' && incident.status === 'won';
  const types = [...incidentTypes[incident.type], ...(isWon ? ['charge.dispute.funds_reinstated'] : [])];
  return types.map((type) => eventOf(type, objects[0] ?? {}, { id: newId(), now }));
}

/** @see https://docs.stripe.com/api/events/types */
const incidentTypes = {
  disputed: ['charge.dispute.created', 'charge.dispute.funds_withdrawn'],
  'dispute-reviewed': ['charge.dispute.updated'],
  'dispute-closed': ['charge.dispute.closed'],
  'refund-paid': ['refund.updated'],
  'refund-failed': ['refund.failed'],
} as const satisfies Record<SandboxIncident['type'], readonly string[]>;

interface WebhookFacts {
  readonly id: string;
  readonly now: number;
}

function eventOf(type: string, object: StripeObject, { id, now }: WebhookFacts): StripeObject {
  return {
    id,
    object: 'event',
    created: Math.floor(now / 1000),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
}

function chargeIdOf(intent: Intent): string {
  return `ch_${intent.id.slice(intent.id.indexOf('_') + 1)}`;
}

function metadataOf(intent: Intent): StripeObject {
  const { orderId, paymentKey } = intent;
  if (orderId === null) return {};
  return paymentKey === undefined ? { orderId } : { orderId, paymentKey };
}
