/** Every statement of the payments database: what a change writes together, with and without a provider's event. */
import type { Envelope } from '../../../shared/events/envelope.ts';
import { recordReport } from '../../../workers/payments/domain/reports.ts';
import {
  applyProviderEvent,
  type Change,
  changePayment,
  laterPayments,
  listPayments,
  paymentBookOf,
  readPayment,
} from '../../../workers/payments/store/payments.ts';
import {
  duePayments,
  finishRun,
  keepResult,
  latestRun,
  openRun,
} from '../../../workers/payments/store/reconciliation.ts';

const report = {
  paymentKey: 'ord_1',
  provider: 'sandbox',
  providerRef: 'pi_1',
  status: 'authorized',
  reason: null,
  amountMinor: 1000,
  currency: 'EUR',
  capturedMinor: 0,
  movements: [],
} as const;
const captured = { ...report, status: 'captured', capturedMinor: 1000 } as const;
const event: Envelope = {
  specversion: '1.0',
  id: 'e1',
  source: '/payments',
  type: 'payments.payment-updated.v1',
  subject: 'ord_1',
  time: '2026-11-21T00:00:00.000Z',
  sequence: 1,
  datacontenttype: 'application/json',
  data: {},
};

export async function tour(db: D1Database): Promise<void> {
  const book = paymentBookOf(db);
  const payment = await book.open(report, 1);
  await book.close('ord_2', 'sandbox', 1);
  const capture: Change = (known) => ({ recorded: recordReport(known, captured, 2), events: [event] });
  await applyProviderEvent(db, 'evt_1', 'ord_1', capture, 2);
  await applyProviderEvent(db, 'evt_2', 'ord_1', () => null, 3);
  await book.record(payment, captured, 3);
  await changePayment(db, 'ord_1', () => null, 4);
  const refund = { provider: 'sandbox', kind: 'refund', ref: 'r1', amountMinor: 1, currency: 'EUR', stepMinor: 1 };
  await book.note('ord_1', { ...refund, kind: 'refund', currency: 'EUR' }, 5);
  await readPayment(db, 'ord_1');
  await laterPayments(db, 'ord_1');
  for (const status of [null, 'captured'] as const) {
    for (const after of [null, 'ord_9']) await listPayments(db, { status, after }, 20);
  }
  const run = await openRun(db, 'run_1', 6);
  await duePayments(db, run, ['sandbox'], 25);
  const finding = { kind: 'books-differ', ledgerMinor: 1, providerMinor: 2 } as const;
  await keepResult(db, run, payment, { isRepaired: true, findings: [finding] }, 7);
  await latestRun(db, 100);
  await finishRun(db, run, 8);
}
