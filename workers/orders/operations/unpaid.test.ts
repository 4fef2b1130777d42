/** Orders of which money is outstanding: their goods are held, unless the merchant or their way to pay says otherwise. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { checkoutId, fulfillAll, TestOrder } from '../testing/orders.ts';

const given = (mode: 'immediate' | 'manual' = 'immediate') =>
  new TestOrder(new MemoryStreamStorage<OrderStreamEvent>(), mode);
const moreCups = { lines: [], added: [{ sku: 'CUP', quantity: 2 }] };
const held = {
  status: 409,
  body: { code: 'payment-outstanding', outstanding: { amount: 2250, currency: 'EUR' } },
};

describe.each(['immediate', 'manual'] as const)('an order that an edit made dearer (capture: %s)', (mode) => {
  test('is held until what is outstanding was recorded, to the last cent', async () => {
    const order = given(mode);
    await order.edit(moreCups);
    expect(await order.ask(fulfillAll)).toMatchObject(held);
    expect(order.shop.shipments.size).toBe(0);
    await order.ask({ type: 'collect', amountMinor: 2249, note: null });
    expect(await order.ask(fulfillAll)).toMatchObject({ status: 409, body: { outstanding: { amount: 1 } } });
    await order.ask({ type: 'collect', amountMinor: 1, note: null });
    expect(await order.ask(fulfillAll)).toMatchObject({ status: 201, body: { fulfillmentStatus: 'fulfilled' } });
  });

  test('ships when the merchant says so for this parcel', async () => {
    const order = given(mode);
    await order.edit(moreCups);
    expect(await order.ask({ ...fulfillAll, isUnpaidFine: true })).toMatchObject({
      status: 201,
      body: { fulfillmentStatus: 'fulfilled', balances: { outstanding: { amount: 2250 } } },
    });
  });

  test('ships where its way to pay says so, as the merchant has it at that moment', async () => {
    const order = given(mode);
    await order.edit(moreCups);
    expect(await order.ask(fulfillAll)).toMatchObject(held);
    order.shop.isShippedUnpaid = true;
    expect((await order.ask(fulfillAll)).status).toBe(201);
  });

  test('is held as long as nobody says what its way to pay allows', async () => {
    const order = given(mode);
    await order.edit(moreCups);
    order.shop.luck = ['fine', 'fine', 'lost'];
    expect(await order.ask(fulfillAll)).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(order.shop.shipments.size).toBe(0);
  });

  test('takes nothing of a payment of which nothing is left, also after a refund, and asks no provider', async () => {
    const order = given(mode);
    if (mode === 'manual') await order.ask({ type: 'capture', amountMinor: null });
    await order.ask({ type: 'refund', lines: [], shippingMinor: 0, otherMinor: 100, note: null });
    await order.edit(moreCups);
    order.shop.asked.length = 0;
    expect(await order.ask({ type: 'capture', amountMinor: null })).toMatchObject({
      status: 409,
      body: { code: 'capture-too-large', max: { amount: 0 }, detail: 'Nothing is left to capture.' },
    });
    expect(order.shop.asked).not.toContain('capture');
  });

  test('is not asked about where nothing is outstanding', async () => {
    const order = given(mode);
    expect((await order.ask(fulfillAll)).status).toBe(201);
    expect(order.shop.asked).not.toContain('ships-unpaid');
  });
});

describe('a capture that the provider declines for good', () => {
  const totalMinor = 3375 + 6000 + 490;
  const firstCups = { ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] };
  const declining = (order: TestOrder, maxMinor: number | null = 0) => {
    order.shop.captureDeclined = 'generic_decline';
    order.shop.captureMaxMinor = maxMinor;
  };

  test.each([
    ['with a parcel', fulfillAll],
    ['alone', { type: 'capture', amountMinor: null } as const],
    ['in part', { type: 'capture', amountMinor: 1 } as const],
  ])('%s leaves the whole order to be paid in some other way', async (_, command) => {
    const order = given('manual');
    declining(order);
    expect(await order.ask(command)).toMatchObject({ status: 402, body: { code: 'payment-declined' } });
    expect(order.view()).toMatchObject({
      status: 'confirmed',
      paymentStatus: 'pending',
      fulfillmentStatus: 'unfulfilled',
      balances: { capturable: { amount: 0 }, outstanding: { amount: totalMinor } },
    });
    expect(order.told.at(-1)).toMatchObject({
      type: 'orders.payment-observed.v1',
      data: { paymentStatus: 'pending', outstanding: { amount: totalMinor } },
    });
    expect(await order.ask({ ...fulfillAll, isCaptured: false })).toMatchObject({
      status: 409,
      body: { code: 'payment-outstanding' },
    });
    expect(await order.ask({ type: 'capture', amountMinor: null })).toMatchObject({ body: { code: 'wrong-state' } });
    expect((await order.ask({ type: 'collect', amountMinor: totalMinor, note: null })).status).toBe(201);
    expect((await order.ask(fulfillAll)).body).toMatchObject({ status: 'paid', fulfillmentStatus: 'fulfilled' });
  });

  test('after a part was taken leaves the rest to be paid', async () => {
    const order = given('manual');
    await order.ask(firstCups);
    const takenMinor = order.shop.capturedMinor;
    declining(order);
    expect((await order.ask(fulfillAll)).status).toBe(402);
    expect(order.view()).toMatchObject({
      paymentStatus: 'partially-paid',
      balances: { captured: { amount: takenMinor }, outstanding: { amount: totalMinor - takenMinor } },
    });
  });

  test('is remembered when the object dies before the parcel is back', async () => {
    const order = given('manual');
    declining(order);
    order.shop.luck = ['fine', 'fine', 'fine', 'lost'];
    expect((await order.ask(fulfillAll)).status).toBe(202);
    order.restart();
    await order.settle();
    expect(order.view()).toMatchObject({ paymentStatus: 'pending', fulfillmentStatus: 'unfulfilled', operation: null });
  });

  test.each([1, null])(
    'leaves the authorization alone when some of it is left, or nobody knows (%s)',
    async (maxMinor) => {
      const order = given('manual');
      declining(order, maxMinor);
      expect((await order.ask(fulfillAll)).status).toBe(402);
      expect(order.view()).toMatchObject({ paymentStatus: 'authorized', balances: { outstanding: { amount: 0 } } });
    },
  );
});

describe('an authorization that ended at the provider', () => {
  const totalMinor = 3375 + 6000 + 490;
  const outstanding = { status: 409, body: { code: 'payment-outstanding', outstanding: { amount: totalMinor } } };
  const keepMoney = { ...fulfillAll, isCaptured: false };
  const ended = () => {
    const order = given('manual');
    order.shop.isVoided = true;
    return order;
  };

  test('is noticed before goods leave for it, and holds them like money that is owed', async () => {
    const order = ended();
    expect(await order.ask(keepMoney)).toMatchObject(outstanding);
    expect(order.shop.shipments.size).toBe(0);
    expect(order.view()).toMatchObject({ status: 'confirmed', paymentStatus: 'pending' });
    expect(order.timeline().at(-1)).toMatchObject({ action: 'authorization-ended-at-provider', actor: 'provider' });
    expect(order.told.at(-1)).toMatchObject({
      type: 'orders.payment-observed.v1',
      data: { capturable: { amount: 0 }, outstanding: { amount: totalMinor } },
    });
    await order.ask({ type: 'collect', amountMinor: totalMinor, note: null });
    expect((await order.ask(keepMoney)).status).toBe(201);
  });

  test.each([
    ['the merchant says so for this parcel', { ...keepMoney, isUnpaidFine: true }, false],
    ['its way to pay says so', keepMoney, true],
  ])('holds nothing where %s', async (_, command, isShippedUnpaid) => {
    const order = ended();
    order.shop.isShippedUnpaid = isShippedUnpaid;
    expect((await order.ask(command)).status).toBe(201);
  });

  test('is booked with the news of it, once', async () => {
    const order = ended();
    for (const _again of [1, 2]) await order.operations.observePayment(checkoutId);
    expect(order.view()).toMatchObject({
      balances: { outstanding: { amount: totalMinor }, capturable: { amount: 0 } },
    });
    expect(order.timeline().filter(({ action }) => action === 'authorization-ended-at-provider')).toHaveLength(1);
  });

  test('is not asked about where all money was taken, and holds nothing while nobody answers', async () => {
    const paid = given();
    paid.shop.isLedgerSilent = true;
    expect((await paid.ask(fulfillAll)).status).toBe(201);
    const silent = given('manual');
    silent.shop.isLedgerSilent = true;
    expect((await silent.ask(keepMoney)).status).toBe(201);
  });
});
