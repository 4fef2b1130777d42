/**
 * The payments database: one row per payment, the append-only ledger, and the events of providers that were seen. A change
 * is decided on what was read and written under its version, together with its bookings and events, in one batch: D1
 * commits all of it or nothing, and a change that came second is decided again. The statements are plain SQL, because most
 * of them depend on others of their commit, and drizzle cannot batch such statements on D1.
 */
import type { Envelope } from '../../../shared/events/envelope.ts';
import type { Currency } from '../../../shared/values/money.ts';
import type { Result } from '../../../shared/values/result.ts';
import type { LedgerTransaction } from '../domain/bookings.ts';
import {
  blankPayment,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  type Recorded,
} from '../domain/payment.ts';
import { recordReport } from '../domain/reports.ts';
import { type NotedRequest, noteRequest, type PaymentRequest, type RequestRefusal } from '../domain/requests.ts';
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

/** Each try in vain means that another writer is done, so as many at once all get through; more is a defect. */
const triesMax = 32;
/** Decides what a payment becomes; null leaves it as it is. */
type Change = (known: Payment | null) => { readonly recorded: Recorded; readonly events: readonly Envelope[] } | null;

export class PaymentStore implements PaymentBook, RequestBook {
  readonly #db: D1Database;

  constructor(db: D1Database) {
    this.#db = db;
  }

  async find(paymentKey: string): Promise<Payment | null> {
    const row = await this.#select(paymentKey).first<PaymentRow>();
    return row === null ? null : paymentOf(row);
  }

  /** The payment and its bookings, for people. */
  async read(paymentKey: string): Promise<{ readonly payment: Payment; readonly entries: LedgerEntry[] } | null> {
    const [payments, entries] = await this.#db.batch([
      this.#select(paymentKey),
      this.#db
        .prepare(
          `select transaction_id as transactionId, account, amount_minor as amountMinor, currency, recorded_at as recordedAt
           from ledger_entries where payment_key = ? order by recorded_at, transaction_id, account`,
        )
        .bind(paymentKey),
    ]);
    const [row] = rowsOf<PaymentRow>(payments);
    return row === undefined ? null : { payment: paymentOf(row), entries: rowsOf<LedgerEntry>(entries) };
  }

  /** A page of payments, newest keys first. */
  async list(
    filter: { readonly status: PaymentStatus | null; readonly after: string | null },
    limit: number,
  ): Promise<Payment[]> {
    const { results } = await this.#db
      .prepare(
        `select ${paymentColumns} from payments
         where (?1 is null or status = ?1) and (?2 is null or payment_key < ?2) order by payment_key desc limit ?3`,
      )
      .bind(filter.status, filter.after, limit)
      .all<PaymentRow>();
    return results.map(paymentOf);
  }

  async open(report: PaymentReport, now: number): Promise<Payment> {
    const { payment, transactions } = recordReport(null, report, now);
    return this.#insert(payment, transactions, now);
  }

  async close(paymentKey: string, provider: string, now: number): Promise<Payment> {
    return this.#insert({ ...blankPayment(paymentKey, provider, now), status: 'voided' }, [], now);
  }

  async record(known: Payment, report: PaymentReport, now: number): Promise<Payment> {
    const decide: Change = (payment) => {
      const recorded = recordReport(payment, report, now);
      return recorded.news === 'moved' ? { recorded, events: [] } : null;
    };
    const after = await this.#change(report.paymentKey, known, decide, null, now);
    if (after === null) throw new Error('A payment that was read before is there');
    return after;
  }

  async note(paymentKey: string, request: PaymentRequest, now: number): Promise<Result<NotedRequest, RequestRefusal>> {
    const known = await this.find(paymentKey);
    let noted = noteRequest(known, request, now);
    const decide: Change = (payment) => {
      noted = noteRequest(payment, request, now);
      return noted.ok && noted.value.recorded !== null ? { recorded: noted.value.recorded, events: [] } : null;
    };
    await this.#change(paymentKey, known, decide, null, now);
    return noted;
  }

  /** Changes a payment, and publishes what tells of it, in one commit. Answers the payment as it is afterwards. */
  async apply(paymentKey: string, decide: Change, now: number): Promise<Payment | null> {
    return this.#change(paymentKey, await this.find(paymentKey), decide, null, now);
  }

  /**
   * Applies a provider's event once. `decide` sees the payment as it is and answers what it becomes, with the events that
   * tell of it; the provider's event id is recorded in the same commit.
   */
  async receive(eventId: string, paymentKey: string, decide: Change, now: number): Promise<void> {
    const [seen, known] = await this.#db.batch([
      this.#db.prepare('select 1 from provider_events where event_id = ?').bind(eventId),
      this.#select(paymentKey),
    ]);
    if (rowsOf(seen).length > 0) return;
    const [row] = rowsOf<PaymentRow>(known);
    await this.#change(paymentKey, row === undefined ? null : paymentOf(row), decide, eventId, now);
  }

  /** The loop of optimistic writing. Answers the payment as it is afterwards. */
  async #change(
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
        if (eventId !== null) await this.#db.batch(seenStatements(this.#db, eventId, null, now));
        return known;
      }
      const { payment, transactions } = decision.recorded;
      const change = { paymentKey, changeId: crypto.randomUUID() };
      const [written] = await this.#db.batch([
        this.#writeStatement(payment, known?.version ?? 0, change.changeId),
        ...bookStatements(this.#db, change, transactions, now),
        ...(eventId === null ? [] : seenStatements(this.#db, eventId, change, now)),
        ...decision.events.map((event) => publishStatement(this.#db, event, change, now)),
      ]);
      if (rowsOf(written).length > 0) return payment;
      known = await this.find(paymentKey);
    }
    throw new Error(`The payment ${paymentKey} changed ${triesMax} times while one report was recorded`);
  }

  /** Writes a row unless its key is known, and answers the row that is there then: the empty update makes it visible. */
  async #insert(payment: Payment, transactions: readonly LedgerTransaction[], now: number): Promise<Payment> {
    const change = { paymentKey: payment.paymentKey, changeId: crypto.randomUUID() };
    const [written] = await this.#db.batch([
      this.#db
        .prepare(
          `${insertPayment} on conflict (payment_key) do update set version = version returning ${paymentColumns}`,
        )
        .bind(...boundOf(payment), change.changeId),
      ...bookStatements(this.#db, change, transactions, now),
    ]);
    const [row] = rowsOf<PaymentRow>(written);
    if (row === undefined) throw new Error('A payment that was written is there');
    return paymentOf(row);
  }

  /** Writes a payment if it still has the version that was read; zero means that there was none. Answers one row, or none. */
  #writeStatement(payment: Payment, expectedVersion: number, changeId: string): D1PreparedStatement {
    return this.#db
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

  #select(paymentKey: string): D1PreparedStatement {
    return this.#db.prepare(`select ${paymentColumns} from payments where payment_key = ?`).bind(paymentKey);
  }
}
