/**
 * What the sandbox does for those who call it: plays Stripe for the SDK, and shows its books. Waiting happens here, outside
 * the object, so that a slow answer holds up nobody else.
 */
import type { SandboxLedgerView } from '../../shared/contracts/sandbox-http.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { type StripeObject, writeAnswer, writeErrorBody } from './domain/stripe-objects.ts';
import { readStripeRequest, type StripeRequest } from './domain/stripe-requests.ts';
import { type Intent, type SandboxAnswer, type SandboxCommand, totalsOf } from './domain.ts';

/** The part of the ledger object that this Worker calls. */
export interface Ledger {
  execute(command: SandboxCommand): Promise<SandboxAnswer>;
  deliverNow(intentId: string): Promise<void>;
  intent(intentId: string): Promise<Intent | null>;
  books(orderId: string | null): Promise<Books>;
}

export interface Books {
  readonly intents: readonly Intent[];
  readonly entries: readonly {
    readonly sequence: number;
    readonly intentId: string;
    readonly orderId: string | null;
    readonly kind: 'authorize' | 'capture' | 'cancel' | 'refund';
    readonly amountMinor: number;
    readonly currency: string;
    readonly at: number;
  }[];
}

export interface StripeReply {
  readonly status: number;
  readonly body: StripeObject;
}

/** Answers one request of the Stripe SDK, as late as its token asks for. */
export async function playStripe(
  ledger: Ledger,
  request: StripeRequest,
  publicUrl: string,
  wait: (ms: number) => Promise<void>,
): Promise<StripeReply> {
  const read = readStripeRequest(request);
  if (!read.ok) return { status: read.refusal.status, body: { error: writeErrorBody(read.refusal.error) } };
  const { command, expand } = read.value;
  const answer = await ledger.execute(command);
  if (answer.isWebhookFirst && answer.intent !== null) await ledger.deliverNow(answer.intent.id);
  if (answer.holdMs > 0) await wait(answer.holdMs);
  return { status: answer.status, body: writeAnswer(answer, { publicUrl, expand }) };
}

/** The ledger as the outside witness tells it. */
export async function readBooks(ledger: Ledger, orderId: string | null): Promise<SandboxLedgerView> {
  const { intents, entries } = await ledger.books(orderId);
  return {
    intents: intents.map((intent) => ({
      id: intent.id,
      orderId: intent.orderId,
      status: intent.status,
      amount: intent.amountMinor,
      currency: intent.currency,
      amountCaptured: intent.capturedMinor,
      amountRefunded: intent.refundedMinor,
      paymentMethod: intent.paymentMethod,
      createdAt: toTimestamp(intent.createdAt),
    })),
    entries: entries.map(({ amountMinor, at, ...entry }) => ({ ...entry, amount: amountMinor, at: toTimestamp(at) })),
    totals: totalsOf(intents),
  };
}

/** Where the payment page sends the shopper, as Stripe does; null when the shop named no address. */
export function returnAddressOf(intent: Intent): string | null {
  if (intent.returnUrl === null || !URL.canParse(intent.returnUrl)) return null;
  const url = new URL(intent.returnUrl);
  url.searchParams.set('payment_intent', intent.id);
  const isPaid = intent.status === 'requires_capture' || intent.status === 'succeeded';
  url.searchParams.set('redirect_status', isPaid ? 'succeeded' : 'failed');
  return url.href;
}
