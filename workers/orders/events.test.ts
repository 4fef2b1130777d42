/** Which news of a payment wakes its order. */

import { expect, test } from 'vitest';
import { envelope } from '../../shared/events/envelope.ts';
import { PaymentUpdated } from '../../shared/events/payments.ts';
import { money } from '../../shared/values/money.ts';
import { toTimestamp } from '../../shared/values/time.ts';
import { orderHandlers } from './events.ts';

const euros = (amount: number) => money(amount, 'EUR');

async function wokenBy(status: 'authorized' | 'captured' | 'voided', captured = 0) {
  const woken: string[] = [];
  const handlers = orderHandlers(async (checkoutId) => void woken.push(checkoutId));
  const facts = { id: 'evt_1', subject: 'ord_1', sequence: 3, time: toTimestamp(0) };
  const names = { paymentKey: 'ord_1.try2', orderId: 'ord_1', provider: 'sandbox' } as const;
  const payment = { ...names, status, amount: euros(3490), currency: 'EUR' } as const;
  const none = { refunded: euros(0), chargedBack: euros(0), lost: euros(0) };
  const open = { pendingRefund: euros(0), openAuthorization: euros(0) };
  await handlers[PaymentUpdated.type]?.(
    envelope(PaymentUpdated, facts, { ...payment, captured: euros(captured), ...none, ...open }),
  );
  return woken;
}

test('an authorization wakes the checkout that waits for it', async () => {
  expect(await wokenBy('authorized')).toEqual(['chk_1']);
});

test('totals without any refund wake the order: one of its refunds may have failed', async () => {
  expect(await wokenBy('captured', 3490)).toEqual(['chk_1']);
});

test('a void wakes nobody', async () => {
  expect(await wokenBy('voided')).toEqual([]);
});
