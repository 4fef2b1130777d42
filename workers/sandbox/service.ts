/**
 * What the sandbox does for those who call it: plays Stripe for the SDK, and shows its books. Waiting happens here, outside
 * the object, so that a slow answer holds up nobody else.
 */
import type { SandboxIncidentInput, SandboxIntent, SandboxLedgerView } from '../../shared/contracts/sandbox/http.ts';
import { accept, noSuch, type Result, refuse } from '../../shared/values/result.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { type Books, type Intent, type SandboxAnswer, type SandboxCommand, totalsOf } from './domain/decide.ts';
import type { IncidentCommand, IncidentRefusal } from './domain/incidents.ts';
import { heldOf } from './domain/intent.ts';
import { type StripeObject, writeAnswer, writeErrorBody } from './domain/stripe-objects.ts';
import { readStripeRequest, type StripeRequest } from './domain/stripe-requests.ts';

/** The part of the ledger object that this Worker calls. */
export interface Ledger {
  execute(command: SandboxCommand): Promise<SandboxAnswer>;
  deliverNow(intentId: string): Promise<void>;
  intent(intentId: string): Promise<Intent | null>;
  books(orderId: string | null): Promise<Books>;
  /** Makes an incident happen to a payment. */
  suffer(intentId: string, command: IncidentCommand): Promise<Result<Intent, IncidentRefusal>>;
}

/** Answers one request of the Stripe SDK, as late as its token asks for. */
export async function playStripe(
  ledger: Pick<Ledger, 'execute' | 'deliverNow'>,
  request: StripeRequest,
  publicUrl: string,
  wait: (ms: number) => Promise<void>,
): Promise<{ readonly status: number; readonly body: StripeObject }> {
  const read = readStripeRequest(request);
  if (!read.ok) return { status: read.refusal.status, body: { error: writeErrorBody(read.refusal.error) } };
  const { command, expand, list } = read.value;
  const answer = await ledger.execute(command);
  if (answer.isWebhookFirst && answer.intent !== null) await ledger.deliverNow(answer.intent.id);
  if (answer.holdMs > 0) await wait(answer.holdMs);
  return { status: answer.status, body: writeAnswer(answer, { publicUrl, expand, list }) };
}

/** The ledger as the sandbox shows it. */
export async function readBooks(ledger: Ledger, orderId: string | null): Promise<SandboxLedgerView> {
  const { intents, entries } = await ledger.books(orderId);
  return {
    intents: intents.map(viewOf),
    entries: entries.map(({ amountMinor, at, ...entry }) => ({ ...entry, amount: amountMinor, at: toTimestamp(at) })),
    totals: totalsOf(intents),
  };
}

/** Makes something happen to the newest payment of an order, and answers the payment as it is then. */
export async function cause(
  ledger: Ledger,
  { orderId, kind, amount }: SandboxIncidentInput,
  { now, freshTail }: { readonly now: number; readonly freshTail: string },
): Promise<Result<SandboxIntent, IncidentRefusal | { readonly code: 'not-found' }>> {
  const { intents } = await ledger.books(orderId);
  const intent = intents.at(-1);
  if (intent === undefined) return refuse(noSuch('payment'));
  if (kind !== 'refund' && kind !== 'cancel') {
    const command = { kind, amountMinor: amount ?? null, disputeId: `dp_${freshTail}`, now };
    const suffered = await ledger.suffer(intent.id, command);
    return suffered.ok ? accept(viewOf(suffered.value)) : suffered;
  }
  const { id: intentId } = intent;
  const asked = { intentId, idempotency: null, now };
  const refund = { refundId: `re_${freshTail}`, refundKey: null, amountMinor: amount ?? null };
  const answer = await ledger.execute(
    kind === 'cancel' ? { type: 'cancel', ...asked } : { type: 'refund', ...asked, ...refund },
  );
  if (answer.error !== null) return refuse({ code: 'incident-impossible', detail: answer.error.message });
  return accept(viewOf(answer.intent ?? intent));
}

function viewOf(intent: Intent): SandboxIntent {
  return {
    id: intent.id,
    orderId: intent.orderId,
    status: intent.status,
    amount: intent.amountMinor,
    currency: intent.currency,
    amountCaptured: intent.capturedMinor,
    amountRefunded: intent.refundedMinor,
    amountDisputed: intent.capturedMinor - intent.refundedMinor - heldOf(intent),
    paymentMethod: intent.paymentMethod,
    createdAt: toTimestamp(intent.createdAt),
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
