/** Who did what with an order, and when: read from its events, so nothing that was done is missing. */
import type { TimelineEntry } from '../../../../shared/contracts/orders/timeline-http.ts';
import { type Currency, money } from '../../../../shared/values/money.ts';
import { toTimestamp } from '../../../../shared/values/time.ts';
import type { OrderStreamEvent } from '../checkout/checkout.ts';
import type { OrderRefusal } from '../refusal.ts';
import { type Elsewhere, observedBetween } from './observed.ts';
import type { Deed, Operation } from './operation.ts';

type Started = Pick<Operation, 'id' | 'actor' | 'kind' | 'change'>;
type Facts = Partial<Omit<TimelineEntry, 'at' | 'sequence' | 'failure'>> & { readonly failure?: OrderRefusal | null };

export function timelineOf(events: readonly OrderStreamEvent[]): TimelineEntry[] {
  const opened = events.find((event) => event.type === 'checkout-opened');
  const currency = opened?.type === 'checkout-opened' ? opened.details.quote.currency : null;
  if (currency === null) return [];
  const entries: TimelineEntry[] = [];
  const underWay: Started[] = [];
  let seen: Elsewhere = { refundedMinor: 0, chargedBackMinor: 0, disputes: [] };
  for (const [index, event] of events.entries()) {
    const add = (action: string, facts: Facts) => entries.push(entryOf(index + 1, event.at, action, facts));
    const [running] = underWay;
    if (event.type === 'operation-started') underWay.push(...partsOf(event.operation));
    else if (event.type === 'operation-ended' && running !== undefined) {
      add(running.kind, endFacts(running, event.deed, event.failure, currency));
      // What was to follow never begins after a failure.
      underWay.splice(0, event.failure === null ? 1 : underWay.length);
    } else if (event.type === 'payment-observed') {
      for (const { action, movedMinor, subjectId } of observedBetween(seen, event.elsewhere)) {
        const amount = movedMinor === 0 ? null : money(movedMinor, currency);
        add(action, { actor: 'provider', amount, subjectId });
      }
      if (event.authorizedMinor !== undefined) add('authorization-ended-at-provider', { actor: 'provider' });
      seen = event.elsewhere;
    } else {
      const plain = plainEntryOf(event, currency);
      if (plain !== null) add(...plain);
    }
  }
  const [running] = underWay;
  const last = events.at(-1);
  if (running !== undefined && last !== undefined) {
    const { id: subjectId, actor, kind } = running;
    entries.push(entryOf(events.length, last.at, kind, { actor, subjectId, outcome: 'running' }));
  }
  return entries;
}

/** An operation and what follows it. */
function partsOf(operation: Operation): Started[] {
  const { followUp } = operation;
  return followUp === null ? [operation] : [operation, { ...operation, ...followUp }];
}

function entryOf(sequence: number, at: number, action: string, facts: Facts): TimelineEntry {
  const { failure = null, ...others } = facts;
  return {
    sequence,
    at: toTimestamp(at),
    actor: 'shop',
    action,
    outcome: failure === null ? 'done' : 'failed',
    subjectId: null,
    amount: null,
    text: null,
    ...others,
    failure: failure === null ? null : { code: failure.code, detail: failure.detail ?? failure.code },
  };
}

function endFacts(
  { id, actor, change }: Started,
  deed: Deed | null,
  failure: OrderRefusal | null,
  currency: Currency,
): Facts {
  const moved = deed === null ? 0 : deed.capturedMinor - deed.refundedMinor;
  return {
    actor,
    subjectId: deed?.fulfillmentId ?? deed?.returnId ?? deed?.refundId ?? change.received?.id ?? id,
    amount: moved === 0 ? null : money(moved, currency),
    text: change.note ?? change.refund?.note ?? change.received?.note ?? null,
    failure,
  };
}

/** The entry of an event that is no part of an operation; null where the timeline does not show it. */
function plainEntryOf(event: OrderStreamEvent, currency: Currency): readonly [action: string, facts: Facts] | null {
  switch (event.type) {
    case 'order-placed':
      return ['place', { actor: 'customer', text: event.number }];
    case 'order-paid':
      return ['pay', { amount: money(event.capturedMinor, currency) }];
    case 'order-confirmed':
      return ['authorize', {}];
    case 'undo-started':
      return ['cancel', { failure: event.failure }];
    case 'return-requested': {
      const { id: subjectId, note: text } = event.goodsReturn;
      return ['request-return', { actor: event.actor, subjectId, text }];
    }
    case 'return-decided': {
      const { actor, returnId: subjectId, note: text, state } = event;
      return [`return-${state}`, { actor, subjectId, text }];
    }
    case 'fulfillment-tracked': {
      const { actor, fulfillmentId: subjectId, tracking } = event;
      return ['track', { actor, subjectId, text: tracking.number }];
    }
    case 'refund-settled': {
      const detail = 'The provider did not pay the refund out.';
      const failure = event.isDeclined ? { code: 'refund-declined', detail } : null;
      return ['settle-refund', { subjectId: event.refundId, failure }];
    }
    case 'order-corrected':
      return ['change', { actor: event.actor, text: Object.keys(event.corrections).join(', ') }];
    case 'note-added':
      return ['note', { actor: event.actor, text: event.text }];
    default:
      return null;
  }
}
