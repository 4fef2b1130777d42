/** What a refund of lines means for their units: those that are still to ship never will, and their stock is free again, once. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { fulfillmentStateOf } from '../domain/order/balances.ts';
import { checkoutId, fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
const cups = (quantity: number, cancelQuantity?: number) =>
  refundOf({ lines: [{ lineId: 'lin_1', quantity, cancelQuantity }] });
const ship = (quantity: number, lineId = 'lin_1') =>
  ({ ...fulfillAll, lines: [{ lineId, quantity, locationId: null }] }) as const;
/** Cups that are promised: three of their own line, two in the sets. */
const promisedCups = (order: TestOrder) => order.shop.committedOf(checkoutId, 'stk_cup');
const firstLine = (body: Readonly<Record<string, unknown>>) => (body.lines as readonly object[])[0];

describe('units that are refunded before they ship', () => {
  test('leave what is to ship, and their stock can be sold again', async () => {
    const order = given();
    const { body } = await order.ask(cups(2));
    expect(firstLine(body)).toMatchObject({ quantity: 3, refundedQuantity: 2, canceledQuantity: 2 });
    expect(body.refunds).toMatchObject([{ lines: [{ quantity: 2, canceledQuantity: 2 }] }]);
    expect(promisedCups(order)).toBe(3);
    expect(order.shop.free.get('stk_cup')).toBe(6);
    expect(order.told.at(-1)?.data).toMatchObject({ canceledLines: [{ lineId: 'lin_1', quantity: 2 }] });
    expect(await order.ask(ship(2))).toMatchObject({ status: 409, body: { code: 'more-than-ordered', max: 1 } });
    expect((await order.ask(fulfillAll)).body).toMatchObject({ fulfillmentStatus: 'fulfilled' });
    expect(promisedCups(order)).toBe(0);
  });

  test('are given back once, whatever is lost on the way', async () => {
    const order = given();
    order.shop.luck = ['fine', 'mute'];
    expect((await order.ask(cups(3))).status).toBe(202);
    order.restart();
    await order.settle();
    expect(order.shop.asked).toEqual(['refund', 'release', 'refund', 'release']);
    expect([promisedCups(order), order.shop.free.get('stk_cup')]).toEqual([2, 7]);
  });

  test('stay promised when the provider declines', async () => {
    const order = given();
    order.shop.refundAnswer = 'declined';
    expect((await order.ask(cups(1))).body).toMatchObject({ code: 'refund-declined' });
    expect(order.shop.asked).toEqual(['refund']);
    expect(promisedCups(order)).toBe(5);
    expect((await order.ask(ship(3))).status).toBe(201);
  });

  test('stay canceled when the refund fails days later, and can be refunded again', async () => {
    const order = given();
    order.shop.refundAnswer = 'pending';
    await order.ask(cups(3));
    order.shop.failedRefunds.add(`${checkoutId}.r1`);
    await order.operations.resume(checkoutId);
    expect(order.state).toMatchObject({ refunds: [], canceledUnits: [{ lineId: 'lin_1', quantity: 3 }] });
    expect(await order.ask(ship(1))).toMatchObject({ body: { code: 'more-than-ordered', max: 0 } });
    order.shop.refundAnswer = 'refunded';
    expect((await order.ask(cups(3))).status).toBe(201);
    expect(promisedCups(order)).toBe(2);
  });

  test('leave nothing to ship when they are all there was', async () => {
    const order = given();
    const all = [
      { lineId: 'lin_1', quantity: 3 },
      { lineId: 'lin_2', quantity: 2 },
    ];
    expect((await order.ask(refundOf({ lines: all }))).body).toMatchObject({ fulfillmentStatus: 'canceled' });
    expect(order.state.commitments).toEqual([]);
    expect(await order.ask(fulfillAll)).toMatchObject({ body: { code: 'wrong-state', state: 'canceled' } });
    // Shipping is left, and goes back with the order.
    expect((await order.ask({ type: 'cancel', note: null })).body).toMatchObject({ status: 'canceled' });
    expect(order.shop.refundedMinor).toBe(order.shop.capturedMinor);
  });
});

describe('a line of which some units have shipped', () => {
  const shipped = async () => {
    const order = given();
    await order.ask(ship(2));
    return order;
  };

  test('cancels what is still to ship first', async () => {
    const order = await shipped();
    expect(firstLine((await order.ask(cups(2))).body)).toMatchObject({ canceledQuantity: 1, refundedQuantity: 2 });
    await order.ask(ship(2, 'lin_2'));
    expect(fulfillmentStateOf(order.state)).toBe('fulfilled');
  });

  test('refunds what has shipped alone when the merchant says so', async () => {
    const order = await shipped();
    expect(firstLine((await order.ask(cups(2, 0))).body)).toMatchObject({ canceledQuantity: 0, refundedQuantity: 2 });
    expect((await order.ask(ship(1))).status).toBe(201);
  });

  test('cancels no more than is to ship, and no less than the refund needs', async () => {
    const order = await shipped();
    expect(await order.ask(cups(3, 2))).toMatchObject({ status: 409, body: { code: 'more-than-unshipped', max: 1 } });
    expect(await order.ask(cups(3, 0))).toMatchObject({
      status: 409,
      body: { code: 'units-to-ship', lineId: 'lin_1', min: 1 },
    });
    expect(order.state.refunds).toEqual([]);
  });

  test('pays for what comes back, also after the rest was canceled', async () => {
    const order = await shipped();
    await order.ask(cups(1));
    await order.ask(returnOf(2));
    await order.ask(receiptOf('ret_3'));
    expect(order.shop.refundedMinor).toBe(3375);
  });

  test('is edited no lower than what has shipped and was canceled', async () => {
    const order = await shipped();
    await order.ask(cups(1));
    const fewer = { lines: [{ lineId: 'lin_1', quantity: 2 }], added: [] };
    expect(await order.edit(fewer)).toMatchObject({ body: { code: 'line-shipped', min: 3 } });
    expect((await order.edit({ lines: [{ lineId: 'lin_1', quantity: 4 }], added: [] })).status).toBe(201);
    expect((await order.ask({ ...ship(1), isUnpaidFine: true })).status).toBe(201);
  });
});

test('a refund of an amount touches no units', async () => {
  const order = given();
  await order.ask(refundOf({ otherMinor: 5000 }));
  expect(order.shop.asked).toEqual(['refund']);
  expect((await order.ask(fulfillAll)).body).toMatchObject({ fulfillmentStatus: 'fulfilled' });
});
