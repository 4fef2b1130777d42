/** Goods that come back to the shop: restocked or written off, refunded or exchanged, and never more than have shipped. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../tests/simulation/stream-storage.ts';
import type { OrderStreamEvent } from '../../workers/orders/domain/order.ts';
import { fulfillAll, receiptOf, returnOf, TestOrder } from './testing-orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
/** What the three cups cost: a tenth off 37.50. */
const cupsMinor = 3375;

describe('goods that come back', () => {
  test('are restocked and refunded with what was paid for them', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(2));
    expect(await order.ask(receiptOf('ret_2'))).toMatchObject({
      status: 201,
      body: { returns: [{ status: 'received', failure: null }], refunds: [{ cause: 'return', returnId: 'ret_2' }] },
    });
    expect(order.shop.asked.slice(2)).toEqual(['restock', 'refund']);
    expect(order.shop.refundedMinor).toBe(2250);
    expect(order.shop.free.get('stk_cup')).toBe(4 + 2);
    expect(order.told.map(({ type }) => type)).toEqual([
      'orders.order-fulfilled.v1',
      'orders.return-requested.v1',
      'orders.return-received.v1',
      'orders.refund-made.v1',
    ]);
  });

  test('are no more than have shipped', async () => {
    const order = given();
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 2, locationId: null }] });
    await order.ask(returnOf(1));
    expect(await order.ask(returnOf(2))).toMatchObject({ status: 409, body: { code: 'more-than-shipped', max: 1 } });
  });

  test('are not taken before somebody has approved', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(1, { isApproved: false }));
    expect(await order.ask(receiptOf('ret_2'))).toMatchObject({
      body: { code: 'wrong-state', state: 'requested', allowed: ['approve', 'reject', 'cancel'] },
    });
    await order.ask({ type: 'decide-return', returnId: 'ret_2', action: 'approve', note: null });
    expect((await order.ask(receiptOf('ret_2'))).status).toBe(201);
  });

  test('and are written off are refunded, and never come back into stock', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(2));
    const lines = [{ lineId: 'lin_1', quantity: 1, condition: 'damaged' as const, isRestocked: false }];
    expect((await order.ask(receiptOf('ret_2', { lines }))).body).toMatchObject({
      returns: [{ status: 'partially-received' }],
    });
    expect(order.shop.asked.slice(2)).toEqual(['refund']);
    expect(order.shop.free.get('stk_cup')).toBe(4);
  });

  test('are received even when the refund is declined, and the return says why', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(1));
    order.shop.refundAnswer = 'declined';
    expect(await order.ask(receiptOf('ret_2'))).toMatchObject({
      status: 201,
      body: { returns: [{ status: 'received', failure: { code: 'refund-declined' } }], refunds: [] },
    });
  });

  test('are exchanged for others, and the difference is refunded', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(3, { exchange: [{ variantId: 'var_cup', quantity: 1 }] }));
    const answer = await order.ask(receiptOf('ret_2'));
    expect(answer).toMatchObject({
      status: 201,
      body: {
        refunds: [{ amount: { amount: cupsMinor - 1125 }, credit: { amount: cupsMinor } }],
        fulfillmentStatus: 'partially-fulfilled',
        balances: { outstanding: { amount: 0 } },
      },
    });
    expect(order.shop.asked.slice(4)).toEqual(['restock', 'hold', 'commit', 'refund']);
  });

  test('are exchanged for dearer ones, and the payer owes the difference', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(1, { exchange: [{ sku: 'SET', quantity: 1 }] }));
    expect((await order.ask(receiptOf('ret_2'))).body).toMatchObject({
      refunds: [{ amount: { amount: 0 }, credit: { amount: 1125 } }],
      balances: { outstanding: { amount: 3000 - 1125 } },
    });
  });
});
