/** Orders of which money is outstanding: their goods are held, unless the merchant or their way to pay says otherwise. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { fulfillAll, TestOrder } from '../testing/orders.ts';

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

  test('is not asked about where nothing is outstanding', async () => {
    const order = given(mode);
    expect((await order.ask(fulfillAll)).status).toBe(201);
    expect(order.shop.asked).not.toContain('ships-unpaid');
  });
});
