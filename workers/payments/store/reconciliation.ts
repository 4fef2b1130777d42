/**
 * The runs of the reconciliation: which payments are due, what was repaired, and what nobody could explain. A payment counts
 * as checked in a run as soon as its result is written, so a run that stopped goes on with the next one.
 */
import { dayMs } from '../../../shared/values/time.ts';
import type { Payment } from '../domain/payment.ts';
import type { Finding, FindingKind } from '../domain/reconciliation.ts';
import { type PaymentRow, paymentColumns, paymentOf, rowsOf } from './rows.ts';

export interface Run {
  readonly runId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Null while payments are left to check. */
  readonly finishedAt: number | null;
  readonly checked: number;
  readonly repaired: number;
}

export interface FoundRow extends Finding {
  readonly paymentKey: string;
  readonly kind: FindingKind;
  readonly currency: string | null;
  /** Milliseconds since 1970. */
  readonly foundAt: number;
}

export interface DuePayment {
  readonly payment: Payment;
  /** What the provider owes for it by the bookings. */
  readonly bookedMinor: number;
}

/** For how long after its last change a settled payment is still compared with the provider. */
const recentMs = 3 * dayMs;
/** For how long after its last change an unsettled payment is compared: no provider keeps an authorization that long. */
const unsettledMs = 35 * dayMs;

/** A run is hourly; only the newest is shown. */
const retentionMs = 90 * dayMs;

const runColumns = 'run_id as runId, started_at as startedAt, finished_at as finishedAt, checked, repaired';

/** The run that is under way, or a new one. */
export async function openRun(db: D1Database, runId: string, now: number): Promise<Run> {
  const [, open] = await db.batch([
    db
      .prepare(
        `insert into reconciliation_runs (run_id, started_at)
         select ?, ? where not exists (select 1 from reconciliation_runs where finished_at is null)`,
      )
      .bind(runId, now),
    db.prepare(`select ${runColumns} from reconciliation_runs where finished_at is null order by started_at limit 1`),
  ]);
  const [run] = rowsOf<Run>(open);
  if (run === undefined) throw new Error('A run that was opened is there');
  return run;
}

/** The newest run with what it found. */
export async function latestRun(
  db: D1Database,
  findingsMax: number,
): Promise<{ readonly run: Run; readonly findings: FoundRow[] } | null> {
  const newest = 'select run_id from reconciliation_runs order by started_at desc, run_id desc limit 1';
  const [runs, findings] = await db.batch([
    db.prepare(`select ${runColumns} from reconciliation_runs where run_id = (${newest})`),
    db
      .prepare(
        `select payment_key as paymentKey, kind, ledger_minor as ledgerMinor, provider_minor as providerMinor, currency,
           found_at as foundAt
         from reconciliation_findings where run_id = (${newest}) order by payment_key, kind limit ?`,
      )
      .bind(findingsMax),
  ]);
  const [run] = rowsOf<Run>(runs);
  return run === undefined ? null : { run, findings: rowsOf<FoundRow>(findings) };
}

/** Payments that are not settled or changed lately, and that this run has not checked. */
export async function duePayments(
  db: D1Database,
  { startedAt }: Run,
  providers: readonly string[],
  limit: number,
): Promise<DuePayment[]> {
  const names = JSON.stringify(providers);
  const mine = `checked_at < ?1 and provider_ref is not null and provider in (select value from json_each(?2))`;
  const { results } = await db
    .prepare(
      `select ${paymentColumns}, (
           select coalesce(sum(entry.amount_minor), 0) from ledger_entries entry
           where entry.payment_key = payments.payment_key and entry.account = 'provider-receivable:' || payments.provider
         ) as bookedMinor
       from payments where payment_key in (
         select * from (select payment_key from payments where ${mine} and updated_at > ?3
           and (status in ('created', 'requires_action', 'authorized') or has_pending = 1) order by checked_at limit ?5)
         union
         select * from (select payment_key from payments where ${mine} and updated_at > ?4 order by updated_at limit ?5)
       ) order by payment_key limit ?5`,
    )
    .bind(startedAt, names, startedAt - unsettledMs, startedAt - recentMs, limit)
    .all<PaymentRow & { readonly bookedMinor: number }>();
  return results.map(({ bookedMinor, ...row }) => ({ payment: paymentOf(row), bookedMinor }));
}

/** Writes the result for one payment. Of two runners that checked it at the same time, the first one counts it. */
export async function keepResult(
  db: D1Database,
  run: Run,
  payment: Payment,
  result: { readonly isRepaired: boolean; readonly findings: readonly Finding[] },
  now: number,
): Promise<void> {
  const { paymentKey, currency } = payment;
  await db.batch([
    db
      .prepare(
        `update reconciliation_runs set checked = checked + 1, repaired = repaired + ? where run_id = ?
         and exists (select 1 from payments where payment_key = ? and checked_at < ?)`,
      )
      .bind(Number(result.isRepaired), run.runId, paymentKey, run.startedAt),
    db
      .prepare('update payments set checked_at = max(checked_at, ?) where payment_key = ?')
      .bind(run.startedAt, paymentKey),
    db
      .prepare(
        `insert or replace into reconciliation_findings
           (run_id, payment_key, kind, ledger_minor, provider_minor, currency, found_at)
         select ?, ?, value ->> 'kind', value ->> 'ledgerMinor', value ->> 'providerMinor', ?, ? from json_each(?)`,
      )
      .bind(run.runId, paymentKey, currency, now, JSON.stringify(result.findings)),
  ]);
}

/** Ends a run, and deletes the runs that are older than the retention. */
export async function finishRun(db: D1Database, { runId }: Run, now: number): Promise<void> {
  const old = 'select run_id from reconciliation_runs where started_at < ?';
  await db.batch([
    db
      .prepare('update reconciliation_runs set finished_at = ? where run_id = ? and finished_at is null')
      .bind(now, runId),
    db.prepare(`delete from reconciliation_findings where run_id in (${old})`).bind(now - retentionMs),
    db.prepare('delete from reconciliation_runs where started_at < ?').bind(now - retentionMs),
  ]);
}
