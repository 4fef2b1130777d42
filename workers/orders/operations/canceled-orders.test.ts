/**
 * Orders that were canceled when not all of their money could go back: their goods are given back with the cancellation, their
 * units never ship, and what the shop has again later is refunded for these units, once.
 */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf } from '../domain/order/balances.ts';
import { canceledUnitsOf, type Order, refundedUnitsOf, shippedOf, unshippedOf } from '../domain/order/order.ts';
import { shownOrderOf } from '../domain/summary.ts';
import { checkoutId, fulfillAll, refundOf, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
const cancel = { type: 'cancel', note: null } as const;
const cups = (quantity: number, cancelQuantity?: number) =>
  refundOf({ lines: [{ lineId: 'lin_1', quantity, cancelQuantity }] });
const sets = (quantity: number) => refundOf({ lines: [{ lineId: 'lin_2', quantity }] });
const promised = (order: TestOrder) => order.shop.committedOf(checkoutId, 'stk_cup');

/** Disputed as a whole, edited before or not, and canceled without any money going back; then the shop wins. */
async function canceledUnderDispute({ isEdited }: { readonly isEdited: boolean }): Promise<TestOrder> {
  const order = given();
  if (isEdited) expect((await order.edit({ lines: [{ lineId: 'lin_1', quantity: 4 }], added: [] })).status).toBe(201);
  order.shop.dispute(balancesOf(order.state).capturedMinor);
  await order.operations.observePayment(checkoutId);
  expect((await order.ask(cancel)).body).toMatchObject({ status: 'canceled', refunds: [] });
  order.shop.turnDisputes({ status: 'won', funds: 'reinstated' });
  await order.operations.observePayment(checkoutId);
  return order;
}

/** Canceled, all of it given back, and the provider fails that refund days later. */
async function canceledWithFailedRefund(): Promise<TestOrder> {
  const order = given();
  await order.ask(cancel);
  for (const key of order.shop.refunds.keys()) order.shop.failedRefunds.add(key);
  await order.operations.observePayment(checkoutId);
  return order;
}

/** No unit is refunded that has neither left nor was canceled, and nothing of a canceled order is still to ship. */
function expectUnitsToAgree(order: Order): void {
  for (const line of order.lines) {
    const { lineId, quantity } = line;
    const gone = shippedOf(order, lineId) + canceledUnitsOf(order, lineId);
    expect(refundedUnitsOf(order, lineId)).toBeLessThanOrEqual(gone);
    expect([gone, unshippedOf(order, line)]).toEqual([quantity, 0]);
  }
}

describe.each([
  ['canceled while its money was disputed, and won', () => canceledUnderDispute({ isEdited: false })],
  ['edited, canceled while its money was disputed, and won', () => canceledUnderDispute({ isEdited: true })],
  ['canceled, and its refund failed later', canceledWithFailedRefund],
])('an order that was %s', (_, canceled) => {
  test('has all of its units canceled, and their stock given back', async () => {
    const order = await canceled();
    expectUnitsToAgree(order.state);
    expect(promised(order)).toBe(0);
    expect(order.state.commitments).toEqual([]);
  });

  test('is refunded unit by unit, each once', async () => {
    const order = await canceled();
    const [, second] = order.state.lines;
    for (const refund of [cups(1), sets(1)]) {
      const { status, body } = await order.ask(refund);
      expect(status).toBe(201);
      expect(body.lines).toMatchObject(
        order.state.lines.map((line) => ({ quantity: line.quantity, canceledQuantity: line.quantity })),
      );
      // The refund cancels nothing: the cancellation has.
      expect(body.refunds).toMatchObject(order.state.refunds.map(() => ({ lines: [{ canceledQuantity: 0 }] })));
      expectUnitsToAgree(order.state);
    }
    const beyond = (second?.quantity ?? 0) + 1;
    expect((await order.ask(sets(beyond - 1))).body).toMatchObject({ code: 'more-than-ordered', max: beyond - 2 });
    expect(promised(order)).toBe(0);
  });

  test('gives back no more than the shop has of it', async () => {
    const order = await canceled();
    await order.ask(cups(2));
    const { refundableMinor, capturedMinor, refundedMinor } = balancesOf(order.state);
    expect(refundableMinor).toBe(capturedMinor - refundedMinor);
    expect((await order.ask(refundOf({ otherMinor: refundableMinor }))).status).toBe(201);
    expect(await order.ask(sets(1))).toMatchObject({ status: 409 });
    expectUnitsToAgree(order.state);
  });

  test('has nothing that a refund could still cancel', async () => {
    const order = await canceled();
    expect(await order.ask(cups(1, 1))).toMatchObject({ status: 409, body: { code: 'more-than-unshipped', max: 0 } });
    expect((await order.ask(cups(1, 0))).status).toBe(201);
  });

  test('ships nothing', async () => {
    const order = await canceled();
    const one = { ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] } as const;
    for (const command of [fulfillAll, one])
      expect(await order.ask(command)).toMatchObject({ body: { subject: 'order', state: 'canceled' } });
  });
});

test('a refund that fails after a cancellation can be made again for the same units', async () => {
  const order = await canceledUnderDispute({ isEdited: false });
  order.shop.refundAnswer = 'pending';
  expect((await order.ask(cups(3))).status).toBe(201);
  for (const key of order.shop.refunds.keys()) order.shop.failedRefunds.add(key);
  await order.operations.resume(checkoutId);
  expect(order.state.refunds).toEqual([]);
  order.shop.refundAnswer = 'refunded';
  expect((await order.ask(cups(3))).status).toBe(201);
  expectUnitsToAgree(order.state);
});

test('units that were refunded before the cancellation are canceled once', async () => {
  const order = given();
  await order.ask(cups(2));
  await order.ask(cancel);
  expect(order.state.canceledUnits).toMatchObject([
    { lineId: 'lin_1', quantity: 2 },
    { refundId: null, lineId: 'lin_1', quantity: 1 },
    { refundId: null, lineId: 'lin_2', quantity: 2 },
  ]);
  expectUnitsToAgree(order.state);
});

test('while a canceled order is disputed, the refusal to ship says that it is canceled', async () => {
  const order = given();
  order.shop.dispute(balancesOf(order.state).capturedMinor);
  await order.ask(cancel);
  expect(await order.ask(fulfillAll)).toMatchObject({
    status: 409,
    body: { subject: 'order', state: 'canceled', allowed: ['refund'] },
  });
});

test('an order that came to nothing at its checkout shows all of its units as canceled', () => {
  const { checkout } = given();
  if (checkout.phase !== 'completed') throw new Error('The order is complete');
  const { details, payment } = checkout;
  const failure = { code: 'payment-failed' } as const;
  const shown = shownOrderOf({ phase: 'failed', details, refused: [], payment, placed: null, failure, endedAt: 0 });
  expect(shown.isCanceled).toBe(true);
  expectUnitsToAgree(shown);
});
