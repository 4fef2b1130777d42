/** What shoppers may do, by policy and by time. */
import { describe, expect, test } from 'vitest';
import { MemoryStreamStorage } from '../../../shared/testing/stream-storage.ts';
import { fulfillAll, returnOf, TestOrder } from '../testing/orders.ts';
import type { OrderStreamEvent } from './checkout/checkout.ts';
import { cancelFault, optionsOf, returnFault, usualPolicy } from './self-service.ts';
import { orderView } from './view.ts';

const generous = { ...usualPolicy, shopperCancel: true, returnWindowDays: 14 };
const dayMs = 86_400_000;

const given = () => new TestOrder(new MemoryStreamStorage<OrderStreamEvent>());

function viewOf(order: TestOrder) {
  const { checkout } = order;
  const view = checkout.phase === 'none' ? null : orderView(checkout, 1);
  if (view === null) throw new Error('There is an order');
  return view;
}

describe('a shopper', () => {
  test('may do nothing where the merchant has turned nothing on', () => {
    const order = given();
    const options = optionsOf(viewOf(order), usualPolicy, order.now);
    expect(options).toMatchObject({ cancel: { isOffered: false }, return: { isOffered: false, lines: [] } });
    expect(cancelFault(options)).toMatchObject({ code: 'not-offered' });
  });

  test('may cancel until something has left, and again once it was taken back', async () => {
    const order = given();
    const canCancel = () => optionsOf(viewOf(order), generous, order.now).cancel.isOffered;
    expect(canCancel()).toBe(true);
    await order.ask({ ...fulfillAll, lines: [{ lineId: 'lin_1', quantity: 1, locationId: null }] });
    expect(canCancel()).toBe(false);
    await order.ask({ type: 'unfulfill', fulfillmentId: 'ful_1' });
    expect(canCancel()).toBe(true);
    await order.ask({ type: 'cancel', note: null });
    expect(canCancel()).toBe(false);
  });

  test('may send back what has left, no more than once, as long as the window is open', async () => {
    const order = given();
    const returnable = (at = order.now) => optionsOf(viewOf(order), generous, at).return;
    expect(returnable()).toMatchObject({ isOffered: false, reason: expect.stringMatching(/left yet/) });
    await order.ask(fulfillAll);
    expect(returnable().lines).toMatchObject([
      { lineId: 'lin_1', quantityMax: 3 },
      { lineId: 'lin_2', quantityMax: 2 },
    ]);
    await order.ask(returnOf(2));
    expect(returnable().lines[0]).toMatchObject({ lineId: 'lin_1', quantityMax: 1 });
    expect(returnable(order.now + 13 * dayMs).isOffered).toBe(true);
    expect(returnable(order.now + 14 * dayMs)).toMatchObject({ isOffered: false, lines: [] });
  });

  test('is told which line asks for too much', async () => {
    const order = given();
    await order.ask(fulfillAll);
    const view = viewOf(order);
    const fault = returnFault(optionsOf(view, generous, order.now), view, {
      lines: [{ lineId: 'lin_2', quantity: 3 }],
    });
    expect(fault).toMatchObject({ code: 'not-offered', max: 2, errors: [{ pointer: '/lines/0/quantity' }] });
  });
});
