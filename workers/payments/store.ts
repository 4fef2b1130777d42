/**
 * The payments database: one row per payment, the append-only ledger, and the events of providers that were seen. A change
 * is decided on what was read and written under its version, together with its bookings and events, in one batch: D1
 * commits all of it or nothing, and a change that came second is decided again. The statements are plain SQL, because most
 * of them depend on others of their commit, and drizzle cannot batch such statements on D1.
 */
import type { Envelope } from '../../shared/events/envelope.ts';
import { subscribersOf } from '../../shared/events/subscriptions.ts';
import type { Currency } from '../../shared/values/money.ts';
import { dayMs } from '../../shared/values/time.ts';
import {
  captureTransaction,
  type LedgerTransaction,
  type Payment,
  type PaymentReport,
  type Recorded,
  recordReport,
} from './domain.ts';
import type { DirectCapture, PaymentBook } from './providers/provider.ts';

export interface LedgerEntry {
  readonly transactionId: string;
  readonly account: string;
  readonly amountMinor: number;
  readonly currency: Currency;
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
}

const paymentColumns = `payment_key as paymentKey, provider, provider_ref as providerRef, status, reason,
  amount_minor as amountMinor, currency, captured_minor as capturedMinor, refunded_minor as refundedMinor,
  updated_at as updatedAt, version`;

/** Everybody who writes a payment is done within a few tries; more is a defect. */
const triesMax = 8;
/** Stripe sends an event again for three days, a person by hand for thirty. */
const eventRetentionMs = 31 * dayMs;
/** Pruning on a fraction of the webhooks keeps its cost away from the others. */
const pruneEveryEvents = 500;

/** Decides what a payment becomes; null leaves it as it is. */
type Change = (known: Payment | null) => { readonly recorded: Recorded; readonly events: readonly Envelope[] } | null;

/** Names a change within the commit that makes it: the row carries the id of the change that wrote it last. */
interface ChangeReference {
  readonly paymentKey: string;
  readonly changeId: string;
}

/** True within a commit whose payment row was really written. Binds the two parts of a `ChangeReference`. */
const wasMade = 'exists (select 1 from payments where payment_key = ? and change_id = ?)';

export class PaymentStore implements PaymentBook {
  readonly #db: D1Database;

  constructor(db: D1Database) {
    this.#db = db;
  }

  async find(paymentKey: string): Promise<Payment | null> {
    return this.#select(paymentKey).first<Payment>();
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
    const [payment] = rowsOf<Payment>(payments);
    return payment === undefined ? null : { payment, entries: rowsOf<LedgerEntry>(entries) };
  }

  async open(report: PaymentReport, now: number): Promise<Payment> {
    return this.#insert(recordReport(null, report, now).payment);
  }

  async close(paymentKey: string, provider: string, now: number): Promise<Payment> {
    const nothing = {
      ...{ providerRef: null, reason: null, amountMinor: null, currency: null },
      ...{ capturedMinor: 0, refundedMinor: 0, updatedAt: now, version: 1 },
    };
    return this.#insert({ paymentKey, provider, status: 'voided', ...nothing });
  }

  async captureDirectly(capture: DirectCapture): Promise<Payment> {
    const { paymentKey, provider, amountMinor, currency, now } = capture;
    const payment: Payment = {
      ...{ paymentKey, provider, providerRef: null, status: 'captured', reason: null, amountMinor, currency },
      ...{ capturedMinor: amountMinor, refundedMinor: 0, updatedAt: now, version: 1 },
    };
    const change = { paymentKey, changeId: crypto.randomUUID() };
    const [written] = await this.#db.batch([
      this.#insertStatement(payment, change.changeId),
      this.#bookStatement(change, [captureTransaction({ ...capture, totalMinor: amountMinor })], now),
    ]);
    return theRow(rowsOf<Payment>(written)[0]);
  }

  async record(known: Payment, report: PaymentReport, now: number): Promise<Payment> {
    const decide: Change = (payment) => {
      const recorded = recordReport(payment, report, now);
      return recorded.news === 'moved' ? { recorded, events: [] } : null;
    };
    return theRow(await this.#change(report.paymentKey, known, decide, null, now));
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
    await this.#change(paymentKey, rowsOf<Payment>(known)[0] ?? null, decide, eventId, now);
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
        if (eventId !== null) await this.#db.batch(this.#seenStatements(eventId, null, now));
        return known;
      }
      const { payment, transactions } = decision.recorded;
      const change = { paymentKey, changeId: crypto.randomUUID() };
      const [written] = await this.#db.batch([
        this.#writeStatement(payment, known?.version ?? 0, change.changeId),
        this.#bookStatement(change, transactions, now),
        ...(eventId === null ? [] : this.#seenStatements(eventId, change, now)),
        ...decision.events.map((event) => this.#publishStatement(event, change, now)),
      ]);
      if (rowsOf(written).length > 0) return payment;
      known = await this.find(paymentKey);
    }
    throw new Error(`The payment ${paymentKey} changed ${triesMax} times while one report was recorded`);
  }

  async #insert(payment: Payment): Promise<Payment> {
    return theRow(await this.#insertStatement(payment, crypto.randomUUID()).first<Payment>());
  }

  /** Writes a row unless its key is known, and answers the row that is there then: the empty update makes it visible. */
  #insertStatement(payment: Payment, changeId: string): D1PreparedStatement {
    return this.#db
      .prepare(`${insertPayment} on conflict (payment_key) do update set version = version returning ${paymentColumns}`)
      .bind(...boundOf(payment), changeId);
  }

  /** Writes a payment if it still has the version that was read; zero means that there was none. Answers one row, or none. */
  #writeStatement(payment: Payment, expectedVersion: number, changeId: string): D1PreparedStatement {
    return this.#db
      .prepare(
        `${insertPayment} on conflict (payment_key) do update set provider_ref = excluded.provider_ref,
           status = excluded.status, reason = excluded.reason, amount_minor = excluded.amount_minor,
           currency = excluded.currency, captured_minor = excluded.captured_minor,
           refunded_minor = excluded.refunded_minor, updated_at = excluded.updated_at, version = excluded.version,
           change_id = excluded.change_id
         where payments.version = ? returning version`,
      )
      .bind(...boundOf(payment), changeId, expectedVersion);
  }

  /** Books transactions if the change was made. A transaction that is in the books stays as it is. */
  #bookStatement(
    change: ChangeReference,
    transactions: readonly LedgerTransaction[],
    now: number,
  ): D1PreparedStatement {
    const rows = transactions.flatMap(({ id, currency, entries }) =>
      entries.map(({ account, amountMinor }) => [id, account, amountMinor, currency]),
    );
    return this.#db
      .prepare(
        `insert or ignore into ledger_entries (payment_key, transaction_id, account, amount_minor, currency, recorded_at)
         select ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ? from json_each(?) where ${wasMade}`,
      )
      .bind(change.paymentKey, now, JSON.stringify(rows), change.paymentKey, change.changeId);
  }

  #seenStatements(eventId: string, change: ChangeReference | null, now: number): D1PreparedStatement[] {
    const insert = 'insert or ignore into provider_events (event_id, received_at)';
    const seen =
      change === null
        ? this.#db.prepare(`${insert} values (?, ?)`).bind(eventId, now)
        : this.#db
            .prepare(`${insert} select ?, ? where ${wasMade}`)
            .bind(eventId, now, change.paymentKey, change.changeId);
    if (now % pruneEveryEvents !== 0) return [seen];
    return [seen, this.#db.prepare('delete from provider_events where received_at < ?').bind(now - eventRetentionMs)];
  }

  #publishStatement(event: Envelope, change: ChangeReference, now: number): D1PreparedStatement {
    const pending = JSON.stringify(subscribersOf(event.type));
    return this.#db
      .prepare(
        `insert or ignore into outbox (event_id, envelope, pending, created_at) select ?, ?, ?, ? where ${wasMade}`,
      )
      .bind(event.id, JSON.stringify(event), pending, now, change.paymentKey, change.changeId);
  }

  #select(paymentKey: string): D1PreparedStatement {
    return this.#db.prepare(`select ${paymentColumns} from payments where payment_key = ?`).bind(paymentKey);
  }
}

const insertPayment = `insert into payments (payment_key, provider, provider_ref, status, reason, amount_minor, currency,
  captured_minor, refunded_minor, updated_at, version, change_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The columns of `insertPayment`, but for its last. */
function boundOf(payment: Payment): unknown[] {
  const { paymentKey, provider, providerRef, status, reason, amountMinor, currency } = payment;
  const { capturedMinor, refundedMinor, updatedAt, version } = payment;
  return [
    ...[paymentKey, provider, providerRef, status, reason, amountMinor, currency],
    ...[capturedMinor, refundedMinor, updatedAt, version],
  ];
}

/** The rows of one statement of a batch, which this file's own column lists describe. */
function rowsOf<Row = unknown>(result: D1Result | undefined): Row[] {
  return (result?.results ?? []) as Row[];
}

function theRow(payment: Payment | null | undefined): Payment {
  if (payment == null) throw new Error('A payment that was written or read before is there');
  return payment;
}
