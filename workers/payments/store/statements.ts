/**
 * What is written together with a change of a payment: its bookings, the provider's event that caused it, and the events that
 * are published. Each statement checks, within the commit, that the change was made.
 */
import type { Envelope } from '../../../shared/events/envelope.ts';
import { subscribersOf } from '../../../shared/events/subscriptions.ts';
import { dayMs } from '../../../shared/values/time.ts';
import type { LedgerTransaction } from '../domain/bookings.ts';

/** Stripe retries an event for three days, and a person can resend it for thirty. */
const eventRetentionMs = 31 * dayMs;
/** Old ids that are dropped for each new event: the table shrinks faster than it grows, and no webhook pays for many. */
const droppedPerEvent = 2;

/** Names a change within the commit that makes it: the row carries the id of the change that wrote it last. */
interface ChangeReference {
  readonly paymentKey: string;
  readonly changeId: string;
}

/** True within a commit whose payment row was really written. Binds the two parts of a `ChangeReference`. */
const wasMade = 'exists (select 1 from payments where payment_key = ? and change_id = ?)';

/** Books transactions if the change was made. A transaction that is in the books stays as it is. */
export function bookStatements(
  db: D1Database,
  change: ChangeReference,
  transactions: readonly LedgerTransaction[],
  now: number,
): D1PreparedStatement[] {
  if (transactions.length === 0) return [];
  const rows = transactions.flatMap(({ id, currency, entries }) =>
    entries.map(({ account, amountMinor }) => [id, account, amountMinor, currency]),
  );
  return [
    db
      .prepare(
        `insert or ignore into ledger_entries (payment_key, transaction_id, account, amount_minor, currency, recorded_at)
       select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ? from json_each(?) where ${wasMade}`,
      )
      .bind(change.paymentKey, now, JSON.stringify(rows), change.paymentKey, change.changeId),
  ];
}

/** Remembers a provider's event, if its change was made; one without a change is remembered as it is. */
export function seenStatements(
  db: D1Database,
  eventId: string,
  change: ChangeReference | null,
  now: number,
): D1PreparedStatement[] {
  const insert = 'insert or ignore into provider_events (event_id, received_at)';
  const seen =
    change === null
      ? db.prepare(`${insert} values (?, ?)`).bind(eventId, now)
      : db.prepare(`${insert} select ?, ? where ${wasMade}`).bind(eventId, now, change.paymentKey, change.changeId);
  const drop = `delete from provider_events where event_id in
    (select event_id from provider_events where received_at < ? order by received_at limit ?)`;
  return [seen, db.prepare(drop).bind(now - eventRetentionMs, droppedPerEvent)];
}

/** Puts an event into the outbox if its change was made. */
export function publishStatement(
  db: D1Database,
  event: Envelope,
  change: ChangeReference,
  now: number,
): D1PreparedStatement {
  const pending = JSON.stringify(subscribersOf(event.type));
  return db
    .prepare(
      `insert or ignore into outbox (event_id, envelope, pending, created_at) select ?, ?, ?, ? where ${wasMade}`,
    )
    .bind(event.id, JSON.stringify(event), pending, now, change.paymentKey, change.changeId);
}
