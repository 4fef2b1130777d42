/**
 * The payments database: one row per payment, the append-only ledger, and the events of providers that were seen. A change
 * is decided on what was read and written under its version, together with its bookings and events, in one batch: D1
 * commits all of it or nothing, and a change that came second is decided again.
 */
import { desc, eq, type SQL, sql } from 'drizzle-orm';
import type { DrizzleD1Database } from 'drizzle-orm/d1';
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Envelope } from '../../shared/events/envelope.ts';
import { subscribersOf } from '../../shared/events/subscriptions.ts';
import { commit, type Statement } from '../../shared/messaging/d1.ts';
import type { Currency } from '../../shared/values/money.ts';
import { dayMs } from '../../shared/values/time.ts';
import {
  captureTransaction,
  type LedgerTransaction,
  type Payment,
  type PaymentReport,
  type PaymentStatus,
  type Recorded,
  recordReport,
} from './domain.ts';
import type { DirectCapture, PaymentBook } from './providers/provider.ts';

const payments = sqliteTable('payments', {
  paymentKey: text('payment_key').primaryKey(),
  provider: text('provider').notNull(),
  providerRef: text('provider_ref'),
  status: text('status').$type<PaymentStatus>().notNull(),
  reason: text('reason'),
  amountMinor: integer('amount_minor'),
  currency: text('currency').$type<Currency>(),
  capturedMinor: integer('captured_minor').notNull(),
  refundedMinor: integer('refunded_minor').notNull(),
  updatedAt: integer('updated_at').notNull(),
  version: integer('version').notNull(),
  changeId: text('change_id').notNull(),
});

const ledgerEntries = sqliteTable(
  'ledger_entries',
  {
    paymentKey: text('payment_key').notNull(),
    transactionId: text('transaction_id').notNull(),
    account: text('account').notNull(),
    amountMinor: integer('amount_minor').notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    recordedAt: integer('recorded_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.paymentKey, table.transactionId, table.account] })],
);
export type LedgerEntry = typeof ledgerEntries.$inferSelect;

/** Everybody who writes a payment is done within a few tries; more is a defect. */
const triesMax = 8;
/** Stripe sends an event again for three days, a person by hand for thirty. */
const eventRetentionMs = 31 * dayMs;
/** Pruning on a fraction of the webhooks keeps its cost away from the others. */
const pruneEveryEvents = 500;

/** Decides what a payment becomes; null leaves it as it is. */
type Change = (known: Payment | null) => { readonly recorded: Recorded; readonly events: readonly Envelope[] } | null;

export class PaymentStore implements PaymentBook {
  readonly #db: DrizzleD1Database;

  constructor(db: DrizzleD1Database) {
    this.#db = db;
  }

  async find(paymentKey: string): Promise<Payment | null> {
    const [row] = await this.#select(paymentKey);
    return row === undefined ? null : paymentOf(row);
  }

  /** The payment and its bookings, for people. */
  async read(
    paymentKey: string,
  ): Promise<{ readonly payment: Payment; readonly entries: readonly LedgerEntry[] } | null> {
    const [[row], entries] = await this.#db.batch([
      this.#select(paymentKey),
      this.#db
        .select()
        .from(ledgerEntries)
        .where(eq(ledgerEntries.paymentKey, paymentKey))
        .orderBy(ledgerEntries.recordedAt, ledgerEntries.transactionId, desc(ledgerEntries.amountMinor)),
    ]);
    return row === undefined ? null : { payment: paymentOf(row), entries };
  }

  open(report: PaymentReport, now: number): Promise<Payment> {
    return this.#insert(recordReport(null, report, now).payment);
  }

  close(paymentKey: string, provider: string, now: number): Promise<Payment> {
    const nothing = {
      providerRef: null,
      reason: null,
      amountMinor: null,
      currency: null,
      capturedMinor: 0,
      refundedMinor: 0,
    };
    return this.#insert({ paymentKey, provider, ...nothing, status: 'voided', updatedAt: now, version: 1 });
  }

  async captureDirectly(capture: DirectCapture): Promise<Payment> {
    const { paymentKey, provider, amountMinor, currency, now } = capture;
    const payment: Payment = {
      ...{ paymentKey, provider, providerRef: null, status: 'captured', reason: null, amountMinor, currency },
      ...{ capturedMinor: amountMinor, refundedMinor: 0, updatedAt: now, version: 1 },
    };
    const transaction = captureTransaction({ ...capture, totalMinor: amountMinor });
    const changeId = crypto.randomUUID();
    const [rows] = await this.#db.batch([
      this.#insertStatement(payment, changeId),
      this.#bookStatement(paymentKey, changeId, [transaction], now),
    ]);
    return onlyPayment(rows);
  }

  record(known: Payment, report: PaymentReport, now: number): Promise<Payment> {
    const change: Change = (payment) => {
      const recorded = recordReport(payment, report, now);
      return recorded.news === 'moved' ? { recorded, events: [] } : null;
    };
    return this.#change(report.paymentKey, known, change, null, now).then((payment) => payment ?? known);
  }

  /**
   * Applies a provider's event once. `decide` sees the payment as it is and answers what it becomes, with the events that
   * tell of it; the provider's event id is recorded in the same commit.
   */
  async receive(eventId: string, paymentKey: string | null, decide: Change, now: number): Promise<void> {
    const [seen, rows] = await this.#db.batch([
      this.#db.all<{ seen: number }>(sql`select 1 as seen from provider_events where event_id = ${eventId}`),
      this.#select(paymentKey ?? ''),
    ]);
    if (seen.length > 0) return;
    const [row] = rows;
    await this.#change(paymentKey ?? '', row === undefined ? null : paymentOf(row), decide, eventId, now);
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
        if (eventId !== null) await commit(this.#db, this.#seenStatements(eventId, null, now));
        return known;
      }
      const { payment, transactions } = decision.recorded;
      const changeId = crypto.randomUUID();
      const [written] = await this.#db.batch([
        this.#writeStatement(payment, known?.version ?? 0, changeId),
        this.#bookStatement(paymentKey, changeId, transactions, now),
        ...(eventId === null ? [] : this.#seenStatements(eventId, { paymentKey, changeId }, now)),
        ...decision.events.map((event) => this.#publishStatement(event, { paymentKey, changeId }, now)),
      ]);
      if (written.length > 0) return payment;
      known = await this.find(paymentKey);
    }
    throw new Error(`The payment ${paymentKey} changed ${triesMax} times while one report was recorded`);
  }

  async #insert(payment: Payment): Promise<Payment> {
    return onlyPayment(await this.#insertStatement(payment, crypto.randomUUID()));
  }

  /** Writes a row unless its key is known, and answers the row that is there then: the empty update makes it visible. */
  #insertStatement(payment: Payment, changeId: string) {
    return this.#db
      .insert(payments)
      .values({ ...payment, changeId })
      .onConflictDoUpdate({ target: payments.paymentKey, set: { version: sql`${payments.version}` } })
      .returning();
  }

  /** Writes a payment if it still has the version that was read; zero means that there was none. Answers one row, or none. */
  #writeStatement(payment: Payment, expectedVersion: number, changeId: string) {
    const row = { ...payment, changeId };
    return this.#db
      .insert(payments)
      .values(row)
      .onConflictDoUpdate({ target: payments.paymentKey, set: row, setWhere: eq(payments.version, expectedVersion) })
      .returning({ version: payments.version });
  }

  /** Books transactions if the change was made in this commit. A transaction that is in the books stays as it is. */
  #bookStatement(paymentKey: string, changeId: string, transactions: readonly LedgerTransaction[], now: number) {
    const rows = transactions.flatMap(({ id, currency, entries }) =>
      entries.map(({ account, amountMinor }) => [id, account, amountMinor, currency]),
    );
    return this.#db.run(sql`insert or ignore into ledger_entries (payment_key, transaction_id, account, amount_minor, currency, recorded_at)
      select ${paymentKey}, json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]'), ${now}
      from json_each(${JSON.stringify(rows)}) where ${wasMade({ paymentKey, changeId })}`);
  }

  #seenStatements(eventId: string, change: ChangeReference | null, now: number): Statement[] {
    return [
      this.#db.run(sql`insert or ignore into provider_events (event_id, received_at)
        select ${eventId}, ${now} where ${change === null ? sql`true` : wasMade(change)}`),
      ...(now % pruneEveryEvents === 0
        ? [this.#db.run(sql`delete from provider_events where received_at < ${now - eventRetentionMs}`)]
        : []),
    ];
  }

  #publishStatement(event: Envelope, change: ChangeReference, now: number): Statement {
    return this.#db.run(sql`insert or ignore into outbox (event_id, envelope, pending, created_at)
      select ${event.id}, ${JSON.stringify(event)}, ${JSON.stringify(subscribersOf(event.type))}, ${now} where ${wasMade(change)}`);
  }

  #select(paymentKey: string) {
    return this.#db.select().from(payments).where(eq(payments.paymentKey, paymentKey));
  }
}

interface ChangeReference {
  readonly paymentKey: string;
  readonly changeId: string;
}

/** True within a commit whose payment row was really written: another change would have left its own id. */
function wasMade({ paymentKey, changeId }: ChangeReference): SQL {
  return sql`exists (select 1 from payments where payment_key = ${paymentKey} and change_id = ${changeId})`;
}

function onlyPayment(rows: readonly (typeof payments.$inferSelect)[]): Payment {
  const [row] = rows;
  if (row === undefined) throw new Error('An upsert answers its row');
  return paymentOf(row);
}

function paymentOf({ changeId: _, ...payment }: typeof payments.$inferSelect): Payment {
  return payment;
}
