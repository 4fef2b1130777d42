/** Goods that come back to the shop: restocked or written off, refunded or exchanged, and never more than have shipped. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Quoting, quotedAs, quotingBy } from '../../../shared/testing/pricing.ts';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { fulfillAll, receiptOf, refundOf, returnOf, TestOrder, testQuote } from '../testing/orders.ts';
import { TestShop } from '../testing/shop.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
/** The total that was paid; the goods of it, and the shipping. */
const totalMinor = 9865;
const goodsMinor = 9375;
const shippingMinor = 490;
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

describe('goods that went back', () => {
  afterEach(() => vi.restoreAllMocks());

  /** From 50.00 of goods on, the first line costs nothing and neither does shipping. */
  function givenThresholds(): TestOrder {
    const quote: Quoting = async ({ cart }) => {
      const usual = testQuote(cart);
      if (usual.subtotalMinor < 5_000) return quotedAs(usual);
      const [first, ...others] = usual.lines;
      if (first === undefined) return quotedAs(usual);
      const lines = [{ ...first, discountMinor: first.subtotalMinor, taxMinor: 0, totalMinor: 0 }, ...others];
      const total = usual.totalMinor - first.totalMinor - usual.shippingMinor;
      return quotedAs({ ...usual, lines, shippingMinor: 0, totalMinor: total, dueMinor: total });
    };
    vi.spyOn(TestShop.prototype, 'pricing', 'get').mockReturnValue({
      ...quotingBy(quote),
      shipsUnpaid: async () => false,
    });
    return given();
  }
  const all = [
    { lineId: 'lin_1', quantity: 3, reason: null },
    { lineId: 'lin_2', quantity: 2, reason: null },
  ];

  test('open no thresholds for those that go out in exchange', async () => {
    const order = givenThresholds();
    await order.ask(fulfillAll);
    await order.ask(returnOf(3, { lines: all, exchange: [{ sku: 'CUP', quantity: 3 }] }));
    expect((await order.ask(receiptOf('ret_2'))).body).toMatchObject({
      refunds: [{ amount: { amount: goodsMinor - cupsMinor }, credit: { amount: goodsMinor } }],
      totals: { shipping: { amount: shippingMinor }, total: { amount: totalMinor + cupsMinor } },
      balances: { outstanding: { amount: 0 }, refundable: { amount: cupsMinor + shippingMinor } },
    });
  });

  test('open no thresholds for what is added later', async () => {
    const order = givenThresholds();
    await order.ask(fulfillAll);
    await order.ask(returnOf(3, { lines: all }));
    await order.ask(receiptOf('ret_2'));
    expect((await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 3 }] })).body).toMatchObject({
      totals: { shipping: { amount: shippingMinor } },
      balances: { outstanding: { amount: cupsMinor } },
    });
  });

  test('and shipping that was refunded buys no free shipping later', async () => {
    const order = givenThresholds();
    await order.ask(refundOf({ shippingMinor: 'all' }));
    expect((await order.preview({ lines: [], added: [{ sku: 'CUP', quantity: 1 }] })).body).toMatchObject({
      totals: { shipping: { amount: shippingMinor } },
      refund: { amount: cupsMinor - 1125 },
    });
  });

  test('and were not refunded stay charged when the rest is exchanged', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(1));
    await order.ask(receiptOf('ret_2', { isRefunded: false }));
    await order.ask(returnOf(1, { exchange: [{ sku: 'CUP', quantity: 1 }] }));
    expect((await order.ask(receiptOf('ret_4'))).body).toMatchObject({
      refunds: [{ amount: { amount: 0 }, credit: { amount: 1125 } }],
      balances: { outstanding: { amount: 0 }, refundable: { amount: totalMinor } },
    });
  });

  test('leave an edit there and back at the same total', async () => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(returnOf(2));
    await order.ask(receiptOf('ret_2'));
    const { totalMinor } = order.state.quote;
    await order.edit({ lines: [{ lineId: 'lin_2', quantity: 3 }], added: [] });
    expect(order.state.quote.totalMinor).toBe(totalMinor + 3000);
    await order.edit({ lines: [{ lineId: 'lin_2', quantity: 2 }], added: [] });
    expect(order.state.quote.totalMinor).toBe(totalMinor);
  });
});

describe('a return', () => {
  test('of somebody who owes lowers the debt, and pays nothing out before it is gone', async () => {
    const order = given();
    await order.edit({ lines: [], added: [{ sku: 'CUP', quantity: 2 }] });
    await order.ask({ ...fulfillAll, isUnpaidFine: true });
    await order.ask(returnOf(1));
    expect((await order.ask(receiptOf('ret_3'))).body).toMatchObject({
      refunds: [{ amount: { amount: 0 }, credit: { amount: 1125 }, lines: [{ amount: { amount: 1125 } }] }],
      balances: { outstanding: { amount: 1125 } },
    });
    await order.ask(returnOf(2));
    expect((await order.ask(receiptOf('ret_5'))).body).toMatchObject({
      refunds: [{}, { amount: { amount: 1125 }, credit: { amount: 2250 } }],
      balances: { outstanding: { amount: 0 } },
    });
    expect(order.shop.refundedMinor).toBe(1125);
  });

  test.each([
    [goodsMinor, 0],
    [goodsMinor - 375, 375],
    [totalMinor, 0],
  ])('after a goodwill of %i pays out %i, and nothing that was paid for shipping', async (otherMinor, paidMinor) => {
    const order = given();
    await order.ask(fulfillAll);
    await order.ask(refundOf({ otherMinor }));
    await order.ask(returnOf(3));
    expect((await order.ask(receiptOf('ret_3'))).body).toMatchObject({
      refunds: [
        { amount: { amount: otherMinor } },
        { amount: { amount: paidMinor }, credit: { amount: cupsMinor }, lines: [{ amount: { amount: cupsMinor } }] },
      ],
      balances: { outstanding: { amount: 0 } },
    });
    expect(order.shop.refundedMinor).toBe(otherMinor + paidMinor);
  });
});

describe('a refund of what was refunded', () => {
  test('is too large by all of it', async () => {
    const order = given();
    await order.ask(refundOf({ otherMinor: totalMinor }));
    expect(await order.ask(refundOf({ otherMinor: 1 }))).toMatchObject({
      body: { code: 'refund-too-large', max: { amount: 0 } },
    });
  });

  test('names what is left of the shipping where that was asked for', async () => {
    const order = given();
    await order.ask(refundOf({ shippingMinor: 'all' }));
    expect(await order.ask(refundOf({ shippingMinor: 'all' }))).toMatchObject({
      body: { code: 'refund-too-large', max: { amount: 0 } },
    });
    expect(await order.ask(refundOf({ otherMinor: totalMinor }))).toMatchObject({
      body: { code: 'refund-too-large', max: { amount: goodsMinor } },
    });
  });
});
