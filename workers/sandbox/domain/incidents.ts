/**
 * What happens to a payment without the shop's doing: the payer's bank disputes it, the dispute is won or lost, a refund comes
 * back. Tests and developers cause them; as at a real provider, the shop learns of them by webhook or when it asks.
 */
import type { SandboxIncidentInput } from '../../../shared/contracts/sandbox/http.ts';
import { accept, assert, type Result, refuse, unreachable } from '../../../shared/values/result.ts';
import type { LedgerRow } from './decide.ts';
import { type Dispute, heldOf, type Intent, type Refund } from './intent.ts';

export type SandboxIncident =
  | { readonly type: 'disputed'; readonly intentId: string; readonly disputeId: string; readonly dispute: Dispute }
  | {
      readonly type: 'dispute-closed';
      readonly intentId: string;
      readonly disputeId: string;
      readonly status: 'won' | 'lost';
    }
  /** The shop has answered the bank. */
  | { readonly type: 'dispute-reviewed'; readonly intentId: string; readonly disputeId: string }
  | { readonly type: 'refund-paid' | 'refund-failed'; readonly intentId: string; readonly refundId: string };

export type IncidentKind = Exclude<SandboxIncidentInput['kind'], 'refund' | 'cancel'>;

export interface IncidentCommand {
  readonly kind: IncidentKind;
  /** Of a dispute; null contests all that is left of the payment. */
  readonly amountMinor: number | null;
  /** A fresh id, used when the incident is a dispute. */
  readonly disputeId: string;
  readonly now: number;
}

export interface IncidentRefusal {
  readonly code: 'incident-impossible';
  readonly detail: string;
}

export function decideIncident(
  intent: Intent,
  { kind, amountMinor: wantedMinor, disputeId: id, now: createdAt }: IncidentCommand,
): Result<SandboxIncident, IncidentRefusal> {
  const { id: intentId, currency } = intent;
  switch (kind) {
    case 'dispute': {
      const heldMinor = heldOf(intent);
      const amountMinor = wantedMinor ?? heldMinor;
      if (amountMinor < 1 || amountMinor > heldMinor) return impossible(`Dispute between 1 and ${heldMinor}.`);
      const dispute: Dispute = { id, intentId, amountMinor, currency, status: 'needs_response', createdAt };
      return accept({ type: 'disputed', intentId, disputeId: id, dispute });
    }
    case 'dispute-won':
    case 'dispute-lost': {
      const open = intent.disputes.find(({ status }) => status === 'needs_response' || status === 'under_review');
      if (open === undefined) return impossible('No dispute is open.');
      const status = kind === 'dispute-won' ? 'won' : 'lost';
      return accept({ type: 'dispute-closed', intentId, disputeId: open.id, status });
    }
    case 'dispute-review': {
      const open = intent.disputes.find(({ status }) => status === 'needs_response');
      if (open === undefined) return impossible('No dispute waits for an answer.');
      return accept({ type: 'dispute-reviewed', intentId, disputeId: open.id });
    }
    case 'refund-paid': {
      const waiting = intent.refunds.find(({ status }) => status === 'pending');
      if (waiting === undefined) return impossible('No refund waits.');
      return accept({ type: kind, intentId, refundId: waiting.id });
    }
    case 'refund-failed': {
      const made = intent.refunds.findLast(({ status }) => status !== 'failed');
      if (made === undefined) return impossible('No refund was made.');
      return accept({ type: kind, intentId, refundId: made.id });
    }
    default:
      return unreachable(kind);
  }
}

export function evolveIncident(intent: Intent, incident: SandboxIncident): Intent {
  switch (incident.type) {
    case 'disputed':
      return { ...intent, disputes: [...intent.disputes, incident.dispute] };
    case 'dispute-reviewed':
      return { ...intent, disputes: withStatus(intent.disputes, incident.disputeId, 'under_review') };
    case 'dispute-closed':
      return { ...intent, disputes: withStatus(intent.disputes, incident.disputeId, incident.status) };
    case 'refund-paid':
      return { ...intent, refunds: withStatus(intent.refunds, incident.refundId, 'succeeded') };
    case 'refund-failed': {
      const failed = intent.refunds.find(({ id }) => id === incident.refundId);
      assert(failed !== undefined && failed.status !== 'failed', 'a refund fails once');
      return {
        ...intent,
        refundedMinor: intent.refundedMinor - failed.amountMinor,
        refunds: withStatus(intent.refunds, failed.id, 'failed'),
      };
    }
    default:
      return unreachable(incident);
  }
}

function withStatus<One extends Refund | Dispute>(all: readonly One[], id: string, status: One['status']): One[] {
  return all.map((one) => (one.id === id ? { ...one, status } : one));
}

/** What an incident adds to the ledger; `intent` is as the incident left it. */
export function incidentRowsOf(incident: SandboxIncident, intent: Intent): readonly LedgerRow[] {
  switch (incident.type) {
    case 'disputed':
      return [{ kind: 'dispute', amountMinor: incident.dispute.amountMinor }];
    case 'dispute-closed':
      return intent.disputes
        .filter(({ id, status }) => id === incident.disputeId && status === 'won')
        .map(({ amountMinor }) => ({ kind: 'dispute-reversal', amountMinor }));
    case 'dispute-reviewed':
    case 'refund-paid':
      return [];
    case 'refund-failed':
      return intent.refunds
        .filter(({ id }) => id === incident.refundId)
        .map(({ amountMinor }) => ({ kind: 'refund-reversal', amountMinor }));
    default:
      return unreachable(incident);
  }
}

function impossible(detail: string): { readonly ok: false; readonly refusal: IncidentRefusal } {
  return refuse({ code: 'incident-impossible', detail });
}
