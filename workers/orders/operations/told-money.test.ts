/** What the events of an order tell of its money and units, from which lists and exports are made. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import type { OrderStreamEvent } from '../domain/checkout/checkout.ts';
import { checkoutId, fulfillAll, refundOf, TestOrder } from '../testing/orders.ts';

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());

describe('an event of an order', () => {
  test('tells what was given back at the provider, beside what the order gave back itself', async () => {
    const order = given();
    await order.ask(refundOf({ otherMinor: 200 }));
    expect(order.told.at(-1)?.data).toMatchObject({ refundedElsewhere: { amount: 0 }, chargedBack: { amount: 0 } });
    order.shop.refundedByHandMinor = 50;
    await order.operations.observePayment(checkoutId);
    expect(order.told.at(-1)?.data).toMatchObject({
      refunded: { amount: 250 },
      refundedElsewhere: { amount: 50 },
      pricesIncludeTax: true,
      refunds: [{ amount: { amount: 200 } }],
    });
  });

  test('tells of each line how many units have shipped, were canceled and refunded', async () => {
    const order = given();
    await order.ask(refundOf({ lines: [{ lineId: 'lin_1', quantity: 1 }] }));
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 2, locationId: null }] });
    expect(order.told.at(-1)?.data).toMatchObject({
      lines: [
        { quantity: 3, fulfilledQuantity: 2, canceledQuantity: 1, refundedQuantity: 1 },
        { quantity: 2, fulfilledQuantity: 0, canceledQuantity: 0, refundedQuantity: 0 },
      ],
    });
  });
});
