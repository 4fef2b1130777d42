/** Which news of a payment wakes its order. */
import { expect, test } from 'vitest';
import { envelope } from '../../shared/events/envelope.ts';
import { PaymentUpdated } from '../../shared/events/payments.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { orderHandlers } from './events.ts';

async function wokenBy(status: 'authorized' | 'captured' | 'voided', totals: { capturedMinor?: number } = {}) {
  const woken: string[] = [];
  const handlers = orderHandlers(async (checkoutId) => void woken.push(checkoutId));
  const facts = { id: 'evt_1', subject: 'ord_1', sequence: 3, time: toTimestamp(0) };
  const payment = { paymentKey: 'ord_1', provider: 'sandbox', status, amountMinor: 3490, currency: 'EUR' } as const;
  const none = { capturedMinor: 0, refundedMinor: 0, chargedBackMinor: 0, lostMinor: 0 };
  const open = { pendingRefundMinor: 0, openAuthorizationMinor: 0 };
  await handlers[PaymentUpdated.type]?.(envelope(PaymentUpdated, facts, { ...payment, ...none, ...open, ...totals }));
  return woken;
}

test('an authorization wakes the checkout that waits for it', async () => {
  expect(await wokenBy('authorized')).toEqual(['chk_1']);
});

test('totals without any refund wake the order: one of its refunds may have failed', async () => {
  const totals = { capturedMinor: 3490, refundedMinor: 0, chargedBackMinor: 0, pendingRefundMinor: 0 };
  expect(await wokenBy('captured', totals)).toEqual(['chk_1']);
});

test('a void wakes nobody', async () => {
  expect(await wokenBy('voided', { capturedMinor: 0 })).toEqual([]);
});
