/**
 * Compares the ledger with the providers, payment by payment: what only the provider knows is recorded and published, what
 * no report explains is kept for the merchant. A step is bounded, and a run goes on where the step before stopped.
 */
import type { Payment, PaymentReport, Recorded } from '../domain/payment.ts';
import {
  booksDiffer,
  differencesBetween,
  type Finding,
  type FindingKind,
  withUnmade,
} from '../domain/reconciliation.ts';
import { recordReport } from '../domain/reports.ts';
import type { Observation } from '../providers/provider.ts';
import { changePayment } from '../store/payments.ts';
import { type DuePayment, duePayments, finishRun, keepResult, latestRun, openRun } from '../store/reconciliation.ts';
import { updateOf } from './payments.ts';

/** Each asks the provider up to three times, and an invocation of a Worker may ask a thousand. */
export const stepSize = 25;
/** A provider that does not answer so often in a row is away: the rest is left for later. */
const silencesMax = 3;

export interface ReconciliationContext {
  readonly db: D1Database;
  /** The providers that can be asked. */
  readonly observable: readonly string[];
  observe(provider: string, providerRef: string): Promise<Observation>;
  armRelay(): Promise<void>;
  newRunId(): string;
  now(): number;
}

/** Does one step. True when the run is finished. */
export async function reconcileStep(context: ReconciliationContext): Promise<boolean> {
  const { db, now } = context;
  const run = await openRun(db, context.newRunId(), now());
  const due = await duePayments(db, run, context.observable, stepSize);
  let silences = 0;
  for (const one of due) {
    const checked = await check(one, context);
    silences = checked.findings.some(({ kind }) => kind === 'unanswered') ? silences + 1 : 0;
    if (silences >= silencesMax) return false;
    await keepResult(db, run, one.payment, checked, now());
  }
  if (due.length > 0) return false;
  await finishRun(db, run, now());
  return true;
}

/** The newest run with what it found; null before the first one. */
export function latestReconciliation(
  { db }: Pick<ReconciliationContext, 'db'>,
  findingsMax: number,
): ReturnType<typeof latestRun> {
  return latestRun(db, findingsMax);
}

interface Checked {
  readonly isRepaired: boolean;
  readonly findings: readonly Finding[];
}

async function check({ payment, bookedMinor }: DuePayment, context: ReconciliationContext): Promise<Checked> {
  const seen = await context.observe(payment.provider, payment.providerRef ?? '');
  const books = booksDiffer(payment, bookedMinor);
  if (seen.kind === 'known') {
    const { after, isRepaired } = await repair(payment, seen.report, context);
    return { isRepaired, findings: [...differencesBetween(after, seen.report), ...books] };
  }
  const unexplained = { kind: findingKinds[seen.kind], ledgerMinor: payment.capturedMinor, providerMinor: null };
  return { isRepaired: false, findings: [unexplained, ...books] };
}

const findingKinds = {
  unknown: 'unanswered',
  absent: 'absent-at-provider',
  foreign: 'another-payment',
} as const satisfies Record<Exclude<Observation['kind'], 'known'>, FindingKind>;

/** Records what the provider knows, and publishes it when it was news. */
async function repair(payment: Payment, report: PaymentReport, context: ReconciliationContext) {
  const now = context.now();
  const recordedFor = (known: Payment): Recorded => recordReport(known, withUnmade(known, report, now), now);
  if (report.paymentKey !== payment.paymentKey || recordedFor(payment).news !== 'moved') {
    return { after: payment, isRepaired: false };
  }
  await context.armRelay();
  let isRepaired = false;
  const after = await changePayment(
    context.db,
    payment.paymentKey,
    (known) => {
      const recorded = known === null ? null : recordedFor(known);
      isRepaired = recorded?.news === 'moved';
      if (recorded === null || !isRepaired) return null;
      const { paymentKey, version } = recorded.payment;
      const event = updateOf(recorded.payment, `reconciled-${paymentKey}-${version}`, now);
      return { recorded, events: event === null ? [] : [event] };
    },
    now,
  );
  return { after: after ?? payment, isRepaired };
}
