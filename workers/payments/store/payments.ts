/**
 * The payments database: one row per payment, the append-only ledger, and the events of providers that were seen. A change
 * is decided on what was read and written under its version, together with its bookings and events, in one batch: D1
 * commits all of it or nothing, and a change that came second is decided again. The statements are plain SQL, because most
 * of them depend on others of their commit, and drizzle cannot batch such statements on D1.
 */
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Currency } from '../../../shared/values/money.ts';
import { laterKeysOf } from '../../../shared/values/payment-key.ts';
import type { LedgerTransaction } from '../domain/bookings.ts';
import { blankPayment, type Payment, type PaymentStatus, type Recorded } from '../domain/payment.ts';
import { recordReport } from '../domain/reports.ts';
import { noteRequest } from '../domain/requests.ts';
import type { PaymentBook, RequestBook } from '../providers/provider.ts';
import { boundOf, insertPayment, type PaymentRow, paymentColumns, paymentOf, rowsOf } from './rows.ts';
import { bookStatements, publishStatement, seenStatements } from './statements.ts';

export interface LedgerEntry {
  readonly transactionId: string;
  readonly account: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
}

/** Each failed try means that another writer succeeded, so this many concurrent writers all succeed. More is a defect. */
const triesMax = 32;
/** Decides what a payment becomes; null leaves it as it is. */
export type Change = (
  known: Payment | null,
) => { readonly recorded: Recorded; readonly events: readonly Envelope[] } | null;

/** The payments of a database, as providers and requests of the shop write them. */
export function paymentBookOf(db: D1Database): PaymentBook & RequestBook {
  return {
    find: (paymentKey) => findPayment(db, paymentKey),
    open: async (report, now) => {
      const { payment, transactions } = recordReport(null, report, now);
      return insertOnce(db, payment, transactions, now);
    },
    close: (paymentKey, provider, now) =>
      insertOnce(db, { ...blankPayment(paymentKey, provider, now), status: 'voided' }, [], now),
    record: async (known, report, now) => {
      const decide: Change = (payment) => {
        const recorded = recordReport(payment, report, now);
        return recorded.news === 'moved' ? { recorded, events: [] } : null;
      };
      const after = await change(db, report.paymentKey, known, decide, null, now);
      if (after === null) throw new Error('A payment that was read before is there');
      return after;
    },
    note: async (paymentKey, request, now) => {
      const known = await findPayment(db, paymentKey);
      let noted = noteRequest(known, request, now);
      const decide: Change = (payment) => {
        noted = noteRequest(payment, request, now);
        return noted.ok && noted.value.recorded !== null ? { recorded: noted.value.recorded, events: [] } : null;
      };
      await change(db, paymentKey, known, decide, null, now);
      return noted;
    },
  };
}

export async function findPayment(db: D1Database, paymentKey: string): Promise<Payment | null> {
  const row = await selectPayment(db, paymentKey).first<PaymentRow>();
  return row === null ? null : paymentOf(row);
}

/** The payment and its bookings, for people. */
export async function readPayment(
  db: D1Database,
  paymentKey: string,
): Promise<{ readonly payment: Payment; readonly entries: LedgerEntry[] } | null> {
  const [payments, entries] = await db.batch([
    selectPayment(db, paymentKey),
    db
      .prepare(
        `select transaction_id as transactionId, account, amount_minor as amountMinor, currency, recorded_at as recordedAt
         from ledger_entries where payment_key = ? order by recorded_at, transaction_id, account`,
      )
      .bind(paymentKey),
  ]);
  const [row] = rowsOf<PaymentRow>(payments);
  return row === undefined ? null : { payment: paymentOf(row), entries: rowsOf<LedgerEntry>(entries) };
}

/** The keys of the payments of an order that were tried after the first. */
export async function laterPayments(db: D1Database, orderId: string): Promise<string[]> {
  const { from, before } = laterKeysOf(orderId);
  const { results } = await db
    .prepare('select payment_key as paymentKey from payments where payment_key >= ? and payment_key < ?')
    .bind(from, before)
    .all<{ paymentKey: string }>();
  return results.map(({ paymentKey }) => paymentKey);
}

/** A page of payments, newest keys first. */
export async function listPayments(
  db: D1Database,
  filter: { readonly status: PaymentStatus | null; readonly after: string | null },
  limit: number,
): Promise<Payment[]> {
  // One text per combination: SQLite chooses the index before it knows the values.
  const conditions = [
    ...(filter.status === null ? [] : ['status = ?']),
    ...(filter.after === null ? [] : ['payment_key < ?']),
  ];
  const where = conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
  const { results } = await db
    .prepare(`select ${paymentColumns} from payments ${where} order by payment_key desc limit ?`)
    .bind(...[filter.status, filter.after].filter((value) => value !== null), limit)
    .all<PaymentRow>();
  return results.map(paymentOf);
}

/** Changes a payment, and publishes the events of the change, in one commit. Answers the payment as it is afterwards. */
export async function changePayment(
  db: D1Database,
  paymentKey: string,
  decide: Change,
  now: number,
): Promise<Payment | null> {
  return change(db, paymentKey, await findPayment(db, paymentKey), decide, null, now);
}

/**
 * Applies a provider's event once. `decide` sees the payment as it is and answers what it becomes, with the events to
 * publish; the provider's event id is recorded in the same commit.
 */
export async function applyProviderEvent(
  db: D1Database,
  eventId: string,
  paymentKey: string,
  decide: Change,
  now: number,
): Promise<void> {
  const [seen, known] = await db.batch([
    db.prepare('select 1 from provider_events where event_id = ?').bind(eventId),
    selectPayment(db, paymentKey),
  ]);
  if (rowsOf(seen).length > 0) return;
  const [row] = rowsOf<PaymentRow>(known);
  await change(db, paymentKey, row === undefined ? null : paymentOf(row), decide, eventId, now);
}

/** The loop of optimistic writing. Answers the payment as it is afterwards. */
async function change(
  db: D1Database,
  paymentKey: string,
  read: Payment | null,
  decide: Change,
  eventId: string | null,
  now: number,
): Promise<Payment | null> {
  let known = read;
  for (let tries = 0; tries < triesMax; tries += 1) {
    const decision = decide(known);
    if (decision === null) {
      if (eventId !== null) await db.batch(seenStatements(db, eventId, null, now));
      return known;
    }
    const { payment, transactions } = decision.recorded;
    const reference = { paymentKey, changeId: crypto.randomUUID() };
    const [written] = await db.batch([
      writeStatement(db, payment, known?.version ?? 0, reference.changeId),
      ...bookStatements(db, reference, transactions, now),
      ...(eventId === null ? [] : seenStatements(db, eventId, reference, now)),
      ...decision.events.map((event) => publishStatement(db, event, reference, now)),
    ]);
    if (rowsOf(written).length > 0) return payment;
    known = await findPayment(db, paymentKey);
  }
  throw new Error(`The payment ${paymentKey} changed ${triesMax} times while one report was recorded`);
}

/** Writes a row unless its key is known, and answers the row that is there then: the empty update makes it visible. */
async function insertOnce(
  db: D1Database,
  payment: Payment,
  transactions: readonly LedgerTransaction[],
  now: number,
): Promise<Payment> {
  const reference = { paymentKey: payment.paymentKey, changeId: crypto.randomUUID() };
  const [written] = await db.batch([
    db
      .prepare(`${insertPayment} on conflict (payment_key) do update set version = version returning ${paymentColumns}`)
      .bind(...boundOf(payment), reference.changeId),
    ...bookStatements(db, reference, transactions, now),
  ]);
  const [row] = rowsOf<PaymentRow>(written);
  if (row === undefined) throw new Error('A payment that was written is there');
  return paymentOf(row);
}

/** Writes a payment if it still has the version that was read; zero means that there was none. Answers one row, or none. */
function writeStatement(
  db: D1Database,
  payment: Payment,
  expectedVersion: number,
  changeId: string,
): D1PreparedStatement {
  return db
    .prepare(
      `${insertPayment} on conflict (payment_key) do update set provider_ref = excluded.provider_ref,
         status = excluded.status, reason = excluded.reason, amount_minor = excluded.amount_minor,
         currency = excluded.currency, captured_minor = excluded.captured_minor,
         refunded_minor = excluded.refunded_minor, charged_back_minor = excluded.charged_back_minor,
         movements = excluded.movements, has_pending = excluded.has_pending, updated_at = excluded.updated_at,
         version = excluded.version, change_id = excluded.change_id
       where payments.version = ? returning version`,
    )
    .bind(...boundOf(payment), changeId, expectedVersion);
}

function selectPayment(db: D1Database, paymentKey: string): D1PreparedStatement {
  return db.prepare(`select ${paymentColumns} from payments where payment_key = ?`).bind(paymentKey);
}
