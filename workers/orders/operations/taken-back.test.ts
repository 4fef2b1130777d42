/** Shipments that never left, and cancellations after which goods or money do not go back. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf } from '../domain/order/balances.ts';
import { fulfillAll, refundOf, returnOf, TestOrder } from '../testing/orders.ts';

const given = (mode: 'immediate' | 'manual' = 'immediate') => {
  const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), mode);
  return order;
};
const aCup = { ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] };
const takeBack = (fulfillmentId: string) => ({ type: 'unfulfill', fulfillmentId }) as const;

describe('a shipment that never left', () => {
  test('is taken back: its units are to ship again, and their stock is promised as before', async () => {
    const order = given();
    const promised = order.state.commitments;
    await order.ask(fulfillAll);
    expect(order.state.commitments).toEqual([]);
    const answer = await order.ask(takeBack('ful_1'));
    expect(answer).toMatchObject({
      status: 200,
      body: {
        fulfillmentStatus: 'unfulfilled',
        fulfillments: [{ id: 'ful_1', status: 'canceled', canceledAt: expect.any(String) }],
        lines: [{ fulfilledQuantity: 0 }, { fulfilledQuantity: 0 }],
      },
    });
    expect(order.state.commitments).toEqual(promised);
    expect(order.told.map(({ type }) => type).at(-1)).toBe('orders.fulfillment-canceled.v1');
    expect((await order.ask(fulfillAll)).body).toMatchObject({ fulfillmentStatus: 'fulfilled' });
  });

  test('leaves the other parcels of its order as they are', async () => {
    const order = given();
    await order.ask(aCup);
    await order.ask(fulfillAll);
    expect((await order.ask(takeBack('ful_1'))).body).toMatchObject({
      fulfillmentStatus: 'partially-fulfilled',
      lines: [{ fulfilledQuantity: 2 }, { fulfilledQuantity: 2 }],
    });
  });

  test('keeps what was captured for it, and nothing is captured twice when it ships', async () => {
    const order = given('manual');
    await order.ask(aCup);
    const taken = balancesOf(order.state).capturedMinor;
    expect(taken).toBeGreaterThan(0);
    await order.ask(takeBack('ful_1'));
    expect(balancesOf(order.state).capturedMinor).toBe(taken);
    await order.ask(aCup);
    expect(balancesOf(order.state).capturedMinor).toBe(taken);
    await order.ask(fulfillAll);
    const { capturedMinor, totalMinor, capturableMinor } = balancesOf(order.state);
    expect([capturedMinor, capturableMinor]).toEqual([totalMinor, 0]);
    expect(order.shop.capturedMinor).toBe(totalMinor);
  });

  test('lets its order be canceled again', async () => {
    const order = given('manual');
    await order.ask(fulfillAll);
    expect((await order.ask({ type: 'cancel', note: null })).status).toBe(409);
    await order.ask(takeBack('ful_1'));
    expect((await order.ask({ type: 'cancel', note: null })).body).toMatchObject({ status: 'canceled' });
    expect(order.shop.refundedMinor).toBe(order.shop.capturedMinor);
  });

  test.each([
    ['were refunded', refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] })],
    ['are coming back', returnOf(1)],
  ])('has left after all where units of it %s', async (_what, command) => {
    const order = given();
    await order.ask(fulfillAll);
    expect((await order.ask(command)).status).toBe(201);
    expect(await order.ask(takeBack('ful_1'))).toMatchObject({ status: 409, body: { code: 'fulfillment-settled' } });
  });

  test('is taken back once, and none that there is not', async () => {
    const order = given();
    await order.ask(fulfillAll);
    expect((await order.ask(takeBack('ful_7'))).status).toBe(404);
    await order.ask(takeBack('ful_1'));
    expect(await order.ask(takeBack('ful_1'))).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
  });

  test('is taken back also when the answer of the stockroom is lost', async () => {
    const order = given();
    await order.ask(fulfillAll);
    order.shop.luck = ['lost'];
    expect((await order.ask(takeBack('ful_1'))).status).toBe(202);
    await order.settle();
    expect(order.state).toMatchObject({ running: null, fulfillments: [] });
  });
});

describe('a cancellation', () => {
  test('without restock takes the goods off the shelf for good', async () => {
    const order = given();
    const free = new Map(order.shop.free);
    const answer = await order.ask({ type: 'cancel', note: 'Burnt.', isRestocked: false });
    expect(answer.body).toMatchObject({ status: 'canceled', paymentStatus: 'refunded' });
    expect(order.shop.free).toEqual(free);
    expect(order.state.commitments).toEqual([]);
    expect(order.timeline().at(-1)).toMatchObject({ action: 'cancel', text: 'Burnt.' });
  });

  test('without refund leaves the money with the shop, and it can be refunded later', async () => {
    const order = given();
    const { takenMinor } = balancesOf(order.state);
    const answer = await order.ask({ type: 'cancel', note: null, isRefunded: false });
    expect(answer.body).toMatchObject({
      status: 'canceled',
      paymentStatus: 'captured',
      refunds: [],
      balances: { refundable: { amount: takenMinor }, outstanding: { amount: 0 } },
    });
    expect(order.shop.refundedMinor).toBe(0);
    expect((await order.ask(refundOf({ otherMinor: takenMinor }))).body).toMatchObject({ paymentStatus: 'refunded' });
    expect(await order.ask(refundOf({ otherMinor: 1 }))).toMatchObject({ status: 409 });
  });

  test('without refund pays units that are refunded later once', async () => {
    const order = given();
    await order.ask({ type: 'cancel', note: null, isRefunded: false });
    expect((await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 3 }] }))).status).toBe(201);
    expect(await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }))).toMatchObject({
      status: 409,
      body: { code: 'more-than-ordered' },
    });
  });

  test('without refund lets go of what was only authorized', async () => {
    const order = given('manual');
    const answer = await order.ask({ type: 'cancel', note: null, isRefunded: false });
    expect(answer.body).toMatchObject({ status: 'canceled', paymentStatus: 'voided' });
  });
});
