/** What the shop may ask a provider for: checked against the ledger, and reserved in it, before the provider is called. */
import type { CaptureRequest } from '../../../shared/contracts/payments/api.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { accept, type Result, refuse } from '../../../shared/values/result.ts';
import {
  type LedgerRefusal,
  type Progress,
  pendingRequests,
  progressOf,
  type RequestKind,
  request as requested,
} from './ledger.ts';
import { changed, ledgerOf, ownRefs, type Payment, type Recorded, withMovements } from './payment.ts';

export type RequestRefusal = LedgerRefusal | { readonly code: 'payment-absent' } | { readonly code: 'capture-running' };

export interface PaymentRequest {
  readonly provider: string;
  readonly kind: RequestKind;
  readonly ref: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly stepMinor: number;
}

/** A request that was noted, and how far it is; `recorded` is null when it was noted before. */
export interface NotedRequest {
  readonly payment: Payment;
  readonly progress: Progress;
  readonly recorded: Recorded | null;
}

/**
 * Notes a request of ours before the provider is called, so that parallel ones cannot ask for the same money. Captures go
 * one at a time: the provider counts them without naming them, and two at once could not be told apart.
 */
export function noteRequest(
  payment: Payment | null,
  { provider, kind, ref, amountMinor, currency, stepMinor }: PaymentRequest,
  now: number,
): Result<NotedRequest, RequestRefusal> {
  if (payment === null || payment.currency === null || payment.provider !== provider)
    return refuse({ code: 'payment-absent' });
  const ledger = ledgerOf(payment, stepMinor);
  const noted = requested(ledger, { type: `${kind}Requested`, ref, amountMinor, at: now }, currency);
  if (!noted.ok) return noted;
  const progress = progressOf(noted.value, kind, ref);
  if (noted.value === ledger) return accept({ payment, progress, recorded: null });
  if (kind === 'capture' && pendingRequests(ledger, 'capture').length > 0) return refuse({ code: 'capture-running' });
  const recorded = changed(payment, withMovements(payment, noted.value.movements), now);
  return accept({ payment: recorded.payment, progress, recorded });
}

/** Why a provider would not take an amount; null when it would. */
export function unpayable(amountMinor: number, currency: Currency, stepMinor: number): LedgerRefusal | null {
  const authorization = { type: 'authorizeRequested', ref: ownRefs.authorization, amountMinor, at: 0 } as const;
  const noted = requested({ currency, stepMinor, movements: [] }, authorization, currency);
  return noted.ok ? null : noted.refusal;
}

/** Why the ledger does not let an amount be captured as the last of its authorization; null when it does. */
export function lastCaptureRefusal(
  payment: Payment,
  { provider, amountMinor, currency, now }: CaptureRequest,
  stepMinor: number,
): RequestRefusal | null {
  const asked = { provider, kind: 'capture', ref: 'rest', amountMinor, currency, stepMinor } as const;
  const noted = noteRequest(payment, asked, now);
  return noted.ok ? null : noted.refusal;
}
