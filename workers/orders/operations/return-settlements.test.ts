/** How goods that came back are settled: an exchange keeps their credit to its end, and what failed is settled again, once. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import type { OrderCommand } from '../service/order-commands.ts';
import { checkoutId, fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';

const cupMinor = 1125;
const setMinor = 3000;
const cups = (quantity: number) => [{ lineId: 'lin_1', quantity, condition: 'sellable' as const, isRestocked: true }];
const settleOf = (as: 'exchange' | 'refund' | null = null, returnId = 'ret_2'): OrderCommand => ({
  type: 'settle-return',
  returnId,
  as,
  note: null,
});

/** All has shipped, and some cups come back for a set. */
async function givenExchange(quantity: number): Promise<TestOrder> {
  const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
  await order.ask(fulfillAll);
  await order.ask(returnOf(quantity, { exchange: [{ sku: 'SET', quantity: 1 }] }));
  return order;
}

/** The same, and when all is here there are no spoons for the set. */
async function givenFailure(): Promise<TestOrder> {
  const order = await givenExchange(2);
  order.shop.free.set('stk_spoon', 0);
  await order.ask(receiptOf('ret_2'));
  return order;
}

describe('an exchange that is received in two parts', () => {
  test('pays nothing out before the last, and then takes the credit of both', async () => {
    const order = await givenExchange(2);
    expect((await order.ask(receiptOf('ret_2', { lines: cups(1) }))).body).toMatchObject({
      refunds: [],
      returns: [{ status: 'partially-received', exchangeStatus: 'open' }],
      balances: { outstanding: { amount: 0 } },
    });
    expect((await order.ask(receiptOf('ret_2'))).body).toMatchObject({
      refunds: [{ amount: { amount: 0 }, credit: { amount: 2 * cupMinor } }],
      returns: [{ status: 'received', exchangeStatus: 'done' }],
      balances: { outstanding: { amount: setMinor - 2 * cupMinor } },
    });
    expect(order.shop.refundedMinor).toBe(0);
  });

  test('gives back what the goods cost less', async () => {
    const order = await givenExchange(3);
    await order.ask(receiptOf('ret_2', { lines: cups(2) }));
    await order.ask(receiptOf('ret_2'));
    expect(order.shop.refundedMinor).toBe(3 * cupMinor - setMinor);
  });

  test('takes no credit for a unit that was refunded in between', async () => {
    const order = await givenExchange(2);
    await order.ask(receiptOf('ret_2', { lines: cups(1) }));
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }));
    expect((await order.ask(receiptOf('ret_2'))).body).toMatchObject({
      refunds: [{}, { credit: { amount: cupMinor } }],
      balances: { outstanding: { amount: setMinor - cupMinor } },
    });
  });

  test('is refunded instead when the rest does not come, and what comes after all is refunded too', async () => {
    const order = await givenExchange(2);
    await order.ask(receiptOf('ret_2', { lines: cups(1) }));
    expect(await order.ask(settleOf('exchange'))).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(await order.ask(settleOf('refund'))).toMatchObject({
      status: 201,
      body: { returns: [{ exchangeStatus: 'given-up' }] },
    });
    expect(order.shop.refundedMinor).toBe(cupMinor);
    await order.ask(receiptOf('ret_2'));
    expect(order.shop.refundedMinor).toBe(2 * cupMinor);
    expect(order.state.lines).toHaveLength(2);
  });
});

test('an exchange is not received without a refund, for it takes what comes back', async () => {
  const order = await givenExchange(1);
  expect(await order.ask(receiptOf('ret_2', { isRefunded: false }))).toMatchObject({
    status: 422,
    body: { code: 'exchange-open', errors: [{ pointer: '/refund' }] },
  });
  expect(order.shop.asked).not.toContain('restock');
  expect((await order.ask(receiptOf('ret_2'))).status).toBe(201);
});

describe('an exchange that failed', () => {
  test('is done when there is stock again, once', async () => {
    const order = await givenFailure();
    expect(order.state.returns).toMatchObject([{ state: 'received', failure: { code: 'insufficient-stock' } }]);
    expect(await order.ask(settleOf())).toMatchObject({ status: 409, body: { code: 'insufficient-stock' } });
    order.shop.free.set('stk_spoon', 9);
    const settled = await order.ask(settleOf(), 'key-1');
    expect(settled).toMatchObject({
      status: 201,
      body: {
        returns: [{ failure: null, exchangeStatus: 'done' }],
        balances: { outstanding: { amount: setMinor - 2 * cupMinor } },
      },
    });
    expect(await order.ask(settleOf(), 'key-1')).toEqual({ ...settled, isReplayed: true });
    for (const as of [null, 'exchange', 'refund'] as const)
      expect(await order.ask(settleOf(as))).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(order.state.lines).toHaveLength(3);
    const told = order.timeline().slice(-3);
    expect(told.map(({ action, outcome, actor }) => `${action} ${outcome} by ${actor}`)).toEqual([
      'exchange failed by key:merchant',
      'exchange failed by key:merchant',
      'exchange done by key:merchant',
    ]);
    expect(told.at(-1)?.subjectId).toBe('ret_2');
  });

  test('is refunded instead where the merchant says so, and never goes out', async () => {
    const order = await givenFailure();
    await order.ask(settleOf('refund'));
    expect(order.shop.refundedMinor).toBe(2 * cupMinor);
    order.shop.free.set('stk_spoon', 9);
    expect(await order.ask(settleOf('exchange'))).toMatchObject({
      body: { code: 'wrong-state', action: 'exchange', allowed: ['refund'] },
    });
    expect(await order.ask(settleOf())).toMatchObject({ body: { code: 'wrong-state', action: 'refund' } });
  });

  test('is done once, whatever is lost on the way', async () => {
    const order = await givenFailure();
    order.shop.free.set('stk_spoon', 9);
    order.shop.luck = ['fine', 'mute'];
    await order.ask(settleOf());
    order.restart();
    await order.settle();
    expect(order.state.lines).toHaveLength(3);
    expect(order.shop.free.get('stk_spoon')).toBe(7);
  });
});

describe('a refund of what came back', () => {
  const givenReturn = async () => {
    const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
    await order.ask(fulfillAll);
    await order.ask(returnOf(2));
    return order;
  };

  test('that was declined is made later, once', async () => {
    const order = await givenReturn();
    order.shop.refundAnswer = 'declined';
    await order.ask(receiptOf('ret_2', { lines: cups(1) }));
    expect(await order.ask(settleOf())).toMatchObject({ status: 409, body: { code: 'refund-declined' } });
    order.shop.refundAnswer = 'refunded';
    await order.ask(receiptOf('ret_2'));
    expect(order.state.returns).toMatchObject([{ failure: { code: 'refund-declined' } }]);
    expect(await order.ask(settleOf())).toMatchObject({ status: 201, body: { returns: [{ failure: null }] } });
    expect(order.shop.refundedMinor).toBe(2 * cupMinor);
    expect(await order.ask(settleOf())).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
  });

  test('that failed days later is made again', async () => {
    const order = await givenReturn();
    order.shop.refundAnswer = 'pending';
    await order.ask(receiptOf('ret_2'));
    expect(await order.ask(settleOf())).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    order.shop.failedRefunds.add(`${checkoutId}.r3`);
    await order.operations.resume(checkoutId);
    order.shop.refundAnswer = 'refunded';
    expect((await order.ask(settleOf())).status).toBe(201);
    expect(order.shop.refundedMinor).toBe(2 * cupMinor);
  });

  test('that the merchant settled otherwise is not made', async () => {
    const order = await givenReturn();
    await order.ask(receiptOf('ret_2', { lines: cups(1), isRefunded: false }));
    await order.ask(receiptOf('ret_2'));
    expect(await order.ask(settleOf())).toMatchObject({ status: 409, body: { code: 'wrong-state' } });
    expect(order.shop.refundedMinor).toBe(cupMinor);
  });
});

describe('a shipped unit that was refunded beside a canceled one', () => {
  /** One cup has shipped and was refunded; another was canceled with a refund that then failed. */
  const givenFailedCancel = async () => {
    const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1, cancelQuantity: 0 }] }));
    order.shop.refundAnswer = 'pending';
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }));
    order.shop.failedRefunds.add(`${checkoutId}.r3`);
    await order.operations.resume(checkoutId);
    order.shop.refundAnswer = 'refunded';
    return order;
  };
  const again = refundOf({ lines: [{ lineId: 'lin_1', quantity: 1, cancelQuantity: 0 }] });

  test('is not refunded again when it comes back, and the canceled one can be', async () => {
    const order = await givenFailedCancel();
    await order.ask(returnOf(1));
    await order.ask(receiptOf('ret_4'));
    expect(order.shop.refundedMinor).toBe(cupMinor);
    expect((await order.ask(again)).status).toBe(201);
    expect(order.shop.refundedMinor).toBe(2 * cupMinor);
  });

  test('is not taken for it when the canceled one is refunded first', async () => {
    const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
    order.shop.refundAnswer = 'pending';
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 2, cancelQuantity: 2 }] }));
    order.shop.failedRefunds.add(`${checkoutId}.r2`);
    await order.operations.resume(checkoutId);
    order.shop.refundAnswer = 'refunded';
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1, cancelQuantity: 0 }] }));
    await order.ask(again);
    await order.ask(returnOf(1));
    // Both canceled units are paid for, and the one that shipped is paid for when it comes back.
    expect((await order.ask(receiptOf('ret_5'))).body).toMatchObject({ refunds: [{}, {}, { cause: 'return' }] });
    expect(order.shop.refundedMinor).toBe(3 * cupMinor);
  });
});
