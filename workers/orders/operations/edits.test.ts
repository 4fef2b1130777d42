/** Edits of a paid order, and what becomes of operations that are cut off in the middle or asked for twice. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { timelineOf } from '../domain/order/timeline.ts';
import { checkoutId, fulfillAll, receiptOf, refundOf, returnOf, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());
const totalMinor = 9865;
const threeToOne = { lines: [{ lineId: 'lin_1', quantity: 1 }], added: [] };
const oneToThree = { lines: [{ lineId: 'lin_1', quantity: 3 }], added: [] };
const moreCups = (quantity: number) => ({ lines: [], added: [{ sku: 'CUP', quantity }] });

describe('an edit', () => {
  test('is previewed with what it costs, and changes nothing yet', async () => {
    const order = given();
    expect(await order.preview(threeToOne)).toMatchObject({
      status: 200,
      body: { delta: { amount: -2250 }, refund: { amount: 2250 }, additionalPayment: { amount: 0 } },
    });
    expect(order.state.lines).toMatchObject([{ quantity: 3 }, { quantity: 2 }]);
  });

  test('is priced for the customer of the order', async () => {
    const order = given();
    await order.preview(threeToOne);
    expect(order.quoted).toMatchObject([
      { cart: { buyer: { customerId: 'cus_1', email: 'ada@example.org', groups: ['trade'], isTaxExempt: false } } },
    ]);
  });

  test('that takes units away refunds the difference, then gives back the stock', async () => {
    const order = given();
    expect((await order.edit(threeToOne)).body).toMatchObject({
      totals: { total: { amount: totalMinor - 2250 } },
      refunds: [{ cause: 'edit', amount: { amount: 2250 } }],
      balances: { outstanding: { amount: 0 } },
    });
    expect(order.shop.asked).toEqual(['refund', 'release']);
    expect(order.told.map(({ type }) => type)).toEqual(['orders.order-edited.v1', 'orders.refund-made.v1']);
  });

  test('that adds units holds and commits them, and the payer owes the difference', async () => {
    const order = given();
    expect((await order.edit(moreCups(2))).body).toMatchObject({
      lines: [{ quantity: 3 }, { quantity: 2 }, { id: 'lin_1_1', sku: 'CUP', quantity: 2 }],
      balances: { outstanding: { amount: 2250 } },
      refunds: [],
    });
    expect(order.shop.committedOf(`${checkoutId}.e1`, 'stk_cup')).toBe(2);
  });

  test('there and back costs what it cost before, and the stock is as it was', async () => {
    const order = given();
    await order.edit(threeToOne);
    await order.edit(oneToThree);
    expect(order.state.quote.totalMinor).toBe(totalMinor);
    expect(order.state.commitments.filter(({ stockUnitId }) => stockUnitId === 'stk_cup')).toMatchObject([
      { holdKey: checkoutId, quantity: 3 },
      { holdKey: `${checkoutId}.e2`, quantity: 2 },
    ]);
    expect((await order.ask({ ...fulfillAll, isUnpaidFine: true })).body).toMatchObject({
      fulfillmentStatus: 'fulfilled',
    });
    expect(order.shop.shipments.size).toBe(2);
  });

  test('without the goods is refused with what there is, and costs nothing', async () => {
    const order = given();
    expect(await order.edit(moreCups(5))).toMatchObject({
      status: 409,
      body: { code: 'insufficient-stock', sku: 'CUP', available: 4, errors: [{ pointer: '/add/0/quantity' }] },
    });
    expect(order.state.lines).toHaveLength(2);
  });

  test('gives back its hold when the refund is declined', async () => {
    const order = given();
    order.shop.refundAnswer = 'declined';
    const swap = { lines: [{ lineId: 'lin_2', quantity: 0 }], added: [{ sku: 'CUP', quantity: 3 }] };
    expect((await order.edit(swap)).body).toMatchObject({ code: 'refund-declined' });
    expect(order.shop.asked).toEqual(['variants', 'variants', 'hold', 'commit', 'refund', 'undo-holds']);
    expect(order.shop.free.get('stk_cup')).toBe(4);
  });

  test('never takes away what has shipped', async () => {
    const order = given();
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 2, locationId: null }] });
    expect(await order.preview(threeToOne)).toMatchObject({
      status: 409,
      body: { code: 'line-shipped', lineId: 'lin_1', min: 2 },
    });
  });

  test('is looked at again when the order has changed meanwhile', async () => {
    const order = given();
    const preview = await order.preview(threeToOne);
    await order.ask(refundOf({ otherMinor: 100 }));
    const late = await order.ask({ type: 'edit', ...threeToOne, token: String(preview.body.token) });
    expect(late).toMatchObject({ status: 409, body: { code: 'edit-changed' } });
  });

  test('pays out no shipping for goods that a goodwill has paid back', async () => {
    const order = given();
    await order.ask(refundOf({ otherMinor: totalMinor - 490 - 250 }));
    expect((await order.edit(threeToOne)).body).toMatchObject({
      refunds: [{}, { cause: 'edit', amount: { amount: 250 } }],
      balances: { refundable: { amount: 490 }, outstanding: { amount: 0 } },
    });
  });

  test('of all lines to nothing is a cancellation', async () => {
    const none = { lines: ['lin_1', 'lin_2'].map((lineId) => ({ lineId, quantity: 0 })), added: [] };
    expect((await given().preview(none)).body).toMatchObject({ code: 'edit-empties-order' });
  });
});

describe('an operation that is cut off', () => {
  test('goes on by alarm after a crash, and moves no money twice', async () => {
    const order = given();
    order.shop.luck = ['mute'];
    expect(await order.ask(refundOf({ otherMinor: 700 }), 'k')).toMatchObject({
      status: 202,
      body: { operation: { id: 'op_1', kind: 'refund', isUndoing: false } },
    });
    order.restart();
    await order.settle();
    expect(order.shop.refundedMinor).toBe(700);
    expect(order.state).toMatchObject({ running: null, refunds: [{ amountMinor: 700 }] });
    expect(await order.ask(refundOf({ otherMinor: 700 }), 'k')).toMatchObject({ status: 201, isReplayed: true });
    expect(order.shop.refundedMinor).toBe(700);
  });

  test('is found by a retry with the same key, which goes on with it', async () => {
    const order = given();
    order.shop.luck = ['lost'];
    await order.ask(refundOf({ otherMinor: 700 }), 'k');
    order.restart();
    expect(await order.ask(refundOf({ otherMinor: 700 }), 'k')).toMatchObject({ status: 201 });
    expect(order.state.refunds).toHaveLength(1);
    expect(await order.ask(refundOf({ otherMinor: 800 }), 'k')).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
  });

  test('and refused after the crash tells the first request what is wrong, and where', async () => {
    const order = given();
    const changes = { lines: [{ lineId: 'lin_1', quantity: 4 }], added: [{ sku: 'CUP', quantity: 4 }] };
    const token = String((await order.preview(changes)).body.token);
    order.shop.luck = ['fine', 'lost'];
    expect(await order.ask({ type: 'edit', ...changes, token }, 'k')).toMatchObject({ status: 202 });
    order.restart();
    await order.settle();
    expect(await order.ask({ type: 'edit', ...changes, token }, 'k')).toMatchObject({
      status: 409,
      isReplayed: true,
      body: {
        ...{ code: 'insufficient-stock', requestId: 'req_1', lineId: 'lin_1_1', requested: 4, available: 3 },
        errors: [{ pointer: '/add/0/quantity', detail: 'Only 3 of CUP can be had.' }],
      },
    });
  });

  test('keeps others waiting as long as its neighbour is silent', async () => {
    const order = given();
    order.shop.luck = ['lost', 'lost'];
    await order.ask(refundOf({ otherMinor: 700 }));
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({
      status: 409,
      body: { code: 'operation-in-progress' },
    });
    expect((await order.ask({ type: 'cancel', note: null })).status).toBe(200);
    expect(order.shop.refundedMinor).toBe(totalMinor);
  });

  test('in its undo is undone after the crash all the same', async () => {
    const order = new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), 'manual');
    order.shop.captureDeclined = 'No.';
    // Allocations, ship and capture are answered; the unship is lost.
    order.shop.luck = ['fine', 'fine', 'fine', 'lost'];
    expect((await order.ask(fulfillAll)).body).toMatchObject({ operation: { isUndoing: true } });
    order.restart();
    // It would work by now; but what has turned never goes forward again.
    order.shop.captureDeclined = null;
    await order.settle();
    expect(order.state).toMatchObject({ running: null, fulfillments: [], capturedMinor: 0 });
    expect(order.shop.committedOf(checkoutId, 'stk_cup')).toBe(5);
  });
});

describe('the timeline', () => {
  test('says who did what, also what failed', async () => {
    const storage = new MemoryStreamStorage<OrderStreamEvent>();
    const order = new TestOrder(storage);
    await order.ask(fulfillAll);
    await order.ask({ type: 'note', text: 'Called the customer.' });
    await order.ask(returnOf(1));
    order.shop.refundAnswer = 'declined';
    await order.ask(receiptOf('ret_2'));
    const entries = timelineOf(storage.history(checkoutId));
    expect(entries.map(({ action, actor, outcome }) => [action, actor, outcome])).toEqual([
      ['place', 'customer', 'done'],
      ['pay', 'shop', 'done'],
      ['fulfill', 'key:merchant', 'done'],
      ['note', 'key:merchant', 'done'],
      ['request-return', 'key:merchant', 'done'],
      ['receive', 'key:merchant', 'done'],
      ['refund', 'key:merchant', 'failed'],
    ]);
  });
});
