/** What merchants do with a paid order: what its neighbours are asked, in which order, and what the order says afterwards. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { balancesOf, fulfillmentStateOf, paymentStateOf } from '../domain/order/balances.ts';
import { checkoutId, fulfillAll, refundOf, TestOrder } from '../testing/orders.ts';

const given = (mode?: 'manual') => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), mode);
const totalMinor = 3375 + 6000 + 490;
/** What the three cups cost: a tenth off 37.50. */
const cupsMinor = 3375;

describe('an order that ships', () => {
  test('in parts leaves from where its stock is promised, and is fulfilled with the last of it', async () => {
    const order = given();
    const part = { ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 2, locationId: null }] };
    expect(await order.ask(part)).toMatchObject({
      status: 201,
      body: { fulfillmentStatus: 'partially-fulfilled', fulfillments: [{ id: 'ful_1', locationIds: ['loc_home'] }] },
    });
    expect((await order.ask(fulfillAll)).body).toMatchObject({ fulfillmentStatus: 'fulfilled', operation: null });
    expect(order.shop.asked).toEqual(['allocations', 'ship', 'allocations', 'ship']);
    expect(order.state.commitments).toEqual([]);
    expect(order.told.map(({ type }) => type)).toEqual(['orders.order-fulfilled.v1', 'orders.order-fulfilled.v1']);
  });

  test('takes no more of a line than is left', async () => {
    const order = given();
    const tooMany = { ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 4, locationId: null }] };
    expect(await order.ask(tooMany)).toMatchObject({ status: 409, body: { code: 'more-than-ordered', max: 3 } });
  });

  test('from a place that has too few is told which line, in a sentence, under a key or not', async () => {
    const short = { ...fulfillAll, lines: [{ lineId: 'lin_2', quantity: 1, locationId: 'loc_home' }] };
    for (const key of [null, 'ship-key']) {
      const order = given();
      order.shop.emptyPlaces.add('loc_home');
      const detail = expect.stringContaining('are to leave loc_home, which has 0.');
      const errors = [{ pointer: '/lines/0/quantity', detail }];
      const body = { code: 'insufficient-stock', detail, errors, requestId: 'req_1' };
      expect(await order.ask(short, key)).toMatchObject({ status: 409, body });
      if (key !== null) expect(await order.ask(short, key)).toMatchObject({ isReplayed: true, body });
    }
  });

  test('twice is refused with what is allowed', async () => {
    const order = given();
    await order.ask(fulfillAll);
    expect(await order.ask(fulfillAll)).toMatchObject({
      status: 409,
      body: {
        code: 'wrong-state',
        subject: 'fulfillment',
        state: 'fulfilled',
        allowed: ['take-back-part', 'take-back-all', 'add-units'],
      },
    });
  });

  test('from a place that is not known is refused, and nothing has left', async () => {
    const order = given();
    expect(await order.ask({ ...fulfillAll, locationId: 'loc_moon' })).toMatchObject({
      status: 422,
      body: { code: 'unknown-location', locationId: 'loc_moon', errors: [{ pointer: '/locationId' }] },
    });
    const lines = [
      { lineId: 'lin_1', quantity: 1, locationId: null },
      { lineId: 'lin_2', quantity: 1, locationId: 'loc_moon' },
    ];
    expect(await order.ask({ ...fulfillAll, lines })).toMatchObject({
      body: { code: 'unknown-location', errors: [{ pointer: '/lines/1/locationId' }] },
    });
    expect(fulfillmentStateOf(order.state)).toBe('unfulfilled');
    expect(order.timeline().map(({ action }) => action)).not.toContain('fulfill');
    expect((await order.ask(fulfillAll)).status).toBe(201);
  });
});

describe('an order that is captured by hand', () => {
  test('takes the money of what ships, and with the last of it the rest', async () => {
    const order = given('manual');
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 3, locationId: null }] });
    expect(order.shop.capturedMinor).toBe(cupsMinor);
    expect(paymentStateOf(order.state)).toBe('partially-captured');
    await order.ask(fulfillAll);
    expect(order.shop.capturedMinor).toBe(totalMinor);
    expect(order.told.map(({ type }) => type)).toEqual([
      'orders.order-fulfilled.v1',
      'orders.payment-captured.v1',
      'orders.order-fulfilled.v1',
      'orders.payment-captured.v1',
      'orders.order-paid.v1',
    ]);
    expect(new Set(order.told.map(({ id }) => id)).size).toBe(5);
  });

  test('takes less for what ships when some was captured before', async () => {
    const order = given('manual');
    await order.ask({ type: 'capture', amountMinor: 1000 });
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 3, locationId: null }] });
    expect(order.shop.capturedMinor).toBe(cupsMinor);
  });

  test('takes a shipment back when its capture is declined', async () => {
    const order = given('manual');
    order.shop.captureDeclined = 'expired_card';
    const answer = await order.ask(fulfillAll);
    expect(answer).toMatchObject({
      status: 402,
      body: { code: 'payment-declined', detail: 'The card has expired.', reason: 'expired_card' },
    });
    expect(order.shop.asked).toEqual(['allocations', 'ship', 'capture', 'unship']);
    expect(fulfillmentStateOf(order.state)).toBe('unfulfilled');
    expect(order.shop.committedOf(checkoutId, 'stk_cup')).toBe(5);
  });

  test('is captured up to what is authorized, and not beyond', async () => {
    const order = given('manual');
    await order.ask({ type: 'capture', amountMinor: 1000 });
    expect(await order.ask({ type: 'capture', amountMinor: totalMinor })).toMatchObject({
      status: 409,
      body: { code: 'capture-too-large', max: { amount: totalMinor - 1000, currency: 'EUR' } },
    });
    expect((await order.ask({ type: 'capture', amountMinor: null })).body).toMatchObject({
      paymentStatus: 'captured',
      status: 'paid',
    });
    expect(await order.ask({ type: 'capture', amountMinor: null })).toMatchObject({ body: { code: 'wrong-state' } });
  });

  test('and canceled before is voided, and its stock is free again', async () => {
    const order = given('manual');
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({
      status: 200,
      body: { status: 'canceled', paymentStatus: 'voided', fulfillmentStatus: 'canceled' },
    });
    expect(order.shop.asked).toEqual(['void', 'release']);
    expect(order.shop.free.get('stk_cup')).toBe(4 + 5);
  });
});

describe('an order that is canceled after its payment', () => {
  test('gives back money, then goods', async () => {
    const order = given();
    expect((await order.ask({ type: 'cancel', note: 'Out of spoons.' })).body).toMatchObject({
      status: 'canceled',
      paymentStatus: 'refunded',
      refunds: [{ cause: 'cancel', amount: { amount: totalMinor } }],
    });
    expect(order.shop.asked).toEqual(['refund', 'release']);
    expect(order.told.map(({ type }) => type)).toEqual(['orders.order-canceled.v1', 'orders.refund-made.v1']);
  });

  test('stays as it is when the refund is declined', async () => {
    const order = given();
    order.shop.refundAnswer = 'declined';
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({
      status: 409,
      body: { code: 'refund-declined' },
    });
    expect(order.shop.asked).toEqual(['refund']);
    expect(order.state).toMatchObject({ isCanceled: false, running: null });
  });

  test('is refused once something has shipped', async () => {
    const order = given();
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
    expect(await order.ask({ type: 'cancel', note: null })).toMatchObject({
      status: 409,
      body: {
        code: 'wrong-state',
        state: 'partially-fulfilled',
        allowed: ['ship-part', 'ship-rest', 'take-back-part', 'take-back-all', 'remove-rest', 'cancel-rest'],
      },
    });
  });
});

describe('refunds', () => {
  test('of all units one by one add up to what the line cost', async () => {
    const order = given();
    for (let unit = 0; unit < 3; unit += 1) await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }));
    expect(order.shop.refundedMinor).toBe(cupsMinor);
    expect(await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }))).toMatchObject({
      status: 409,
      body: { code: 'more-than-ordered', max: 0 },
    });
  });

  test('of the shipping end when it is given back', async () => {
    const order = given();
    await order.ask(refundOf({ shippingMinor: 'all' }));
    expect(order.shop.refundedMinor).toBe(490);
    expect(await order.ask(refundOf({ shippingMinor: 1 }))).toMatchObject({
      body: { code: 'refund-too-large', max: { amount: 0 } },
    });
  });

  test('never exceed what was captured, and say what is left', async () => {
    const order = given();
    await order.ask(refundOf({ otherMinor: 9000 }));
    expect(await order.ask(refundOf({ otherMinor: 1000 }))).toMatchObject({
      status: 409,
      body: {
        code: 'refund-too-large',
        detail: 'At most 8.65 EUR can be refunded.',
        max: { amount: totalMinor - 9000, currency: 'EUR' },
      },
    });
  });

  test('that are asked for at once run one after the other, and only one finds the money', async () => {
    const order = given();
    const both = await Promise.all([
      order.ask(refundOf({ otherMinor: 6000 })),
      order.ask(refundOf({ otherMinor: 6000 })),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(order.shop.refundedMinor).toBe(6000);
  });

  test('that a provider has taken on are pending until it says how they ended', async () => {
    const order = given();
    order.shop.refundAnswer = 'pending';
    expect((await order.ask(refundOf({ otherMinor: 500 }))).body).toMatchObject({ refunds: [{ status: 'pending' }] });
    expect(balancesOf(order.state).refundableMinor).toBe(totalMinor - 500);
    await order.operations.wake([checkoutId]);
    expect(order.state.refunds).toMatchObject([{ isPending: true }]);
    order.shop.refundAnswer = 'refunded';
    await order.operations.wake([checkoutId]);
    expect(order.state.refunds).toMatchObject([{ isPending: false }]);
    expect(order.told.map(({ data }) => data)).toMatchObject([{ isPending: true }, { isPending: false }]);
  });
});

describe('an operation that stands still beside a refund that takes days', () => {
  test('is tried again within a minute', async () => {
    const storage = new MemoryStreamStorage<OrderStreamEvent>();
    const order = new TestOrder(storage);
    order.shop.refundAnswer = 'pending';
    await order.ask(refundOf({ otherMinor: 500 }));
    order.shop.luck = ['lost', 'lost'];
    await order.ask(refundOf({ otherMinor: 100 }));
    await order.operations.wake([checkoutId]);
    expect(order.state.running).not.toBeNull();
    expect(storage.nextWakeAt()).toBeLessThanOrEqual(order.now + 60_000);
  });
});

describe('a refund that the provider takes on and then declines', () => {
  test('does not count any more, and the outside is told', async () => {
    const order = given();
    order.shop.refundAnswer = 'pending';
    await order.ask(refundOf({ otherMinor: 500 }));
    order.shop.refunds.clear();
    order.shop.refundAnswer = 'declined';
    await order.operations.wake([checkoutId]);
    expect(balancesOf(order.state)).toMatchObject({ refundedMinor: 0, refundableMinor: totalMinor });
    expect(order.told.at(-1)).toMatchObject({ type: 'orders.refund-declined.v1', data: { refunded: { amount: 0 } } });
  });
});
