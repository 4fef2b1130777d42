/** Every migration runs on a database that is in use, and what was there still adds up. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../../shared/testing/d1.ts';
import { balancesOf } from '../domain/ledger.ts';
import { ledgerOf } from '../domain/payment.ts';
import { findPayment } from './payments.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase('payments');
  await database.migrate(1);
  const insert = `insert into payments (payment_key, provider, provider_ref, status, reason, amount_minor, currency,
    captured_minor, refunded_minor, updated_at, version, change_id) values (?, 'stripe', ?, ?, null, ?, ?, ?, ?, 50, 3, 'x')`;
  for (const row of [
    ['authorized', 'pi_1', 'authorized', 1000, 'EUR', 0, 0],
    ['captured', 'pi_2', 'captured', 1000, 'EUR', 1000, 0],
    ['partial', 'pi_3', 'captured', 1000, 'EUR', 800, 300],
    ['refunded', 'pi_4', 'voided', 1000, 'EUR', 1000, 1000],
    ['canceled', 'pi_5', 'voided', 1000, 'EUR', 0, 0],
    ['tombstone', null, 'voided', null, null, 0, 0],
  ]) {
    await database.db
      .prepare(insert)
      .bind(...row)
      .run();
  }
  await database.migrate();
});
afterAll(() => database.close());

test.each([
  ['authorized', { openAuthorizationMinor: 1000, capturedMinor: 0, heldMinor: 0 }],
  ['captured', { openAuthorizationMinor: 0, capturedMinor: 1000, heldMinor: 1000 }],
  ['partial', { openAuthorizationMinor: 0, capturedMinor: 800, refundedMinor: 300, heldMinor: 500 }],
  ['refunded', { openAuthorizationMinor: 0, capturedMinor: 1000, refundedMinor: 1000, heldMinor: 0 }],
  ['canceled', { openAuthorizationMinor: 0, capturedMinor: 0, heldMinor: 0 }],
  ['tombstone', { openAuthorizationMinor: 0, capturedMinor: 0, heldMinor: 0 }],
])('a payment that was %s before there were movements has the balances of its totals', async (key, balances) => {
  const payment = await findPayment(database.db, key);
  if (payment === null) throw new Error('The payment is still there');
  const ledger = balancesOf(ledgerOf(payment));
  expect(ledger).toMatchObject(balances);
  expect(payment).toMatchObject({
    capturedMinor: ledger.capturedMinor,
    refundedMinor: ledger.refundedMinor,
    version: 3,
  });
});
