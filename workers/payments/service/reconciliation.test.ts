/** The reconciliation over a real database: bounded, resumable, and silent when there is nothing to tell. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import type { PaymentReport } from '../domain/payment.ts';
import type { Observation } from '../providers/provider.ts';
import { applyProviderEvent, paymentBookOf, readPayment } from '../store/payments.ts';
import { latestRun } from '../store/reconciliation.ts';
import { reconcileStep, stepSize } from './reconciliation.ts';

const dayMs = 86_400_000;
const begin = 100 * dayMs;
let database: TestDatabase;
beforeAll(async () => {
  database = await migratedDatabase('payments');
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of ['payments', 'ledger_entries', 'outbox', 'reconciliation_runs', 'reconciliation_findings']) {
    await database.db.prepare(`delete from ${table}`).run();
  }
});

function reportOf(number: number, changes: Partial<PaymentReport> = {}): PaymentReport {
  return {
    ...{ paymentKey: `ord_${number}`, provider: 'sandbox', providerRef: `pi_${number}`, status: 'authorized' },
    ...{ reason: null, amountMinor: 1000, currency: 'EUR', capturedMinor: 0, movements: [] },
    ...changes,
  };
}

/** A provider that knows what it is told; `null` is a payment that it does not know, a missing one makes it silent. */
function setup(truth: ReadonlyMap<string, PaymentReport | null>) {
  const { db } = database;
  const book = paymentBookOf(db);
  const asked: string[] = [];
  let armed = 0;
  let now = begin;
  const observe = async (_: string, ref: string): Promise<Observation> => {
    asked.push(ref);
    const report = truth.get(ref);
    if (report === undefined) return { kind: 'unknown', reason: 'silence' };
    return report === null ? { kind: 'absent' } : { kind: 'known', report };
  };
  const armRelay = async () => {
    armed += 1;
  };
  const context = {
    db,
    observable: ['sandbox'],
    observe,
    armRelay,
    newRunId: () => `run_${now}`,
    now: () => now,
  };
  return {
    ...{ book, asked, armed: () => armed },
    latest: () => latestRun(db, 9),
    step: () => reconcileStep(context),
    wait: (ms: number) => {
      now += ms;
    },
    outbox: async () =>
      (await database.db.prepare('select envelope from outbox').all<{ envelope: string }>()).results.map(
        ({ envelope }) => JSON.parse(envelope),
      ),
  };
}

describe('a run', () => {
  test('repairs what the provider knows better, once, and tells it', async () => {
    const refund = { type: 'refund', ref: 're_1', amountMinor: 400, at: 5 } as const;
    const truth = reportOf(1, { status: 'captured', capturedMinor: 1000, movements: [refund] });
    const { book, latest, step, outbox, armed, wait } = setup(new Map([['pi_1', truth]]));
    await book.open(reportOf(1), begin - 10);
    expect(await step()).toBe(false);
    expect(await step()).toBe(true);
    expect(await latest()).toMatchObject({ run: { checked: 1, repaired: 1 }, findings: [] });
    expect((await readPayment(database.db, 'ord_1'))?.entries).toHaveLength(4);
    expect(await outbox()).toMatchObject([{ subject: 'ord_1', sequence: 2, data: { refunded: { amount: 400 } } }]);
    expect(armed()).toBe(1);
    wait(60_000);
    await step();
    expect(await latest()).toMatchObject({ run: { runId: `run_${begin + 60_000}`, checked: 1, repaired: 0 } });
    expect(await outbox()).toHaveLength(1);
  });

  test('goes on where it stopped, and asks of each payment once', async () => {
    const numbers = Array.from({ length: stepSize + 3 }, (_, index) => index);
    const { book, step, asked, latest } = setup(new Map(numbers.map((number) => [`pi_${number}`, reportOf(number)])));
    for (const number of numbers) await book.open(reportOf(number), begin - 10);
    expect(await step()).toBe(false);
    expect(asked).toHaveLength(stepSize);
    await step();
    expect(await step()).toBe(true);
    expect([...asked].sort()).toEqual(numbers.map((number) => `pi_${number}`).sort());
    expect(await latest()).toMatchObject({ run: { checked: stepSize + 3, finishedAt: begin } });
  });

  test('leaves settled payments of last week and payments without a provider alone', async () => {
    const settled = { status: 'captured', capturedMinor: 1000 } as const;
    const { book, step, asked } = setup(new Map());
    await book.open(reportOf(1, settled), begin - 4 * dayMs);
    await book.open(reportOf(2), begin - 40 * dayMs);
    await book.close('ord_3', 'sandbox', begin - 1);
    await book.open(reportOf(4, { provider: 'manual', providerRef: null }), begin - 1);
    expect(await step()).toBe(true);
    expect(asked).toEqual([]);
  });

  test('keeps what it cannot explain', async () => {
    const { book, step, latest } = setup(
      new Map([
        ['pi_1', null],
        ['pi_2', reportOf(2)],
      ]),
    );
    await book.open(reportOf(1), begin - 10);
    await book.open(reportOf(2, { status: 'captured', capturedMinor: 1000 }), begin - 10);
    await database.db.prepare("delete from ledger_entries where payment_key = 'ord_2'").run();
    await step();
    expect((await latest())?.findings).toMatchObject([
      { paymentKey: 'ord_1', kind: 'absent-at-provider' },
      { paymentKey: 'ord_2', kind: 'books-differ', ledgerMinor: 1000, providerMinor: 0 },
      { paymentKey: 'ord_2', kind: 'captured-differs', ledgerMinor: 1000, providerMinor: 0, currency: 'EUR' },
    ]);
  });

  test('stops when the provider is away, and asks again later', async () => {
    const { book, step, asked } = setup(new Map());
    for (const number of [1, 2, 3, 4, 5]) await book.open(reportOf(number), begin - 10);
    expect(await step()).toBe(false);
    expect(asked).toEqual(['pi_1', 'pi_2', 'pi_3']);
    await step();
    expect(asked).toEqual(['pi_1', 'pi_2', 'pi_3', 'pi_3', 'pi_4', 'pi_5']);
  });
});

describe('the store', () => {
  test('forgets events of providers after a month, two for each that comes', async () => {
    const seen = async () =>
      (await database.db.prepare('select count(*) as total from provider_events').first<number>('total')) ?? 0;
    const come = (day: number, ...ids: readonly string[]) =>
      Promise.all(ids.map((id) => applyProviderEvent(database.db, id, 'ord_1', () => null, day * dayMs)));
    await come(0, 'a', 'b', 'c');
    await come(31, 'd');
    expect(await seen()).toBe(4);
    await come(32, 'e');
    expect(await seen()).toBe(3);
    await come(32, 'f');
    expect(await seen()).toBe(3);
  });

  test('lets through only as many parallel requests as there is money for', async () => {
    const { book } = setup(new Map());
    await book.open(reportOf(1), begin);
    const known = await book.find('ord_1');
    if (known === null) throw new Error('The payment is there');
    await book.record(known, reportOf(1, { status: 'captured', capturedMinor: 1000 }), begin);
    const ask = (ref: string) =>
      book.note(
        'ord_1',
        { provider: 'sandbox', kind: 'refund', ref, amountMinor: 400, currency: 'EUR', stepMinor: 1 },
        begin,
      );
    const noted = await Promise.all(['a', 'b', 'c', 'd'].map(ask));
    expect(noted.filter(({ ok }) => ok)).toHaveLength(2);
    expect(noted.filter(({ ok }) => !ok)).toEqual(
      [1, 2].map(() => ({ ok: false, refusal: { code: 'exceeds-held', maxMinor: 200 } })),
    );
  });
});
